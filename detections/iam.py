"""Changes of IAM."""

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.samples import api_call, iam_user, role

IAM_CHANGES = Detection(
    id="iam-changes",
    title="An IAM change was made",
    packs=(Pack.ESSENTIALS,),
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
    respond=(
        "Compare the event with what your deployments changed at that time.",
        "If it was not planned: detach or delete the addition, disable the caller's credentials.",
        "Review access keys, login profiles and trust policies that the same caller changed.",
    ),
    false_alarms=(
        "Every deployment that creates a role or policy, and services that create their own roles. "
        "Exclude the deployment role, or use administrator-access-given and credential-persistence "
        "instead. Denied calls are also detected."
    ),
    controls=Controls(relates_to=4, attack=("T1098", "T1136.003")),
    original="IAM changes",
    changed=(
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
            api_call("iam", "UpdateAssumeRolePolicy", role("Deployer"), request={"roleName": "x"}),
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
            api_call("iam", "GenerateCredentialReport", role("Auditor"), read_only=True),
        ),
        Example(
            "users are listed", api_call("iam", "ListUsers", iam_user("alice"), read_only=True)
        ),
        Example(
            "a user of another service is created",
            api_call("transfer", "CreateUser", role("Deployer"), request={"userName": "bob"}),
        ),
    ),
)
