"""CIS monitoring controls for access: unauthorized API calls, IAM policies.

Patterns with ``exact`` are verbatim:
https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    Timing,
    api_call,
    assumed_role_identity,
    iam_user,
    identity_center_user,
    insight_event,
)

UNAUTHORIZED_API_CALLS = Detection(
    id="unauthorized-api-calls",
    title="Repeated unauthorized API calls",
    packs=("cis",),
    severity=Severity.MEDIUM,
    # Open source compliance scanners check the order of the clauses and the quotation marks. The
    # parentheses around the alternatives are added: without them, '&&' would apply to one of them.
    # Services that use other codes have them in the errors of their SDK models.
    pattern=(
        '{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")'
        ' || ($.errorCode = "UnauthorizedException") || ($.errorCode = "ForbiddenException")'
        ' || ($.errorCode = "AuthorizationError*") || ($.errorCode = "VpceAccessDenied"))'
        ' && ($.sourceIPAddress != "delivery.logs.amazonaws.com")'
        ' && ($.eventName != "HeadBucket")'
        ' && ($.eventSource != "cognito-idp.amazonaws.com") }'
    ),
    why=(
        "Attackers with new credentials try many calls, and most are denied. The other common "
        "cause is a workload that lost a permission."
    ),
    runbook=(
        "Identify the caller. One caller with many different denied calls suggests an attacker.",
        (
            "If the caller is unknown: disable its keys, revoke active sessions, review successful "
            "calls."
        ),
        "If it is a workload: grant the permission, or stop the calls.",
    ),
    false_positives=(
        "Security scanners, console pages that make calls a read-only user may not make, and "
        "deployment roles with too few permissions. Exclude their roles, or raise the threshold. "
        "Denied calls of all callers are counted together, and with an organization trail those of "
        "all accounts. Not counted: calls of Amazon Cognito user pools, which your applications' "
        "users cause."
    ),
    controls=Controls(cis_control=1, mitre_attack=("T1580", "T1526", "T1078.004")),
    timing=Timing(
        threshold=5,
        reason=(
            "A single denied call is an everyday error. Five within five minutes are a workload "
            "without a permission or an attacker."
        ),
    ),
    shows=(
        "userAgent",
        "errorMessage",
    ),
    fires=(
        Example(
            "a role may not read the password of an instance",
            api_call(
                "ec2",
                "GetPasswordData",
                assumed_role_identity("WebServer", "i-0123456789abcdef0"),
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
            "a role may not use a KMS key",
            api_call(
                "kms",
                "Decrypt",
                assumed_role_identity("Deployer"),
                read_only=True,
                error="AccessDeniedException",
            ),
        ),
        Example(
            "a service denies a call with an error code of its own",
            api_call("kafka", "ListClusters", iam_user("mallory"), error="ForbiddenException"),
        ),
        Example(
            "Amazon SNS denies a call",
            api_call("sns", "ListTopics", iam_user("mallory"), error="AuthorizationError"),
        ),
        Example(
            "the policy of a VPC endpoint denies a call",
            api_call("s3", "ListBuckets", iam_user("mallory"), error="VpceAccessDenied"),
        ),
    ),
    silent=(
        Example(
            "AWS log delivery to a bucket is denied",
            api_call(
                "s3",
                "PutObject",
                assumed_role_identity("LogDelivery"),
                request={"bucketName": "shop-logs", "key": "AWSLogs/1"},
                error="AccessDenied",
                sourceIPAddress="delivery.logs.amazonaws.com",
            ),
        ),
        Example(
            "a call to find out whether a bucket exists (HeadBucket) is denied",
            api_call(
                "s3",
                "HeadBucket",
                assumed_role_identity("Deployer"),
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
                assumed_role_identity("Deployer"),
                error="Client.InstanceLimitExceeded",
            ),
        ),
        Example(
            "a user of an application may not sign in to a Cognito user pool",
            api_call(
                "cognito-idp",
                "InitiateAuth",
                {"type": "Unknown", "principalId": "Anonymous"},
                error="ForbiddenException",
            ),
        ),
        Example(
            "CloudTrail Insights reports an unusual error rate, which is not an API call",
            insight_event("iam", "ListUsers"),
        ),
    ),
)

UNAUTHORIZED_API_CALLS_EXACT = Detection(
    id="unauthorized-api-calls-exact",
    title="An unauthorized API call (verbatim CIS control)",
    packs=("cis",),
    severity=Severity.LOW,
    verbatim=True,
    pattern='{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    why=(
        "Security Hub passes its control only with this verbatim pattern. For alerting, use "
        "unauthorized-api-calls, which excludes known harmless calls."
    ),
    runbook=(
        "Check unauthorized-api-calls first: it triggers on repeated denied calls.",
        "Identify the caller, the denied call and the source IP address.",
        "If the caller is unknown: disable its credentials, and review its successful calls.",
    ),
    false_positives=(
        "Every mistake of a user or a workload, so it triggers daily in most accounts. The pattern "
        "must stay verbatim: send the low-severity topic to an archive, or disable this detection "
        "if no compliance scanner checks it."
    ),
    alarm_only="unauthorized-api-calls counts the same calls",
    controls=Controls(cis_control=1, mitre_attack=("T1580", "T1526", "T1078.004")),
    shows=(
        "userAgent",
        "errorMessage",
    ),
    fires=(
        Example(
            "AWS log delivery to a bucket is denied",
            api_call(
                "s3",
                "PutObject",
                assumed_role_identity("LogDelivery"),
                error="AccessDenied",
                sourceIPAddress="delivery.logs.amazonaws.com",
            ),
        ),
        Example(
            "an IAM user may not stop an instance",
            api_call(
                "ec2", "StopInstances", iam_user("alice"), error="Client.UnauthorizedOperation"
            ),
        ),
        Example(
            "a role may not use a KMS key",
            api_call(
                "kms", "Decrypt", assumed_role_identity("Deployer"), error="AccessDeniedException"
            ),
        ),
    ),
    silent=(
        Example(
            "a dry run shows that a call would be allowed",
            api_call("ec2", "StopInstances", iam_user("alice"), error="Client.DryRunOperation"),
        ),
        Example(
            "a token has expired",
            api_call(
                "sts", "GetCallerIdentity", assumed_role_identity("Deployer"), error="ExpiredToken"
            ),
        ),
        Example(
            "an instance is stopped",
            api_call("ec2", "StopInstances", iam_user("alice")),
        ),
        Example(
            "a service denies a call with an error code of its own",
            api_call("kafka", "ListClusters", iam_user("mallory"), error="ForbiddenException"),
        ),
        Example(
            "a bucket does not exist",
            api_call("s3", "GetBucketAcl", iam_user("alice"), read_only=True, error="NoSuchBucket"),
        ),
    ),
)

IAM_POLICY_CHANGES = Detection(
    id="iam-policy-changes",
    title="An IAM policy was created, changed, attached or detached",
    packs=("cis",),
    severity=Severity.LOW,
    verbatim=True,
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
        "IAM policies define permissions. Security Hub requires this list of calls verbatim. For "
        "alerting, use iam-changes, which covers these and all other IAM changes."
    ),
    runbook=(
        "Compare the event with what your deployments changed at that time.",
        "Review the policy for wildcards in Action or Resource.",
        "If it was not planned: detach the policy, and disable the caller's credentials.",
    ),
    false_positives=(
        "Every deployment that creates a role. The pattern must stay verbatim, so it notifies the "
        "low-severity topic. In iam-changes you can exclude deployment roles."
    ),
    alarm_only="iam-changes sends a message for the same calls",
    controls=Controls(cis_control=4, mitre_attack=("T1098.003",)),
    fires=(
        Example(
            "an administrator policy is attached to a user",
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
            "an inline policy of a role is replaced",
            api_call(
                "iam",
                "PutRolePolicy",
                assumed_role_identity("Deployer"),
                request={"roleName": "shop", "policyName": "read", "policyDocument": "{}"},
            ),
        ),
        Example(
            "a call to create a version of a policy is denied",
            api_call("iam", "CreatePolicyVersion", iam_user("mallory"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "another version of a policy becomes the default, which is not in the list",
            api_call(
                "iam",
                "SetDefaultPolicyVersion",
                iam_user("mallory"),
                request={"policyArn": "arn:aws:iam::111122223333:policy/x", "versionId": "v1"},
            ),
        ),
        Example(
            "a policy of AWS Organizations is created, which is not an IAM policy",
            api_call(
                "organizations",
                "CreatePolicy",
                identity_center_user("alice"),
                request={"name": "x"},
            ),
        ),
        Example(
            "the policies of a user are listed",
            api_call(
                "iam",
                "ListAttachedUserPolicies",
                iam_user("alice"),
                request={"userName": "alice"},
                read_only=True,
            ),
        ),
        Example(
            "the trust policy of a role is changed, which is not in the list",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                iam_user("mallory"),
                request={"roleName": "shop", "policyDocument": "{}"},
            ),
        ),
        Example(
            "a permission set is given a policy, which is not an IAM policy of the account",
            api_call(
                "sso",
                "PutInlinePolicyToPermissionSet",
                identity_center_user("alice"),
                request={"inlinePolicy": "{}"},
            ),
        ),
    ),
)
