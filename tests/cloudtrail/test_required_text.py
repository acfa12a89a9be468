"""What the text of a record must contain for a pattern to match it."""

import json

import pytest
from hypothesis import given

from tests.pattern.strategies import Event, conditions, events
from trailbell.cloudtrail.required_text import has_escapes, required_text
from trailbell.pattern import FilterPattern, Outcome, parse
from trailbell.pattern.ast import Condition, JsonPattern, Member, Selector

_NAME = Selector((Member("eventName"),))


def _condition(text: str) -> Condition:
    tree = parse(text).tree
    assert isinstance(tree, JsonPattern)
    return tree.condition


@pytest.mark.parametrize(
    ("pattern", "required"),
    [
        pytest.param('{ $.eventName = "Stop" }', [], id="a field that is evaluated before"),
        pytest.param("{ $.a NOT EXISTS }", [], id="a field that must be missing"),
        pytest.param(
            '{ ($.state = "OFF") || ($.eventName = "Stop") }', [], id="one alternative needs none"
        ),
        pytest.param("{ $.state IS FALSE }", [{b'"state"'}], id="a literal needs its field"),
        pytest.param('{ $.state != "on" }', [{b'"state"'}], id="a text that differs needs it, too"),
        pytest.param(
            '{ $.user.arn = "arn:aws:*:role/*" }',
            [{b"arn:aws:"}, {b'"arn"'}],
            id="the longest piece of a text with stars",
        ),
        pytest.param(
            '{ $.state = "a\\"b" }', [{b'"state"'}], id="no text that JSON escapes or is short"
        ),
        pytest.param(
            '{ ($.state = "ARCHIVE") || ($.mode = "SUPPRESS") }',
            [{b"ARCHIVE", b"SUPPRESS"}],
            id="one of the texts of alternatives",
        ),
    ],
)
def test_required_texts(pattern: str, required: list[set[bytes]]) -> None:
    found = required_text(_condition(pattern), frozenset({_NAME}))
    assert [set(alternatives) for alternatives in found.alternatives] == required


@given(conditions(), events())
def test_a_record_that_matches_has_the_texts(condition: Condition, event: Event) -> None:
    text = json.dumps(event, ensure_ascii=False).encode(errors="surrogatepass")
    required = required_text(condition, frozenset())
    if FilterPattern.of(condition).test_record(dict(event)) is Outcome.MATCH:
        assert required.is_in(text) or has_escapes(text)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        pytest.param(b'{"a":"\\"b\\\\"}', False, id="quotes and backslashes"),
        pytest.param(b'{"a":"\\u0041"}', True, id="a character by its number"),
        pytest.param(b'{"a":"b\\/c"}', True, id="a slash"),
    ],
)
def test_escapes_of_plain_characters(text: bytes, *, escaped: bool) -> None:
    assert has_escapes(text) is escaped
