"""
Which management events a trail records.

In:    the properties of a trail, and the templates that are deployed together.
Out:   `Selectors`.
Never: data events. No control on monitoring is about them.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.audit.possible_values import Templates
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.intrinsics import entries


@dataclass(frozen=True)
class Selectors:
    """
    The management events.

    ``basic`` is the ``ReadWriteType`` of each basic event selector. ``management``: whether it
    records both reads and writes of management events. ``excluded``: the excluded event sources.
    ``defaults``: the conditions on which this depends, as the default parameters decide them.
    """

    basic: tuple[str, ...]
    management: bool
    excluded: frozenset[str] = frozenset()
    defaults: tuple[tuple[str, bool], ...] = ()


def read_selectors(properties: Mapping[str, Any], templates: Templates, index: int) -> Selectors:
    """Read the selectors of a trail in one of the templates, with their default parameters."""
    defaults: dict[str, bool] = {}

    def if_default(name: str) -> Any:
        value = properties.get(name)
        match value:
            case {"Fn::If": [str(condition), yes, no]}:
                document = dict(templates.all[index].document)
                holds = Evaluator(document, Scope()).condition(condition)
                if holds is not None:
                    defaults[condition] = holds
                    value = yes if holds else no
        return None if value == {"Ref": "AWS::NoValue"} else value

    advanced, basic = if_default("AdvancedEventSelectors"), if_default("EventSelectors")
    if advanced is not None:
        selectors = _advanced(advanced, templates, index)
    elif basic is not None:
        selectors = _basic(basic, templates, index)
    else:  # CloudTrail records all management events
        selectors = Selectors(("All",), management=True)
    return replace(selectors, defaults=tuple(defaults.items()))


def _basic(selectors: Any, templates: Templates, index: int) -> Selectors:
    basic: list[str] = []
    management = False
    excluded: set[str] = set()
    for selector in _mappings(selectors):
        read_write = templates.possible_texts(selector.get("ReadWriteType", "All"), index)
        include = templates.possible_texts(selector.get("IncludeManagementEvents", "true"), index)
        basic += sorted(read_write)
        management |= "All" in read_write and "true" in include
        for sources in templates.possible_entries(
            selector.get("ExcludeManagementEventSources"), index
        ):
            excluded |= sources
    return Selectors(tuple(basic), management, frozenset(excluded))


def _advanced(selectors: Any, templates: Templates, index: int) -> Selectors:
    """Advanced event selectors. An event must match all fields of a selector."""
    management = False
    excluded: set[str] = set()
    for selector in _mappings(selectors):
        fields = {field.get("Field"): field for field in _mappings(selector.get("FieldSelectors"))}
        categories = templates.possible_entries(
            fields.get("eventCategory", {}).get("Equals"), index
        )
        # A condition on readOnly excludes either reads or writes.
        if frozenset({"Management"}) not in categories or "readOnly" in fields:
            continue
        management = True
        for sources in templates.possible_entries(
            fields.get("eventSource", {}).get("NotEquals"), index
        ):
            excluded |= sources
    return Selectors((), management, frozenset(excluded))


def _mappings(value: Any) -> list[dict[str, Any]]:
    """The entries of a list of properties, in all branches of its conditions."""
    return [entry for entry, _ in entries(value) if isinstance(entry, dict)]
