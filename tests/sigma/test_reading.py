"""
What rules say of records, as the specification of Sigma says it.

https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md
https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md
"""

from typing import Any

import pytest

from tests.sigma.rules import roots_of_text
from trailbell.sigma.reading import matches


@pytest.mark.parametrize(
    ("text", "record", "expected"),
    [
        pytest.param("a: {f: ab}", {"f": "abc"}, False, id="a text is no part of another"),
        pytest.param("a: {f: ab}", {"f": "AB"}, True, id="text is compared without case"),
        pytest.param("a: {f|cased: ab}", {"f": "AB"}, False, id="with case on request"),
        pytest.param("a: {f: 'a*c'}", {"f": "abbc"}, True, id="a star is any text"),
        pytest.param(r"a: {f: 'a\*c'}", {"f": "abc"}, False, id="an escaped star is a star"),
        pytest.param("a: {f: 'a?'}", {"f": "a"}, False, id="a question mark is one character"),
        pytest.param("a: {f: [a, b]}", {"f": "b"}, True, id="one of a list"),
        pytest.param("a: {f: a, g: b}", {"f": "a"}, False, id="all of a map"),
        pytest.param("a: [{f: a}, {g: b}]", {"g": "b"}, True, id="one of a list of maps"),
        pytest.param("a: {f|contains|all: [a, b]}", {"f": "xa"}, False, id="all of a list"),
        pytest.param("a: {f: null}", {}, True, id="null is a missing field"),
        pytest.param("a: {f: null}", {"f": None}, True, id="and null"),
        pytest.param("a: {f: null}", {"f": ""}, False, id="but no empty text"),
        pytest.param("a: {f|exists: true}", {"f": None}, True, id="a field that is null exists"),
        pytest.param("a: {f|exists: false}", {}, True, id="a missing one does not"),
        pytest.param("a: {f: ''}", {"f": ""}, True, id="empty text"),
        pytest.param("a: {f: 22}", {"f": "22"}, True, id="a number is text"),
        pytest.param("a: {f: '22'}", {"f": 22}, True, id="and text a number"),
        pytest.param("a: {f: 'true'}", {"f": True}, True, id="text is a boolean"),
        pytest.param("a: {f: true}", {"f": "true"}, True, id="and a boolean text"),
        pytest.param("a: {f|neq: a}", {}, True, id="a missing field differs"),
        pytest.param("a: {f|gt: 5}", {"f": 5}, False, id="a number is not greater than itself"),
        pytest.param("a: {f|lte: 5}", {"f": 5}, True, id="but at most"),
        pytest.param("a: {f|lt: 5}", {"f": "4"}, False, id="text has no order"),
        pytest.param("a: {f|re: '^a.c'}", {"f": "abcd"}, True, id="a regular expression searches"),
        pytest.param("a: {f|re: b}", {"f": "ABC"}, False, id="with case"),
        pytest.param("a: {f|re|i: b}", {"f": "ABC"}, True, id="without on request"),
        pytest.param("a: {f|cidr: 10.0.0.0/8}", {"f": "11.0.0.1"}, False, id="another range"),
        pytest.param("a: {f|cidr: 10.0.0.0/8}", {"f": "10.0.0.1"}, True, id="an address of one"),
        pytest.param("a: {f|fieldref: g}", {"f": "x", "g": "x"}, True, id="two fields"),
        pytest.param("a: {f.g: x}", {"f": {"g": "x"}}, True, id="a member of an object"),
        pytest.param("a: {f.g: x}", {"f": [{"g": "y"}, {"g": "x"}]}, True, id="of an element"),
        pytest.param("a: {'f[1].g': x}", {"f": [{"g": "x"}]}, False, id="of one element"),
        pytest.param("a: {f|contains: x}", {"f": {"g": "axb"}}, True, id="an object as a whole"),
        pytest.param("a: {f|base64: ab}", {"f": "YWI="}, True, id="text that is encoded"),
    ],
)
def test_what_a_rule_says_of_a_record(text: str, record: dict[str, Any], *, expected: bool) -> None:
    assert matches(roots_of_text(text)[0], record) is expected
