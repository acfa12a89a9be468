"""
What reads an alarm, other than people.

In:    a template, the logical ID of an alarm.
Out:   whether something else in the template refers to it, by its logical ID or by its name.
Never: a statement about readers in other templates, except that an output is for them.
"""

import re
from typing import Any

from trailbell.template.intrinsics import references, strings, substitute
from trailbell.template.resources import properties, resources, section

_SECTIONS = ("Resources", "Outputs", "Globals", "Hooks")
_FORMAL = frozenset({"DependsOn", "Metadata"})
"""Attributes of a resource that name another one without reading it."""
_WITHOUT_NAMES_OF_ALARMS = (
    *("AWS::CloudWatch::Alarm", "AWS::CloudWatch::LogAlarm", "AWS::Logs::", "AWS::SNS::"),
    *("AWS::SQS::", "AWS::S3::", "AWS::KMS::", "AWS::CloudTrail::"),
)
"""Types that read no alarm by its name. Their own names are often the same: of a metric filter."""


def is_read(document: Any, logical_id: str) -> bool:
    """Whether a template reads the alarm with this logical ID elsewhere."""
    alarm = resources(document).get(logical_id, {})
    name = _name(properties(alarm).get("AlarmName"))
    for section_name in _SECTIONS:
        for key, entry in section(document, section_name).items():
            if section_name == "Resources" and key == logical_id:
                continue
            value = _without_formal(entry) if section_name == "Resources" else entry
            if logical_id in references(value):
                return True
            if name and _may_name_alarms(value) and _has_text(value, name):
                return True
    return False


def _name(value: Any) -> str:
    """The name of an alarm as it is written; empty if it has none of its own."""
    match value:
        case str(text) | {"Fn::Sub": str(text)}:
            return text
        case _:
            return ""


def _may_name_alarms(entry: Any) -> bool:
    return not isinstance(entry, dict) or not str(entry.get("Type", "")).startswith(
        _WITHOUT_NAMES_OF_ALARMS
    )


def _has_text(value: Any, name: str) -> bool:
    """Whether a text has the name, but not as a part of a longer one: ``iam`` in ``aws.iam``."""
    whole = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])(?!\.\w)")
    return any(
        whole.search(form) for text, _ in strings(value) for form in (text, substitute(text, ""))
    )


def _without_formal(resource: Any) -> Any:
    if not isinstance(resource, dict):
        return resource
    return {name: member for name, member in resource.items() if name not in _FORMAL}
