"""
Which events the event selectors of a trail record.

In:    the properties of a trail.
Out:   what the old selectors record and the new ones do not, in words.
Never: the number of events.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.diff.judgment.resource_diff import as_list

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class _Reach:
    """The management events of one selector. ``restricted`` are conditions on other fields."""

    read: bool
    write: bool
    excluded: frozenset[str] = frozenset()
    restricted: tuple[str, ...] = ()


def find_unrecorded_events(before: Properties, after: Properties) -> Iterator[str]:
    """Find the management and other events that are no longer recorded."""
    old, new = _management(before), _management(after)
    for kind, verb in (("write", "write"), ("read", "read-only")):
        was, remains = _selecting(old, kind), _selecting(new, kind)
        if was and not remains:
            yield f"The trail no longer records {verb} management events."
        elif was:
            yield from _narrower(was, remains, verb)
    for selector in sorted(_other_selectors(before) - _other_selectors(after)):
        yield f"The trail may no longer record the events of the selector {selector}."


def _selecting(reaches: list[_Reach], kind: str) -> list[_Reach]:
    return [reach for reach in reaches if getattr(reach, kind)]


def _narrower(old: list[_Reach], new: list[_Reach], verb: str) -> Iterator[str]:
    if any(not reach.restricted for reach in old) and all(reach.restricted for reach in new):
        conditions = "; ".join(sorted({text for reach in new for text in reach.restricted}))
        yield f"The trail records {verb} management events only if {conditions}."
    elif {reach.restricted for reach in old if reach.restricted} - {
        reach.restricted for reach in new
    } and all(reach.restricted for reach in new):
        yield f"The trail records {verb} management events under other conditions."
    excluded = _excluded(new) - _excluded(old)
    if excluded:
        sources = ", ".join(sorted(excluded))
        yield f"The trail no longer records {verb} management events of {sources}."


def _excluded(reaches: list[_Reach]) -> frozenset[str]:
    """The sources that every selector excludes."""
    return frozenset.intersection(*(reach.excluded for reach in reaches))


def _management(properties: Properties) -> list[_Reach]:
    if properties.get("AdvancedEventSelectors"):
        selectors = map(_fields, as_list(properties["AdvancedEventSelectors"]))
        return [_advanced(fields) for fields in selectors if _is_management(fields)]
    if not properties.get("EventSelectors"):
        return [_Reach(read=True, write=True)]  # what a trail without selectors records
    return [
        _basic(selector)
        for selector in as_list(properties["EventSelectors"])
        if isinstance(selector, Mapping)
        and selector.get("IncludeManagementEvents", True) in (True, "true")
    ]


def _basic(selector: Properties) -> _Reach:
    kind = selector.get("ReadWriteType", "All")
    return _Reach(
        read=kind in ("All", "ReadOnly"),
        write=kind in ("All", "WriteOnly"),
        excluded=frozenset(map(str, as_list(selector.get("ExcludeManagementEventSources")))),
    )


_Fields = list[tuple[str, str, tuple[str, ...]]]
"""Each condition of an advanced selector: field, operator, values."""


def _fields(selector: Any) -> _Fields:
    entries = as_list(selector.get("FieldSelectors")) if isinstance(selector, Mapping) else []
    return [
        (str(entry.get("Field")), operator, tuple(map(str, as_list(values))))
        for entry in entries
        if isinstance(entry, Mapping)
        for operator, values in entry.items()
        if operator != "Field"
    ]


def _is_management(fields: _Fields) -> bool:
    return ("eventCategory", "Equals", ("Management",)) in fields


def _advanced(fields: _Fields) -> _Reach:
    read = write = True
    excluded: frozenset[str] = frozenset()
    restricted = []
    for field, operator, values in fields:
        match field, operator:
            case "eventCategory", _:
                pass
            case "readOnly", "Equals":
                read, write = "true" in values, "false" in values
            case "eventSource", "NotEquals":
                excluded |= frozenset(values)
            case _:
                restricted.append(f"{field} {operator} {', '.join(values)}")
    return _Reach(read=read, write=write, excluded=excluded, restricted=tuple(restricted))


def _other_selectors(properties: Properties) -> set[str]:
    """The selectors of data events and other categories, as JSON."""
    advanced = [
        selector
        for selector in as_list(properties.get("AdvancedEventSelectors"))
        if not _is_management(_fields(selector))
    ]
    data = [
        resource
        for selector in as_list(properties.get("EventSelectors"))
        if isinstance(selector, Mapping)
        for resource in as_list(selector.get("DataResources"))
    ]
    insights = as_list(properties.get("InsightSelectors"))
    return {json.dumps(entry, sort_keys=True) for entry in (*advanced, *data, *insights)}
