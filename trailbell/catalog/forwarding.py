"""
The rules that send events to a bus elsewhere: every event that a detection matches, exactly once.

In:    detections.
Out:   `ForwardRule`s whose conditions exclude each other. An event that two rules matched would
       arrive twice, and every message for it would be sent twice.
Never: an event less than the detections match. Some rules send more; the rules on the other bus
       decide.

1. A detection that events of any API call can match has values that it requires, such as
   ``userIdentity.type = Root``. A rule sends all events with these values; all others exclude them.
   If it is not in the state for read-only events, it sends none, and no other rule excludes them.
2. A source of which a detection can match any event has a rule for all its events; all others
   exclude the source.
3. All other calls have rules by source: one for as many sources as fit into a pattern, several for
   a source whose pattern would be too long for one. A stack has little room.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from trailbell import cache as results
from trailbell.catalog.detection import Detection
from trailbell.catalog.event_calls import (
    ANY,
    Call,
    any_of_calls,
    calls_by_source,
    calls_of,
    calls_of_source,
    equal,
    intersection,
    whole_sources,
)
from trailbell.catalog.event_rule import (
    ENABLED,
    ENABLED_WITH_READS,
    compile_condition,
    reason_without_rule,
    rule_state,
)
from trailbell.catalog.known_values import of_any_account
from trailbell.catalog.placeholders import (
    PLACEHOLDERS,
    fill_placeholders,
    hide_placeholders,
    restore_placeholders,
)
from trailbell.errors import UnsupportedError
from trailbell.pattern import FilterPattern, parse
from trailbell.pattern.ast import (
    And,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    Literal,
    Member,
    NotExists,
    Operator,
    Or,
    Selector,
    Text,
)
from trailbell.pattern.printer import condition_text
from trailbell.pattern.record_schema import (
    EVENT_SOURCE,
    REQUIRED_FIELDS,
    FieldType,
    field_schema,
)

_READ_ONLY = Selector((Member("readOnly"),))


@dataclass(frozen=True)
class ForwardRule:
    """A rule on the default bus. ``pattern`` can have the placeholder ``${AlarmPrefix}``.

    ``name`` is unique and in kebab case. ``is_exact`` is false if the rule sends more events than
    the detections match.
    """

    name: str
    pattern: Mapping[str, Any]
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
        """Whether it can match events of any API call, or of names that are not known."""
        return any(source == ANY and ANY in name for source, name in self.calls)


def forward_rules(detections: Sequence[Detection]) -> tuple[ForwardRule, ...]:
    """The rules for the detections that have an EventBridge rule.

    If no rules can exclude each other, one rule sends all events. The result is stored, so that a
    build in which nothing has changed computes it once.
    """
    with_rule = [detection for detection in detections if not reason_without_rule(detection)]
    texts = [text for d in with_rule for text in (d.id, d.pattern_text, rule_state(d))]
    key = results.validation_key(texts, ["forwarding rules"])
    stored = results.load(key)
    if isinstance(stored, list):
        return tuple(
            ForwardRule(**{**entry, "detections": tuple(entry["detections"])}) for entry in stored
        )
    rules = _build_rules(with_rule)
    results.store(key, list(map(vars, rules)))
    return rules


def _build_rules(detections: Sequence[Detection]) -> tuple[ForwardRule, ...]:
    watched = list(map(_watch, detections))
    try:
        return tuple(_with_unique_names(_exclusive_rules(watched)))
    except UnsupportedError:
        every = Comparison(EVENT_SOURCE, Operator.EQUAL, Text(ANY))
        return (_rule("everything", watched, every, [], is_exact=False),)


def _exclusive_rules(watched: Sequence[_Watched]) -> list[ForwardRule]:
    rules: list[ForwardRule] = []
    guards: list[Condition] = []
    for member in [member for member in watched if member.is_wide]:
        guard = _guard(member.condition)
        if _state([member]) == ENABLED:
            guard = And((*_conjuncts(guard), _NO_READ))
        rules.append(_rule(member.detection.id, [member], guard, guards, is_exact=False))
        guards.append(guard)
    narrow = [member for member in watched if not member.is_wide]
    calls = {call for member in narrow for call in member.calls}
    sources = whole_sources(calls)
    for source in sources:
        own = {name for call_source, name in calls if call_source in (source, ANY)}
        group = [(source, ANY)] if ANY in own else calls_of_source(source, own)
        rules += _rules_of_calls(group, narrow, guards)
        guards.append(equal(EVENT_SOURCE, source))
    return rules + _rules_of_sources([*calls_by_source(calls, sources)], narrow, guards)


def _watch(detection: Detection) -> _Watched:
    # The resources of other accounts are not known here, so any name matches.
    values = dict.fromkeys(PLACEHOLDERS, ANY) | {"AlarmPrefix": "${AlarmPrefix}"}
    text = fill_placeholders(_text_for_any_account(detection), values)
    tree = parse(hide_placeholders(text), max_length=None).tree
    assert isinstance(tree, JsonPattern)  # others have no rule
    return _Watched(detection, tree.condition, calls_of(tree.condition))


def _text_for_any_account(detection: Detection) -> str:
    if "OwnAccountId" not in detection.placeholders:
        return detection.pattern_text
    tree = parse(detection.pattern_text, max_length=None).tree
    assert isinstance(tree, JsonPattern)
    condition = of_any_account(tree.condition)
    assert condition is not None  # no detection matches all events of other accounts
    return str(FilterPattern.of(condition))


# -------------------------------------------------------------------------------- wide detections


def _guard(condition: Condition) -> Condition:
    """The values that every event must have which the condition matches.

    Fields that every event has are enough: that another rule excludes them makes it a little longer
    only. Raises `UnsupportedError` if there are none that other rules can exclude.
    """
    parts = condition.parts if isinstance(condition, And) else (condition,)
    required = tuple(p for p in parts if isinstance(p, Comparison) and _requires_text(p))
    if not required:
        reason = "no other rule can exclude the events of a detection that requires no text"
        raise UnsupportedError("EventBridge", condition_text(condition), reason)
    always = tuple(part for part in required if part.selector in REQUIRED_FIELDS)
    chosen = always or required
    return chosen[0] if len(chosen) == 1 else And(chosen)


def _requires_text(clause: Comparison) -> bool:
    schema = field_schema(clause.selector)
    is_text = schema is not None and schema.type is FieldType.TEXT and not schema.nullable
    match clause.operator, clause.value:
        case Operator.EQUAL, Text(text):
            return is_text and text != ANY
        case _:
            return False


def _without(condition: Condition, guards: Sequence[Condition]) -> Condition:
    """The condition, for events that match none of the guards."""
    excluded = [_negated(guard) for guard in guards]
    return And((condition, *excluded)) if excluded else condition


def _conjuncts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, And) else (condition,)


_READ = IsLiteral(_READ_ONLY, Literal.TRUE)
_NO_READ = Or((IsLiteral(_READ_ONLY, Literal.FALSE), NotExists(_READ_ONLY)))


def _negated(guard: Condition) -> Condition:
    """What the events of no guard meet. Events that services report have no type of identity."""
    alternatives: list[Condition] = []
    for clause in _conjuncts(guard):
        if clause == _NO_READ:
            alternatives.append(_READ)
            continue
        if not isinstance(clause, Comparison):
            raise AssertionError(clause)
        alternatives.append(Comparison(clause.selector, Operator.NOT_EQUAL, clause.value))
        if clause.selector != EVENT_SOURCE:
            alternatives.append(NotExists(clause.selector))
    return alternatives[0] if len(alternatives) == 1 else Or(tuple(alternatives))


def _rules_of_sources(
    groups: Sequence[Sequence[Call]], watched: Sequence[_Watched], excluded: Sequence[Condition]
) -> list[ForwardRule]:
    """The rules for the events of some sources: one for all that fit into an exact pattern."""
    rules: list[ForwardRule] = []
    for state in (ENABLED, ENABLED_WITH_READS):
        joined: list[Sequence[Call]] = []
        rule: list[ForwardRule] = []
        for group in groups:
            if _state(_matching_calls(watched, group)) != state:
                continue
            with suppress(UnsupportedError):
                rule = [_rule_of_sources([*joined, group], watched, excluded)]
                joined.append(group)
                continue
            rules += rule
            joined, rule = [group], _rules_of_calls(group, watched, excluded)
        rules += rule
    return rules


def _rule_of_sources(
    groups: Sequence[Sequence[Call]], watched: Sequence[_Watched], excluded: Sequence[Condition]
) -> ForwardRule:
    """One rule for exactly the events of these sources. Raises `UnsupportedError`."""
    if any(call[1] == ANY for group in groups for call in group):
        raise UnsupportedError("EventBridge", groups[0][0][0], "all events of a source are sent")
    matching = [_matching_calls(watched, group) for group in groups]
    parts = tuple(
        And((_any([member.condition for member in members]), any_of_calls(group)))
        for members, group in zip(matching, groups, strict=True)
    )
    first, last = _name(groups[0][0][0]), _name(groups[-1][0][0])
    members = [w for w in watched if any(w in group for group in matching)]
    name = first if len(groups) == 1 else f"{first}-to-{last}"
    return _rule(name, members, _any(parts), excluded, is_exact=True)


def _any(conditions: Sequence[Condition]) -> Condition:
    return conditions[0] if len(conditions) == 1 else Or(tuple(conditions))


def _rules_of_calls(
    calls: Sequence[Call], watched: Sequence[_Watched], excluded: Sequence[Condition]
) -> list[ForwardRule]:
    """The rules for the events of some calls: one, or several if its pattern would be too long.

    Before it takes several exact rules, one sends all events of the calls: a stack has little room.
    """
    group = _matching_calls(watched, calls)
    matched = _any([member.condition for member in group])
    from_calls = any_of_calls(calls)
    name = _name(calls[0][0])
    if any(call[1] == ANY for call in calls):
        return [_rule(name, group, from_calls, excluded, is_exact=False)]
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
    return [w for w in watched if any(intersection(a, b) for a in w.calls for b in calls)]


def _name(source: str) -> str:
    service = "other" if source == ANY else source.removesuffix(".amazonaws.com").lower()
    return re.sub("[^a-z0-9]+", "-", service)


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
    state = _state(watched)
    if state == ENABLED:  # in which a rule receives no reads
        excluded = [_without_read(guard) for guard in excluded]
    whole = _without(condition, excluded)
    text = restore_placeholders(json.dumps(compile_condition(whole)))
    return ForwardRule(
        name=name,
        pattern=json.loads(text),
        state=state,
        detections=tuple(member.detection.id for member in watched),
        is_exact=is_exact,
    )


def _state(watched: Sequence[_Watched]) -> str:
    states = {rule_state(member.detection) for member in watched}
    return ENABLED_WITH_READS if ENABLED_WITH_READS in states else ENABLED


def _without_read(guard: Condition) -> Condition:
    """The guard, for rules that receive no reads: what is said of reads only makes them longer."""
    clauses = tuple(clause for clause in _conjuncts(guard) if clause != _NO_READ)
    return clauses[0] if len(clauses) == 1 else And(clauses)


def _with_unique_names(rules: Sequence[ForwardRule]) -> Iterator[ForwardRule]:
    counts: dict[str, int] = {}
    for rule in rules:
        counts[rule.name] = counts.get(rule.name, 0) + 1
        number = counts[rule.name]
        name = rule.name if number == 1 else f"{rule.name}-{number}"
        yield replace(rule, name=name)
