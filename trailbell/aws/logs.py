"""
CloudWatch Logs, typed: metric filters, log streams and log events.

In:    a `ServiceClient`.
Out:   `MetricFilter`s; errors as `trailbell.aws.client` raises them.
Never: what a filter pattern means.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trailbell.aws.client import Response, ServiceClient
from trailbell.errors import AwsError, NotFoundError

_EVENTS_OF_A_CALL = 100
"""A record has a few thousand bytes, and a call at most 1,048,576.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""


@dataclass(frozen=True, kw_only=True)
class MetricFilter:
    """A metric filter of a log group. ``metrics`` are namespaces and names."""

    name: str
    pattern: str
    metrics: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CloudWatchLogs:
    """Operations on log groups. Each raises `AwsError`."""

    service: ServiceClient

    def metric_filters(self, group: str) -> tuple[MetricFilter, ...]:
        """Return the metric filters of a log group as they are now."""
        return tuple(
            _metric_filter(entry)
            for page in self.service.pages("DescribeMetricFilters", logGroupName=group)
            for entry in page.get("metricFilters", ())
        )

    def create_stream(self, group: str, stream: str) -> None:
        """Create a log stream."""
        self.service.call("CreateLogStream", logGroupName=group, logStreamName=stream)

    def put_events(self, group: str, stream: str, messages: Sequence[str], at: datetime) -> None:
        """Write log events of this time. Raises `AwsError` if one of them was rejected."""
        milliseconds = int(at.timestamp() * 1000)
        for start in range(0, len(messages), _EVENTS_OF_A_CALL):
            response = self.service.call(
                "PutLogEvents",
                logGroupName=group,
                logStreamName=stream,
                logEvents=[
                    {"timestamp": milliseconds, "message": text}
                    for text in messages[start : start + _EVENTS_OF_A_CALL]
                ],
            )
            if rejected := response.get("rejectedLogEventsInfo"):
                raise AwsError("PutLogEvents", f"Log events were rejected: {dict(rejected)}")

    def delete_stream(self, group: str, stream: str) -> None:
        """Delete a log stream and its events. It is not an error if it no longer exists."""
        try:
            self.service.call("DeleteLogStream", logGroupName=group, logStreamName=stream)
        except NotFoundError:
            return


def _metric_filter(entry: Response) -> MetricFilter:
    return MetricFilter(
        name=entry["filterName"],
        pattern=entry.get("filterPattern", ""),
        metrics=tuple(
            (each["metricNamespace"], each["metricName"])
            for each in entry.get("metricTransformations", ())
        ),
    )
