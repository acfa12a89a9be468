"""What auditors want watched of access: refused calls, sign-ins, policies of IAM.

The texts of the exact ones are prescribed, to the letter:
https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity, Timing
from trailbell.samples import (
    api_call,
    console_sign_in,
    iam_user,
    insight_event,
    role,
    root,
    sso_person,
)

UNAUTHORIZED_API_CALLS = Detection(
    id="unauthorized-api-calls",
    title="Several calls were refused for lack of permission",
    packs=(Pack.CIS,),
    severity=Severity.MEDIUM,
    # The order of the clauses and the quotes are those that open auditors look for; the
    # parentheses around the alternatives are ours, without them '&&' would bind to one of them.
    pattern=(
        '{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*"))'
        ' && ($.sourceIPAddress != "delivery.logs.amazonaws.com")'
        ' && ($.eventName != "HeadBucket") }'
    ),
    why=(
        "Whoever finds credentials first tries what they open, and most of it is refused. The "
        "other cause is a program that lost a permission it needs."
    ),
    respond=(
        "See who was refused: one caller and many different calls is somebody who looks around.",
        "If nobody knows that caller: disable its keys, end its sessions, see what succeeded.",
        "If it is a program: give it the permission, or stop it from asking.",
    ),
    false_alarms=(
        "Scanners of security products, consoles that ask for more than a reader may see, and "
        "deployments with a role that is too narrow. Exclude their roles, or raise the threshold. "
        "The refusals of all callers are counted together."
    ),
    controls=Controls(cis=1, attack=("T1580", "T1526", "T1078.004")),
    timing=Timing(
        threshold=5,
        why=(
            "One refusal is a slip and happens every day; five within five minutes are a program "
            "or somebody who tries doors."
        ),
    ),
    fires=(
        Example(
            "a role may not read a password of an instance",
            api_call(
                "ec2",
                "GetPasswordData",
                role("WebServer", "i-0123456789abcdef0"),
                request={"instanceId": "i-0123456789abcdef0"},
                read_only=True,
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "an IAM user may not list users",
            api_call("iam", "ListUsers", iam_user("mallory"), read_only=True, error="AccessDenied"),
        ),
        Example(
            "a key may not be used",
            api_call(
                "kms",
                "Decrypt",
                role("Deployer"),
                read_only=True,
                error="AccessDeniedException",
            ),
        ),
    ),
    silent=(
        Example(
            "the delivery of logs to a bucket is refused",
            api_call(
                "s3",
                "PutObject",
                role("LogDelivery"),
                request={"bucketName": "shop-logs", "key": "AWSLogs/1"},
                error="AccessDenied",
                sourceIPAddress="delivery.logs.amazonaws.com",
            ),
        ),
        Example(
            "somebody asks whether a bucket exists and may not know",
            api_call(
                "s3",
                "HeadBucket",
                role("Deployer"),
                request={"bucketName": "shop"},
                read_only=True,
                error="AccessDenied",
            ),
        ),
        Example(
            "a call fails for another reason",
            api_call(
                "ec2",
                "RunInstances",
                role("Deployer"),
                error="Client.InstanceLimitExceeded",
            ),
        ),
        Example(
            "an unusual number of refusals is reported, which is no call itself",
            insight_event("iam", "ListUsers"),
        ),
    ),
)

UNAUTHORIZED_API_CALLS_EXACT = Detection(
    id="unauthorized-api-calls-exact",
    title="A call was refused for lack of permission",
    packs=(Pack.CIS,),
    severity=Severity.LOW,
    exact=True,
    pattern='{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    why=(
        "Security Hub passes its control for refused calls with this text alone. People are told "
        "by unauthorized-api-calls, which leaves out what is known to be harmless."
    ),
    respond=(
        "Look at unauthorized-api-calls first: it rings when refusals pile up.",
        "See who was refused what, and from where.",
        "If it was nobody you know: disable the credentials and see what succeeded.",
    ),
    false_alarms=(
        "Every slip of a person or a program, so it rings daily in most accounts. The text may "
        "not be tuned: let its topic go to an archive, or switch it off if no auditor asks."
    ),
    controls=Controls(cis=1, attack=("T1580", "T1526", "T1078.004")),
    fires=(
        Example(
            "the delivery of logs to a bucket is refused",
            api_call(
                "s3",
                "PutObject",
                role("LogDelivery"),
                error="AccessDenied",
                sourceIPAddress="delivery.logs.amazonaws.com",
            ),
        ),
        Example(
            "an instance may not be stopped",
            api_call(
                "ec2", "StopInstances", iam_user("alice"), error="Client.UnauthorizedOperation"
            ),
        ),
    ),
    silent=(
        Example(
            "a call that would have been allowed was only rehearsed",
            api_call("ec2", "StopInstances", iam_user("alice"), error="Client.DryRunOperation"),
        ),
        Example(
            "a token has expired",
            api_call("sts", "GetCallerIdentity", role("Deployer"), error="ExpiredToken"),
        ),
        Example(
            "an instance is stopped",
            api_call("ec2", "StopInstances", iam_user("alice")),
        ),
    ),
)

CONSOLE_SIGN_IN_WITHOUT_MFA_EXACT = Detection(
    id="console-sign-in-without-mfa-exact",
    title="An IAM user signed in to the console without MFA",
    packs=(Pack.CIS,),
    severity=Severity.LOW,
    exact=True,
    pattern=(
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")'
        ' && ($.userIdentity.type = "IAMUser")'
        ' && ($.responseElements.ConsoleLogin = "Success") }'
    ),
    accepts={
        "unguarded-not-equal": (
            "an auditor wants the text to the letter; console-sign-in-without-mfa sees the events "
            "that do not mention MFA"
        )
    },
    why=(
        "Security Hub and Powerpipe pass their controls with this text alone. People are told by "
        "console-sign-in-without-mfa, which also sees the root user and events without a word "
        "about MFA."
    ),
    respond=(
        "Ask the user whether it was them: time and sourceIPAddress of the event.",
        "If not: disable the console password and the access keys, end the sessions.",
        "Require MFA by policy, or let people sign in through IAM Identity Center.",
    ),
    false_alarms=(
        "IAM users who may sign in without MFA, such as test users of a browser suite. The text "
        "may not be tuned: give those users MFA."
    ),
    controls=Controls(cis=2, attack=("T1078.004",)),
    fires=(
        Example(
            "an IAM user signs in with the password alone",
            console_sign_in(iam_user("alice"), mfa="No"),
        ),
        Example(
            "another one does, from another address",
            console_sign_in(iam_user("bob"), mfa="No") | {"sourceIPAddress": "198.51.100.7"},
        ),
    ),
    silent=(
        Example(
            "an IAM user signs in and the event does not mention MFA",
            console_sign_in(iam_user("alice"), mfa=None),
        ),
        Example(
            "the root user signs in with the password alone", console_sign_in(root(), mfa="No")
        ),
        Example("an IAM user signs in with MFA", console_sign_in(iam_user("alice"), mfa="Yes")),
        Example(
            "somebody comes through IAM Identity Center",
            console_sign_in(sso_person("alice"), mfa="No"),
        ),
    ),
)

CONSOLE_SIGN_IN_FAILURES = Detection(
    id="console-sign-in-failures",
    title="Several sign-ins to the console failed",
    packs=(Pack.CIS,),
    severity=Severity.MEDIUM,
    exact=True,
    pattern='{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    why=(
        "Wrong passwords one after the other are somebody who guesses, or who tries a list of "
        "leaked ones on many users."
    ),
    respond=(
        "See which users were tried and from which addresses; one address and many users is worst.",
        "Ask those users; whoever did not try gets a new password and MFA.",
        "See whether a sign-in from the same address succeeded afterwards.",
    ),
    false_alarms=(
        "A person who forgot a password. Raise the threshold where many IAM users sign in by "
        "hand. Sign-ins through IAM Identity Center fail elsewhere, and user names that do not "
        "exist fail with another message: neither counts."
    ),
    controls=Controls(cis=6, attack=("T1110.001", "T1110.003", "T1110.004")),
    timing=Timing(
        threshold=3,
        why=(
            "One or two wrong passwords are a person who mistypes; three within five minutes are "
            "worth a look."
        ),
    ),
    fires=(
        Example(
            "an IAM user gives a wrong password",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False),
        ),
        Example(
            "somebody tries the root user's password",
            console_sign_in(root(), mfa="No", succeeded=False),
        ),
    ),
    silent=(
        Example(
            "a sign-in fails because the user must come from elsewhere",
            console_sign_in(iam_user("alice"), mfa="No", succeeded=False)
            | {"errorMessage": "Access denied by network policy"},
        ),
        Example(
            "an IAM user signs in",
            console_sign_in(iam_user("alice"), mfa="Yes"),
        ),
        Example(
            "a session token is asked for and refused, which is no sign-in",
            api_call(
                "sts",
                "GetSessionToken",
                iam_user("alice"),
                error="AccessDenied",
                errorMessage="MultiFactorAuthentication failed with invalid MFA one time pass code",
            ),
        ),
    ),
)

IAM_POLICY_CHANGES = Detection(
    id="iam-policy-changes",
    title="A policy of IAM was made, changed, attached or removed",
    packs=(Pack.CIS,),
    severity=Severity.LOW,
    exact=True,
    pattern=(
        "{($.eventSource=iam.amazonaws.com) && (($.eventName=DeleteGroupPolicy)"
        " || ($.eventName=DeleteRolePolicy) || ($.eventName=DeleteUserPolicy)"
        " || ($.eventName=PutGroupPolicy) || ($.eventName=PutRolePolicy)"
        " || ($.eventName=PutUserPolicy) || ($.eventName=CreatePolicy)"
        " || ($.eventName=DeletePolicy) || ($.eventName=CreatePolicyVersion)"
        " || ($.eventName=DeletePolicyVersion) || ($.eventName=AttachRolePolicy)"
        " || ($.eventName=DetachRolePolicy) || ($.eventName=AttachUserPolicy)"
        " || ($.eventName=DetachUserPolicy) || ($.eventName=AttachGroupPolicy)"
        " || ($.eventName=DetachGroupPolicy))}"
    ),
    why=(
        "Policies say who may do what. Security Hub wants this list to the letter; iam-changes "
        "tells people of these and of every other change in IAM."
    ),
    respond=(
        "Compare the event with what your deployments changed at that time.",
        "Read the policy: a star as action or resource, or a new principal, is what to look for.",
        "If nobody planned it: detach it, and disable who made it.",
    ),
    false_alarms=(
        "Every deployment that makes a role. The text may not be tuned, so it rings the topic for "
        "audits; iam-changes can exclude the roles that deploy."
    ),
    controls=Controls(cis=4, attack=("T1098.003",)),
    fires=(
        Example(
            "a user is given every right",
            api_call(
                "iam",
                "AttachUserPolicy",
                iam_user("mallory"),
                request={
                    "userName": "mallory",
                    "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
                },
            ),
        ),
        Example(
            "a role's own policy is replaced",
            api_call(
                "iam",
                "PutRolePolicy",
                role("Deployer"),
                request={"roleName": "shop", "policyName": "read", "policyDocument": "{}"},
            ),
        ),
    ),
    silent=(
        Example(
            "another version of a policy becomes the default, which the list leaves out",
            api_call(
                "iam",
                "SetDefaultPolicyVersion",
                iam_user("mallory"),
                request={"policyArn": "arn:aws:iam::111122223333:policy/x", "versionId": "v1"},
            ),
        ),
        Example(
            "a policy of an organization is made, which is another thing",
            api_call("organizations", "CreatePolicy", sso_person("alice"), request={"name": "x"}),
        ),
        Example(
            "a user's policies are listed",
            api_call(
                "iam",
                "ListAttachedUserPolicies",
                iam_user("alice"),
                request={"userName": "alice"},
                read_only=True,
            ),
        ),
    ),
)
