"""People who come in: the root user, the console, sessions without a second factor."""

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.samples import api_call, console_sign_in, iam_user, role, root, service_event

ROOT_ACCOUNT_USE = Detection(
    id="root-account-use",
    title="The root user did something",
    packs=(Pack.ESSENTIALS, Pack.CIS),
    severity=Severity.HIGH,
    exact=True,
    # The text that CIS prescribes, to the letter: three auditors look for it.
    # https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    pattern=(
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS'
        ' && $.eventType !="AwsServiceEvent"}'
    ),
    why=(
        "The root user can do anything, and no policy of the account stops it. Daily work does "
        "not need it, so every use is either one you planned or somebody who has its password or "
        "key."
    ),
    respond=(
        "Find out who used it: eventTime, sourceIPAddress and userAgent of the event.",
        "If nobody planned it: change the root password, remove root access keys, check its MFA.",
        "List what it did since, above all in IAM, and undo it.",
    ),
    false_alarms=(
        "Every page of the console that the root user opens, hundreds a session. Planned uses "
        "ring as well: that is what auditors want. For changes and sign-ins only, switch on "
        "root-write-or-sign-in and give this one the severity low."
    ),
    controls=Controls(cis=3, attack=("T1078.004",)),
    original="root login",
    changed=(
        "The original also rang for calls that AWS services make for the root user and for events "
        "that services report by themselves; both are excluded."
    ),
    fires=(
        Example("the root user signs in to the console", console_sign_in(root(), mfa="Yes")),
        Example(
            "the root user makes an access key",
            api_call("iam", "CreateAccessKey", root(), request={"userName": "root"}),
        ),
        Example(
            "somebody tries the root user's password and fails",
            console_sign_in(root(), mfa="No", succeeded=False),
        ),
    ),
    silent=(
        Example(
            "a service calls another one for the root user",
            api_call(
                "kms",
                "Decrypt",
                root() | {"invokedBy": "secretsmanager.amazonaws.com"},
                read_only=True,
            ),
        ),
        Example(
            "a service reports something about the root user by itself",
            service_event("signin", "UserAuthentication", root()),
        ),
        Example(
            "an IAM user who is called root signs in",
            console_sign_in(iam_user("root"), mfa="Yes"),
        ),
    ),
)

CONSOLE_SIGN_IN_WITHOUT_MFA = Detection(
    id="console-sign-in-without-mfa",
    title="An IAM user or the root user signed in to the console without MFA",
    packs=(Pack.ESSENTIALS,),
    severity=Severity.MEDIUM,
    pattern=(
        '{ ($.eventName = "ConsoleLogin") && ($.responseElements.ConsoleLogin = "Success")'
        ' && (($.userIdentity.type = "IAMUser") || ($.userIdentity.type = "Root"))'
        " && (($.additionalEventData.MFAUsed NOT EXISTS)"
        " || ($.additionalEventData.MFAUsed IS NULL)"
        ' || (($.additionalEventData.MFAUsed != "Yes")'
        ' && ($.additionalEventData.MFAUsed != "YES"))) }'
    ),
    why=(
        "A password alone is guessed, phished and reused. Whoever has it now has the console, as "
        "this user, and nothing else stands in the way."
    ),
    respond=(
        "Ask the user whether it was them: time and sourceIPAddress of the event.",
        "If not: disable the console password and the access keys, end the sessions.",
        "Require MFA by policy, or let people sign in through IAM Identity Center.",
    ),
    false_alarms=(
        "IAM users without MFA that a test suite signs in with. Give them MFA, or exclude their "
        "ARN. Sign-ins through IAM Identity Center or by another provider do not count."
    ),
    controls=Controls(cis=2, attack=("T1078.004",)),
    original="console login without MFA",
    changed=(
        "The original counted failed sign-ins, and every sign-in of a role or through IAM Identity "
        "Center, whose MFA CloudTrail does not know (it always says No); and it was silent if the "
        "event did not say. Here: successful sign-ins of IAM users and of the root user, and what "
        "does not say Yes counts as No."
    ),
    fires=(
        Example(
            "an IAM user signs in with the password alone",
            console_sign_in(iam_user("alice"), mfa="No"),
        ),
        Example(
            "the root user signs in with the password alone", console_sign_in(root(), mfa="No")
        ),
        Example(
            "an IAM user signs in and the event does not mention MFA",
            console_sign_in(iam_user("alice"), mfa=None),
        ),
    ),
    silent=(
        Example("an IAM user signs in with MFA", console_sign_in(iam_user("alice"), mfa="Yes")),
        Example(
            "the root user signs in with MFA, which its events write YES",
            console_sign_in(root(), mfa="YES"),
        ),
        Example(
            "an IAM user's sign-in without MFA fails",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False),
        ),
        Example(
            "somebody comes through IAM Identity Center, whose MFA is not CloudTrail's to know",
            console_sign_in(role("AWSReservedSSO_ReadOnly_0123456789abcdef", "alice"), mfa="No"),
        ),
    ),
)

WRITE_WITHOUT_MFA = Detection(
    id="write-without-mfa",
    title="An IAM user changed something in a session without MFA",
    packs=(Pack.ESSENTIALS,),
    severity=Severity.MEDIUM,
    pattern=(
        '{ ($.userIdentity.type = "IAMUser") && ($.userIdentity.invokedBy NOT EXISTS)'
        " && ($.readOnly IS FALSE)"
        ' && ($.userIdentity.sessionContext.attributes.mfaAuthenticated = "false") }'
    ),
    why=(
        "The session was opened with a password or key alone and is now used to change things. "
        "A policy that requires MFA would have refused it."
    ),
    respond=(
        "Ask the user whether it was them: eventName, time and sourceIPAddress of the event.",
        "If not: disable password and access keys, end the sessions, undo the change.",
        "Deny writes without aws:MultiFactorAuthPresent for IAM users.",
    ),
    false_alarms=(
        "Scripts of IAM users that call GetSessionToken without MFA. Exclude the users by ARN, or "
        "replace their keys by roles. Calls by access key alone have no session and do not ring, "
        "attempts that are refused do."
    ),
    controls=Controls(attack=("T1078.004",)),
    original="action without MFA",
    changed=(
        "The original did the opposite of its name: '!=' is false where a member is missing, so it "
        "never saw a call by access key, and all that it rang for were AWS services acting for a "
        "user. Here: direct changes in sessions that CloudTrail marks as without MFA. Calls by "
        "long-term access key carry no session and no mark; to watch those is another detection."
    ),
    fires=(
        Example(
            "an IAM user in the console without MFA stops an instance",
            api_call(
                "ec2",
                "StopInstances",
                iam_user("alice", mfa=False),
                request={"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}},
            ),
        ),
        Example(
            "an IAM user in a session without MFA makes a user",
            api_call(
                "iam",
                "CreateUser",
                iam_user("alice", mfa=False),
                request={"userName": "backdoor"},
            ),
        ),
    ),
    silent=(
        Example(
            "an AWS service changes something for an IAM user without MFA",
            api_call(
                "ec2",
                "CreateNetworkInterface",
                iam_user("alice", mfa=False, invoked_by="autoscaling.amazonaws.com"),
            ),
        ),
        Example(
            "an IAM user without MFA only looks",
            api_call("ec2", "DescribeInstances", iam_user("alice", mfa=False), read_only=True),
        ),
        Example(
            "an IAM user with MFA changes something",
            api_call("ec2", "StopInstances", iam_user("alice", mfa=True)),
        ),
        Example(
            "a role, for which MFA says nothing, changes something",
            api_call("ec2", "StopInstances", role("Deployer")),
        ),
    ),
)
