"""Every pattern that EventBridge rejects has an issue, and no other."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ministack.services import eventbridge as referee

from tests.event_pattern.documented import DOCUMENTED, Pattern
from trailbell.event_pattern import REFUSED, UNKNOWN, EventPatternIssue, lint, lint_text
from trailbell.event_pattern.syntax import DEFAULT_MAX_LENGTH, MAX_COMBINATIONS
from trailbell.pattern.targets import _eventbridge_alternatives as alternatives
from trailbell.pattern.targets import eventbridge


def refused(pattern: object) -> list[EventPatternIssue]:
    return [issue for issue in lint(pattern) if issue.id in REFUSED]


def is_rejected_by_referee(pattern: object) -> bool:
    """Whether the emulator's TestEventPattern rejects it, as EventBridge does."""
    event = {"source": "aws.x", "detail-type": "t", "detail": {}}
    request = {"EventPattern": json.dumps(pattern), "Event": json.dumps(event)}
    status, _, _ = referee._test_event_pattern(request)
    return bool(status != 200)


@pytest.mark.parametrize("pattern", DOCUMENTED)
def test_documented_patterns_are_accepted(pattern: Pattern) -> None:
    assert refused(pattern) == []
    assert not is_rejected_by_referee(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param({"a": [{"prefix": ""}]}, id="an empty prefix: any text"),
        pytest.param({"a": ["x", 1, True, None, {"exists": False}]}, id="values of all kinds"),
        pytest.param({"a": [{"exactly": "x"}]}, id="an operator that few know"),
        pytest.param({"a.b": ["x"]}, id="a dotted name"),
        pytest.param({"a": {"prefix": ["x"]}}, id="an operator's name as a member's"),
        pytest.param({"a": [{"cidr": "010.0.0.0/8"}]}, id="an address with a zero in front"),
        pytest.param({"a": [{"cidr": "0.0.0.0/0"}]}, id="every address"),
        pytest.param({"a": [{"wildcard": r"\\\**"}]}, id="escapes before a star"),
        pytest.param({"a": UNKNOWN, "b": [UNKNOWN]}, id="unknown values"),
        pytest.param({"a": [{"prefix": UNKNOWN}]}, id="an unknown operand"),
        pytest.param({"a": [{"prefix": {"equals-ignore-case": UNKNOWN}}]}, id="one within"),
        pytest.param({"a": [{"anything-but": [UNKNOWN, 1]}]}, id="an unknown exclusion"),
        pytest.param({"a": [{"anything-but": {"prefix": [UNKNOWN]}}]}, id="an unknown prefix"),
        pytest.param({"a": [{"numeric": [">", UNKNOWN]}]}, id="an unknown number"),
        pytest.param({"$or": UNKNOWN}, id="unknown alternatives"),
        pytest.param({"$or": [{"a": ["x"]}, UNKNOWN]}, id="an unknown alternative"),
        pytest.param(UNKNOWN, id="an unknown pattern"),
    ],
)
def test_accepted(pattern: object) -> None:
    assert refused(pattern) == []


_OPERATORS = (
    "use one of prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, cidr, "
    "exists, exactly"
)
_NUMERIC = (
    "not-a-range-of-numbers",
    '"numeric" takes a comparison, or a lower and then an upper bound',
    'write ["<", 10] or [">", 0, "<=", 5] with numbers without quotes',
)
_CIDR = 'write "10.0.0.0/24" or "2001:db8::/32"'


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param(
            ["x"],
            EventPatternIssue(
                (), "not-an-object", "an event pattern must be an object", "write {...}"
            ),
            id="a list",
        ),
        pytest.param(
            {},
            EventPatternIssue(
                (), "empty-object", "the object is empty", "add a field, or remove the object"
            ),
            id="an empty pattern",
        ),
        pytest.param(
            {"source": "aws.iam"},
            EventPatternIssue(
                ("source",),
                "not-a-list",
                'the value of "source" is neither a list nor an object',
                'write ["aws.iam"]',
            ),
            id="a value without its list",
        ),
        pytest.param(
            {"detail": {"a": []}},
            EventPatternIssue(
                ("detail", "a"),
                "empty-list",
                "the list is empty",
                "add a value, or remove the field",
            ),
            id="an empty list",
        ),
        pytest.param(
            {"a": ["x", ["y"]]},
            EventPatternIssue(
                ("a", 1),
                "not-a-value",
                "a list of values cannot contain another list",
                "write the values of the inner list directly in the outer list",
            ),
            id="a list in a list",
        ),
        pytest.param(
            {"a": [{"contains": "x"}]},
            EventPatternIssue(
                ("a", 0), "unknown-operator", '"contains" is not an operator', _OPERATORS
            ),
            id="an operator that is none",
        ),
        pytest.param(
            {"a": [{"prefix": "x", "suffix": "y"}]},
            EventPatternIssue(
                ("a", 0),
                "not-one-operator",
                'a matcher must have exactly one operator, but this one has "prefix", "suffix"',
                "write each operator in its own object",
            ),
            id="two operators",
        ),
        pytest.param(
            {"a": [{}]},
            EventPatternIssue(
                ("a", 0),
                "not-one-operator",
                "a matcher must have exactly one operator, but this one has none",
                "write each operator in its own object",
            ),
            id="no operator",
        ),
        pytest.param(
            {"a": [{"suffix": ["x", "y"]}]},
            EventPatternIssue(
                ("a", 0),
                "wrong-operand",
                '"suffix" takes a string or {"equals-ignore-case": "..."}',
                'write a string or {"equals-ignore-case": "..."}',
            ),
            id="a list of suffixes",
        ),
        pytest.param(
            {"a": [{"exists": "false"}]},
            EventPatternIssue(
                ("a", 0),
                "wrong-operand",
                '"exists" takes true or false without quotes',
                "write true or false without quotes",
            ),
            id="a quoted boolean",
        ),
        pytest.param(
            {"a": [{"equals-ignore-case": ["x"]}]},
            EventPatternIssue(
                ("a", 0),
                "wrong-operand",
                '"equals-ignore-case" takes a string',
                "write a string",
            ),
            id="a list without regard to case",
        ),
        pytest.param(
            {"a": [{"wildcard": "x**y"}]},
            EventPatternIssue(
                ("a", 0),
                "two-stars",
                "two stars follow each other",
                "write one star, which means the same",
            ),
            id="two stars",
        ),
        pytest.param(
            {"a": [{"wildcard": "a\\b"}]},
            EventPatternIssue(
                ("a", 0),
                "wrong-escape",
                "a backslash must be followed by '*' or by another backslash",
                "write \\\\ for a backslash, or \\* for a star",
            ),
            id="a lone backslash",
        ),
        pytest.param(
            {"a": [{"anything-but": ["x", 1]}]},
            EventPatternIssue(
                ("a", 0),
                "mixed-values",
                '"anything-but" cannot mix strings and numbers',
                "use strings only, or numbers only",
            ),
            id="texts and numbers",
        ),
        pytest.param(
            {"a": [{"anything-but": ["x", None]}]},
            EventPatternIssue(
                ("a", 0),
                "wrong-operand",
                '"anything-but" takes strings or numbers, but not null, true or false',
                "write strings or numbers, but not null, true or false",
            ),
            id="null excluded",
        ),
        pytest.param(
            {"a": [{"anything-but": True}]},
            EventPatternIssue(
                ("a", 0),
                "wrong-operand",
                '"anything-but" takes strings or numbers, but not null, true or false',
                "write strings or numbers, but not null, true or false",
            ),
            id="a boolean excluded",
        ),
        pytest.param(
            {"a": [{"anything-but": {"cidr": "10.0.0.0/8"}}]},
            EventPatternIssue(
                ("a", 0),
                "unknown-operator",
                '"anything-but" does not support "cidr"',
                "use a list, prefix, suffix, equals-ignore-case or wildcard",
            ),
            id="addresses excluded",
        ),
        pytest.param(
            {"a": [{"anything-but": {"prefix": ""}}]},
            EventPatternIssue(
                ("a", 0),
                "wrong-operand",
                '"anything-but" takes non-empty strings in "prefix"',
                'write non-empty strings in "prefix"',
            ),
            id="an empty prefix excluded",
        ),
        pytest.param(
            {"a": [{"numeric": [">", "5"]}]},
            EventPatternIssue(("a", 0), *_NUMERIC),
            id="a quoted number",
        ),
        pytest.param(
            {"a": [{"numeric": ["<", 5, ">", 0]}]},
            EventPatternIssue(("a", 0), *_NUMERIC),
            id="the upper bound first",
        ),
        pytest.param(
            {"a": [{"numeric": [">", 5, "<", 5]}]},
            EventPatternIssue(
                ("a", 0),
                "not-a-range-of-numbers",
                "no number is between 5 and 5",
                "write the lower bound first",
            ),
            id="an empty range",
        ),
        pytest.param(
            {"a": [{"cidr": "10.0.0.0"}]},
            EventPatternIssue(
                ("a", 0),
                "not-a-range-of-addresses",
                '"10.0.0.0" is not a range of IP addresses',
                _CIDR,
            ),
            id="an address without a length",
        ),
        pytest.param(
            {"a": [{"cidr": "10.0.0.1/32"}]},
            EventPatternIssue(
                ("a", 0),
                "not-a-range-of-addresses",
                '"10.0.0.1/32" is a single IP address, not a range',
                "write the address without cidr",
            ),
            id="one address",
        ),
        pytest.param(
            {"$or": [{"a": ["x"]}]},
            EventPatternIssue(
                ("$or",),
                "not-alternatives",
                "$or has only one branch",
                "remove $or, or add branches until there are at least two",
            ),
            id="one branch",
        ),
        pytest.param(
            {"$or": [{"a": ["x"]}, {"prefix": ["y"]}]},
            EventPatternIssue(
                ("$or", 1, "prefix"),
                "reserved-name",
                '"prefix" is reserved inside $or and cannot be the name of a field there',
                "move it out of $or",
            ),
            id="a reserved name",
        ),
        pytest.param(
            {
                name: {"$or": [{"a": ["x"]} for _ in range(11)]}
                for name in ("detail", "account", "region")
            },
            EventPatternIssue(
                (),
                "too-many-combinations",
                "$or has 1,331 combinations, but the maximum is 1,000",
                "split the pattern into several rules",
            ),
            id="alternatives of alternatives of alternatives",
        ),
    ],
)
def test_refused(pattern: object, found: EventPatternIssue) -> None:
    assert refused(pattern) == [found]
    assert is_rejected_by_referee(pattern)


def test_every_error_is_reported() -> None:
    pattern = {"source": "aws.iam", "detail": {"a": [], "$or": [{"b": [{"prefix": 1}]}, {}]}}
    assert [(found.location, found.id) for found in refused(pattern)] == [
        ("source", "not-a-list"),
        ("detail.a", "empty-list"),
        ("detail.$or[0].b[0]", "wrong-operand"),
        ("detail.$or[1]", "empty-object"),
    ]


@pytest.mark.parametrize(
    ("length", "found"),
    [
        pytest.param(2048, (), id="the quota"),
        pytest.param(
            2049,
            (
                EventPatternIssue(
                    (),
                    "longer-than-default",
                    "the pattern has 2,049 characters, but the default quota of an account is "
                    "2,048",
                    "split the pattern into several rules, or increase the quota",
                ),
            ),
            id="more than the quota",
        ),
        pytest.param(
            4097,
            (
                EventPatternIssue(
                    (),
                    "too-long",
                    "the pattern has 4,097 characters, but the maximum is 4,096",
                    "split the pattern into several rules",
                ),
            ),
            id="more than any quota",
        ),
    ],
)
def test_length(length: int, found: tuple[EventPatternIssue, ...]) -> None:
    pattern = {"source": ["é" * (length - len('{"source":[""]}'))]}
    assert lint(pattern) == found
    assert lint_text(json.dumps(pattern, ensure_ascii=False, separators=(",", ":"))) == found


def test_the_compiler_keeps_the_same_limits() -> None:
    limits = (eventbridge.MAX_LENGTH, alternatives.MAX_COMBINATIONS)
    assert limits == (DEFAULT_MAX_LENGTH, MAX_COMBINATIONS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('{"a": ["x"]}', (), id="silent: a pattern"),
        pytest.param('{"a": ["?"], "b": "x?y"}', (), id="silent: unknown values"),
        pytest.param('{"?": {"b": "x"}}', (), id="silent: an unknown name"),
        pytest.param('{"a": ?}', (), id="silent: what may become JSON"),
        pytest.param(
            '{"a": ["x"}',
            (
                EventPatternIssue(
                    (),
                    "not-json",
                    "the text is not valid JSON: Expecting ',' delimiter: line 1 column 11 (char "
                    "10)",
                    "correct it",
                ),
            ),
            id="a bracket that is not closed",
        ),
        pytest.param(
            '{"a": ["x"], "a": ["y"]}',
            (
                EventPatternIssue(
                    (),
                    "repeated-member",
                    'an object has the field "a" twice, and only the last one counts',
                    "write the field once",
                ),
            ),
            id="a name twice",
        ),
    ],
)
def test_text(text: str, found: tuple[EventPatternIssue, ...]) -> None:
    assert lint_text(text, unknown="?") == found


_TOO_DEEP = EventPatternIssue(
    (),
    "too-deep",
    "the objects are nested too deep to be checked",
    "remove levels; no event is nested that deep",
)


@pytest.mark.parametrize("text", ["[" * 3000, '{"":' * 700 + "1" + "}" * 700], ids=["[", "{"])
def test_too_deep_nesting_is_reported(text: str) -> None:
    assert _TOO_DEEP in lint_text(text, unknown="?")


def test_too_deep_nesting_without_text_is_reported() -> None:
    pattern: dict[str, Any] = {"a": ["x"]}
    for _ in range(100_000):
        pattern = {"a": pattern}
    assert lint(pattern) == (_TOO_DEEP,)


# ------------------------------------------------------------------------------ any JSON

_NAMES = st.sampled_from(("a", "b.c", "detail", "source", "prefix", "$or", "$or", "eventName"))
_SCALARS = st.sampled_from(
    ("", "x", "*", "a**", "\\", "\\*", "5", "=", "<", ">=", "10.0.0.0/8", "::/0", "1.2.3.4/32")
) | st.sampled_from((0, 1, -1.5, None, True, False))
_OPERATOR_NAMES = st.sampled_from(
    (
        *("prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr"),
        *("exists", "exactly", "contains"),
    )
)
_RANGES = st.sampled_from(
    ([">", 1, "<", 2], ["=", 1], ["<", 1, ">", 2], [">", 2, "<", 1], ["<", "1"], [">=", 0], [])
)


def _inner(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(value, max_size=3) | st.dictionaries(_OPERATOR_NAMES, value, max_size=2)


_OPERANDS = _RANGES | st.recursive(_SCALARS, _inner, max_leaves=4)
_MATCHERS = st.dictionaries(_OPERATOR_NAMES, _OPERANDS, min_size=1, max_size=1)
_LEAVES = st.lists(_SCALARS | _MATCHERS | _MATCHERS, min_size=1, max_size=3)


def _objects(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.dictionaries(_NAMES, value, max_size=3)
    return objects | st.lists(objects, max_size=3)


_PATTERNS = st.dictionaries(
    _NAMES, st.recursive(_LEAVES, _objects, max_leaves=6) | _SCALARS, max_size=3
)


@given(_PATTERNS)
@settings(max_examples=1500)
def test_rejects_what_the_referee_rejects(pattern: object) -> None:
    assert bool(refused(pattern)) is is_rejected_by_referee(pattern)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_JSON | _PATTERNS)
def test_any_value_has_issues_or_none(value: object) -> None:
    found = lint(value, state="ENABLED")
    assert all(isinstance(issue, EventPatternIssue) for issue in found)


@given(st.text())
def test_any_text_has_issues_or_none(text: str) -> None:
    found = lint_text(text, state="ENABLED", unknown="a")
    assert all(isinstance(issue, EventPatternIssue) for issue in found)
