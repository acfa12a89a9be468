"""
How near a template is to what CloudFormation, CloudWatch and IAM allow.

In:    a template's document and its texts.
Out:   a `Quota` for each limit.
Never: a limit without its page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.template import loops
from trailbell.template.intrinsics import Path, resources, strings, text_length
from trailbell.template.limits import BODY_BYTES, OBJECT_BYTES
from trailbell.validate.policy_size import policy_sizes

_CLOUDFORMATION = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
)
_SECTION = (("Resources", 500), ("Parameters", 200), ("Outputs", 200), ("Mappings", 200))
_DESCRIPTION_BYTES = 1_024
_DYNAMIC_REFERENCES = 60
_FILTERS = 100
_FILTERS_URL = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
_ALARM_DESCRIPTION = 1_024
_ALARM_URL = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
)


@dataclass(frozen=True)
class Quota:
    """``used`` of ``limit``; ``path`` leads to what uses it, ``url`` to the page with the limit.

    An ``adjustable`` one may have been raised for an account.
    """

    name: str
    used: int
    limit: int
    path: tuple[str | int, ...] = ()
    url: str = _CLOUDFORMATION
    adjustable: bool = False

    @property
    def share(self) -> float:
        """Used, as a fraction of the limit."""
        return self.used / self.limit


def quotas(document: dict[str, Any], *, json: str, yaml: str, inline: bool) -> tuple[Quota, ...]:
    """Every limit that a template can reach, largest share first.

    An ``inline`` template is to fit into a request; any other may be sent by way of a bucket.
    """
    found = _quotas(document, json, yaml, BODY_BYTES if inline else OBJECT_BYTES)
    return tuple(sorted(found, key=lambda q: (-q.share, q.name, list(map(str, q.path)))))


def _quotas(document: dict[str, Any], json: str, yaml: str, size: int) -> Iterator[Quota]:
    yield Quota("bytes of JSON", len(json.encode()), size)
    yield Quota("bytes of YAML", len(yaml.encode()), size)
    for section, limit in _SECTION:
        if section in document:
            used = sum(times for *_, times in loops.entries(document[section]))
            yield Quota(section.lower(), used, limit, (section,))
    told = len(str(document.get("Description", "")).encode())
    yield Quota("bytes of description", told, _DESCRIPTION_BYTES, ("Description",))
    dynamic = sum(text.count("{{resolve:") for text, _ in strings(document, []))
    yield Quota("dynamic references", dynamic, _DYNAMIC_REFERENCES)
    filters = sum(
        times
        for _, resource, times in loops.entries(document.get("Resources"))
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Logs::MetricFilter"
    )
    yield Quota("metric filters", filters, _FILTERS, ("Resources",), _FILTERS_URL)
    yield from _longest_description(document)
    for policy in policy_sizes(document):
        most = policy.limit
        yield Quota(
            f"characters of {most.what}",
            policy.used,
            most.most,
            policy.path,
            most.url,
            adjustable=most.adjustable and policy.used <= most.ceiling,
        )


def _longest_description(document: dict[str, Any]) -> Iterator[Quota]:
    path, below = ["Resources"], ["Properties", "AlarmDescription"]
    found: list[tuple[int, Path]] = [
        (text_length(properties["AlarmDescription"]), [*path, logical_id, *below])
        for logical_id, properties in resources(document, "AWS::CloudWatch::Alarm")
        if "AlarmDescription" in properties
    ]
    if found:
        used, where = max(found)
        yield Quota(
            "characters of alarm description", used, _ALARM_DESCRIPTION, tuple(where), _ALARM_URL
        )
