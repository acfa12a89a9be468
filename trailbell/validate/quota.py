"""
How much of the quotas of CloudFormation, CloudWatch and IAM a template uses.

In:    a template and its texts.
Out:   a `Quota` for each limit.
Never: a limit without the AWS page that states it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.template import TemplatePath, limits, loops
from trailbell.template.intrinsics import strings, text_length
from trailbell.template.resources import resources_of_type
from trailbell.validate.policy_size import policy_sizes

_CLOUDFORMATION = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
)
_SECTION_LIMITS = (
    ("Resources", limits.RESOURCES),
    ("Parameters", limits.PARAMETERS),
    ("Outputs", limits.OUTPUTS),
    ("Mappings", limits.MAPPINGS),
)
_FILTERS = 100
_FILTERS_URL = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
_LOG_ALARM = "AWS::CloudWatch::LogAlarm"
_SCHEDULED_QUERIES = 100
_QUERY_CHARACTERS = 10_000
_LOG_ALARM_URL = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html"
_ALARM_URL = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
)


@dataclass(frozen=True)
class Quota:
    """How much of a limit is used: by what is at ``path``, as ``url`` documents.

    AWS raises an ``adjustable`` quota for an account on request.
    """

    name: str
    used: int
    limit: int
    path: tuple[str | int, ...] = ()
    url: str = _CLOUDFORMATION
    adjustable: bool = False

    @property
    def share(self) -> float:
        """The used fraction of the limit."""
        return self.used / self.limit


def quotas(document: dict[str, Any], *, json: str, yaml: str, inline: bool) -> tuple[Quota, ...]:
    """Every quota that a template counts towards, largest share first.

    An ``inline`` template must fit into a request; any other can be uploaded to a bucket.
    """
    max_bytes = limits.BODY_BYTES if inline else limits.OBJECT_BYTES
    unsorted = _quotas(document, json, yaml, max_bytes)
    return tuple(sorted(unsorted, key=lambda q: (-q.share, q.name, list(map(str, q.path)))))


def _quotas(document: dict[str, Any], json: str, yaml: str, max_bytes: int) -> Iterator[Quota]:
    yield Quota("bytes of JSON", len(json.encode()), max_bytes)
    yield Quota("bytes of YAML", len(yaml.encode()), max_bytes)
    for section, limit in _SECTION_LIMITS:
        if section in document:
            used = sum(times for *_, times in loops.entries(document[section]))
            yield Quota(section.lower(), used, limit, (section,))
    description = str(document.get("Description", "")).encode()
    yield Quota(
        "bytes of description", len(description), limits.DESCRIPTION_BYTES, ("Description",)
    )
    dynamic = sum(text.count("{{resolve:") for text, _ in strings(document))
    yield Quota("dynamic references", dynamic, limits.DYNAMIC_REFERENCES)
    filters = sum(
        times
        for _, resource, times in loops.entries(document.get("Resources"))
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Logs::MetricFilter"
    )
    yield Quota("metric filters", filters, _FILTERS, ("Resources",), _FILTERS_URL)
    yield from _log_alarm_quotas(document)
    yield from _longest_description(document)
    for policy in policy_sizes(document):
        policy_limit = policy.limit
        yield Quota(
            f"characters of {policy_limit.noun}",
            policy.used,
            policy_limit.characters,
            policy.path,
            policy_limit.url,
            adjustable=policy_limit.adjustable and policy.used <= policy_limit.maximum,
        )


def _log_alarm_quotas(document: dict[str, Any]) -> Iterator[Quota]:
    """The scheduled queries of log alarms, of which an account has 100, and the longest query."""
    queries: list[tuple[int, TemplatePath]] = [
        (
            text_length(configuration["QueryString"]),
            ("Resources", logical_id, "Properties", "ScheduledQueryConfiguration", "QueryString"),
        )
        for logical_id, properties in resources_of_type(document, _LOG_ALARM)
        for configuration in [properties.get("ScheduledQueryConfiguration")]
        if isinstance(configuration, dict) and "QueryString" in configuration
    ]
    if queries:
        used, path = max(queries)
        yield Quota(
            "scheduled queries", len(queries), _SCHEDULED_QUERIES, ("Resources",), _LOG_ALARM_URL
        )
        yield Quota("characters of query", used, _QUERY_CHARACTERS, path, _LOG_ALARM_URL)


def _longest_description(document: dict[str, Any]) -> Iterator[Quota]:
    lengths: list[tuple[int, TemplatePath]] = [
        (
            text_length(properties["AlarmDescription"]),
            ("Resources", logical_id, "Properties", "AlarmDescription"),
        )
        for logical_id, properties in resources_of_type(
            document, "AWS::CloudWatch::Alarm", _LOG_ALARM
        )
        if "AlarmDescription" in properties
    ]
    if lengths:
        used, path = max(lengths)
        yield Quota(
            "characters of alarm description",
            used,
            limits.ALARM_DESCRIPTION_CHARACTERS,
            path,
            _ALARM_URL,
        )
