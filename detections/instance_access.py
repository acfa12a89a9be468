"""Ways into EC2 instances that bypass the network: user data and the serial console."""

from detections._conditions import SUCCEEDED, calls
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

_INSTANCE_ID = "i-0123456789abcdef0"

INSTANCE_BACK_DOOR = Detection(
    id="instance-back-door",
    title="EC2 user data was changed, or serial console access was enabled or used",
    packs=("exposure",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                calls("ec2", "ModifyInstanceAttribute"),
                # The call has two forms: a member for each attribute, or its name and its value.
                # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
                any_of(
                    field("requestParameters.userData").present(),
                    field("requestParameters.attribute").equals("userData"),
                ),
            ),
            calls("ec2", "EnableSerialConsoleAccess"),
            calls("ec2-instance-connect", "SendSerialConsoleSSHPublicKey"),
        ),
        SUCCEEDED,
    ),
    why=(
        "New user data can run as root when the instance starts again. The serial console bypasses "
        "security groups and does not appear in flow logs."
    ),
    runbook=(
        "Review changed user data, and restore it before the instance starts again.",
        "If it was not planned: disable serial console access and the caller's credentials.",
        "Check whether the instance was restarted since then, and what its role did.",
    ),
    false_positives=(
        "Deployments that change user data in place instead of a launch template, and repairs over "
        "the serial console. Exclude those roles. Systems Manager commands and sessions are not "
        "detected, nor are denied calls."
    ),
    controls=Controls(mitre_attack=("T1037", "T1021.008")),
    fires=(
        Example(
            "the user data of an instance is replaced",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                iam_user("mallory"),
                request={"instanceId": _INSTANCE_ID, "userData": "<sensitiveDataRemoved>"},
                response={"_return": True},
            ),
        ),
        Example(
            "the user data of an instance is replaced, named as an attribute",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                iam_user("mallory"),
                request={
                    "instanceId": _INSTANCE_ID,
                    "attribute": "userData",
                    "value": "<sensitiveDataRemoved>",
                },
                response={"_return": True},
            ),
        ),
        Example(
            "serial console access is enabled for the account",
            api_call(
                "ec2",
                "EnableSerialConsoleAccess",
                identity_center_user("mallory"),
                request={"EnableSerialConsoleAccessRequest": ""},
            ),
        ),
        Example(
            "an SSH key for the serial console is sent",
            api_call(
                "ec2-instance-connect",
                "SendSerialConsoleSSHPublicKey",
                iam_user("mallory"),
                request={"instanceId": _INSTANCE_ID, "serialPort": 0},
            ),
        ),
    ),
    silent=(
        Example(
            "termination protection of an instance is enabled, named as an attribute",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                iam_user("alice"),
                request={
                    "instanceId": _INSTANCE_ID,
                    "attribute": "disableApiTermination",
                    "value": "true",
                },
            ),
        ),
        Example(
            "termination protection of an instance is disabled",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                assumed_role_identity("Deployer"),
                request={"instanceId": _INSTANCE_ID, "disableApiTermination": {"value": False}},
            ),
        ),
        Example(
            "a call to enable serial console access is denied",
            api_call(
                "ec2",
                "EnableSerialConsoleAccess",
                iam_user("mallory"),
                request={"EnableSerialConsoleAccessRequest": ""},
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "the user data of an instance is read",
            api_call(
                "ec2",
                "DescribeInstanceAttribute",
                iam_user("alice"),
                request={"instanceId": _INSTANCE_ID, "attribute": "userData"},
                read_only=True,
            ),
        ),
        Example(
            "an SSH key for EC2 Instance Connect is sent",
            api_call(
                "ec2-instance-connect",
                "SendSSHPublicKey",
                identity_center_user("alice"),
                request={"instanceId": _INSTANCE_ID, "instanceOSUser": "ec2-user"},
            ),
        ),
    ),
)
