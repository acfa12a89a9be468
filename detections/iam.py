"""Changes of IAM."""

from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    api_call,
    assumed_role_identity,
    iam_user,
)

IAM_CHANGES = Detection(
    id="iam-changes",
    title="An IAM change was made",
    packs=("essentials",),
    severity=Severity.MEDIUM,
    pattern=(
        '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "*")'
        ' && ($.eventName != "Get*") && ($.eventName != "List*")'
        ' && ($.eventName != "Generate*") && ($.eventName != "Simulate*") }'
    ),
    why=(
        "IAM controls all permissions. New users, keys, roles and policies are how attackers keep "
        "their access and extend it."
    ),
    runbook=(
        "Compare the event with what your deployments changed at that time.",
        "If it was not planned: detach or delete the addition, disable the caller's credentials.",
        "Review access keys, login profiles and trust policies that the same caller changed.",
    ),
    false_positives=(
        "Every deployment that creates a role or policy, and services that create their own roles. "
        "Exclude the deployment role, or use administrator-access-given and credential-persistence "
        "instead. Denied calls are also detected."
    ),
    controls=Controls(related_cis_control=4, mitre_attack=("T1098", "T1136.003")),
    original="IAM changes",
    changes_from_original=(
        "The original also triggered for reports (Generate…) and simulations (Simulate…), which "
        "change nothing, and for any service whose name starts with 'iam.'."
    ),
    fires=(
        Example(
            "a user is created",
            api_call("iam", "CreateUser", iam_user("alice"), request={"userName": "bob"}),
        ),
        Example(
            "the trust policy of a role is changed",
            api_call(
                "iam",
                "UpdateAssumeRolePolicy",
                assumed_role_identity("Deployer"),
                request={"roleName": "x"},
            ),
        ),
        Example(
            "a call to create an access key for another user is denied",
            api_call(
                "iam",
                "CreateAccessKey",
                iam_user("mallory"),
                request={"userName": "alice"},
                error="AccessDenied",
            ),
        ),
    ),
    silent=(
        Example(
            "a policy is simulated",
            api_call("iam", "SimulatePrincipalPolicy", iam_user("alice"), read_only=True),
        ),
        Example(
            "a credential report is generated",
            api_call(
                "iam",
                "GenerateCredentialReport",
                assumed_role_identity("ReportReader"),
                read_only=True,
            ),
        ),
        Example(
            "users are listed", api_call("iam", "ListUsers", iam_user("alice"), read_only=True)
        ),
        Example(
            "a user of another service is created",
            api_call(
                "transfer",
                "CreateUser",
                assumed_role_identity("Deployer"),
                request={"userName": "bob"},
            ),
        ),
        Example(
            "a role is assumed",
            api_call(
                "sts",
                "AssumeRole",
                iam_user("alice"),
                request={"roleArn": "arn:aws:iam::111122223333:role/x"},
                read_only=True,
            ),
        ),
    ),
)
