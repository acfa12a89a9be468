"""
The sample events of an imported detection: events that match, and near misses.

In:    the condition of the pattern; the rule as pySigma reads it.
Out:   `Sample` objects.
Never: an event on which the rule and the pattern disagree. If there is one, the detection is not
       written.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from trailbell.pattern import FilterPattern, Outcome
from trailbell.pattern.ast import (
    And,
    Clause,
    Condition,
    JsonPattern,
    Member,
    Selector,
    clauses,
)
from trailbell.pattern.evaluate import test_record
from trailbell.pattern.printer import selector_text
from trailbell.pattern.record import select
from trailbell.pattern.record_schema import (
    BOOLEAN_FIELDS,
    EVENT_NAME,
    EVENT_SOURCE,
    REQUIRED_FIELDS,
)
from trailbell.samples import Event
from trailbell.scaffold.detection_examples import Sample, silent_samples, variants
from trailbell.scaffold.python_source import Merged
from trailbell.scaffold.sample import evaluate, sample_of
from trailbell.sigma.reading import matches
from trailbell.sigma.records import (
    IDENTITIES,
    Term,
    base_record,
    events_of,
    record_for,
    terms_of,
    with_field,
)
from trailbell.sigma.refused import RefusedError
from trailbell.sigma.values import MISSING, meets, other_values

_MAX_TERMS, _MAX_FIRING, _MAX_SILENT = 300, 4, 7
_MAX_DESCRIPTION = 100


class Examples:
    """The sample events for a condition and the rule that it was converted from."""

    def __init__(
        self, condition: Condition, roots: Sequence[Any], *, detects_more: bool = False
    ) -> None:
        """``detects_more``: the condition is known to match more than the rule."""
        self.condition = condition
        self.detects_more = detects_more
        self.pattern = FilterPattern.of(condition)
        self.roots = roots
        self._records = list(islice(self._matching(), _MAX_FIRING))
        if not self._records:
            raise RefusedError(
                "no record was found that matches it", "write the detection and its events by hand"
            )

    def fires(self) -> tuple[Sample, ...]:
        """Events that match: of different calls, and of other callers."""
        named = [Sample(_description(record), self._call(record)) for record, _ in self._records]
        fitting = [s for s in (*named, *variants(named[0].call)) if self._agree(s, fires=True)]
        return tuple(self._different(fitting))[:_MAX_FIRING]

    def silent(self) -> tuple[Sample, ...]:
        """Events that do not match: with another value of one field, and other calls."""
        record, term = self._records[0]
        misses = [
            *self._near_misses(record, term),
            *silent_samples(record, self.pattern, ()),
            *self._other_callers(record),
        ]
        agreed = (sample for sample in misses if self._agree(sample, fires=False))
        return tuple(self._different(agreed))[:_MAX_SILENT]

    # ------------------------------------------------------------ records that match

    def _matching(self) -> Iterator[tuple[Event, Term]]:
        """Records that match, each with the clauses that it meets."""
        for source, name in events_of(self.condition):
            base = base_record(source, name)
            for term in islice(terms_of(self.condition, base), _MAX_TERMS):
                record = record_for(base, term)
                if record and _is_complete(record) and self._is_met(record):
                    yield record, term
                    break

    def _is_met(self, record: Event) -> bool:
        return test_record(JsonPattern(self.condition), record) == Outcome.MATCH

    def _call(self, record: Event) -> Any:
        """The expression that makes a record, as far as the pattern looks at it."""
        call = sample_of(record)
        event = evaluate(call)
        named = {_member(clause.selector) for clause in clauses(self.condition)}
        changes = {
            name: value
            for name, value in record.items()
            if name in named and event.get(name) != value
        }
        absent = {name: None for name in named if name in event and name not in record}
        changes |= absent
        return Merged(call, changes) if changes else call

    # ------------------------------------------------------------ near misses

    def _near_misses(self, record: Event, term: Term) -> Iterator[Sample]:
        """Records like this one that miss one part of the condition, or meet an exclusion."""
        parts = self.condition.parts if isinstance(self.condition, And) else (self.condition,)
        for group in (*(tuple(clauses(part)) for part in parts), *((clause,) for clause in term)):
            fields = dict.fromkeys(clause.selector for clause in group)
            if EVENT_NAME in fields or EVENT_SOURCE in fields:
                continue
            missed: Event | None = record
            values = []
            for selector in fields:
                value = _other_value(selector, [c for c in group if c.selector == selector])
                values.append((selector, value))
                missed = missed and with_field(copy.deepcopy(missed), selector, value)
            if missed and missed != record:
                yield Sample(_change(values), self._call(missed))

    def _other_callers(self, record: Event) -> Iterator[Sample]:
        for kind, identity in IDENTITIES.items():
            changed = {**record, "userIdentity": copy.deepcopy(identity)}
            yield Sample(f"the same by a caller of type {kind}", self._call(changed))

    # ------------------------------------------------------------ both readings

    def _agree(self, sample: Sample, *, fires: bool) -> bool:
        """Whether an event is an example. Raises `RefusedError` if rule and pattern disagree."""
        event = evaluate(sample.call)
        outcome = self.pattern.test_record(event)
        if outcome == Outcome.UNCERTAIN:
            return False
        by_rule = any(matches(root, event) for root in self.roots)
        if by_rule != (outcome == Outcome.MATCH):
            if self.detects_more and not by_rule:
                return False
            raise RefusedError(
                f'the rule and the pattern disagree on the event "{sample.description}"',
                "write the detection by hand, and report the rule to the authors of Trailbell",
            )
        return by_rule is fires

    def _different(self, found: Iterable[Sample]) -> Iterator[Sample]:
        descriptions: set[str] = set()
        events: list[Event] = []
        for sample in found:
            event = evaluate(sample.call)
            if sample.description not in descriptions and event not in events:
                descriptions.add(sample.description)
                events.append(event)
                yield sample


def _is_complete(record: Event) -> bool:
    """Whether the record has text in all fields that every record has."""
    values = [select(record, selector).nodes for selector in REQUIRED_FIELDS]
    return all(len(nodes) == 1 and isinstance(nodes[0], str) for nodes in values)


def _other_value(selector: Selector, on_field: Sequence[Clause]) -> object:
    """A value that meets none of the clauses; `MISSING` if none is known."""
    required = selector in REQUIRED_FIELDS | BOOLEAN_FIELDS
    for value in other_values(on_field):
        if required and value in (MISSING, None):
            continue
        if not any(meets(value, (clause,)) for clause in on_field):
            return value
    return MISSING


# ---------------------------------------------------------------- descriptions


def _description(record: Mapping[str, Any]) -> str:
    service = str(record["eventSource"]).partition(".")[0]
    return f"the call {service}:{record['eventName']}"[:_MAX_DESCRIPTION]


def _change(values: Sequence[tuple[Selector, object]]) -> str:
    words = []
    for selector, value in values:
        path = selector_text(selector).removeprefix("$.")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        is_absent = value is MISSING or value is None
        words.append(f"without {path}" if is_absent else f"with {path} {text}")
    return f"the same {' and '.join(words)}"[:_MAX_DESCRIPTION].rstrip()


def _member(selector: Selector) -> str:
    first = selector.steps[0]
    return first.name if isinstance(first, Member) else ""
