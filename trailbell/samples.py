"""
Sample events: complete, realistic CloudTrail records.

In:    the caller, the API call, and its outcome.
Out:   an `Event`: one CloudTrail record as CloudWatch Logs receives it, as a dict.
Never: a random value or the current time. The same arguments always give the same record.

The members: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import hashlib
import uuid
from typing import Any

Event = dict[str, Any]
Identity = dict[str, Any]

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "123456789012"
_TIME = "2026-01-15T12:34:56Z"
_ADDRESS = "192.0.2.44"


def _token(prefix: str, seed: str) -> str:
    """An identifier in the format of AWS (AIDA…, AROA…) that is recognizable as an example."""
    return prefix + hashlib.sha256(seed.encode()).hexdigest()[:9].upper() + "EXAMPLE"


def root() -> Identity:
    """The root user of the account, signed in to the console."""
    return {
        "type": "Root",
        "principalId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "accountId": ACCOUNT,
        "accessKeyId": "",
    }


def iam_user(name: str, *, mfa: bool | None = None, invoked_by: str | None = None) -> Identity:
    """An IAM user, with a long-term access key (``mfa=None``) or in a session."""
    identity: Identity = {
        "type": "IAMUser",
        "principalId": _token("AIDA", name),
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": _token("AKIA" if mfa is None else "ASIA", name),
        "userName": name,
    }
    if mfa is not None:
        identity["sessionContext"] = {
            "attributes": {"creationDate": _TIME, "mfaAuthenticated": str(mfa).lower()}
        }
    if invoked_by:
        identity["invokedBy"] = invoked_by
    return identity


def assumed_role_identity(
    name: str,
    session: str = "session",
    *,
    invoked_by: str | None = None,
    federated_provider: str | None = None,
) -> Identity:
    """A caller that assumed a role, with a token of ``federated_provider`` if there is one."""
    identity: Identity = {
        "type": "AssumedRole",
        "principalId": f"{_token('AROA', name)}:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": _token("ASIA", name + session),
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": _token("AROA", name),
                "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
                "accountId": ACCOUNT,
                "userName": name,
            },
            "attributes": {"creationDate": _TIME, "mfaAuthenticated": "false"},
        },
    }
    if federated_provider:
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
        provider = {"federatedProvider": federated_provider}
        identity["sessionContext"]["webIdFederationData"] = provider
    if invoked_by:
        identity["invokedBy"] = invoked_by
    return identity


def service_linked_role(name: str, service: str) -> Identity:
    """An AWS service (``sso``) that makes a call with its service-linked role."""
    identity = assumed_role_identity(name, service, invoked_by=f"{service}.amazonaws.com")
    path = f"aws-service-role/{service}.amazonaws.com/{name}"
    identity["sessionContext"]["sessionIssuer"]["arn"] = f"arn:aws:iam::{ACCOUNT}:role/{path}"
    return identity


def identity_center_user(name: str, permission_set: str = "AdministratorAccess") -> Identity:
    """A user of IAM Identity Center, who has a role named ``AWSReservedSSO_…``."""
    return assumed_role_identity(f"AWSReservedSSO_{permission_set}_0123456789abcdef", name)


def federated_user(name: str) -> Identity:
    """A caller with credentials that an IAM user requested with GetFederationToken."""
    return {
        "type": "FederatedUser",
        "principalId": f"{ACCOUNT}:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": _token("ASIA", name),
        "sessionContext": {
            "sessionIssuer": {
                "type": "IAMUser",
                "principalId": _token("AIDA", name),
                "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
                "accountId": ACCOUNT,
                "userName": name,
            },
            "attributes": {"creationDate": _TIME, "mfaAuthenticated": "false"},
        },
    }


def cross_account_caller(name: str) -> Identity:
    """A caller from another account, without name and ARN, as the called account records it."""
    return {
        "type": "AWSAccount",
        "principalId": f"{_token('AROA', name)}:{name}",
        "accountId": OTHER_ACCOUNT,
    }


def aws_service(name: str) -> Identity:
    """An AWS service that acts on its own."""
    return {"type": "AWSService", "invokedBy": name}


def assume_role_request(
    name: str, session: str = "session", account: str = ACCOUNT
) -> dict[str, Any]:
    """The request parameters of AssumeRole."""
    return {"roleArn": f"arn:aws:iam::{account}:role/{name}", "roleSessionName": session}


def _record(
    source: str, name: str, by: Identity, request: Any, response: Any, members: dict[str, Any]
) -> Event:
    seed = repr((source, name, by, request, response, members))
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, seed)
    return {
        "eventVersion": "1.11",
        "userIdentity": by,
        "eventTime": _TIME,
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": by.get("invokedBy", _ADDRESS),
        "userAgent": by.get("invokedBy", "aws-cli/2.31.0"),
        "requestParameters": request,
        "responseElements": response,
        "eventID": str(identifier),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    } | members


def api_call(
    source: str,
    name: str,
    by: Identity,
    *,
    request: dict[str, Any] | None = None,
    response: dict[str, Any] | None = None,
    read_only: bool = False,
    error: str | None = None,
    **members: Any,
) -> Event:
    """An API call: ``source`` is the service (``kms``), ``error`` its errorCode if it failed."""
    failed = {"errorCode": error, "errorMessage": f"{name} was refused: {error}"} if error else {}
    own = {"requestID": str(uuid.uuid5(uuid.NAMESPACE_URL, source + name)), "readOnly": read_only}
    return _record(f"{source}.amazonaws.com", name, by, request, response, own | failed | members)


def service_event(source: str, name: str, by: Identity, **members: Any) -> Event:
    """An event that a service reports on its own (``eventType`` AwsServiceEvent)."""
    own = {"readOnly": False, "eventType": "AwsServiceEvent"}
    return _record(f"{source}.amazonaws.com", name, by, None, None, own | members)


def console_sign_in(by: Identity, *, mfa: str | None, succeeded: bool = True) -> Event:
    """A sign-in to the console; ``mfa`` is the value of MFAUsed, None leaves it out.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
    """
    more = {"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No"}
    members: dict[str, Any] = {
        "additionalEventData": more | ({"MFAUsed": mfa} if mfa is not None else {}),
        "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "readOnly": False,
        "eventType": "AwsConsoleSignIn",
    }
    if not succeeded:
        members["errorMessage"] = "Failed authentication"
    outcome = {"ConsoleLogin": "Success" if succeeded else "Failure"}
    return _record("signin.amazonaws.com", "ConsoleLogin", by, None, outcome, members)


def insight_event(source: str, name: str) -> Event:
    """An unusual rate that CloudTrail Insights reports: no userIdentity, no eventName of its own.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
    """
    seed = repr((source, name))
    return {
        "eventVersion": "1.08",
        "eventTime": _TIME,
        "awsRegion": "us-east-1",
        "eventID": str(uuid.uuid5(uuid.NAMESPACE_URL, seed)),
        "eventType": "AwsCloudTrailInsight",
        "recipientAccountId": ACCOUNT,
        "sharedEventID": str(uuid.uuid5(uuid.NAMESPACE_URL, seed + "shared")),
        "insightDetails": {
            "state": "Start",
            "eventSource": f"{source}.amazonaws.com",
            "eventName": name,
            "insightType": "ApiCallRateInsight",
            "insightContext": {
                "statistics": {"baseline": {"average": 0.01}, "insight": {"average": 12.0}}
            },
        },
        "eventCategory": "Insight",
    }
