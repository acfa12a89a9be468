"""Console sessions that were started with credentials instead of a sign-in."""

from detections._conditions import SUCCEEDED
from trailbell import (
    Controls,
    Detection,
    Event,
    Example,
    Identity,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    console_sign_in,
    federated_user,
    field,
    iam_user,
    identity_center_user,
)

_USER_AGENT = field("userAgent")
_SESSION = field("userIdentity.arn")
_OF_A_PERMISSION_SET = ":assumed-role/AWSReservedSSO_"
_FROM_THE_ACCESS_PORTAL = "Jersey/"
_ALSO_FROM_THE_ACCESS_PORTAL = "Go-http-client/"


def _get_signin_token(by: Identity, user_agent: str, *, read_only: bool = False) -> Event:
    """A call to the federation endpoint of the console.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
    """
    return api_call(
        "signin",
        "GetSigninToken",
        by,
        response={"credentials": {"accessKeyId": "ASIAEXAMPLE"}, "GetSigninToken": "Success"},
        read_only=read_only,
        eventType="AwsConsoleSignIn",
        userAgent=user_agent,
        additionalEventData={"MobileVersion": "No", "MFAUsed": "No"},
    )


# The access portal of IAM Identity Center makes the same call for its users: with Jersey in public
# records (https://github.com/adanalvarez/TrailDiscover), with Go according to rules of others.
CONSOLE_SESSION_FROM_CREDENTIALS = Detection(
    id="console-session-from-credentials",
    title="Credentials were exchanged for a console session",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        field("eventSource").equals("signin.amazonaws.com"),
        any_of(
            all_of(
                field("eventName").equals("GetSigninToken"),
                _USER_AGENT.does_not_start_with(_FROM_THE_ACCESS_PORTAL),
                any_of(
                    _SESSION.does_not_contain(_OF_A_PERMISSION_SET),
                    all_of(
                        _SESSION.contains(_OF_A_PERMISSION_SET),
                        _USER_AGENT.does_not_start_with(_ALSO_FROM_THE_ACCESS_PORTAL),
                    ),
                ),
            ),
            all_of(
                field("eventName").equals("ConsoleLogin"),
                field("userIdentity.type").equals("FederatedUser"),
                field("responseElements.ConsoleLogin").equals("Success"),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "Attackers turn stolen keys into a console session: it needs no password and no MFA, and "
        "its calls no longer show the key."
    ),
    runbook=(
        "Ask the owner of the credentials (userIdentity.arn) about sourceIPAddress and userAgent.",
        "If it was not the owner: revoke active sessions of the role or user, disable its keys.",
        "Review all console calls of this identity since then, from the same address first.",
    ),
    false_positives=(
        "Portals and command-line tools that open the console for your users: exclude their roles. "
        "Not detected: the access portal of IAM Identity Center, which is recognized by its user "
        "agent, so that tools with the same user agent are not detected either, and a console "
        "session of a role that another identity provider started."
    ),
    controls=Controls(mitre_attack=("T1538", "T1550.001", "T1078.004")),
    shows=(
        "userAgent",
        "userIdentity.type",
        "userIdentity.accessKeyId",
    ),
    fires=(
        Example(
            "the credentials of a role are exchanged for a console session by a script",
            _get_signin_token(assumed_role_identity("Developer", "casey"), "Python-urllib/3.12"),
        ),
        Example(
            "the credentials of a federation token are exchanged for a console session",
            _get_signin_token(federated_user("helper"), "python-requests/2.32.3", read_only=True),
        ),
        Example(
            "a federated user signs in to the console",
            console_sign_in(federated_user("helper"), mfa="No"),
        ),
        Example(
            "a tool in Go exchanges the credentials of a role that is not of IAM Identity Center",
            _get_signin_token(assumed_role_identity("Developer", "casey"), "Go-http-client/2.0"),
        ),
        Example(
            "a script exchanges the credentials of a permission set",
            _get_signin_token(identity_center_user("alice"), "python-requests/2.32.3"),
        ),
    ),
    silent=(
        Example(
            "the access portal of IAM Identity Center opens the console",
            _get_signin_token(
                identity_center_user("alice"), "Jersey/${project.version} (HttpUrlConnection 17)"
            ),
        ),
        Example(
            "the access portal of IAM Identity Center opens the console with another user agent",
            _get_signin_token(identity_center_user("alice"), "Go-http-client/2.0"),
        ),
        Example(
            "a federated user cannot sign in to the console",
            console_sign_in(federated_user("helper"), mfa="No", succeeded=False),
        ),
        Example(
            "an IAM user signs in to the console with MFA",
            console_sign_in(iam_user("alice"), mfa="Yes"),
        ),
        Example(
            "a user of IAM Identity Center signs in to the console",
            console_sign_in(identity_center_user("alice"), mfa="No"),
        ),
        Example(
            "a role is used to find out its own name",
            api_call(
                "sts", "GetCallerIdentity", assumed_role_identity("Developer"), read_only=True
            ),
        ),
        Example(
            "credentials that have expired cannot be exchanged",
            _get_signin_token(assumed_role_identity("Developer"), "Python-urllib/3.12")
            | {"errorCode": "ExpiredToken"},
        ),
    ),
)
