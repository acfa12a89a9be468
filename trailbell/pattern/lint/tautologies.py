"""
What never matches, and what always does.

In:    a condition on JSON or on a field, and what the APIs of AWS are called.
Out:   findings, also about single alternatives of ``||``.
Never: a finding without a proof from `Worlds` or a list that AWS keeps.
"""

import difflib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import combinations
from typing import assert_never

from trailbell.pattern.ast import (
    And,
    Comparison,
    Condition,
    Field,
    FieldAnd,
    FieldComparison,
    FieldCondition,
    FieldOr,
    Member,
    Operator,
    Or,
    Selector,
    Space,
    Span,
    Text,
)
from trailbell.pattern.lint.issue import Finding, Services
from trailbell.pattern.printer import condition_text, field_condition_text, selector_text
from trailbell.pattern.record_schema import (
    EVENT_NAME,
    EVENT_SOURCE,
    IDENTITY_TYPE,
    IDENTITY_TYPES,
)
from trailbell.pattern.satisfiability import Possible, Worlds, is_wild, leaves


def never_findings(
    condition: Condition, worlds: Worlds, services: Services | None, whole: Span
) -> Iterator[Finding]:
    yield from _Never(worlds, services, whole, condition).within(condition, {})


class _Never:
    def __init__(
        self, worlds: Worlds, services: Services | None, whole: Span, condition: Condition
    ) -> None:
        self.worlds = worlds
        self.services = services
        self.whole = whole
        self.condition = condition

    def within(self, condition: Condition, possible: Possible) -> Iterator[Finding]:
        """Where ``possible`` is what the conditions around leave possible."""
        if self.worlds.assume(possible, condition) is None:
            yield self._excluded(condition)
            return
        match condition:
            case And(parts):
                for number, part in enumerate(parts):
                    others = And((*parts[:number], *parts[number + 1 :]))
                    beside = self.worlds.assume(possible, others)
                    yield from self.within(part, possible if beside is None else beside)
            case Or(parts):
                for part in parts:
                    yield from self.within(part, possible)
            case Comparison(selector, operator, Text(text)) if selector == IDENTITY_TYPE:
                if not _some(IDENTITY_TYPES, text):
                    yield self._unknown_type(condition, operator, text)
            case Comparison(selector, Operator.EQUAL, Text(text)) if selector == EVENT_NAME:
                yield from self._unknown_name(condition, text, possible)
            case _:
                pass

    def _excluded(self, condition: Condition) -> Finding:
        start, end = condition.span or self.whole
        what = "the pattern" if condition is self.condition else "this alternative"
        why = "what stands beside it excludes it"
        if self.worlds.assume({}, condition) is None:
            why = "nothing satisfies it"
            parts = condition.parts if isinstance(condition, And) else ()
            for one, other in combinations(parts, 2):
                if self.worlds.assume({}, And((one, other))) is None:
                    why = f"{condition_text(one)} and {condition_text(other)} exclude each other"
                    break
        return Finding(
            start, end, "never-true", f"{what} never matches: {why}", "remove it or correct it"
        )

    def _unknown_type(self, clause: Comparison, operator: Operator, text: str) -> Finding:
        start, end = clause.span or self.whole
        result = "never" if operator is Operator.EQUAL else "always"
        return Finding(
            start,
            end,
            "unknown-identity-type",
            f"no userIdentity.type is {text!r}, so this is {result} true",
            _nearest(text, IDENTITY_TYPES),
        )

    def _unknown_name(self, clause: Comparison, text: str, possible: Possible) -> Iterator[Finding]:
        sources = self.worlds.texts(possible, EVENT_SOURCE) if self.services else None
        if not sources or self.services is None:
            return
        known: set[str] = set()
        for source in sources:
            names = self.services.event_names(source)
            if names is None:
                return
            known |= names
        if not _some(known, text):
            start, end = clause.span or self.whole
            yield Finding(
                start,
                end,
                "unknown-event-name",
                f"no event of {' or '.join(sorted(sources))} is called {text!r}",
                _nearest(text, known),
            )


def _some(known: frozenset[str] | set[str], text: str) -> bool:
    if "*" not in text:
        return text in known
    pattern = "*".join(piece.replace("[", "[[]").replace("?", "[?]") for piece in text.split("*"))
    return any(fnmatchcase(name, pattern) for name in known)


def _nearest(text: str, known: frozenset[str] | set[str]) -> str:
    near = difflib.get_close_matches(text.replace("*", ""), sorted(known), n=1)
    return f'did you mean "{near[0]}"?' if near else "look it up in the documentation"


def always_findings(condition: Condition, worlds: Worlds, whole: Span) -> Iterator[Finding]:
    match condition:
        case Or(parts):
            found = list(_always(condition, worlds, whole))
            yield from found or _nearly_always(condition, whole)
        case And(parts):
            pass
        case _:
            return
    for part in parts:
        yield from always_findings(part, worlds, whole)


def _always(condition: Or, worlds: Worlds, whole: Span) -> Iterator[Finding]:
    """Alternatives on one member that together accept every text and number it can hold."""
    groups: dict[Selector, list[Condition]] = {}
    for part in condition.parts:
        selectors = {leaf.selector for leaf in leaves(part)}
        if len(selectors) == 1 and not is_wild(selector := selectors.pop()):
            groups.setdefault(selector, []).append(part)
    for selector, parts in groups.items():
        scalars = {selector: worlds.scalars(selector)}
        if len(parts) > 1 and worlds.deny(scalars, Or(tuple(parts))) is None:
            start, end = condition.span or whole
            texts = " || ".join(condition_text(part) for part in parts)
            yield Finding(
                start,
                end,
                "always-true",
                f"{texts} is true whatever {selector_text(selector)} holds",
                "join exclusions with '&&'",
            )


def _nearly_always(condition: Or, whole: Span) -> Iterator[Finding]:
    excluded = [
        part
        for part in condition.parts
        if isinstance(part, Comparison) and part.operator is Operator.NOT_EQUAL
    ]
    if len({part.selector for part in excluded}) > 1:
        start, end = condition.span or whole
        texts = " || ".join(condition_text(part) for part in excluded)
        yield Finding(
            start,
            end,
            "almost-always-true",
            f"{texts} is true of nearly every event, since one difference is enough",
            "join exclusions with '&&'",
        )


# ---------------------------------------------------------------- fields


def field_truth_findings(pattern: Space, whole: Span) -> Iterator[Finding]:
    for field in pattern.fields:
        match field:
            case Field(name, (FieldAnd() | FieldOr()) as condition):
                same = _as_condition(Selector((Member(name),)), condition)
                worlds = Worlds(same)
                text = field_condition_text(name, condition)
                if worlds.assume({}, same) is None:
                    reason = f"the pattern never matches: nothing satisfies {text}"
                    yield Finding(*whole, "never-true", reason, "correct it")
                elif list(always_findings(same, worlds, whole)):
                    reason = f"{text} is true whatever the field holds"
                    yield Finding(*whole, "always-true", reason, "join exclusions with '&&'")
            case _:
                pass


def _as_condition(selector: Selector, condition: FieldCondition) -> Condition:
    """A field is a member that is always text; what is proven of members holds for it too."""
    match condition:
        case FieldComparison(operator, value):
            return Comparison(selector, operator, value)
        case FieldAnd(parts):
            return And(tuple(_as_condition(selector, part) for part in parts))
        case FieldOr(parts):
            return Or(tuple(_as_condition(selector, part) for part in parts))
        case _:
            assert_never(condition)
