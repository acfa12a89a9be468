"""Back doors into instances."""

from detections._conditions import SUCCEEDED, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, any_of, field
from trailbell.samples import api_call, iam_user, role, sso_person

_INSTANCE = "i-0123456789abcdef0"

INSTANCE_BACK_DOOR = Detection(
    id="instance-back-door",
    title="What may be a back door into instances was opened",
    packs=(Pack.EXPOSURE,),
    severity=Severity.MEDIUM,
    pattern=all_of(
        any_of(
            all_of(
                calls("ec2", "ModifyInstanceAttribute"),
                field("requestParameters.userData").present(),
            ),
            calls("ec2", "EnableSerialConsoleAccess"),
            calls("ec2-instance-connect", "SendSerialConsoleSSHPublicKey"),
        ),
        SUCCEEDED,
    ),
    why=(
        "New user data can run as root when the instance starts again. The serial console goes "
        "past security groups and shows up in no flow log."
    ),
    respond=(
        "Read the user data of the instance before it starts, and put back what was there.",
        "If nobody planned it: switch serial console access off, disable who did it.",
        "See whether the instance was stopped and started since, and what its role did.",
    ),
    false_alarms=(
        "Deployments that change user data in place instead of a launch template, and repairs "
        "over the serial console. Exclude those roles. Commands and sessions of Systems Manager "
        "do not ring."
    ),
    controls=Controls(attack=("T1037", "T1021.008")),
    fires=(
        Example(
            "the user data of an instance is replaced",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                iam_user("mallory"),
                request={"instanceId": _INSTANCE, "userData": "<sensitiveDataRemoved>"},
                response={"_return": True},
            ),
        ),
        Example(
            "serial consoles are opened for the account",
            api_call(
                "ec2",
                "EnableSerialConsoleAccess",
                sso_person("mallory"),
                request={"EnableSerialConsoleAccessRequest": ""},
            ),
        ),
    ),
    silent=(
        Example(
            "an instance may be terminated from now on",
            api_call(
                "ec2",
                "ModifyInstanceAttribute",
                role("Deployer"),
                request={"instanceId": _INSTANCE, "disableApiTermination": {"value": False}},
            ),
        ),
        Example(
            "serial consoles are opened, which was refused",
            api_call(
                "ec2",
                "EnableSerialConsoleAccess",
                iam_user("mallory"),
                request={"EnableSerialConsoleAccessRequest": ""},
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "a key for the ordinary way in is sent",
            api_call(
                "ec2-instance-connect",
                "SendSSHPublicKey",
                sso_person("alice"),
                request={"instanceId": _INSTANCE, "instanceOSUser": "ec2-user"},
            ),
        ),
    ),
)
