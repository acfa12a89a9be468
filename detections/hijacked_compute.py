"""Compute at the expense of the account: large instances, limits, and what keeps them running."""

from typing import Any

from detections._conditions import CALLED_DIRECTLY, calls
from trailbell import (
    Controls,
    Detection,
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

_TYPE = "requestParameters.instanceType"
_INSTANCE_ID = "i-0123456789abcdef0"


def _launch(instance_type: str, count: int = 1) -> dict[str, Any]:
    """The request parameters of RunInstances, as in public records."""
    image = {"imageId": "ami-0123456789abcdef0", "minCount": count, "maxCount": count}
    return {"instancesSet": {"items": [image]}, "instanceType": instance_type}


# Families with GPUs begin with p or g. Large sizes are 24xlarge, 48xlarge, metal and metal-24xl.
# https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
# Attempts count, whether they succeed or not: quotas and policies stop most of them.
COMPUTE_HIJACKED = Detection(
    id="compute-hijacked",
    title="Large instances were started, a quota was reached or raised, or termination was blocked",
    packs=("impact",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("ec2.amazonaws.com"),
                any_of(
                    all_of(
                        field("eventName").one_of("RunInstances", "StartInstances"),
                        any_of(
                            field(_TYPE).starts_with("p"),
                            field(_TYPE).starts_with("g"),
                            field(_TYPE).ends_with("metal"),
                            field(_TYPE).ends_with("xl"),  # such as metal-24xl
                            field(_TYPE).ends_with("24xlarge"),
                            field(_TYPE).ends_with("48xlarge"),
                            field("errorCode").ends_with("VcpuLimitExceeded"),
                            field("errorCode").ends_with("InstanceLimitExceeded"),
                        ),
                    ),
                    field("eventName").starts_with("RequestSpot"),
                    all_of(
                        field("eventName").equals("ModifyInstanceAttribute"),
                        any_of(
                            # Records of this form do not show whether it is turned on or off.
                            field("requestParameters.attribute").equals("disableApiTermination"),
                            field("requestParameters.disableApiTermination.value").is_true(),
                        ),
                    ),
                ),
            ),
            all_of(
                calls("servicequotas", "RequestServiceQuotaIncrease"),
                field("requestParameters.serviceCode").equals("ec2"),
            ),
            calls("lightsail", "CreateInstances"),
        ),
        CALLED_DIRECTLY,
    ),
    why=(
        "Stolen credentials are used to mine cryptocurrency within minutes, on the largest "
        "instances that quotas allow, and protected against being terminated."
    ),
    runbook=(
        "Identify instanceType and Region, or the quota, and ask the caller.",
        "If it was not planned: disable the caller's credentials, and stop it in all Regions.",
        "Terminate the instances after disabling their protection, and check the costs.",
    ),
    false_positives=(
        "Large instances that are used on purpose: add them to instance_types, or exclude the "
        "role, as that of a tool that requests Spot Instances. Termination protection that "
        "administrators enable, and requests for quotas. Auto Scaling, fleets, Batch, EKS and "
        "CloudFormation are not detected, nor types only named in a launch template, WorkSpaces, "
        "and tasks of ECS and SageMaker, which are daily work. Denied calls are also detected."
    ),
    controls=Controls(mitre_attack=("T1496.001", "T1578.002")),
    known_values={"instance_types": (_TYPE,)},
    shows=(
        "requestParameters.instanceType",
        "requestParameters.instanceId",
        "requestParameters.quotaCode",
    ),
    fires=(
        Example(
            "instances with GPUs are started",
            api_call(
                "ec2", "RunInstances", iam_user("mallory"), request=_launch("p4d.24xlarge", 8)
            ),
        ),
        Example(
            "an instance without hypervisor is started",
            api_call("ec2", "RunInstances", iam_user("mallory"), request=_launch("m7i.metal-24xl")),
        ),
        Example(
            "a policy stops the start of an instance with a GPU",
            api_call(
                "ec2",
                "RunInstances",
                assumed_role_identity("Developer"),
                request=_launch("p2.xlarge"),
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "a quota stops the start of large instances",
            api_call(
                "ec2",
                "RunInstances",
                iam_user("mallory"),
                request=_launch("c7i.16xlarge", 20),
                error="Client.VcpuLimitExceeded",
            ),
        ),
        Example(
            "a quota stops instances from being started again",
            api_call(
                "ec2",
                "StartInstances",
                iam_user("mallory"),
                request={"instancesSet": {"items": [{"instanceId": _INSTANCE_ID}]}},
                error="Client.VcpuLimitExceeded",
            ),
        ),
        Example(
            "Spot Instances are requested",
            api_call(
                "ec2",
                "RequestSpotInstances",
                iam_user("mallory"),
                request={
                    "instanceCount": 20,
                    "launchSpecification": {"instanceType": "g4dn.12xlarge"},
                },
            ),
        ),
        Example(
            "termination protection of an instance is enabled",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                assumed_role_identity("Developer"),
                request={"instanceId": _INSTANCE_ID, "disableApiTermination": {"value": True}},
            ),
        ),
        Example(
            "termination protection of an instance is changed by attribute and value",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                iam_user("mallory"),
                request={
                    "instanceId": _INSTANCE_ID,
                    "attribute": "disableApiTermination",
                    "value": "<sensitiveDataRemoved>",
                },
            ),
        ),
        Example(
            "a higher quota for instances is requested",
            api_call(
                "servicequotas",
                "RequestServiceQuotaIncrease",
                iam_user("mallory"),
                request={"serviceCode": "ec2", "quotaCode": "L-417A185B", "desiredValue": 2000},
            ),
        ),
        Example(
            "a virtual server is created in Lightsail",
            api_call(
                "lightsail",
                "CreateInstances",
                identity_center_user("mallory"),
                request={
                    "instanceNames": ["a"],
                    "availabilityZone": "us-east-1a",
                    "blueprintId": "ubuntu_24_04",
                    "bundleId": "2xlarge_3_0",
                },
            ),
        ),
        Example(
            "an instance with a GPU of the family g is started",
            api_call("ec2", "RunInstances", iam_user("mallory"), request=_launch("g6e.xlarge")),
        ),
        Example(
            "a whole server is started",
            api_call("ec2", "RunInstances", iam_user("mallory"), request=_launch("m7i.metal")),
        ),
        Example(
            "an instance with 96 vCPUs is started",
            api_call("ec2", "RunInstances", iam_user("mallory"), request=_launch("c7i.24xlarge")),
        ),
        Example(
            "an instance with 192 vCPUs is started",
            api_call("ec2", "RunInstances", iam_user("mallory"), request=_launch("c7i.48xlarge")),
        ),
        Example(
            "the limit of instances is reached",
            api_call(
                "ec2",
                "RunInstances",
                iam_user("mallory"),
                request=_launch("t3.micro"),
                error="Client.InstanceLimitExceeded",
            ),
        ),
    ),
    silent=(
        Example(
            "a virtual server of Lightsail is started",
            api_call(
                "lightsail", "StartInstance", iam_user("alice"), request={"instanceName": "a"}
            ),
        ),
        Example(
            "a launch template for an instance with a GPU is changed",
            api_call(
                "ec2",
                "ModifyLaunchTemplate",
                iam_user("alice"),
                request={"instanceType": "g5.xlarge"},
            ),
        ),
        Example(
            "a small instance is started",
            api_call("ec2", "RunInstances", iam_user("alice"), request=_launch("t3.micro")),
        ),
        Example(
            "Auto Scaling starts an instance with a GPU",
            api_call(
                "ec2",
                "RunInstances",
                assumed_role_identity(
                    "AWSServiceRoleForAutoScaling", invoked_by="autoscaling.amazonaws.com"
                ),
                request=_launch("g5.xlarge"),
            ),
        ),
        Example(
            "the limit of VPCs is reached",
            api_call(
                "ec2",
                "CreateVpc",
                iam_user("alice"),
                request={"cidrBlock": "10.0.0.0/16"},
                error="Client.VpcLimitExceeded",
            ),
        ),
        Example(
            "termination protection of an instance is disabled",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                iam_user("alice"),
                request={"instanceId": _INSTANCE_ID, "disableApiTermination": {"value": False}},
            ),
        ),
        Example(
            "an instance is terminated",
            api_call(
                "ec2",
                "TerminateInstances",
                iam_user("alice"),
                request={"instancesSet": {"items": [{"instanceId": _INSTANCE_ID}]}},
            ),
        ),
        Example(
            "a higher quota for roles is requested",
            api_call(
                "servicequotas",
                "RequestServiceQuotaIncrease",
                iam_user("alice"),
                request={"serviceCode": "iam", "quotaCode": "L-FE177D64", "desiredValue": 2000},
            ),
        ),
        Example(
            "quotas are listed",
            api_call(
                "servicequotas",
                "ListServiceQuotas",
                iam_user("alice"),
                request={"serviceCode": "ec2"},
                read_only=True,
            ),
        ),
    ),
)
