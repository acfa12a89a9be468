import pytest

from trailbell.errors import UnsupportedError
from trailbell.pattern import Outcome, parse, predicate


@pytest.mark.parametrize(
    ("pattern", "record", "outcome"),
    [
        pytest.param('{ $.a = "x" }', [], "NO_MATCH", id="a record that is no object"),
        pytest.param('{ $.a.b != "x" }', {"a": None}, "NO_MATCH", id="nothing is below null"),
        pytest.param('{ $.a = "*1.1" }', {"a": "2.2"}, "NO_MATCH", id="another end"),
        pytest.param('{ $.a = "b" }', {"a": True}, "NO_MATCH", id="a boolean that could not be it"),
        pytest.param('{ $.a = "*1.1" }', {"a": "1.1.1"}, "UNCERTAIN", id="an end met too early"),
        pytest.param('{ $.a = "true" }', {"a": True}, "UNCERTAIN", id="a boolean as text"),
        pytest.param("{ $.a = %l$% }", {"a": "l\n"}, "UNCERTAIN", id="an end of line"),
        pytest.param(
            '{ ($.a = "true") && ($.b = "x") }',
            {"a": True},
            "NO_MATCH",
            id="an uncertain part that makes no difference",
        ),
        pytest.param('{ $.a = "*1.1" }', {"a": "0.1.1"}, "MATCH", id="an end"),
        pytest.param('{ $.a = "12" }', {"a": 12}, "MATCH", id="a number as it is written"),
        pytest.param("{ $.a[0].b > 1 }", {"a": [{"b": 2}]}, "MATCH", id="an index"),
        pytest.param("{ $.a.* IS NULL }", {"a": {"b": None}}, "MATCH", id="any member"),
        pytest.param(
            "{ $.a[*] != 1 }", {"a": ["x", []]}, "UNCERTAIN", id="a list that is not different"
        ),
        pytest.param("{ $.a[*] != 1 }", {"a": []}, "NO_MATCH", id="nothing that could differ"),
        pytest.param("{ $.a[*].b NOT EXISTS }", {"a": []}, "MATCH", id="no element has it"),
        pytest.param(
            "{ $.a[*].b NOT EXISTS }", {"a": [{"b": 1}, {}]}, "UNCERTAIN", id="one element has it"
        ),
        pytest.param('{ $.a.* = "x" }', {"a": {"b": 1, "c": "x"}}, "MATCH", id="one member is it"),
    ],
)
def test_outcomes(pattern: str, record: object, outcome: str) -> None:
    assert predicate.compile(parse(pattern).tree)(record) == Outcome(outcome)


def test_patterns_for_text_are_not_supported() -> None:
    with pytest.raises(UnsupportedError) as error:
        predicate.compile(parse("ERROR").tree)
    assert error.value.target == "a predicate"
