"""Privileged or unusual access: the root user, break-glass identities, sign-ins at night."""

from detections._conditions import CALLED_DIRECTLY
from trailbell import (
    Controls,
    Detection,
    Event,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    console_sign_in,
    field,
    iam_user,
    identity_center_user,
    root,
    service_event,
)

_SIGNED_IN = field("responseElements.ConsoleLogin").equals("Success")


def _at_hour(hour: int) -> dict[str, str]:
    """An ``eventTime`` in this hour of the day, in UTC."""
    return {"eventTime": f"2026-01-15T{hour:02}:34:56Z"}


def _password_updated() -> Event:
    """The root user sets a new password on the page for sign-in."""
    event = console_sign_in(root(), mfa=None)
    event |= {"eventName": "PasswordUpdated", "responseElements": {"PasswordUpdated": "Success"}}
    return {name: value for name, value in event.items() if name != "readOnly"}


ROOT_WRITE_OR_SIGN_IN = Detection(
    id="root-write-or-sign-in",
    title="The root user signed in or made a change",
    packs=("identity",),
    severity=Severity.HIGH,
    opt_in=True,
    pattern=all_of(
        field("userIdentity.type").equals("Root"),
        CALLED_DIRECTLY,
        field("eventType").present_and_differs("AwsServiceEvent"),
        # Events of sign-in lack readOnly in AWS's examples:
        # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
        any_of(field("readOnly").is_false(), field("eventType").equals("AwsConsoleSignIn")),
    ),
    why=(
        "The root user is not limited by any policy of the account. Its read calls are many; its "
        "sign-ins and changes are the few events that matter."
    ),
    runbook=(
        "Identify who used it: eventTime, sourceIPAddress and userAgent of the event.",
        "If it was not planned: reset the root password, delete root access keys, check its MFA.",
        "Review and revert what it did since then, especially in IAM.",
    ),
    false_positives=(
        "Planned use. It covers less than root-account-use and is for accounts in which that "
        "triggers too often: enable this one, and set root-account-use to severity low. Failed "
        "attempts are also detected."
    ),
    controls=Controls(related_cis_control=3, mitre_attack=("T1078.004",)),
    shows=("userAgent",),
    fires=(
        Example("the root user signs in", console_sign_in(root(), mfa="Yes")),
        Example("the password of the root user was changed", _password_updated()),
        Example(
            "the root user stops a trail",
            api_call("cloudtrail", "StopLogging", root(), request={"name": "main"}),
        ),
    ),
    silent=(
        Example(
            "the console of the root user makes a read call",
            api_call("ec2", "DescribeRegions", root(), read_only=True),
        ),
        Example(
            "an AWS service makes a change on behalf of the root user",
            api_call(
                "ec2",
                "CreateNetworkInterface",
                root() | {"invokedBy": "elasticloadbalancing.amazonaws.com"},
            ),
        ),
        Example(
            "an AWS service reports an event about the root user",
            service_event("kms", "DeleteKey", root()),
        ),
        Example(
            "an IAM user changes their own password",
            api_call("iam", "ChangePassword", iam_user("alice", mfa=True)),
        ),
        Example(
            "an IAM user named root makes a change",
            api_call("cloudtrail", "StopLogging", iam_user("root")),
        ),
    ),
)

BREAK_GLASS_USE = Detection(
    id="break-glass-use",
    title="A break-glass user or role was used",
    packs=("identity",),
    severity=Severity.HIGH,
    opt_in=True,
    pattern=all_of(
        any_of(
            *(
                field(member).starts_with(prefix)
                for member in (
                    "userIdentity.userName",
                    "userIdentity.sessionContext.sessionIssuer.userName",
                )
                for prefix in ("break-glass", "breakglass", "BreakGlass")
            )
        ),
        CALLED_DIRECTLY,
    ),
    why=(
        "Break-glass identities are reserved for emergencies. Any use should be known to several "
        "people."
    ),
    runbook=(
        "Ask in the emergency channel whether there is an emergency.",
        "If not: disable the identity, revoke active sessions, and review what it did.",
        "If so: record the use, and rotate its password and keys afterwards.",
    ),
    false_positives=(
        "Drills. Names that start with break-glass, breakglass or BreakGlass are detected; if your "
        "names differ, rename the identities or change the pattern. Denied calls are also "
        "detected."
    ),
    controls=Controls(mitre_attack=("T1078.004",)),
    fires=(
        Example(
            "a break-glass user signs in", console_sign_in(iam_user("break-glass-1"), mfa="Yes")
        ),
        Example(
            "a user makes a call with a break-glass role",
            api_call(
                "iam",
                "ListUsers",
                assumed_role_identity("BreakGlassAdministrator", "alice"),
                read_only=True,
            ),
        ),
        Example(
            "a call with a break-glass role is denied",
            api_call(
                "organizations",
                "LeaveOrganization",
                assumed_role_identity("breakglass", "alice"),
                error="AccessDenied",
            ),
        ),
    ),
    silent=(
        Example(
            "an AWS service makes a call on behalf of a break-glass role",
            api_call(
                "kms",
                "Decrypt",
                assumed_role_identity(
                    "BreakGlassAdministrator", "alice", invoked_by="s3.amazonaws.com"
                ),
                read_only=True,
            ),
        ),
        Example(
            "a user whose name only contains break-glass signs in",
            console_sign_in(iam_user("no-break-glass"), mfa="Yes"),
        ),
        Example(
            "another user reads the settings of a break-glass user",
            api_call(
                "iam",
                "GetUser",
                identity_center_user("alice"),
                request={"userName": "break-glass-1"},
                read_only=True,
            ),
        ),
        Example(
            "a role with another name is used in a session named break-glass",
            api_call(
                "iam", "ListUsers", assumed_role_identity("Deployer", "break-glass"), read_only=True
            ),
        ),
        Example(
            "a break-glass role is created",
            api_call(
                "iam",
                "CreateRole",
                identity_center_user("alice"),
                request={"roleName": "break-glass-admin"},
            ),
        ),
    ),
)

CONSOLE_SIGN_IN_OUT_OF_HOURS = Detection(
    id="console-sign-in-out-of-hours",
    title="A user signed in to the console outside working hours",
    packs=("identity",),
    severity=Severity.LOW,
    opt_in=True,
    pattern=all_of(
        field("eventSource").equals("signin.amazonaws.com"),
        field("eventName").equals("ConsoleLogin"),
        _SIGNED_IN,
        any_of(
            *(
                field("eventTime").contains(f"T{hour:02}:")
                for hour in (20, 21, 22, 23, 0, 1, 2, 3, 4)
            )
        ),
    ),
    why="A sign-in outside working hours is an incident response, a traveler, or an attacker.",
    runbook=(
        "Ask the user about sourceIPAddress and userAgent of the event.",
        "If it was not the user: revoke active sessions, and disable the user.",
        "Review what was done in that session.",
    ),
    false_positives=(
        "Users on call and in other time zones. The hours are 20:00 to 05:00 UTC, every day; "
        "change them in the pattern to match where your users are."
    ),
    controls=Controls(mitre_attack=("T1078.004",)),
    shows=("userAgent",),
    fires=(
        Example(
            "an IAM user signs in at 22:34 UTC",
            console_sign_in(iam_user("alice"), mfa="Yes") | _at_hour(22),
        ),
        Example(
            "an IAM Identity Center user signs in at 03:34 UTC",
            console_sign_in(identity_center_user("bob"), mfa="No") | _at_hour(3),
        ),
        Example(
            "the root user signs in at 00:34 UTC",
            console_sign_in(root(), mfa="Yes") | _at_hour(0),
        ),
    ),
    silent=(
        Example(
            "a sign-in at 22:34 UTC fails",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False) | _at_hour(22),
        ),
        Example(
            "a user signs in at 12:20 UTC, on the 20th",
            console_sign_in(iam_user("alice"), mfa="Yes") | {"eventTime": "2026-01-20T12:20:20Z"},
        ),
        Example(
            "a user makes a call at 23:34 UTC without a sign-in",
            api_call("ec2", "DescribeInstances", iam_user("alice"), read_only=True) | _at_hour(23),
        ),
        Example(
            "a user signs in at 05:34 UTC",
            console_sign_in(identity_center_user("bob"), mfa="No") | _at_hour(5),
        ),
        Example(
            "a user signs in at 19:34 UTC",
            console_sign_in(identity_center_user("bob"), mfa="No") | _at_hour(19),
        ),
    ),
)
