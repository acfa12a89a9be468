"""Switches of an account that block public access, besides those of S3, snapshots and AMIs."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
    Controls,
    Detection,
    Event,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_MODE = "ModifyVpcBlockPublicAccessOptionsRequest.InternetGatewayBlockMode"
_SHARED_DOCUMENTS = "documents/console/public-sharing-permission"


def _document_setting(value: str) -> Event:
    """A call that sets whether SSM documents can be shared publicly."""
    return api_call(
        "ssm",
        "UpdateServiceSetting",
        identity_center_user("mallory"),
        request={
            "settingId": (
                f"arn:aws:ssm:us-east-1:{ACCOUNT}:servicesetting/ssm/{_SHARED_DOCUMENTS}"
            ),
            "settingValue": value,
        },
    )


# Unsure: no public record shows the members of these calls. They are named as in the models of the
# SDK, and as EC2 and EMR record other calls.
PUBLIC_ACCESS_SWITCH_DISABLED = Detection(
    id="public-access-switch-disabled",
    title="A switch that blocks public access was disabled (VPC, EMR, SSM, QuickSight)",
    packs=("data",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                calls("ec2", "ModifyVpcBlockPublicAccessOptions"),
                field(f"requestParameters.{_MODE}").equals("off"),
            ),
            all_of(
                field("eventSource").equals("ec2.amazonaws.com"),
                any_of(
                    # The rest is "xclusion". Without it, the pattern fits into one filter.
                    field("eventName").starts_with("CreateVpcBlockPublicAccessE"),
                    field("eventName").starts_with("ModifyVpcBlockPublicAccessE"),
                ),
            ),
            all_of(
                calls("elasticmapreduce", "PutBlockPublicAccessConfiguration"),
                field(
                    "requestParameters.blockPublicAccessConfiguration.blockPublicSecurityGroupRules"
                ).is_false(),
            ),
            all_of(
                calls("ssm", "UpdateServiceSetting", "ResetServiceSetting"),
                field("requestParameters.settingId").ends_with(_SHARED_DOCUMENTS),
                # A reset has no value, and restores the default, which allows it.
                any_of(
                    field("requestParameters.settingValue").equals("Enable"),
                    field("requestParameters.settingValue").missing(),
                ),
            ),
            all_of(
                field("eventSource").equals("quicksight.amazonaws.com"),
                field("requestParameters.publicSharingEnabled").is_true(),
            ),
        ),
        SUCCEEDED,
    ),
    why=(
        "These switches keep one wrong security group, route or permission from making resources "
        "public. Where one is on, it is disabled before anything becomes public."
    ),
    runbook=(
        "Identify the switch (eventName) and what is excluded now (requestParameters).",
        "If it was not planned: enable it again, and disable the caller's credentials.",
        "Review what became public since then: subnets, clusters, documents, dashboards.",
    ),
    false_positives=(
        "A VPC that is meant to be public is excluded once: exclude the role that does this. Port "
        "ranges that EMR permits are not detected, nor is a change from bidirectional blocking to "
        "inbound only. Denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1685", "T1686.001")),
    shows=(
        "requestParameters.settingId",
        "requestParameters.CreateVpcBlockPublicAccessExclusionRequest.VpcId",
    ),
    fires=(
        Example(
            "VPC Block Public Access is turned off",
            api_call(
                "ec2",
                "ModifyVpcBlockPublicAccessOptions",
                iam_user("mallory"),
                request={
                    "ModifyVpcBlockPublicAccessOptionsRequest": {"InternetGatewayBlockMode": "off"}
                },
            ),
        ),
        Example(
            "a VPC is excluded from VPC Block Public Access",
            api_call(
                "ec2",
                "CreateVpcBlockPublicAccessExclusion",
                identity_center_user("mallory"),
                request={
                    "CreateVpcBlockPublicAccessExclusionRequest": {
                        "VpcId": "vpc-0123456789abcdef0",
                        "InternetGatewayExclusionMode": "allow-bidirectional",
                    }
                },
            ),
        ),
        Example(
            "an exclusion also allows inbound connections",
            api_call(
                "ec2",
                "ModifyVpcBlockPublicAccessExclusion",
                iam_user("mallory"),
                request={
                    "ModifyVpcBlockPublicAccessExclusionRequest": {
                        "ExclusionId": "vpcbpa-exclude-0123456789abcdef0",
                        "InternetGatewayExclusionMode": "allow-bidirectional",
                    }
                },
            ),
        ),
        Example(
            "EMR no longer blocks security groups that are open to the internet",
            api_call(
                "elasticmapreduce",
                "PutBlockPublicAccessConfiguration",
                iam_user("mallory"),
                request={
                    "blockPublicAccessConfiguration": {"blockPublicSecurityGroupRules": False}
                },
            ),
        ),
        Example("SSM documents can be shared publicly", _document_setting("Enable")),
        Example(
            "the setting of SSM documents is reset to its default, which allows public sharing",
            api_call(
                "ssm",
                "ResetServiceSetting",
                iam_user("mallory"),
                request={"settingId": f"/ssm/{_SHARED_DOCUMENTS}"},
            ),
        ),
        Example(
            "dashboards of QuickSight can be shared publicly",
            api_call(
                "quicksight",
                "UpdatePublicSharingSettings",
                identity_center_user("mallory"),
                request={"awsAccountId": ACCOUNT, "publicSharingEnabled": True},
            ),
        ),
    ),
    silent=(
        Example("SSM documents can no longer be shared publicly", _document_setting("Disable")),
        Example(
            "EMR blocks security groups that are open to the internet, except for one port",
            api_call(
                "elasticmapreduce",
                "PutBlockPublicAccessConfiguration",
                iam_user("alice"),
                request={
                    "blockPublicAccessConfiguration": {
                        "blockPublicSecurityGroupRules": True,
                        "permittedPublicSecurityGroupRuleRanges": [
                            {"minRange": 22, "maxRange": 22}
                        ],
                    }
                },
            ),
        ),
        Example(
            "VPC Block Public Access is turned on",
            api_call(
                "ec2",
                "ModifyVpcBlockPublicAccessOptions",
                iam_user("alice"),
                request={
                    "ModifyVpcBlockPublicAccessOptionsRequest": {
                        "InternetGatewayBlockMode": "block-bidirectional"
                    }
                },
            ),
        ),
        Example(
            "an exclusion from VPC Block Public Access is deleted",
            api_call(
                "ec2",
                "DeleteVpcBlockPublicAccessExclusion",
                iam_user("alice"),
                request={
                    "DeleteVpcBlockPublicAccessExclusionRequest": {
                        "ExclusionId": "vpcbpa-exclude-0123456789abcdef0"
                    }
                },
            ),
        ),
        Example(
            "another setting of Systems Manager is changed",
            api_call(
                "ssm",
                "UpdateServiceSetting",
                assumed_role_identity("Deployer"),
                request={
                    "settingId": "/ssm/parameter-store/high-throughput-enabled",
                    "settingValue": "true",
                },
            ),
        ),
        Example(
            "a call to turn VPC Block Public Access off is denied",
            api_call(
                "ec2",
                "ModifyVpcBlockPublicAccessOptions",
                iam_user("mallory"),
                request={
                    "ModifyVpcBlockPublicAccessOptionsRequest": {"InternetGatewayBlockMode": "off"}
                },
                error="Client.UnauthorizedOperation",
            ),
        ),
    ),
)
