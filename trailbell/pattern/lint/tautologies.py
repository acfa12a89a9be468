"""
What never matches, and what always does.

In:    a condition on JSON or on a field, and what the APIs of AWS are called.
Out:   findings, also about single alternatives of ``||``.
Never: a finding without a proof from `Satisfiability` or a list that AWS keeps.
"""

from collections.abc import Iterator
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
    SpaceDelimited,
    Span,
    Text,
    clauses,
    has_wildcard,
)
from trailbell.pattern.lint.issue import PatternIssue, Services
from trailbell.pattern.printer import condition_text, field_condition_text, selector_text
from trailbell.pattern.record_schema import (
    EVENT_NAME,
    EVENT_SOURCE,
    IDENTITY_TYPE,
    IDENTITY_TYPES,
)
from trailbell.pattern.satisfiability import Possibilities, Satisfiability
from trailbell.pattern.suggestions import any_match, suggest


def unsatisfiable_issues(
    condition: Condition, satisfiability: Satisfiability, services: Services | None, whole: Span
) -> Iterator[PatternIssue]:
    yield from _Never(satisfiability, services, whole, condition).within(condition, {})


class _Never:
    def __init__(
        self,
        satisfiability: Satisfiability,
        services: Services | None,
        whole: Span,
        condition: Condition,
    ) -> None:
        self.satisfiability = satisfiability
        self.services = services
        self.whole = whole
        self.condition = condition

    def within(self, condition: Condition, possible: Possibilities) -> Iterator[PatternIssue]:
        """Where ``possible`` is what the conditions around leave possible."""
        if self.satisfiability.assume(possible, condition) is None:
            yield self._excluded(condition)
            return
        match condition:
            case And(parts):
                for number, part in enumerate(parts):
                    others = And((*parts[:number], *parts[number + 1 :]))
                    beside = self.satisfiability.assume(possible, others)
                    yield from self.within(part, possible if beside is None else beside)
            case Or(parts):
                for part in parts:
                    yield from self.within(part, possible)
            case Comparison(selector, operator, Text(text)) if selector == IDENTITY_TYPE:
                if not any_match(text, IDENTITY_TYPES):
                    yield self._unknown_type(condition, operator, text)
            case Comparison(selector, Operator.EQUAL, Text(text)) if selector == EVENT_NAME:
                yield from self._unknown_name(condition, text, possible)
            case _:
                pass

    def _excluded(self, condition: Condition) -> PatternIssue:
        start, end = condition.span or self.whole
        what = "the pattern" if condition is self.condition else "this alternative"
        why = "what stands beside it excludes it"
        if self.satisfiability.assume({}, condition) is None:
            why = "nothing satisfies it"
            parts = condition.parts if isinstance(condition, And) else ()
            for one, other in combinations(parts, 2):
                if self.satisfiability.assume({}, And((one, other))) is None:
                    why = f"{condition_text(one)} and {condition_text(other)} exclude each other"
                    break
        return PatternIssue(
            start, end, "never-true", f"{what} never matches: {why}", "remove it or correct it"
        )

    def _unknown_type(self, clause: Comparison, operator: Operator, text: str) -> PatternIssue:
        start, end = clause.span or self.whole
        result = "never" if operator is Operator.EQUAL else "always"
        return PatternIssue(
            start,
            end,
            "unknown-identity-type",
            f"no userIdentity.type is {text!r}, so this is {result} true",
            suggest(text, IDENTITY_TYPES),
        )

    def _unknown_name(
        self, clause: Comparison, text: str, possible: Possibilities
    ) -> Iterator[PatternIssue]:
        sources = self.satisfiability.texts(possible, EVENT_SOURCE) if self.services else None
        if not sources or self.services is None:
            return
        known: set[str] = set()
        for source in sources:
            names = self.services.event_names(source)
            if names is None:
                return
            known |= names
        if not any_match(text, known):
            start, end = clause.span or self.whole
            yield PatternIssue(
                start,
                end,
                "unknown-event-name",
                f"no event of {' or '.join(sorted(sources))} is called {text!r}",
                suggest(text, known),
            )


def tautology_issues(
    condition: Condition, satisfiability: Satisfiability, whole: Span
) -> Iterator[PatternIssue]:
    match condition:
        case Or(parts):
            found = list(_always(condition, satisfiability, whole))
            yield from found or _nearly_always(condition, whole)
        case And(parts):
            pass
        case _:
            return
    for part in parts:
        yield from tautology_issues(part, satisfiability, whole)


def _always(condition: Or, satisfiability: Satisfiability, whole: Span) -> Iterator[PatternIssue]:
    """Alternatives on one member that together accept every text and number it can hold."""
    groups: dict[Selector, list[Condition]] = {}
    for part in condition.parts:
        selectors = {clause.selector for clause in clauses(part)}
        if len(selectors) == 1 and not has_wildcard(selector := selectors.pop()):
            groups.setdefault(selector, []).append(part)
    for selector, parts in groups.items():
        scalars = {selector: satisfiability.scalars(selector)}
        if len(parts) > 1 and satisfiability.deny(scalars, Or(tuple(parts))) is None:
            start, end = condition.span or whole
            texts = " || ".join(condition_text(part) for part in parts)
            yield PatternIssue(
                start,
                end,
                "always-true",
                f"{texts} is true whatever {selector_text(selector)} holds",
                "join exclusions with '&&'",
            )


def _nearly_always(condition: Or, whole: Span) -> Iterator[PatternIssue]:
    excluded = [
        part
        for part in condition.parts
        if isinstance(part, Comparison) and part.operator is Operator.NOT_EQUAL
    ]
    if len({part.selector for part in excluded}) > 1:
        start, end = condition.span or whole
        texts = " || ".join(condition_text(part) for part in excluded)
        yield PatternIssue(
            start,
            end,
            "almost-always-true",
            f"{texts} is true of nearly every event, since one difference is enough",
            "join exclusions with '&&'",
        )


# ---------------------------------------------------------------- fields


def field_tautology_issues(pattern: SpaceDelimited, whole: Span) -> Iterator[PatternIssue]:
    for field in pattern.fields:
        match field:
            case Field(name, (FieldAnd() | FieldOr()) as condition):
                same = _as_condition(Selector((Member(name),)), condition)
                satisfiability = Satisfiability(same)
                text = field_condition_text(name, condition)
                if satisfiability.assume({}, same) is None:
                    reason = f"the pattern never matches: nothing satisfies {text}"
                    yield PatternIssue(*whole, "never-true", reason, "correct it")
                elif list(tautology_issues(same, satisfiability, whole)):
                    reason = f"{text} is true whatever the field holds"
                    yield PatternIssue(*whole, "always-true", reason, "join exclusions with '&&'")
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
