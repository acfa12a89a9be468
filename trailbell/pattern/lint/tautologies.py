"""
Conditions that never match, and conditions that always do.

In:    a condition on JSON or on a field, and the event names of services.
Out:   issues, also with single alternatives of ``||``.
Never: an issue without a proof of `Satisfiability` or a list that AWS publishes.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import assert_never

from trailbell.pattern.ast import (
    And,
    Clause,
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
    OWN_FIELDS,
)
from trailbell.pattern.satisfiability import Possibilities, Satisfiability
from trailbell.pattern.suggestions import any_match, suggest


def unsatisfiable_issues(
    condition: Condition, satisfiability: Satisfiability, services: Services | None, whole: Span
) -> Iterator[PatternIssue]:
    """Issues with conditions that never match, and with names that do not exist."""
    checker = _UnsatisfiableChecker(condition, satisfiability, services, whole)
    yield from checker.issues(condition, {})


class _UnsatisfiableChecker:
    def __init__(
        self,
        condition: Condition,
        satisfiability: Satisfiability,
        services: Services | None,
        whole: Span,
    ) -> None:
        self.condition = condition
        self.satisfiability = satisfiability
        self.services = services
        self.whole = whole

    def issues(self, condition: Condition, possibilities: Possibilities) -> Iterator[PatternIssue]:
        """Check a part of the condition; ``possibilities`` are what the rest leaves possible."""
        if self.satisfiability.assume(possibilities, condition) is None:
            yield self._never_true(condition)
            return
        match condition:
            case And(parts):
                for index, part in enumerate(parts):
                    rest = And((*parts[:index], *parts[index + 1 :]))
                    remaining = self.satisfiability.assume(possibilities, rest)
                    yield from self.issues(part, possibilities if remaining is None else remaining)
            case Or(parts):
                for part in parts:
                    yield from self.issues(part, possibilities)
            case Comparison(selector, operator, Text(text)) if selector == IDENTITY_TYPE:
                if not any_match(text, IDENTITY_TYPES):
                    yield self._unknown_type(condition, operator, text)
            case Comparison(selector, Operator.EQUAL, Text(text)) if selector == EVENT_NAME:
                yield from self._unknown_event_names(condition, text, possibilities)
            case _:
                pass

    def _never_true(self, condition: Condition) -> PatternIssue:
        start, end = condition.span or self.whole
        subject = "the pattern" if condition is self.condition else "this alternative"
        reason = f"{subject} never matches: {self._contradiction(condition)}"
        return PatternIssue(start, end, "never-true", reason, "correct or remove it")

    def _contradiction(self, condition: Condition) -> str:
        if self.satisfiability.assume({}, condition) is not None:
            return "the other conditions exclude it"
        parts = condition.parts if isinstance(condition, And) else ()
        for first, second in combinations(parts, 2):
            if self.satisfiability.assume({}, And((first, second))) is None:
                return f"{condition_text(first)} and {condition_text(second)} exclude each other"
        return "no event satisfies it"

    def _unknown_type(self, clause: Comparison, operator: Operator, text: str) -> PatternIssue:
        start, end = clause.span or self.whole
        result = "never" if operator is Operator.EQUAL else "always"
        return PatternIssue(
            start,
            end,
            "unknown-identity-type",
            f'CloudTrail has no userIdentity.type "{text}", so this is {result} true',
            suggest(text, IDENTITY_TYPES),
        )

    def _unknown_event_names(
        self, clause: Comparison, text: str, possibilities: Possibilities
    ) -> Iterator[PatternIssue]:
        if self.services is None:
            return
        sources = self.satisfiability.texts(possibilities, EVENT_SOURCE)
        if not sources:
            yield from self._misspelled_event_name(clause, text, self.services)
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
                f'{" or ".join(sorted(sources))} has no event with the eventName "{text}"',
                suggest(text, known),
            )

    def _misspelled_event_name(
        self, clause: Comparison, text: str, services: Services
    ) -> Iterator[PatternIssue]:
        """A name that no service has, in a pattern that is for CloudTrail by its other clauses."""
        others = [each for each in clauses(self.condition) if each != clause]
        if "*" in text or not (
            any(_has_own_field(each) for each in others)
            or any(_has_event_name(each, services) for each in others)
        ):
            return
        if meant := services.meant_event_name(text):
            start, end = clause.span or self.whole
            reason = f'no service has an event with the eventName "{text}"'
            yield PatternIssue(start, end, "unknown-event-name", reason, f'did you mean "{meant}"?')


def _has_own_field(clause: Clause) -> bool:
    """Whether only records of CloudTrail have such a field."""
    first = clause.selector.steps[0]
    return isinstance(first, Member) and first.name in OWN_FIELDS - {"eventName"}


def _has_event_name(clause: Clause, services: Services) -> bool:
    """Whether the value is a name of an event of CloudTrail. Reads models."""
    match clause:
        case Comparison(selector, _, Text(text)) if selector == EVENT_NAME:
            return services.is_event_name(text)
    return False


def tautology_issues(
    condition: Condition, satisfiability: Satisfiability, whole: Span
) -> Iterator[PatternIssue]:
    """Issues with alternatives that match every event, or nearly every event."""
    match condition:
        case Or(parts):
            always_true = list(_always_true(condition, satisfiability, whole))
            yield from always_true or _almost_always_true(condition, whole)
        case And(parts):
            pass
        case _:
            return
    for part in parts:
        yield from tautology_issues(part, satisfiability, whole)


def _always_true(
    condition: Or, satisfiability: Satisfiability, whole: Span
) -> Iterator[PatternIssue]:
    """Alternatives on one field that together match every text and number."""
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
                f"{texts} is true for every value of {selector_text(selector)}",
                "combine conditions with '!=' by '&&'",
            )


def _almost_always_true(condition: Or, whole: Span) -> Iterator[PatternIssue]:
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
            f"{texts} is true for nearly every event, since one difference is enough",
            "combine conditions with '!=' by '&&'",
        )


# ---------------------------------------------------------------- fields


def field_tautology_issues(pattern: SpaceDelimited, whole: Span) -> Iterator[PatternIssue]:
    for field in pattern.fields:
        match field:
            case Field(name, (FieldAnd() | FieldOr()) as condition):
                equivalent = _as_condition(Selector((Member(name),)), condition)
                satisfiability = Satisfiability(equivalent)
                text = field_condition_text(name, condition)
                if satisfiability.assume({}, equivalent) is None:
                    reason = f"the pattern never matches, since no value satisfies {text}"
                    yield PatternIssue(*whole, "never-true", reason, "correct the condition")
                elif list(tautology_issues(equivalent, satisfiability, whole)):
                    reason = f"{text} is true for every value of the field"
                    yield PatternIssue(
                        *whole, "always-true", reason, "combine conditions with '!=' by '&&'"
                    )
            case _:
                pass


def _as_condition(selector: Selector, condition: FieldCondition) -> Condition:
    """A field of a line as a field of a JSON event that is always text."""
    match condition:
        case FieldComparison(operator, value):
            return Comparison(selector, operator, value)
        case FieldAnd(parts):
            return And(tuple(_as_condition(selector, part) for part in parts))
        case FieldOr(parts):
            return Or(tuple(_as_condition(selector, part) for part in parts))
        case _:
            assert_never(condition)
