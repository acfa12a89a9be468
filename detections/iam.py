"""Who may do what, changed."""

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.samples import api_call, iam_user, role

IAM_CHANGES = Detection(
    id="iam-changes",
    title="Something in IAM was changed",
    packs=(Pack.ESSENTIALS,),
    severity=Severity.MEDIUM,
    pattern=(
        '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "*")'
        ' && ($.eventName != "Get*") && ($.eventName != "List*")'
        ' && ($.eventName != "Generate*") && ($.eventName != "Simulate*") }'
    ),
    why=(
        "IAM decides who may do what. New users, keys, roles and policies are how somebody who "
        "came in stays, and how a little access becomes all of it."
    ),
    respond=(
        "Compare the event with what your deployments changed at that time.",
        "If nobody planned it: detach or delete what was added, disable who added it.",
        "Look for access keys, login profiles and trust policies made by the same caller.",
    ),
    false_alarms=(
        "Every deployment that makes a role or a policy, and services that make their own roles. "
        "Exclude the roles that deploy, or choose administrator-access-given and "
        "credential-persistence instead. Attempts that are refused ring as well."
    ),
    controls=Controls(relates_to=4, attack=("T1098", "T1136.003")),
    original="IAM changes",
    changed=(
        "The original rang also for reports (Generate…) and simulations (Simulate…), which change "
        "nothing, and for any service whose name starts with 'iam.'."
    ),
    fires=(
        Example(
            "a user is created",
            api_call("iam", "CreateUser", iam_user("alice"), request={"userName": "bob"}),
        ),
        Example(
            "a role's trust policy is changed",
            api_call("iam", "UpdateAssumeRolePolicy", role("Deployer"), request={"roleName": "x"}),
        ),
        Example(
            "an access key is made for another user, which was refused",
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
            "a credential report is made",
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
