"""People at unusual doors or hours: the root user, break-glass users, sign-ins at night."""

from detections._conditions import DIRECT
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import (
    api_call,
    console_sign_in,
    iam_user,
    role,
    root,
    service_event,
    sso_person,
)

_SUCCESS = field("responseElements.ConsoleLogin").equals("Success")


def _at(hour: int) -> dict[str, str]:
    return {"eventTime": f"2026-01-15T{hour:02}:34:56Z"}


ROOT_WRITE_OR_SIGN_IN = Detection(
    id="root-write-or-sign-in",
    title="The root user signed in or changed something",
    packs=(Pack.IDENTITY,),
    severity=Severity.HIGH,
    opt_in=True,
    pattern=all_of(
        field("userIdentity.type").equals("Root"),
        DIRECT,
        field("eventType").present_and_differs("AwsServiceEvent"),
        any_of(field("readOnly").is_false(), field("eventName").equals("ConsoleLogin")),
    ),
    why=(
        "The root user can do anything, and no policy of the account stops it. What it reads fills "
        "pages; its sign-in and what it changes are the few events that matter."
    ),
    respond=(
        "Find out who used it: eventTime, sourceIPAddress and userAgent of the event.",
        "If nobody planned it: change the root password, remove root access keys, check its MFA.",
        "List what it did since, above all in IAM, and undo it.",
    ),
    false_alarms=(
        "Planned uses. It says less than root-account-use and is for accounts in which that rings "
        "too often: switch this on, and give root-account-use the severity low. Attempts that "
        "fail ring as well."
    ),
    controls=Controls(relates_to=3, attack=("T1078.004",)),
    fires=(
        Example("the root user signs in", console_sign_in(root(), mfa="Yes")),
        Example(
            "the root user closes a door behind itself",
            api_call("cloudtrail", "StopLogging", root(), request={"name": "main"}),
        ),
    ),
    silent=(
        Example(
            "the root user's console looks around",
            api_call("ec2", "DescribeRegions", root(), read_only=True),
        ),
        Example(
            "a service changes something for the root user",
            api_call(
                "ec2",
                "CreateNetworkInterface",
                root() | {"invokedBy": "elasticloadbalancing.amazonaws.com"},
            ),
        ),
        Example(
            "a service reports something about the root user by itself",
            service_event("kms", "DeleteKey", root()),
        ),
        Example(
            "an IAM user who is called root changes something",
            api_call("cloudtrail", "StopLogging", iam_user("root")),
        ),
    ),
)

BREAK_GLASS_USE = Detection(
    id="break-glass-use",
    title="A break-glass user or role was used",
    packs=(Pack.IDENTITY,),
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
        DIRECT,
    ),
    why=(
        "These identities lie in a safe for the day on which nothing else works. Nobody should use "
        "one without many people knowing about it."
    ),
    respond=(
        "Ask in the channel for emergencies whether there is one.",
        "If there is none: disable the user, end its sessions, see what it did.",
        "If there is: note the use, and renew password and keys when it is over.",
    ),
    false_alarms=(
        "Drills. Counts names that start with break-glass, breakglass or BreakGlass; where yours "
        "are called otherwise, name them so, or change the pattern."
    ),
    controls=Controls(attack=("T1078.004",)),
    fires=(
        Example(
            "the break-glass user signs in", console_sign_in(iam_user("break-glass-1"), mfa="Yes")
        ),
        Example(
            "somebody acts with the break-glass role",
            api_call("iam", "ListUsers", role("BreakGlassAdministrator", "alice"), read_only=True),
        ),
    ),
    silent=(
        Example(
            "a service acts for the break-glass role",
            api_call(
                "kms",
                "Decrypt",
                role("BreakGlassAdministrator", "alice", invoked_by="s3.amazonaws.com"),
                read_only=True,
            ),
        ),
        Example(
            "a user whose name only holds the word signs in",
            console_sign_in(iam_user("no-break-glass"), mfa="Yes"),
        ),
        Example(
            "somebody looks at the break-glass user",
            api_call(
                "iam",
                "GetUser",
                sso_person("alice"),
                request={"userName": "break-glass-1"},
                read_only=True,
            ),
        ),
    ),
)

CONSOLE_SIGN_IN_OUT_OF_HOURS = Detection(
    id="console-sign-in-out-of-hours",
    title="Somebody signed in to the console at night",
    packs=(Pack.IDENTITY,),
    severity=Severity.LOW,
    opt_in=True,
    pattern=all_of(
        field("eventSource").equals("signin.amazonaws.com"),
        field("eventName").equals("ConsoleLogin"),
        _SUCCESS,
        any_of(
            *(
                field("eventTime").contains(f"T{hour:02}:")
                for hour in (20, 21, 22, 23, 0, 1, 2, 3, 4)
            )
        ),
    ),
    why=(
        "Where people work by day, a sign-in at night is an incident, somebody abroad, or somebody "
        "else."
    ),
    respond=(
        "Ask the person: sourceIPAddress and userAgent say from where and with what.",
        "If it was not them: end the sessions, and disable the user.",
        "List what was done in that session.",
    ),
    false_alarms=(
        "People on call and in other time zones. Counts from 20:00 to 05:00 UTC; change the hours "
        "in the pattern for where your people are."
    ),
    controls=Controls(attack=("T1078.004",)),
    fires=(
        Example(
            "an IAM user signs in before midnight",
            console_sign_in(iam_user("alice"), mfa="Yes") | _at(22),
        ),
        Example(
            "somebody from IAM Identity Center signs in after midnight",
            console_sign_in(sso_person("bob"), mfa="No") | _at(3),
        ),
    ),
    silent=(
        Example(
            "a sign-in at night fails",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False) | _at(22),
        ),
        Example(
            "somebody signs in at 12:20, which has a 20 in it",
            console_sign_in(iam_user("alice"), mfa="Yes") | {"eventTime": "2026-01-20T12:20:20Z"},
        ),
        Example(
            "somebody works at night without signing in",
            api_call("ec2", "DescribeInstances", iam_user("alice"), read_only=True) | _at(23),
        ),
    ),
)
