"""
How near a template is to what CloudFormation and CloudWatch allow.

In:    a template's document and its texts.
Out:   a `Quota` for each limit.
Never: a limit without its page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.validate.document import Path, resources, text_length, texts

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
TEMPLATE_BYTES = 51_200
_SECTION = (("Resources", 500), ("Parameters", 200), ("Outputs", 200), ("Mappings", 200))
_DESCRIPTION_BYTES = 1_024
_DYNAMIC_REFERENCES = 60
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
_FILTERS = 100
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_ALARM_DESCRIPTION = 1_024


@dataclass(frozen=True)
class Quota:
    """``used`` of ``limit``; ``path`` leads to what uses it."""

    name: str
    used: int
    limit: int
    path: tuple[str | int, ...] = ()

    @property
    def share(self) -> float:
        """Used, as a fraction of the limit."""
        return self.used / self.limit


def quotas(document: dict[str, Any], *, json: str, yaml: str) -> tuple[Quota, ...]:
    """Every limit that a template can reach, largest share first."""
    return tuple(sorted(_quotas(document, json, yaml), key=lambda q: (-q.share, q.name)))


def _quotas(document: dict[str, Any], json: str, yaml: str) -> Iterator[Quota]:
    yield Quota("bytes of JSON", len(json.encode()), TEMPLATE_BYTES)
    yield Quota("bytes of YAML", len(yaml.encode()), TEMPLATE_BYTES)
    for section, limit in _SECTION:
        if section in document:
            yield Quota(section.lower(), len(document[section]), limit, (section,))
    size = len(str(document.get("Description", "")).encode())
    yield Quota("bytes of description", size, _DESCRIPTION_BYTES, ("Description",))
    found = sum(text.count("{{resolve:") for text, _ in texts(document, []))
    yield Quota("dynamic references", found, _DYNAMIC_REFERENCES)
    filters = sum(1 for _ in resources(document, "AWS::Logs::MetricFilter"))
    yield Quota("metric filters", filters, _FILTERS, ("Resources",))
    yield from _longest_description(document)


def _longest_description(document: dict[str, Any]) -> Iterator[Quota]:
    path, below = ["Resources"], ["Properties", "AlarmDescription"]
    found: list[tuple[int, Path]] = [
        (text_length(properties["AlarmDescription"]), [*path, logical_id, *below])
        for logical_id, properties in resources(document, "AWS::CloudWatch::Alarm")
        if "AlarmDescription" in properties
    ]
    if found:
        used, where = max(found)
        yield Quota("characters of alarm description", used, _ALARM_DESCRIPTION, tuple(where))
