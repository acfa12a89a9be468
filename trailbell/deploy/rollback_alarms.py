"""
The types of the alarms that roll a deployment back.

In:    ARNs of alarms.
Out:   rollback triggers: the ARN of each alarm with its type, and notices on those not read.
Never: a deployment that fails because alarms may not be read.

The ARN of a composite alarm looks like that of a metric alarm, but CloudFormation wants the type:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackTrigger.html
"""

from collections.abc import Sequence

from trailbell.aws.client import ServiceClient
from trailbell.aws.stack import Stack
from trailbell.diff.model import Notice, NoticeLevel
from trailbell.errors import AwsError

METRIC = "AWS::CloudWatch::Alarm"
COMPOSITE = "AWS::CloudWatch::CompositeAlarm"


def read_triggers(
    cloudwatch: ServiceClient, arns: Sequence[str], stack: Stack | None
) -> tuple[tuple[tuple[str, str], ...], tuple[Notice, ...]]:
    """Return the triggers. An alarm that cannot be read keeps its type, or is a metric alarm."""
    known = dict(stack.rollback.triggers) if stack else {}
    notices: list[Notice] = []
    try:
        types = _read_types(cloudwatch, arns)
    except AwsError as error:
        types = {}
        text = f"The types of the rollback alarms could not be read: {error.reason}"
        notices.append(Notice(level=NoticeLevel.WARNING, logical_id="", text=text))
    else:
        notices += [
            Notice(
                level=NoticeLevel.WARNING,
                logical_id="",
                text=f"The rollback alarm {arn} was not found. CloudFormation rolls the deployment "
                "back if it does not exist.",
            )
            for arn in arns
            if arn not in types
        ]
    triggers = tuple((arn, types.get(arn) or known.get(arn) or METRIC) for arn in arns)
    return triggers, tuple(notices)


def _read_types(cloudwatch: ServiceClient, arns: Sequence[str]) -> dict[str, str]:
    """Return the types of the alarms that exist, by ARN.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    types: dict[str, str] = {}
    for page in cloudwatch.pages(
        "DescribeAlarms",
        AlarmNames=[arn.split(":", 6)[-1] for arn in arns],
        AlarmTypes=["CompositeAlarm", "MetricAlarm"],
    ):
        types |= {alarm["AlarmArn"]: METRIC for alarm in page.get("MetricAlarms", ())}
        types |= {alarm["AlarmArn"]: COMPOSITE for alarm in page.get("CompositeAlarms", ())}
    return types
