"""
CloudWatch, typed: alarms, their history, and sums of metrics.

In:    a `ServiceClient`.
Out:   `Alarm`, `HistoryItem` and sums; errors as `trailbell.aws.client` raises them.
Never: an opinion on a state.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trailbell.aws.client import Response, ServiceClient
from trailbell.errors import UnknownOperationError

_SECONDS_OF_A_DATAPOINT = 60


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A metric alarm. ``actions`` are those of the state ALARM."""

    name: str
    state: str
    actions_enabled: bool = True
    actions: tuple[str, ...] = ()
    namespace: str = ""
    metric: str = ""
    statistic: str = ""
    comparison: str = ""
    threshold: float = 1.0
    period: int = 300
    datapoints_to_alarm: int = 1


@dataclass(frozen=True, kw_only=True)
class HistoryItem:
    """An entry of the history of an alarm: a StateUpdate, or an Action. ``data`` is its JSON."""

    at: datetime
    type: str
    summary: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """A metric. ``dimensions`` are pairs of names and values."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CloudWatch:
    """Operations on alarms and metrics. Each raises `AwsError`."""

    service: ServiceClient

    def alarm(self, name: str) -> Alarm | None:
        """Return the metric alarm with this name; None if there is none."""
        alarms = self.service.call("DescribeAlarms", AlarmNames=[name]).get("MetricAlarms", ())
        return _alarm(alarms[0]) if alarms else None

    def mute_rules(self, alarm: str) -> tuple[str, ...]:
        """Return the names of the rules that mute an alarm now.

        There are none where the SDK or the Region does not know such rules.
        """
        try:
            pages = list(self.service.pages("ListAlarmMuteRules", AlarmName=alarm))
        except UnknownOperationError:
            return ()
        return tuple(
            entry.get("AlarmMuteRuleArn", "").rpartition(":")[2]
            for page in pages
            for entry in page.get("AlarmMuteRuleSummaries", ())
            if entry.get("Status") == "ACTIVE"
        )

    def history(self, alarm: str, since: datetime) -> tuple[HistoryItem, ...]:
        """Return the history of an alarm since this time, oldest entry first."""
        pages = self.service.pages(
            "DescribeAlarmHistory", AlarmName=alarm, StartDate=since, ScanBy="TimestampAscending"
        )
        return tuple(_item(data) for page in pages for data in page.get("AlarmHistoryItems", ()))

    def sums(self, metrics: Sequence[Metric], since: datetime, until: datetime) -> list[float]:
        """Return the sum of each metric between these times; 0 if it has no datapoint."""
        queries = [
            {
                "Id": f"m{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": metric.namespace,
                        "MetricName": metric.name,
                        "Dimensions": [{"Name": k, "Value": v} for k, v in metric.dimensions],
                    },
                    "Period": _SECONDS_OF_A_DATAPOINT,
                    "Stat": "Sum",
                },
            }
            for number, metric in enumerate(metrics)
        ]
        totals = {query["Id"]: 0.0 for query in queries}
        for page in self.service.pages(
            "GetMetricData", MetricDataQueries=queries, StartTime=since, EndTime=until
        ):
            for result in page.get("MetricDataResults", ()):
                totals[result["Id"]] += sum(result.get("Values", ()))
        return list(totals.values())


def _alarm(data: Response) -> Alarm:
    periods = int(data.get("EvaluationPeriods") or 1)
    return Alarm(
        name=data["AlarmName"],
        state=data.get("StateValue", ""),
        actions_enabled=bool(data.get("ActionsEnabled", True)),
        actions=tuple(data.get("AlarmActions", ())),
        namespace=data.get("Namespace", ""),
        metric=data.get("MetricName", ""),
        statistic=data.get("Statistic", ""),
        comparison=data.get("ComparisonOperator", ""),
        threshold=float(data.get("Threshold") or 0.0),
        period=int(data.get("Period") or 0),
        datapoints_to_alarm=int(data.get("DatapointsToAlarm") or periods),
    )


def _item(data: Response) -> HistoryItem:
    try:
        details = json.loads(data.get("HistoryData") or "{}")
    except ValueError:
        details = {}
    return HistoryItem(
        at=data["Timestamp"],
        type=data.get("HistoryItemType", ""),
        summary=data.get("HistorySummary", ""),
        data=details if isinstance(details, dict) else {},
    )
