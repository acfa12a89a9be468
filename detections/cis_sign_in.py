"""CIS monitoring controls for sign-ins to the console, verbatim.

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from trailbell import (
    ACCOUNT,
    Controls,
    Detection,
    Example,
    Severity,
    Timing,
    api_call,
    console_sign_in,
    iam_user,
    identity_center_user,
    root,
    service_event,
)

CONSOLE_SIGN_IN_WITHOUT_MFA_EXACT = Detection(
    id="console-sign-in-without-mfa-exact",
    title="An IAM user signed in to the console without MFA (verbatim CIS control)",
    packs=("cis",),
    severity=Severity.LOW,
    verbatim=True,
    pattern=(
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")'
        ' && ($.userIdentity.type = "IAMUser")'
        ' && ($.responseElements.ConsoleLogin = "Success") }'
    ),
    accepted_issues={
        "unguarded-not-equal": (
            "the pattern must stay verbatim for compliance scanners; console-sign-in-without-mfa "
            "covers events without an MFA field"
        )
    },
    why=(
        "Security Hub and Powerpipe pass their controls only with this verbatim pattern. For "
        "alerting, use console-sign-in-without-mfa, which also covers the root user and events "
        "without an MFA field."
    ),
    runbook=(
        "Ask the user about the sign-in: time and sourceIPAddress of the event.",
        "If it was not the user: disable the password and access keys, and revoke active sessions.",
        "Require MFA by policy, or use IAM Identity Center for sign-ins.",
    ),
    false_positives=(
        "IAM users who may sign in without MFA, such as users of browser tests. The pattern must "
        "stay verbatim: give those users MFA."
    ),
    alarm_only="console-sign-in-without-mfa sends a message for the same sign-ins",
    controls=Controls(cis_control=2, mitre_attack=("T1078.004",)),
    fires=(
        Example(
            "an IAM user signs in with only a password",
            console_sign_in(iam_user("alice"), mfa="No"),
        ),
        Example(
            "another IAM user signs in with only a password, from another address",
            console_sign_in(iam_user("bob"), mfa="No") | {"sourceIPAddress": "198.51.100.7"},
        ),
        Example(
            "an IAM user signs in and the event has a value other than Yes",
            console_sign_in(iam_user("alice"), mfa="no"),
        ),
    ),
    silent=(
        Example(
            "an IAM user signs in and the event has no MFA field",
            console_sign_in(iam_user("alice"), mfa=None),
        ),
        Example("the root user signs in with only a password", console_sign_in(root(), mfa="No")),
        Example("an IAM user signs in with MFA", console_sign_in(iam_user("alice"), mfa="Yes")),
        Example(
            "a user signs in through IAM Identity Center",
            console_sign_in(identity_center_user("alice"), mfa="No"),
        ),
        Example(
            "a sign-in of an IAM user without MFA fails",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False),
        ),
    ),
)

CONSOLE_SIGN_IN_FAILURES = Detection(
    id="console-sign-in-failures",
    title="Repeated console sign-in failures",
    packs=("cis",),
    severity=Severity.MEDIUM,
    verbatim=True,
    pattern='{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    why=(
        "Repeated wrong passwords can mean that an attacker is guessing, or is trying leaked "
        "passwords on many users."
    ),
    runbook=(
        (
            "Identify the users and source IP addresses; one address with many users is the worst "
            "sign."
        ),
        "Ask those users; for those who did not try, reset the password and require MFA.",
        "Check whether a later sign-in from the same address succeeded.",
    ),
    false_positives=(
        "A user who forgot a password. Raise the threshold where many IAM users sign in. Failures "
        "in IAM Identity Center and of unknown user names are recorded differently: "
        "sign-in-failures-of-other-users counts them."
    ),
    controls=Controls(cis_control=6, mitre_attack=("T1110.001", "T1110.003", "T1110.004")),
    timing=Timing(
        threshold=3,
        reason=(
            "One or two wrong passwords are typing errors. Three within five minutes need a check."
        ),
    ),
    shows=("userIdentity.userName",),
    fires=(
        Example(
            "an IAM user enters a wrong password",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False),
        ),
        Example(
            "a sign-in as the root user fails with a wrong password",
            console_sign_in(root(), mfa="No", succeeded=False),
        ),
        Example(
            "an IAM user enters a wrong MFA code",
            console_sign_in(iam_user("bob"), mfa="Yes", succeeded=False),
        ),
    ),
    silent=(
        Example(
            "a sign-in fails because of a network policy",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False)
            | {"errorMessage": "Access denied by network policy"},
        ),
        Example(
            "an IAM user signs in",
            console_sign_in(iam_user("alice"), mfa="Yes"),
        ),
        Example(
            "a call for a session token is denied, which is not a sign-in",
            api_call(
                "sts",
                "GetSessionToken",
                iam_user("alice"),
                error="AccessDenied",
                errorMessage="MultiFactorAuthentication failed with invalid MFA one time pass code",
            ),
        ),
        Example(
            "a user name does not exist, which sign-in-failures-of-other-users counts",
            console_sign_in(iam_user("unknown"), mfa="No", succeeded=False)
            | {"errorMessage": "No username found in supplied account"},
        ),
        Example(
            "a wrong password in IAM Identity Center",
            service_event(
                "signin",
                "CredentialVerification",
                {"type": "Unknown", "accountId": ACCOUNT},
                serviceEventDetails={"CredentialVerification": "Failure"},
            ),
        ),
    ),
)
