"""
A fake of what CloudWatch, CloudWatch Logs, SNS and EventBridge answer during a drill.

In:    changes of a test: an alarm in another state, a denied call, an answer that comes later.
Out:   the answers of the SDK, validated against its model, and the requests in their order.
Never: an answer that AWS does not give: the page that documents it is next to it.

Time is that of `Clock`: a wait of the code under test advances it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.validate import validate_parameters

START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
REGION, ACCOUNT = "us-east-1", "111122223333"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:base-HighTopic-1"
REALTIME_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:realtime-HighTopic-1"
EVENTS_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:realtime-EventsTopic-1"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead-letters"
MAIL = ("email", "you@example.com")


@dataclass
class Clock:
    """Seconds since the start. It is the clock, and the event that a `Poller` waits for."""

    seconds: float = 0.0
    interrupt_at: float | None = None

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def wait(self, seconds: float) -> bool:
        """Wait; at ``interrupt_at`` the user presses Ctrl-C."""
        self.seconds += seconds
        if self.interrupt_at is not None and self.seconds >= self.interrupt_at:
            raise KeyboardInterrupt
        return False


def alarm(**changes: Any) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html"""
    return {
        "AlarmName": "alerts-root-account-use",
        "StateValue": "OK",
        "ActionsEnabled": True,
        "AlarmActions": [TOPIC],
        "Namespace": "Trailbell/alerts",
        "MetricName": "RootAccountUse",
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
    } | changes


def metric_filter(name: str, pattern: str, metric: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricFilter.html"""
    transformation = {
        "metricNamespace": "Trailbell/alerts",
        "metricName": metric,
        "metricValue": "1",
    }
    return {"filterName": name, "filterPattern": pattern, "metricTransformations": [transformation]}


def went_into_alarm(at: float) -> dict[str, Any]:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html"""
    states = {"oldState": {"stateValue": "OK"}, "newState": {"stateValue": "ALARM"}}
    return {
        "AlarmName": "alerts-root-account-use",
        "Timestamp": START + timedelta(seconds=at),
        "HistoryItemType": "StateUpdate",
        "HistorySummary": "Alarm updated from OK to ALARM",
        "HistoryData": json.dumps({"version": "1.0", **states}),
    }


def published(at: float) -> dict[str, Any]:
    """https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger"""
    return {
        "AlarmName": "alerts-root-account-use",
        "Timestamp": START + timedelta(seconds=at),
        "HistoryItemType": "Action",
        "HistorySummary": f"Successfully executed action {TOPIC}",
        "HistoryData": json.dumps({"actionState": "Succeeded", "notificationResource": TOPIC}),
    }


def refused(at: float) -> dict[str, Any]:
    """https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger"""
    reason = "CloudWatch Alarms is not authorized to access the SNS topic encryption key."
    return published(at) | {
        "HistorySummary": f'Failed to execute action {TOPIC}. Received error: "{reason}"',
        "HistoryData": json.dumps(
            {"actionState": "Failed", "notificationResource": TOPIC, "error": reason}
        ),
    }


@dataclass
class DrilledAccount:
    """The account. A healthy one notifies you@example.com 90 seconds after the event."""

    clock: Clock = field(default_factory=Clock)
    filters: list[dict[str, Any]] = field(
        default_factory=lambda: [
            metric_filter(
                "alerts-root-account-use", '{ $.userIdentity.type = "Root" }', "RootAccountUse"
            )
        ]
    )
    alarms: list[dict[str, Any]] = field(default_factory=lambda: [alarm()])
    mute_rules: dict[str, str] = field(default_factory=dict)  # name: status
    rejects: dict[str, int] = field(default_factory=dict)  # rejectedLogEventsInfo
    history: list[dict[str, Any]] = field(
        default_factory=lambda: [went_into_alarm(62), published(63)]
    )
    subscriptions: dict[str, list[tuple[str, str]]] = field(
        default_factory=lambda: {TOPIC: [MAIL], REALTIME_TOPIC: [MAIL], EVENTS_TOPIC: []}
    )
    pending: set[str] = field(default_factory=set)  # endpoints
    filter_policies: dict[str, str] = field(default_factory=dict)  # by endpoint
    topic_attributes: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, list[tuple[float, float]]] = field(
        default_factory=lambda: {
            "RootAccountUse": [(40, 1)],
            "NumberOfMessagesPublished base-HighTopic-1": [(70, 1), (90, 1)],
            "NumberOfNotificationsDelivered base-HighTopic-1": [(70, 1), (90, 1)],
            "NumberOfMessagesPublished realtime-HighTopic-1": [(80, 1)],
            "NumberOfNotificationsDelivered realtime-HighTopic-1": [(80, 1)],
            "TriggeredRules alerts-root-account-use": [(60, 1)],
            "Invocations alerts-root-account-use": [(60, 2)],
        }
    )  # by name and last dimension: (when CloudWatch has it, value)
    rules: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"alerts-root-account-use": {"State": "ENABLED"}}
    )
    targets: list[str] = field(default_factory=lambda: [REALTIME_TOPIC, EVENTS_TOPIC])
    matches: bool = True  # what TestEventPattern answers
    rejects_event: bool = False
    denied: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)  # operations that the Region does not have
    interrupted: set[str] = field(default_factory=set)  # operations during which Ctrl-C is pressed
    requests: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def effects(self) -> list[str]:
        """The operations that change something, in order."""
        reads = ("Describe", "Get", "List", "Test")
        return [name for name, _ in self.requests if not name.startswith(reads)]

    def asked(self, operation: str) -> list[Mapping[str, Any]]:
        """The requests of one operation."""
        return [request for name, request in self.requests if name == operation]

    # -- the API ------------------------------------------------------------------------------

    def answer(self, model: Any, request: Mapping[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
        self.requests.append((model.name, request))
        if model.name in self.denied:
            return _error("AccessDenied", "User is not authorized to perform it", 403)
        if model.name in self.interrupted:
            raise KeyboardInterrupt
        if model.name in self.unknown:
            return _error("InvalidAction", "Could not find operation", 400)
        respond: Callable[[Mapping[str, Any]], dict[str, Any] | None]
        respond = getattr(self, f"_{model.name}")
        response = respond(request)
        if response is None:
            return _error("ResourceNotFoundException", "It does not exist", 404)
        if model.output_shape is not None:
            validate_parameters(response, model.output_shape)
        return AWSResponse("", 200, {}, None), response

    def _DescribeMetricFilters(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - the API's name
        return {"metricFilters": self.filters}

    def _DescribeAlarms(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        names = request["AlarmNames"]
        return {"MetricAlarms": [each for each in self.alarms if each["AlarmName"] in names]}

    def _ListAlarmMuteRules(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        prefix = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm-mute-rule:"
        rules = self.mute_rules.items()
        return {
            "AlarmMuteRuleSummaries": [
                {"AlarmMuteRuleArn": prefix + name, "Status": status} for name, status in rules
            ]
        }

    def _DescribeAlarmHistory(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        now = self.clock.now()
        items = [i for i in self.history if request["StartDate"] <= i["Timestamp"] <= now]
        return {"AlarmHistoryItems": items}

    def _GetMetricData(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"""
        return {
            "MetricDataResults": [
                {"Id": query["Id"], "Values": self._values(query["MetricStat"]["Metric"])}
                for query in request["MetricDataQueries"]
            ]
        }

    def _values(self, metric: Mapping[str, Any]) -> list[float]:
        last = [each["Value"] for each in metric["Dimensions"]][-1:]
        points = self.metrics.get(" ".join([metric["MetricName"], *last]), [])
        return [value for at, value in points if at <= self.clock.seconds]

    def _ListSubscriptionsByTopic(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        """https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html"""
        topic = request["TopicArn"]
        return {
            "Subscriptions": [
                {
                    "Protocol": protocol,
                    "Endpoint": endpoint,
                    "SubscriptionArn": "PendingConfirmation"
                    if endpoint in self.pending
                    else f"{topic}:{endpoint}",
                }
                for protocol, endpoint in self.subscriptions.get(topic, [])
            ]
        }

    def _GetSubscriptionAttributes(self, request: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        endpoint = next(
            each
            for _, entries in self.subscriptions.items()
            for _, each in entries
            if request["SubscriptionArn"].endswith(each)
        )
        policy = self.filter_policies.get(endpoint)
        return {"Attributes": {"FilterPolicy": policy} if policy else {}}

    def _GetTopicAttributes(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        return {"Attributes": self.topic_attributes}

    def _Publish(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        return {"MessageId": "1"}

    def _CreateLogStream(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        return {}

    def _PutLogEvents(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html"""
        return {"rejectedLogEventsInfo": self.rejects} if self.rejects else {}

    def _DeleteLogStream(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        return {}

    def _DescribeRule(self, request: Mapping[str, Any]) -> dict[str, Any] | None:  # noqa: N802 - as above
        rule = self.rules.get(request["Name"])
        return None if rule is None else {"EventPattern": "{}"} | rule

    def _ListTargetsByRule(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        dead_letters = {"DeadLetterConfig": {"Arn": QUEUE}}
        targets = [{"Id": arn, "Arn": arn, **dead_letters} for arn in self.targets]
        return {"Targets": targets} if targets else {}

    def _TestEventPattern(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        return {"Result": self.matches}

    def _PutEvents(self, _: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - as above
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""
        if self.rejects_event:
            entry = {"ErrorCode": "InternalFailure", "ErrorMessage": "the bus failed"}
            return {"FailedEntryCount": 1, "Entries": [entry]}
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


def _error(code: str, message: str, status: int) -> tuple[AWSResponse, dict[str, Any]]:
    return AWSResponse("", status, {}, None), {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
