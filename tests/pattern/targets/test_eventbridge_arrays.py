"""Fields in arrays: filter patterns select some elements, and event patterns match any."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.pattern.strategies import Event
from tests.pattern.targets.test_agreement import certain, compiled, in_eventbridge
from trailbell.errors import UnsupportedError
from trailbell.pattern import parse
from trailbell.pattern.ast import JsonPattern, Selector
from trailbell.pattern.event_scope import EventScope
from trailbell.pattern.field_types import Field, Repetition, members_of
from trailbell.pattern.parser import MAX_WILDCARDS
from trailbell.pattern.record_schema import FieldType
from trailbell.pattern.targets import eventbridge

ONE, ALWAYS = Repetition.NEVER, Repetition.ALWAYS
SEVERAL, SINGLE = Repetition.IF_SEVERAL, Repetition.SINGLE
TEXT, BOOLEAN = FieldType.TEXT, FieldType.BOOLEAN

FIELDS: Mapping[str, Field] = {
    "list": Field(TEXT, None, repetitions=(ALWAYS,)),
    "objects.name": Field(TEXT, None, repetitions=(ALWAYS, ONE)),
    "objects.on": Field(BOOLEAN, None, repetitions=(ALWAYS, ONE)),
    "objects.inner.name": Field(TEXT, None, repetitions=(ALWAYS, ALWAYS, ONE)),
    "grant.name": Field(TEXT, None, repetitions=(SEVERAL, ONE)),
    "header": Field(TEXT, None, repetitions=(SINGLE,)),
    "text": Field(TEXT, None),
    "xml": Field(TEXT, None, inferred=True),
    "object": Field(FieldType.OBJECT, None),
}


class Types:
    """The types of the table."""

    def field(self, selector: Selector, scope: EventScope) -> Field | None:
        del scope
        return FIELDS.get(".".join(name for name, _ in members_of(selector)))


def translate(pattern: str) -> tuple[object, tuple[str, ...]]:
    tree = parse(pattern).tree
    return eventbridge.compile(tree, Types())["detail"], eventbridge.differences(tree, Types())


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        pytest.param(
            "{ ($.objects[*].name = a) && ($.objects[*].inner[0].name = b) }",
            "an event pattern cannot require that one array element meets two conditions",
            id="two conditions on any elements",
        ),
        pytest.param(
            "{ ($.objects[0].name = a) && ($.objects[1].name = b) }",
            "an event pattern cannot require that one array element meets two conditions",
            id="two conditions on two elements",
        ),
        pytest.param(
            "{ ($.objects[*].name = a) && ($.objects[*].name = b) }",
            "an event pattern cannot require that one array element meets two conditions",
            id="two values in one array",
        ),
        pytest.param(
            "{ $.objects[0].name NOT EXISTS }",
            "exists is about all elements of an array together",
            id="a field that the first element lacks",
        ),
        pytest.param(
            "{ $.list[1] NOT EXISTS }",
            "exists is about all elements of an array together",
            id="a missing second element",
        ),
        pytest.param(
            "{ $.list NOT EXISTS }",
            "exists does not match an empty array; use its element [0]",
            id="a missing array",
        ),
        pytest.param(
            "{ $.list[0] != a }",
            "anything-but matches if any element of an array differs",
            id="an element that differs",
        ),
        pytest.param(
            "{ $.list IS NULL }",
            "EventBridge would match a null inside the array",
            id="an array that is null",
        ),
        pytest.param(
            '{ $.xml = "1*" }',
            "the field has a number or a boolean for such a text",
            id="digits in XML",
        ),
        pytest.param(
            '{ $.xml != "true" }',
            "the field has a number or a boolean for such a text",
            id="a boolean in XML",
        ),
        pytest.param(
            '{ $.list = "a" }',
            "no event can match it, and an event pattern cannot express that",
            id="an array that is a text",
        ),
        pytest.param(
            '{ $.text[0] = "a" }',
            "no event can match it, and an event pattern cannot express that",
            id="an element of a text",
        ),
    ],
)
def test_unsupported(pattern: str, reason: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        translate(pattern)
    assert error.value.reason == reason


@pytest.mark.parametrize(
    ("pattern", "expected", "differences"),
    [
        pytest.param('{ $.list[*] = "a" }', {"list": ["a"]}, (), id="any element of a list"),
        pytest.param(
            '{ $.list[0] = "*" }', {"list": [{"prefix": ""}]}, (), id="a list with an element"
        ),
        pytest.param(
            "{ ($.list[0] NOT EXISTS) && ($.text NOT EXISTS) }",
            {"list": [{"exists": False}], "text": [{"exists": False}]},
            (),
            id="no first element",
        ),
        pytest.param(
            '{ $.list[0] = "a" }', {"list": ["a"]}, ('$.list[0] = "a"',), id="the first element"
        ),
        pytest.param(
            '{ $.objects[0].name = "*" }',
            {"objects": {"name": [{"prefix": ""}]}},
            ('$.objects[0].name = "*"',),
            id="a field of the first element",
        ),
        pytest.param(
            '{ ($.objects[0].name = "a") && ($.objects[0].on IS TRUE) }',
            {"objects": {"name": ["a"], "on": [True]}},
            ('$.objects[0].name = "a"', "$.objects[0].on IS TRUE"),
            id="two fields of the same element",
        ),
        pytest.param(
            '{ ($.objects[0].inner[*].name = "a") || ($.objects[*].inner[0].name = "a") }',
            {"objects": {"inner": {"name": ["a"]}}},
            ('$.objects[0].inner[*].name = "a"', '$.objects[*].inner[0].name = "a"'),
            id="lists in lists, of which two selectors do not select all",
        ),
        pytest.param(
            '{ $.grant.name = "a" }',
            {"grant": {"name": ["a"]}},
            ('$.grant.name = "a"',),
            id="one grant, but not several",
        ),
        pytest.param(
            '{ ($.grant.name = "a") || ($.grant[*].name = "a") }',
            {"grant": {"name": ["a"]}},
            (),
            id="one grant or several",
        ),
        pytest.param(
            '{ ($.header = "a*") || ($.header[0] = "a*") }',
            {"header": [{"prefix": "a"}]},
            (),
            id="both spellings of a header",
        ),
        pytest.param(
            "{ ($.text NOT EXISTS) || ($.text IS NULL) }",
            {"text": [{"exists": False}, None]},
            (),
            id="a parameter that is missing or null",
        ),
        pytest.param('{ $.xml = "*" }', {"xml": [{"exists": True}]}, (), id="any text in XML"),
    ],
)
def test_arrays(pattern: str, expected: object, differences: tuple[str, ...]) -> None:
    assert translate(pattern) == (expected, differences)


CLAUSES = (
    *('$.list[*] = "a"', '$.list[0] = "a"', '$.list[1] = "*"', '$.list[0] = "*"', '$.list = "a"'),
    *("$.list[0] NOT EXISTS", "$.list[0] IS NULL", '$.text != "a"', "$.text NOT EXISTS"),
    *('$.objects[0].name = "a"', '$.objects[*].name = "*"', '$.objects[0].name = "b"'),
    *("$.objects[0].on IS TRUE", "$.objects[*].on IS FALSE", '$.objects[*].inner[0].name = "a"'),
    *('$.objects[0].inner[*].name = "a"', '$.grant.name = "a"', '$.grant[*].name = "a"'),
    *('$.grant[0].name = "*"', '$.header = "a"', '$.header[0] = "a"', "$.header NOT EXISTS"),
    *('$.xml = "*"', '$.xml = "a*"', '$.xml != "b"', '$.text = "a*"', "$.text IS NULL"),
)
_words = st.sampled_from(["a", "ab", "b", ""])
_elements = st.fixed_dictionaries(
    {},
    optional={
        "name": _words,
        "on": st.booleans(),
        "inner": st.lists(st.fixed_dictionaries({}, optional={"name": _words}), max_size=2),
    },
)
_grants = st.fixed_dictionaries({}, optional={"name": _words})
_events = st.fixed_dictionaries(
    {},
    optional={
        "list": st.lists(_words, max_size=3),
        "objects": st.lists(_elements, max_size=3),
        "grant": _grants | st.lists(_grants, min_size=2, max_size=3),
        "header": _words | st.lists(_words, min_size=1, max_size=1),
        "text": _words,
        "xml": _words | st.integers(0, 9),
    },
)
_conditions = st.recursive(
    st.sampled_from(CLAUSES).map(lambda clause: f"({clause})"),
    lambda inner: st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(
        lambda parts: f"({' '.join(parts)})"
    ),
    max_leaves=4,
)


@given(_conditions, st.lists(_events, min_size=1, max_size=8))
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_event_patterns_match_no_less_and_more_only_if_they_say_so(
    condition: str, events: list[Event]
) -> None:
    assume(condition.count("*]") <= MAX_WILDCARDS)
    tree = parse(f"{{ {condition} }}").tree
    assert isinstance(tree, JsonPattern)
    pattern = compiled(lambda it: eventbridge.compile(it, Types()), tree)
    if pattern is None:
        return
    exact = not eventbridge.differences(tree, Types())
    for event in events:
        expected, answer = certain(tree, event), in_eventbridge(pattern, event)
        assert expected in (None, answer) or (answer and not exact), event
