"""The events that a part of a condition is about."""

import pytest

from trailbell.pattern import parse
from trailbell.pattern.ast import JsonPattern
from trailbell.pattern.event_scope import ANY_EVENT, EventNames, scoped_clauses
from trailbell.pattern.printer import condition_text


def scope_of(pattern: str) -> tuple[EventNames, ...]:
    """The events of the clause on ``$.x``."""
    tree = parse(pattern).tree
    assert isinstance(tree, JsonPattern)
    (scope,) = (
        scope for clause, scope in scoped_clauses(tree.condition) if "$.x" in condition_text(clause)
    )
    return scope.events


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("{ $.x = 1 }", ((None, None),), id="alone, any event"),
        pytest.param(
            "{ ($.eventSource = s) || ($.x = 1) }", ((None, None),), id="next to an alternative"
        ),
        pytest.param(
            "{ ($.eventSource = %s%) && ($.x = 1) }", ((None, None),), id="a regular expression"
        ),
        pytest.param(
            "{ (($.eventSource = s) || ($.awsRegion = r)) && ($.x = 1) }",
            ((None, None),),
            id="an alternative for any event",
        ),
        pytest.param(
            "{ ($.eventSource = s) && (($.eventName = A) || ($.eventName = B*)) && ($.x = 1) }",
            (("s", "A"), ("s", "B*")),
            id="a source, and a name or another",
        ),
        pytest.param(
            "{ ((($.eventSource = s) && ($.eventName = A)) || (($.eventSource = t) && "
            "($.eventName = B))) && ($.x = 1) }",
            (("s", "A"), ("t", "B")),
            id="names stay with their sources",
        ),
        pytest.param(
            "{ (($.eventName = A) || ($.eventName = B)) && ((($.eventName = A) && ($.x = 1)) || "
            "($.eventName = B)) }",
            ((None, "A"),),
            id="a clause deeper in the condition",
        ),
        pytest.param(
            "{ ($.eventName = A*) && ($.eventName = Ab) && ($.x = 1) }",
            ((None, "Ab"),),
            id="a star, and a text that it matches",
        ),
        pytest.param(
            "{ ($.eventName = A*) && ($.eventName = *b) && ($.x = 1) }",
            ((None, "A*"),),
            id="two stars that may match the same name",
        ),
        pytest.param(
            "{ ($.eventName = A) && ($.eventName = B) && ($.x = 1) }", (), id="a contradiction"
        ),
        pytest.param(
            "{ (($.eventSource = s) || ($.eventSource = t)) && ($.eventSource != s) && ($.x = 1) }",
            (("t", None),),
            id="a source that is excluded",
        ),
        pytest.param(
            "{ ($.eventName != Get*) && ((($.eventName = GetA) || ($.eventName = B)) && "
            "($.x = 1)) }",
            ((None, "B"),),
            id="a name that is excluded further out",
        ),
        pytest.param(
            "{ ($.eventName != GetA) && ($.eventName = Get*) && ($.x = 1) }",
            ((None, "Get*"),),
            id="one of the names of a star",
        ),
    ],
)
def test_scopes(pattern: str, expected: tuple[EventNames, ...]) -> None:
    assert scope_of(pattern) == expected


def test_too_many_events_stay_as_they_were() -> None:
    sources = " || ".join(f"($.eventSource = s{n})" for n in range(30))
    names = " || ".join(f"($.eventName = N{n})" for n in range(30))
    tree = parse(f"{{ ({sources}) && ({names}) }}", max_length=None).tree
    assert isinstance(tree, JsonPattern)
    events = ANY_EVENT.narrowed(tree.condition).events
    assert events == tuple((f"s{n}", None) for n in range(30))
