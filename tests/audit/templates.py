"""
Templates to evaluate, as small as possible.

In:    filter patterns, and what differs from a stack that passes.
Out:   the document of one stack: trail, log group, filters, an alarm each, topic, subscription.
Never: content of the catalog.
"""

from typing import Any

Document = dict[str, Any]

TRAIL: Document = {
    "IsMultiRegionTrail": True,
    "IsLogging": True,
    "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Group", "Arn"]},
}
ALARM: Document = {"Namespace": "Audit", "AlarmActions": [{"Ref": "Topic"}]}
SUBSCRIPTION: Document = {"TopicArn": {"Ref": "Topic"}}


def stack(
    *patterns: Any,
    trail: Document = TRAIL,
    alarm: Document = ALARM,
    subscription: Document = SUBSCRIPTION,
    log_group: Any = None,
    parameters: Document | None = None,
    without: tuple[str, ...] = (),
) -> Document:
    """A stack with a metric filter for each pattern, without some of the resources."""
    resources = {
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {}},
        "Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": trail},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "Mail": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
    }
    for number, pattern in enumerate(patterns):
        resources[f"Filter{number}"] = {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "FilterPattern": pattern,
                "LogGroupName": log_group or {"Ref": "Group"},
                "MetricTransformations": [
                    {"MetricNamespace": "Audit", "MetricName": f"Metric{number}"}
                ],
            },
        }
        resources[f"Alarm{number}"] = {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"MetricName": f"Metric{number}"} | alarm,
        }
    included = {name: body for name, body in resources.items() if name not in without}
    return {"Parameters": parameters or {}, "Resources": included}
