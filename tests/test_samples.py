"""Sample events are whole records, and the same on every machine."""

import pytest

from trailbell.samples import (
    Event,
    Identity,
    api_call,
    assumed_role_identity,
    aws_service,
    console_sign_in,
    iam_user,
    identity_center_user,
    root,
    service_event,
    service_linked_role,
)

_ACCOUNT = "111122223333"
_TIME = "2026-01-15T12:34:56Z"


def test_an_api_call_is_a_whole_record() -> None:
    assert api_call("kms", "DisableKey", root(), request={"keyId": "x"}) == {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "Root",
            "principalId": _ACCOUNT,
            "arn": "arn:aws:iam::111122223333:root",
            "accountId": _ACCOUNT,
            "accessKeyId": "",
        },
        "eventTime": _TIME,
        "eventSource": "kms.amazonaws.com",
        "eventName": "DisableKey",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.44",
        "userAgent": "aws-cli/2.31.0",
        "requestParameters": {"keyId": "x"},
        "responseElements": None,
        "eventID": "04e57c55-4504-50dd-bd76-1ee3bbe86991",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": _ACCOUNT,
        "eventCategory": "Management",
        "requestID": "e4db8941-38f0-545b-8096-5221423083bf",
        "readOnly": False,
    }


def _differing(event: Event) -> Event:
    """What of an event is not as in the plainest of all."""
    plain = api_call("s3", "X", root())
    own = {"eventID", "requestID", "eventSource", "eventName", "userIdentity"}
    return {k: v for k, v in event.items() if k not in own and (k not in plain or plain[k] != v)}


@pytest.mark.parametrize(
    ("event", "differs"),
    [
        pytest.param(api_call("kms", "X", root(), read_only=True), {"readOnly": True}, id="a look"),
        pytest.param(
            api_call("kms", "X", root(), error="AccessDenied"),
            {"errorCode": "AccessDenied", "errorMessage": "X was refused: AccessDenied"},
            id="a refused call",
        ),
        pytest.param(
            api_call("kms", "X", assumed_role_identity("R", invoked_by="s3.amazonaws.com")),
            {"sourceIPAddress": "s3.amazonaws.com", "userAgent": "s3.amazonaws.com"},
            id="a service on behalf of a user",
        ),
        pytest.param(
            api_call("kms", "X", root(), awsRegion="eu-west-1"),
            {"awsRegion": "eu-west-1"},
            id="any other member",
        ),
        pytest.param(
            service_event("kms", "RotateKey", aws_service("kms.amazonaws.com")),
            {
                "eventType": "AwsServiceEvent",
                "sourceIPAddress": "kms.amazonaws.com",
                "userAgent": "kms.amazonaws.com",
            },
            id="an event of a service on its own",
        ),
        pytest.param(
            api_call("kms", "X", service_linked_role("AWSServiceRoleForSSO", "sso")),
            {"sourceIPAddress": "sso.amazonaws.com", "userAgent": "sso.amazonaws.com"},
            id="a service with its service-linked role",
        ),
    ],
)
def test_what_an_event_says_beside_the_plainest(event: Event, differs: Event) -> None:
    assert _differing(event) == differs


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        pytest.param(assumed_role_identity("R"), None, id="no provider"),
        pytest.param(
            assumed_role_identity("R", federated_provider="cognito-identity.amazonaws.com"),
            {"federatedProvider": "cognito-identity.amazonaws.com"},
            id="a token of a provider",
        ),
    ],
)
def test_the_provider_of_the_token_of_a_role(
    identity: Identity, expected: dict[str, str] | None
) -> None:
    assert identity["sessionContext"].get("webIdFederationData") == expected


@pytest.mark.parametrize(
    ("mfa", "succeeded", "expected"),
    [
        pytest.param("No", True, ("No", "Success", None), id="with the password alone"),
        pytest.param(None, True, (None, "Success", None), id="an event that does not say"),
        pytest.param(
            "Yes", False, ("Yes", "Failure", "Failed authentication"), id="a sign-in that fails"
        ),
    ],
)
def test_a_sign_in(mfa: str | None, *, succeeded: bool, expected: tuple[str | None, ...]) -> None:
    event = console_sign_in(iam_user("alice"), mfa=mfa, succeeded=succeeded)
    assert (
        event["additionalEventData"].get("MFAUsed"),
        event["responseElements"]["ConsoleLogin"],
        event.get("errorMessage"),
    ) == expected
    assert (event["eventSource"], event["eventType"]) == (
        "signin.amazonaws.com",
        "AwsConsoleSignIn",
    )


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        pytest.param(
            iam_user("alice"),
            {
                "type": "IAMUser",
                "principalId": "AIDA2BD806C97EXAMPLE",
                "arn": "arn:aws:iam::111122223333:user/alice",
                "accountId": _ACCOUNT,
                "accessKeyId": "AKIA2BD806C97EXAMPLE",
                "userName": "alice",
            },
            id="a user by access key has no session",
        ),
        pytest.param(
            iam_user("alice", mfa=False, invoked_by="s3.amazonaws.com"),
            {
                "type": "IAMUser",
                "principalId": "AIDA2BD806C97EXAMPLE",
                "arn": "arn:aws:iam::111122223333:user/alice",
                "accountId": _ACCOUNT,
                "accessKeyId": "ASIA2BD806C97EXAMPLE",
                "userName": "alice",
                "sessionContext": {
                    "attributes": {"creationDate": _TIME, "mfaAuthenticated": "false"}
                },
                "invokedBy": "s3.amazonaws.com",
            },
            id="a user in a session, on whose behalf a service acts",
        ),
        pytest.param(
            aws_service("s3.amazonaws.com"),
            {"type": "AWSService", "invokedBy": "s3.amazonaws.com"},
            id="a service",
        ),
    ],
)
def test_an_identity(identity: Identity, expected: Identity) -> None:
    assert identity == expected


def test_a_person_from_identity_center_is_a_role_of_a_reserved_name() -> None:
    person = identity_center_user("alice")
    issuer = person["sessionContext"]["sessionIssuer"]
    name = "AWSReservedSSO_AdministratorAccess_0123456789abcdef"
    arn = f"arn:aws:sts::111122223333:assumed-role/{name}/alice"
    assert (person["type"], person["arn"], issuer["userName"]) == ("AssumedRole", arn, name)


def test_a_service_linked_role_has_the_path_of_its_service() -> None:
    role = service_linked_role("AWSServiceRoleForSSO", "sso")
    path = "role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO"
    assert (role["sessionContext"]["sessionIssuer"]["arn"], role["invokedBy"]) == (
        f"arn:aws:iam::111122223333:{path}",
        "sso.amazonaws.com",
    )


def test_the_same_words_give_the_same_record_and_others_another() -> None:
    one, same = (api_call("kms", "X", root(), request={"a": 1}) for _ in range(2))
    other = api_call("kms", "X", root(), request={"a": 2})
    assert (one == same, one["eventID"] == other["eventID"]) == (True, False)
