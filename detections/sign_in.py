"""Sign-ins and sessions: the root user, the console, calls without MFA."""

from detections._conditions import calls
from trailbell import (
    ACCOUNT,
    Controls,
    Detection,
    Event,
    Example,
    Severity,
    Timing,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    console_sign_in,
    federated_user,
    field,
    iam_user,
    identity_center_user,
    root,
    service_event,
    service_linked_role,
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
    shows=("userAgent",),
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
        Example(
            "a role named root makes a call",
            api_call("ec2", "StopInstances", assumed_role_identity("root")),
        ),
        Example(
            "the service-linked role of IAM Identity Center makes a change",
            api_call("iam", "CreateRole", service_linked_role("AWSServiceRoleForSSO", "sso")),
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
        Example(
            "a federated user signs in, whose MFA the event does not show",
            console_sign_in(federated_user("helper"), mfa="No"),
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
        Example(
            "a call of an IAM user in a session without MFA to delete a trail is denied",
            api_call(
                "cloudtrail", "DeleteTrail", iam_user("mallory", mfa=False), error="AccessDenied"
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
        Example(
            "an IAM user makes a change with a long-term access key, which has no session",
            api_call("ec2", "StopInstances", iam_user("ci")),
        ),
    ),
)


def _sign_in_of_unknown_user() -> Event:
    """A sign-in with a user name that does not exist; CloudTrail hides the name.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
    """
    identity = {
        "type": "IAMUser",
        "accountId": ACCOUNT,
        "accessKeyId": "",
        "userName": "HIDDEN_DUE_TO_SECURITY_REASONS",
    }
    event = console_sign_in(identity, mfa="No", succeeded=False)
    return event | {"errorMessage": "No username found in supplied account"}


def _credential_verification(credential: str, result: str) -> Event:
    """A user of IAM Identity Center enters a password or an MFA code.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html
    """
    identity = {"type": "Unknown", "principalId": ACCOUNT, "accountId": ACCOUNT}
    return service_event(
        "signin",
        "CredentialVerification",
        identity,
        additionalEventData={"CredentialType": credential},
        serviceEventDetails={"CredentialVerification": result},
    )


SIGN_IN_FAILURES_OF_OTHER_USERS = Detection(
    id="sign-in-failures-of-other-users",
    title="Repeated sign-in failures of unknown users or in IAM Identity Center",
    packs=("identity",),
    severity=Severity.MEDIUM,
    pattern=any_of(
        all_of(
            calls("signin", "ConsoleLogin"),
            field("responseElements.ConsoleLogin").equals("Failure"),
            field("errorMessage").differs("Failed authentication"),
        ),
        all_of(
            calls("signin", "CredentialVerification"),
            field("serviceEventDetails.CredentialVerification").equals("Failure"),
        ),
    ),
    why=(
        "An attacker who guesses user names, or passwords of users in IAM Identity Center, causes "
        "failures that console-sign-in-failures does not count."
    ),
    runbook=(
        "Identify sourceIPAddress and, if known, the users (userIdentity, additionalEventData).",
        "Ask those users; for those who did not try, reset the password and require MFA.",
        "Check whether a later sign-in from the same address succeeded.",
    ),
    false_positives=(
        "Users who mistype their names, passwords or MFA codes: raise the threshold where many "
        "sign in. Failures of all users are counted together, and with an organization trail those "
        "of all accounts. Wrong passwords of IAM users and the root user are not detected here, "
        "because console-sign-in-failures counts them, nor are failures at another identity "
        "provider."
    ),
    controls=Controls(related_cis_control=6, mitre_attack=("T1110.001", "T1110.003", "T1110.004")),
    timing=Timing(
        threshold=3,
        reason=("One or two failures are typing errors. Three within five minutes need a check."),
    ),
    shows=(
        "userIdentity.userName",
        "userIdentity.onBehalfOf.userId",
        "additionalEventData.CredentialType",
        "errorMessage",
    ),
    fires=(
        Example("a user name does not exist in the account", _sign_in_of_unknown_user()),
        Example(
            "a sign-in fails for another reason than a wrong password",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False)
            | {"errorMessage": "Access denied by network policy"},
        ),
        Example(
            "a password in IAM Identity Center is wrong",
            _credential_verification("PASSWORD", "Failure"),
        ),
        Example(
            "an MFA code in IAM Identity Center is wrong",
            _credential_verification("TOTP", "Failure"),
        ),
        Example(
            "a sign-in fails and the event does not say why",
            {
                name: value
                for name, value in _sign_in_of_unknown_user().items()
                if name != "errorMessage"
            },
        ),
    ),
    silent=(
        Example(
            "an IAM user enters a wrong password, which console-sign-in-failures counts",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False),
        ),
        Example(
            "a password in IAM Identity Center is right",
            _credential_verification("PASSWORD", "Success"),
        ),
        Example(
            "a user of IAM Identity Center signed in",
            service_event(
                "signin",
                "UserAuthentication",
                {"type": "IdentityCenterUser", "accountId": ACCOUNT},
                serviceEventDetails={"UserAuthentication": "Success"},
            ),
        ),
        Example("an IAM user signs in", console_sign_in(iam_user("alice"), mfa="Yes")),
        Example(
            "a user of IAM Identity Center signs in to the console",
            console_sign_in(identity_center_user("alice"), mfa="No"),
        ),
        Example(
            "a call for a session token is denied, which is not a sign-in",
            api_call("sts", "GetSessionToken", iam_user("alice"), error="AccessDenied"),
        ),
    ),
)
