"""
The rules that send events to a bus elsewhere: every event that a detection matches, exactly once.

In:    detections.
Out:   `ForwardRule`s whose conditions exclude each other. An event that two rules matched would
       arrive twice, and every message for it would be sent twice.
Never: an event less than the detections match. Some rules send more; the rules on the other bus
       decide.

1. A detection that events of any API call can match has values that it requires, such as
   ``userIdentity.type = Root``. A rule sends all events with these values; all others exclude them.
2. A source of which a detection can match any event has a rule for all its events; all others
   exclude the source.
3. All other calls, by source, have a rule: with several, if the pattern would be too long for one.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from trailbell.catalog.detection import Detection
from trailbell.catalog.event_rule import (
    ENABLED,
    ENABLED_WITH_READS,
    compile_condition,
    reason_without_rule,
    rule_state,
)
from trailbell.catalog.placeholders import PLACEHOLDERS, fill_placeholders
from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.ast import (
    And,
    Comparison,
    Condition,
    JsonPattern,
    NotExists,
    Operator,
    Or,
    Selector,
    Text,
)
from trailbell.pattern.record_schema import (
    EVENT_NAME,
    EVENT_SOURCE,
    REQUIRED_FIELDS,
    FieldType,
    field_schema,
)

_ANY = "*"
_PREFIX_WORD = "ownXnameAlarmPrefixXend"

Call = tuple[str, str]
"""An event source and an event name; ``*`` for any."""

_EVERY: frozenset[Call] = frozenset({(_ANY, _ANY)})


@dataclass(frozen=True)
class ForwardRule:
    """A rule on the default bus. ``pattern`` can have the placeholder ``${AlarmPrefix}``.

    ``name`` is unique and in kebab case. ``condition`` is what the pattern says, with a plain word
    for the placeholder. ``is_exact`` is false if the rule sends more events than the detections
    match.
    """

    name: str
    pattern: Mapping[str, Any]
    condition: Condition
    state: str
    detections: tuple[str, ...]
    is_exact: bool


@dataclass(frozen=True)
class _Watched:
    detection: Detection
    condition: Condition
    calls: frozenset[Call]

    @property
    def is_wide(self) -> bool:
        """Whether it can match an event of any API call."""
        return self.calls >= _EVERY


def forward_rules(detections: Sequence[Detection]) -> tuple[ForwardRule, ...]:
    """The rules for the detections that have an EventBridge rule."""
    watched = [_watch(detection) for detection in detections if not reason_without_rule(detection)]
    rules: list[ForwardRule] = []
    guards: list[Condition] = []
    for member in [member for member in watched if member.is_wide]:
        guard = _guard(member.condition)
        rules.append(_rule(member.detection.id, [member], guard, guards, is_exact=False))
        guards.append(guard)
    narrow = [member for member in watched if not member.is_wide]
    calls = {call for member in narrow for call in member.calls}
    sources = sorted({source for source, name in calls if name == _ANY})
    for source in sources:
        guard, members = _equal(EVENT_SOURCE, source), _matching_calls(narrow, [(source, _ANY)])
        rules.append(_rule(_name(source), members, guard, guards, is_exact=False))
        guards.append(guard)
    for group in _calls_by_source(calls, sources):
        rules += _rules_of_calls(group, narrow, guards)
    return tuple(_with_unique_names(rules))


def _watch(detection: Detection) -> _Watched:
    # The resources of other accounts are not known here, so any name matches.
    values = dict.fromkeys(PLACEHOLDERS, _ANY) | {"AlarmPrefix": _PREFIX_WORD}
    text = fill_placeholders(detection.pattern_text, values)
    tree = parse(text, max_length=None).tree
    assert isinstance(tree, JsonPattern)  # others have no rule
    return _Watched(detection, tree.condition, _calls(tree.condition))


# -------------------------------------------------------------------------------- wide detections


def _guard(condition: Condition) -> Condition:
    """The values that every event must have which the condition matches."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    required = tuple(part for part in parts if _requires_text(part))
    if not required:
        return condition
    return required[0] if len(required) == 1 else And(required)


def _requires_text(condition: Condition) -> bool:
    match condition:
        case Comparison(selector, Operator.EQUAL, Text(text)):
            schema = field_schema(selector)
            return schema is not None and schema.type is FieldType.TEXT and _ANY not in text
        case _:
            return False


def _without(condition: Condition, guards: Sequence[Condition]) -> Condition:
    """The condition, for events that match none of the guards."""
    excluded = [_negated(guard) for guard in guards]
    return And((condition, *excluded)) if excluded else condition


def _negated(guard: Condition) -> Condition:
    clauses = guard.parts if isinstance(guard, And) else (guard,)
    alternatives: list[Condition] = []
    for clause in clauses:
        if not isinstance(clause, Comparison):
            raise AssertionError(clause)
        alternatives.append(Comparison(clause.selector, Operator.NOT_EQUAL, clause.value))
        if clause.selector not in REQUIRED_FIELDS:
            alternatives.append(NotExists(clause.selector))
    return alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))


# ------------------------------------------------------------------------------------------ calls


def _calls(condition: Condition) -> frozenset[Call]:
    """The calls of which a condition can match events."""
    match condition:
        case Or(parts):
            return frozenset().union(*map(_calls, parts))
        case And(parts):
            calls = _EVERY
            for part in parts:
                calls = frozenset(
                    both for a in calls for b in _calls(part) if (both := _intersection(a, b))
                )
            return calls
        case Comparison(selector, Operator.EQUAL, Text(text)) if _ANY not in text:
            if selector == EVENT_SOURCE:
                return frozenset({(text, _ANY)})
            return frozenset({(_ANY, text)}) if selector == EVENT_NAME else _EVERY
        case _:
            return _EVERY


def _intersection(left: Call, right: Call) -> Call | None:
    """The calls that are in both; None if there is none."""
    both = tuple(
        a if b in (_ANY, a) else b if a == _ANY else None for a, b in zip(left, right, strict=True)
    )
    source, name = both
    return None if source is None or name is None else (source, name)


def _calls_by_source(calls: Collection[Call], without: Collection[str]) -> Iterator[list[Call]]:
    """Calls that exclude each other, by source: a name of any source is not repeated for one."""
    of_any_source = {name for source, name in calls if source == _ANY}
    by_source: dict[str, set[Call]] = {}
    for source, name in calls:
        if source not in without:
            call = (_ANY, name) if name in of_any_source else (source, name)
            by_source.setdefault(call[0], set()).add(call)
    for source in sorted(by_source):
        yield sorted(by_source[source])


def _rules_of_calls(
    calls: Sequence[Call], watched: Sequence[_Watched], excluded: Sequence[Condition]
) -> list[ForwardRule]:
    """The rules for the events of some calls: one, or several if its pattern would be too long.

    Before it takes several exact rules, one sends all events of the calls: a stack has little room.
    """
    group = _matching_calls(watched, calls)
    conditions = tuple(member.condition for member in group)
    matched = conditions[0] if len(conditions) == 1 else Or(conditions)
    from_calls = _any_of_calls(calls)
    name = _name(calls[0][0])
    with suppress(UnsupportedError):
        return [_rule(name, group, And((matched, from_calls)), excluded, is_exact=True)]
    try:
        return [_rule(name, group, from_calls, excluded, is_exact=False)]
    except UnsupportedError:
        if len(calls) == 1:
            raise
    half = len(calls) // 2
    return [
        rule
        for part in (calls[:half], calls[half:])
        for rule in _rules_of_calls(part, watched, excluded)
    ]


def _matching_calls(watched: Sequence[_Watched], calls: Sequence[Call]) -> list[_Watched]:
    return [w for w in watched if any(_intersection(a, b) for a in w.calls for b in calls)]


def _name(source: str) -> str:
    service = "other" if source == _ANY else source.removesuffix(".amazonaws.com").lower()
    return re.sub("[^a-z0-9]+", "-", service)


def _any_of_calls(calls: Sequence[Call]) -> Condition:
    """All events of these calls: of a source with any name, all events of the source."""
    by_source: dict[str, list[str]] = {}
    for source, name in calls:
        by_source.setdefault(source, []).append(name)
    alternatives = tuple(_of_source(source, names) for source, names in by_source.items())
    return alternatives[0] if len(alternatives) == 1 else Or(alternatives)


def _of_source(source: str, names: Sequence[str]) -> Condition:
    from_source = _equal(EVENT_SOURCE, source)
    if _ANY in names:
        return from_source
    named = tuple(_equal(EVENT_NAME, name) for name in names)
    any_name = named[0] if len(named) == 1 else Or(named)
    return any_name if source == _ANY else And((from_source, any_name))


def _equal(selector: Selector, text: str) -> Comparison:
    return Comparison(selector, Operator.EQUAL, Text(text))


# ------------------------------------------------------------------------------------------ rules


def _rule(
    name: str,
    watched: Sequence[_Watched],
    condition: Condition,
    excluded: Sequence[Condition],
    *,
    is_exact: bool,
) -> ForwardRule:
    """The rule. Raises `UnsupportedError`, for example if the pattern would be too long."""
    whole = _without(condition, excluded)
    text = json.dumps(compile_condition(whole)).replace(_PREFIX_WORD, "${AlarmPrefix}")
    states = {rule_state(member.detection) for member in watched}
    return ForwardRule(
        name=name,
        pattern=json.loads(text),
        condition=whole,
        state=ENABLED_WITH_READS if ENABLED_WITH_READS in states else ENABLED,
        detections=tuple(member.detection.id for member in watched),
        is_exact=is_exact,
    )


def _with_unique_names(rules: Sequence[ForwardRule]) -> Iterator[ForwardRule]:
    counts: dict[str, int] = {}
    for rule in rules:
        counts[rule.name] = counts.get(rule.name, 0) + 1
        number = counts[rule.name]
        name = rule.name if number == 1 else f"{rule.name}-{number}"
        yield replace(rule, name=name)
