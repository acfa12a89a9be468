"""Condition operators, and the values that they accept."""

import pytest

from trailbell.iam.condition_operators import Operator, accepts, parse_operator


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        pytest.param("StringEqual", None, id="a misspelled operator"),
        pytest.param("ForSomeValues:StringEquals", None, id="a misspelled quantifier"),
        pytest.param("", None, id="no text"),
        pytest.param("Bool", Operator("Bool", "Bool", "", False), id="a name alone"),
        pytest.param(
            "forallvalues:stringlikeifexists",
            Operator("StringLike", "String", "forallvalues", True),
            id="with all parts, without case",
        ),
        pytest.param(
            "NotIpAddress",
            Operator("NotIpAddress", "IPAddress", "", False),
            id="negated",
        ),
    ],
)
def test_parts(text: str, operator: Operator | None) -> None:
    assert parse_operator(text) == operator


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        pytest.param(
            "NumericEquals", ["", "x", "1e", "1,5"], ["1", "-1.5", "443", "0"], id="numbers"
        ),
        pytest.param(
            "DateLessThan",
            ["", "tomorrow", "31.12.2026", "2026/01/01"],
            ["2026-01-31", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00.5+01:00", "1767225600"],
            id="dates",
        ),
        pytest.param("Bool", ["", "yes", "1"], ["true", "False"], id="Boolean values"),
        pytest.param("Null", ["null", "x"], ["true", "false"], id="Null"),
        pytest.param(
            "IpAddress",
            ["203.0.113.*", "203.0.113.0/33", "203.0.113", "x"],
            ["203.0.113.5", "203.0.113.5/24", "2001:db8::/32"],
            id="addresses",
        ),
        pytest.param(
            "ArnEquals",
            ["x", "111122223333", "arn:aws:s3"],
            ["arn:aws:s3:::b", "arn:aws:iam::*:role/x", "*"],
            id="ARNs",
        ),
        pytest.param("StringEquals", [], ["", "x"], id="texts"),
    ],
)
def test_values(name: str, wrong: list[str], right: list[str]) -> None:
    operator = parse_operator(name)
    assert operator is not None
    assert [text for text in (*wrong, *right) if accepts(operator, text)] == right


@pytest.mark.parametrize(
    ("name", "needs_key"),
    [
        pytest.param("StringEquals", True, id="of one value"),
        pytest.param("ForAnyValue:StringEquals", True, id="of any value"),
        pytest.param("ForAnyValue:StringNotEquals", True, id="of any other value"),
        pytest.param("Bool", True, id="of a truth value"),
        pytest.param("StringNotEquals", False, id="negated"),
        pytest.param("NotIpAddress", False, id="negated address"),
        pytest.param("StringEqualsIfExists", False, id="if the key exists"),
        pytest.param("ForAllValues:StringEquals", False, id="of no value"),
        pytest.param("ForAnyValue:StringEqualsIfExists", False, id="of which the pages differ"),
        pytest.param("Null", False, id="the value decides"),
    ],
)
def test_conditions_that_need_their_key(*, name: str, needs_key: bool) -> None:
    operator = parse_operator(name)
    assert operator is not None
    assert operator.needs_key is needs_key
