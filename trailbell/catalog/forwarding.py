"""
The rules that send events to a bus elsewhere: every event that a detection matches, exactly once.

In:    detections.
Out:   `ForwardRule`s whose conditions exclude each other. An event that two rules matched would
       arrive twice, and every message for it would be sent twice.
Never: an event less than the detections match, but for reads that match only a detection of any
       API call. Some rules send more; the rules on the other bus decide.

1. A detection that events of any API call can match has values that it requires, such as
   ``userIdentity.type = Root``. A rule sends all events with these values but reads, of which there
   are too many; all others exclude these events.
2. All other calls have rules by source: one for as many sources as fit into a pattern, several for
   a source whose pattern would be too long for one. A source whose calls others could match as
   well, such as one of which a detection matches any event, is excluded by these.
3. Of calls that may be reads, the rules send only what detections match. Of others, they send all
   events: a stack has little room.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
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
from trailbell.catalog.event_message import DRILL_SOURCE
from trailbell.catalog.event_rule import (
    ENABLED,
    ENABLED_WITH_READS,
    compile_condition,
    may_be_read,
    reason_without_rule,
    rule_state,
)
from trailbell.catalog.forward_guards import (
    guard_of_changes,
    guards_about,
    without_events_of,
    without_reads,
)
from trailbell.catalog.known_values import of_any_account
from trailbell.catalog.placeholders import (
    PLACEHOLDERS,
    fill_placeholders,
    hide_placeholders,
    restore_placeholders,
)
from trailbell.catalog.possible_parts import possible_part
from trailbell.errors import UnsupportedError
from trailbell.pattern import FilterPattern, parse
from trailbell.pattern.ast import And, Comparison, Condition, JsonPattern, Operator, Or, Text
from trailbell.pattern.record_schema import EVENT_SOURCE
from trailbell.pattern.targets.eventbridge import MAX_LENGTH


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
        """Whether it can match events of any API call."""
        return (ANY, ANY) in self.calls


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
        return (_rule("everything", watched, every, [], _state(watched), is_exact=False),)


def _exclusive_rules(watched: Sequence[_Watched]) -> list[ForwardRule]:
    rules: list[ForwardRule] = []
    guards: list[Condition] = []
    for member in [member for member in watched if member.is_wide]:
        guard = guard_of_changes(member.condition)
        rules.append(_rule(member.detection.id, [member], guard, guards, ENABLED, is_exact=False))
        guards.append(guard)
    narrow = [member for member in watched if not member.is_wide]
    calls = {call for member in narrow for call in member.calls}
    sources = whole_sources(calls)
    groups = []
    for source in sources:
        is_whole = (source, ANY) in calls or (ANY, ANY) in calls
        groups.append([(source, ANY)] if is_whole else calls_of_source(source, calls))
    groups += calls_by_source(calls, sources)
    guards += [equal(EVENT_SOURCE, source) for source in sources]
    readers = [member for member in narrow if _state([member]) == ENABLED_WITH_READS]
    writes = []
    for group in groups:
        reads = _calls_of(readers, group)
        if reads:
            rules += _rules_for_reads(reads, narrow, guards)
            guards.append(any_of_calls(reads))
        writes.append([call for call in group if call not in reads])
    return [*rules, *_rules_for_writes([*filter(None, writes)], narrow, guards)]


def _calls_of(readers: Sequence[_Watched], group: Sequence[Call]) -> tuple[Call, ...]:
    """The calls of a group that may be reads which these detections match."""
    reads = {call for reader in readers for call in _read_calls(reader)}
    pairs = (intersection(call, own) for call in group for own in reads)
    return tuple(sorted({call for call in pairs if call}))


def _read_calls(reader: _Watched) -> Iterator[Call]:
    """The calls of the samples that may be reads, as the pattern names them if it does."""
    for example in filter(lambda example: may_be_read(example.event), reader.detection.fires):
        sample = str(example.event["eventSource"]), str(example.event["eventName"])
        for call in reader.calls:
            if intersection(call, sample):
                yield sample if call[1] == ANY else call


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


def _rules_for_writes(
    groups: Sequence[Sequence[Call]], watched: Sequence[_Watched], guards: Sequence[Condition]
) -> Iterator[ForwardRule]:
    """The rules for calls that change something: all their events, those of many sources by one.

    What else the detections require would take several times the room.
    """
    for calls in _joined_calls(groups, guards):
        first, last = _name(calls[0][0]), _name(calls[-1][0])
        yield ForwardRule(
            name=first if first == last else f"{first}-to-{last}",
            pattern=_pattern_of_calls(calls, tuple(guards)),
            state=ENABLED,
            detections=tuple(member.detection.id for member in _matching(calls, watched)),
            is_exact=False,
        )


def _joined_calls(
    groups: Sequence[Sequence[Call]], guards: Sequence[Condition]
) -> list[tuple[Call, ...]]:
    """The calls of as many groups as fit into a pattern each, or of a part of a group."""
    joined: list[tuple[Call, ...]] = []
    for group in groups:
        last = joined[-1] if joined else ()
        together = (*last, *group)
        # A rule excludes for all of its calls what it excludes for one of them.
        excluded = [guards_about(guards, calls) for calls in (last, group, together)]
        same = all(other == excluded[0] for other in excluded)
        if last and same and _fits(together, guards):
            joined[-1] = together
        else:
            joined += _split_calls(tuple(group), guards)
    return joined


def _split_calls(calls: tuple[Call, ...], guards: Sequence[Condition]) -> list[tuple[Call, ...]]:
    if len(calls) == 1 or _fits(calls, guards):
        return [calls]
    return [part for half in _halves(calls) for part in _split_calls(half, guards)]


def _fits(calls: tuple[Call, ...], guards: Sequence[Condition]) -> bool:
    if sum(len(name) for _, name in calls) > MAX_LENGTH:  # a pattern has every name
        return False
    try:
        pattern = _pattern_of_calls(calls, tuple(guards))
    except UnsupportedError:
        return False
    # A stack may add the source of drills.
    length = len(json.dumps([pattern, DRILL_SOURCE], separators=(",", ":")))
    return length <= MAX_LENGTH


@cache
def _pattern_of_calls(calls: tuple[Call, ...], guards: tuple[Condition, ...]) -> dict[str, Any]:
    """The pattern for all events of these calls. Raises `UnsupportedError` if it is too long."""
    return _compile(any_of_calls(calls), guards_about(guards, calls), ENABLED)


def _rules_for_reads(
    calls: tuple[Call, ...], watched: Sequence[_Watched], guards: Sequence[Condition]
) -> list[ForwardRule]:
    """The rules for calls that may be reads, of which there can be very many: nothing else is sent.

    Of a call for which no rule can say what the detections require, all events are sent.
    """
    possible = [(w, possible_part(w.condition, calls)) for w in _matching(calls, watched)]
    members = [member for member, part in possible if part]
    matched = Or(tuple(part for _, part in possible if part))
    condition = And((matched, any_of_calls(calls)))
    name = f"{_name(calls[0][0])}-reads"
    guards = guards_about(guards, calls)
    with suppress(UnsupportedError):
        return [_rule(name, members, condition, guards, ENABLED_WITH_READS, is_exact=True)]
    if len(calls) == 1:
        return [
            _rule(name, members, any_of_calls(calls), guards, ENABLED_WITH_READS, is_exact=False)
        ]
    return [rule for part in _halves(calls) for rule in _rules_for_reads(part, watched, guards)]


def _halves(calls: tuple[Call, ...]) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
    half = len(calls) // 2
    return calls[:half], calls[half:]


def _matching(calls: Sequence[Call], watched: Sequence[_Watched]) -> list[_Watched]:
    """The detections that can match an event of one of the calls."""
    return [w for w in watched if any(_intersects(a, b) for a in w.calls for b in calls)]


@cache
def _intersects(left: Call, right: Call) -> bool:
    return intersection(left, right) is not None


def _name(source: str) -> str:
    service = "other" if source == ANY else source.removesuffix(".amazonaws.com").lower()
    return re.sub("[^a-z0-9]+", "-", service)


# ------------------------------------------------------------------------------------------ rules


def _rule(
    name: str,
    watched: Sequence[_Watched],
    condition: Condition,
    excluded: Sequence[Condition],
    state: str,
    *,
    is_exact: bool,
) -> ForwardRule:
    """The rule. Raises `UnsupportedError`, for example if the pattern would be too long."""
    return ForwardRule(
        name=name,
        pattern=_compile(condition, excluded, state),
        state=state,
        detections=tuple(member.detection.id for member in watched),
        is_exact=is_exact,
    )


def _compile(condition: Condition, excluded: Sequence[Condition], state: str) -> dict[str, Any]:
    if state == ENABLED:  # in which a rule receives no reads
        excluded = [without_reads(guard) for guard in excluded]
    whole = without_events_of(condition, excluded)
    pattern: dict[str, Any] = json.loads(restore_placeholders(json.dumps(compile_condition(whole))))
    return pattern


def _state(watched: Sequence[_Watched]) -> str:
    states = {rule_state(member.detection) for member in watched}
    return ENABLED_WITH_READS if ENABLED_WITH_READS in states else ENABLED


def _with_unique_names(rules: Sequence[ForwardRule]) -> Iterator[ForwardRule]:
    counts: dict[str, int] = {}
    for rule in rules:
        counts[rule.name] = counts.get(rule.name, 0) + 1
        number = counts[rule.name]
        name = rule.name if number == 1 else f"{rule.name}-{number}"
        yield replace(rule, name=name)
