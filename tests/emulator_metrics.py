"""
What the emulator does not do between a log event or an event and a message, as AWS documents it.

In:    ministack: its log streams, alarms, topics and event buses.
Out:   `patch` makes it evaluate metric filters, record the actions of alarms in their history, and
       publish the metrics of SNS and EventBridge.
Never: a call of the code under test. Filter patterns are evaluated by the language, which has its
       own tests.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
"""

import json
import time
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs, eventbridge, sns

from trailbell.pattern import Outcome, parse

_put_log_events = cloudwatch_logs._put_log_events
_dispatch_alarm_actions = cloudwatch._dispatch_alarm_actions
_fanout = sns._fanout
_invoke_target = eventbridge._invoke_target


def patch() -> None:
    """Add all of it."""
    cloudwatch_logs._put_log_events = _put_and_count
    cloudwatch._dispatch_alarm_actions = _dispatch_and_record
    sns._fanout = _fanout_and_count
    eventbridge._invoke_target = _invoke_and_count


def _publish(namespace: str, name: str, dimensions: dict[str, str], value: float) -> None:
    cloudwatch._store_datum(
        namespace, name, dimensions, time.time(), "None", value, None, None, None
    )


def _put_and_count(data: dict[str, Any]) -> Any:
    """Write log events, and publish the metrics of the filters that match them."""
    answer = _put_log_events(data)
    for metric_filter in list(cloudwatch_logs._metric_filters.values()):
        if metric_filter["logGroupName"] != data["logGroupName"]:
            continue
        pattern = parse(metric_filter["filterPattern"])
        for event in data["logEvents"]:
            if pattern.test(event["message"]) == Outcome.MATCH:
                for metric in metric_filter["metricTransformations"]:
                    value = float(metric["metricValue"])
                    _publish(metric["metricNamespace"], metric["metricName"], {}, value)
    cloudwatch._evaluate_all_alarms()
    return answer


def _dispatch_and_record(alarm: dict[str, Any], old: str, new: str, reason: str) -> None:
    """Run the actions of an alarm, and record those that notify a topic.

    https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    """
    _dispatch_alarm_actions(alarm, old, new, reason)
    if new != "ALARM" or not alarm.get("ActionsEnabled", True):
        return
    for topic in alarm.get("AlarmActions", ()):
        cloudwatch._history_entries().append(
            {
                "AlarmName": alarm["AlarmName"],
                "AlarmType": "MetricAlarm",
                "Timestamp": cloudwatch._ts_iso(time.time()),
                "HistoryItemType": "Action",
                "HistorySummary": f"Successfully executed action {topic}",
                "HistoryData": json.dumps(
                    {"actionState": "Succeeded", "notificationResource": topic}
                ),
            }
        )


def _fanout_and_count(topic_arn: str, *arguments: Any, **named: Any) -> None:
    """Deliver a message, and count it for the topic."""
    _fanout(topic_arn, *arguments, **named)
    topic = sns._topic_by_arn_any_scope(topic_arn) or {"subscriptions": []}
    confirmed = sum(1 for each in topic["subscriptions"] if each.get("confirmed"))
    dimensions = {"TopicName": topic_arn.rpartition(":")[2]}
    _publish("AWS/SNS", "NumberOfMessagesPublished", dimensions, 1)
    if confirmed:
        _publish("AWS/SNS", "NumberOfNotificationsDelivered", dimensions, confirmed)


def _invoke_and_count(target: Any, event: Any, rule: Any, view: Any = None) -> None:
    """Call a target of a rule, and count the call. Rules of other buses have two dimensions."""
    _invoke_target(target, event, rule, view)
    dimensions = {"RuleName": rule["Name"]}
    if rule.get("EventBusName", "default") != "default":
        dimensions["EventBusName"] = rule["EventBusName"]
    _publish("AWS/Events", "Invocations", dimensions, 1)
    _publish("AWS/Events", "TriggeredRules", dimensions, 1)
