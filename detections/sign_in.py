"""Sign-ins and sessions: the root user, the console, calls without MFA."""

from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    api_call,
    assumed_role_identity,
    console_sign_in,
    iam_user,
    root,
    service_event,
)

ROOT_ACCOUNT_USE = Detection(
    id="root-account-use",
    title="The root user was used",
    packs=("essentials", "cis"),
    severity=Severity.HIGH,
    verbatim=True,
    # The pattern of CIS, verbatim: three compliance scanners check it.
    # https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
    pattern=(
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS'
        ' && $.eventType !="AwsServiceEvent"}'
    ),
    why=(
        "The root user is not limited by any policy of the account and is not needed for daily "
        "work. Every use is either planned or a compromise of its password or key."
    ),
    runbook=(
        "Identify who used it: eventTime, sourceIPAddress and userAgent of the event.",
        "If it was not planned: reset the root password, delete root access keys, check its MFA.",
        "Review and revert what it did since then, especially in IAM.",
    ),
    false_positives=(
        "Every console page that the root user opens, hundreds in a session. Planned use is "
        "detected as well: compliance scanners require that. For changes and sign-ins only, enable "
        "root-write-or-sign-in and set this one to severity low."
    ),
    controls=Controls(cis_control=3, mitre_attack=("T1078.004",)),
    original="root login",
    changes_from_original=(
        "The original also triggered for calls of AWS services on behalf of the root user and for "
        "events that services report. Both are excluded here."
    ),
    fires=(
        Example("the root user signs in to the console", console_sign_in(root(), mfa="Yes")),
        Example(
            "the root user creates an access key",
            api_call("iam", "CreateAccessKey", root(), request={"userName": "root"}),
        ),
        Example(
            "a sign-in as the root user fails",
            console_sign_in(root(), mfa="No", succeeded=False),
        ),
    ),
    silent=(
        Example(
            "an AWS service calls another one on behalf of the root user",
            api_call(
                "kms",
                "Decrypt",
                root() | {"invokedBy": "secretsmanager.amazonaws.com"},
                read_only=True,
            ),
        ),
        Example(
            "an AWS service reports an event about the root user",
            service_event("signin", "UserAuthentication", root()),
        ),
        Example(
            "an IAM user named root signs in",
            console_sign_in(iam_user("root"), mfa="Yes"),
        ),
    ),
)

CONSOLE_SIGN_IN_WITHOUT_MFA = Detection(
    id="console-sign-in-without-mfa",
    title="An IAM user or the root user signed in to the console without MFA",
    packs=("essentials",),
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
        "A password alone can be guessed, phished or reused. An attacker who has it now has "
        "console access as this user."
    ),
    runbook=(
        "Ask the user about the sign-in: time and sourceIPAddress of the event.",
        "If it was not the user: disable the password and access keys, and revoke active sessions.",
        "Require MFA by policy, or use IAM Identity Center for sign-ins.",
    ),
    false_positives=(
        "IAM users without MFA in browser tests. Give them MFA, or exclude their ARN. Sign-ins "
        "through IAM Identity Center or another identity provider are not detected."
    ),
    controls=Controls(cis_control=2, mitre_attack=("T1078.004",)),
    original="console login without MFA",
    changes_from_original=(
        "The original also counted failed sign-ins and all sign-ins with a role or through IAM "
        "Identity Center, for which CloudTrail always records MFAUsed as No; it missed events "
        "without that field. Here: successful sign-ins of IAM users and the root user, and every "
        "value other than Yes or YES counts as No."
    ),
    fires=(
        Example(
            "an IAM user signs in with only a password",
            console_sign_in(iam_user("alice"), mfa="No"),
        ),
        Example("the root user signs in with only a password", console_sign_in(root(), mfa="No")),
        Example(
            "an IAM user signs in and the event has no MFA field",
            console_sign_in(iam_user("alice"), mfa=None),
        ),
    ),
    silent=(
        Example("an IAM user signs in with MFA", console_sign_in(iam_user("alice"), mfa="Yes")),
        Example(
            "the root user signs in with MFA, recorded as YES",
            console_sign_in(root(), mfa="YES"),
        ),
        Example(
            "a sign-in of an IAM user without MFA fails",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False),
        ),
        Example(
            "a user signs in through IAM Identity Center, for which CloudTrail does not record MFA",
            console_sign_in(
                assumed_role_identity("AWSReservedSSO_ReadOnly_0123456789abcdef", "alice"), mfa="No"
            ),
        ),
    ),
)

WRITE_WITHOUT_MFA = Detection(
    id="write-without-mfa",
    title="An IAM user made a change in a session without MFA",
    packs=("essentials",),
    severity=Severity.MEDIUM,
    pattern=(
        '{ ($.userIdentity.type = "IAMUser") && ($.userIdentity.invokedBy NOT EXISTS)'
        " && ($.readOnly IS FALSE)"
        ' && ($.userIdentity.sessionContext.attributes.mfaAuthenticated = "false") }'
    ),
    why=(
        "The session was started with only a password or access key and is now used to make "
        "changes. A policy that requires MFA would have denied this."
    ),
    runbook=(
        "Ask the user about the change: eventName, time and sourceIPAddress of the event.",
        (
            "If it was not the user: disable password and access keys, revoke sessions, revert the "
            "change."
        ),
        "Require aws:MultiFactorAuthPresent for write calls of IAM users.",
    ),
    false_positives=(
        "Scripts of IAM users that call GetSessionToken without MFA. Exclude the users by ARN, or "
        "replace their keys with roles. Calls with a long-term access key have no session and are "
        "not detected. Denied calls are also detected."
    ),
    controls=Controls(mitre_attack=("T1078.004",)),
    original="action without MFA",
    changes_from_original=(
        "The original did the opposite of its name: '!=' is false where a field is missing, so it "
        "missed calls with an access key and triggered only for AWS services acting on behalf of a "
        "user. Here: direct changes in sessions that CloudTrail marks as without MFA. Calls with a "
        "long-term access key have no session and no such mark; the opt-in "
        "access-key-write-without-session covers those."
    ),
    fires=(
        Example(
            "an IAM user in a console session without MFA stops an instance",
            api_call(
                "ec2",
                "StopInstances",
                iam_user("alice", mfa=False),
                request={"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}},
            ),
        ),
        Example(
            "an IAM user in a session without MFA creates a user",
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
            "an AWS service makes a change on behalf of an IAM user without MFA",
            api_call(
                "ec2",
                "CreateNetworkInterface",
                iam_user("alice", mfa=False, invoked_by="autoscaling.amazonaws.com"),
            ),
        ),
        Example(
            "an IAM user without MFA makes a read call",
            api_call("ec2", "DescribeInstances", iam_user("alice", mfa=False), read_only=True),
        ),
        Example(
            "an IAM user with MFA makes a change",
            api_call("ec2", "StopInstances", iam_user("alice", mfa=True)),
        ),
        Example(
            "a role makes a change",
            api_call("ec2", "StopInstances", assumed_role_identity("Deployer")),
        ),
    ),
)
