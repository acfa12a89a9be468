"""Changes of the base stack, and of what its topics deliver."""

from detections._conditions import calls
from trailbell import (
    ACCOUNT,
    PLACEHOLDERS,
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

_BASE_STACK_ARN = (
    "arn:aws:cloudformation:us-east-1:111122223333:stack/security-alerts/"
    "1234abcd-12ab-34cd-56ef-1234567890ab"
)

ALERT_STACK_CHANGES = Detection(
    id="alert-stack-changes",
    title="The base stack was changed or deleted, or a data protection policy set on its topics",
    packs=("tamper",),
    severity=Severity.MEDIUM,
    pattern=any_of(
        all_of(
            calls(
                "cloudformation",
                "DeleteStack",
                "UpdateStack",
                "ExecuteChangeSet",
                "UpdateTerminationProtection",
                "SetStackPolicy",
            ),
            any_of(
                field("requestParameters.stackName").equals("${BaseStackName}"),
                field("requestParameters.stackName").contains(":stack/${BaseStackName}/"),
            ),
        ),
        # The topics of the stack, which CloudFormation names after it. A data protection policy can
        # deny that messages are published, or mask them.
        all_of(
            calls("sns", "PutDataProtectionPolicy"),
            field("requestParameters.resourceArn").contains(":${BaseStackName}-"),
        ),
    ),
    why=(
        "One update of this stack can change its topics, metric filters and alarms. A data "
        "protection policy on a topic can keep notifications from being sent."
    ),
    runbook=(
        "Ask the team that deploys this stack whether it made the change.",
        "If it did not: review stack events and topics, deploy the stack from your own source.",
        "Enable termination protection, and disable the caller's credentials.",
    ),
    false_positives=(
        "Each planned update triggers once, which also shows that the alarms work. A change set "
        "executed by its ARN alone is not detected, because the call names no stack; what it "
        "changes is detected by the other detections of this pack. Stacks of packs are not "
        "covered. A successful deletion removes this alarm before it can trigger. Topics of stacks "
        "whose names start with that of the base stack and a hyphen are included."
    ),
    controls=Controls(mitre_attack=("T1685",)),
    fires=(
        Example(
            "termination protection of the stack is disabled",
            api_call(
                "cloudformation",
                "UpdateTerminationProtection",
                iam_user("mallory"),
                request={"stackName": "security-alerts", "enableTerminationProtection": False},
            ),
        ),
        Example(
            "a change set of the stack is executed",
            api_call(
                "cloudformation",
                "ExecuteChangeSet",
                identity_center_user("mallory"),
                request={"stackName": "security-alerts", "changeSetName": "next"},
            ),
        ),
        Example(
            "a data protection policy denies that notifications are published",
            api_call(
                "sns",
                "PutDataProtectionPolicy",
                iam_user("mallory"),
                request={
                    "resourceArn": PLACEHOLDERS["HighTopicArn"],
                    "dataProtectionPolicy": "{}",
                },
            ),
        ),
        Example(
            "the stack is deleted in the console, which names it by ARN",
            api_call(
                "cloudformation",
                "DeleteStack",
                identity_center_user("mallory"),
                request={
                    "stackName": _BASE_STACK_ARN,
                    "clientRequestToken": "Console-DeleteStack-1",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a data protection policy is set on another topic",
            api_call(
                "sns",
                "PutDataProtectionPolicy",
                assumed_role_identity("Deployer"),
                request={
                    "resourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:shop-orders",
                    "dataProtectionPolicy": "{}",
                },
            ),
        ),
        Example(
            "a stack with a longer name is deleted",
            api_call(
                "cloudformation",
                "DeleteStack",
                assumed_role_identity("Deployer"),
                request={"stackName": "security-alerts-test"},
            ),
        ),
        Example(
            "a change set is created but not executed",
            api_call(
                "cloudformation",
                "CreateChangeSet",
                assumed_role_identity("Deployer"),
                request={"stackName": "security-alerts", "changeSetName": "next"},
            ),
        ),
        Example(
            "a change set is executed by its ARN alone, which does not name the stack",
            api_call(
                "cloudformation",
                "ExecuteChangeSet",
                assumed_role_identity("Deployer"),
                request={
                    "changeSetName": (
                        "arn:aws:cloudformation:us-east-1:111122223333:changeSet/next/"
                        "1234abcd-12ab-34cd-56ef-1234567890ab"
                    )
                },
            ),
        ),
        Example(
            "termination protection of another stack is disabled",
            api_call(
                "cloudformation",
                "UpdateTerminationProtection",
                iam_user("alice"),
                request={"stackName": "shop", "enableTerminationProtection": False},
            ),
        ),
        Example(
            "the stack is described",
            api_call(
                "cloudformation",
                "DescribeStacks",
                iam_user("alice"),
                request={"stackName": "security-alerts"},
                read_only=True,
            ),
        ),
    ),
)
