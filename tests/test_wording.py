"""Words in the right number, and with a capital first."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from trailbell.wording import capitalize, pluralize


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param((0, "stack"), "0 stacks", id="none"),
        pytest.param((1, "stack"), "1 stack", id="one"),
        pytest.param((2_000, "stack"), "2,000 stacks", id="thousands"),
        pytest.param((1, "match", "matches"), "1 match", id="one with a plural of its own"),
        pytest.param((2, "match", "matches"), "2 matches", id="two with a plural of their own"),
    ],
)
def test_pluralize(arguments: tuple[int, str], expected: str) -> None:
    assert pluralize(*arguments) == expected


@pytest.mark.parametrize(("text", "expected"), [("", ""), ("a URL", "A URL"), ("SNS", "SNS")])
def test_capitalize(text: str, expected: str) -> None:
    assert capitalize(text) == expected


# ------------------------------------------------------------------------------- texts with counts

_COUNTED = re.compile(
    r" (?:(?:consecutive|more|other|stack) )?(?:accounts|alarms|alternatives|bytes|characters"
    r"|clauses|combinations|days|detections|entries|errors|events|files|findings|hours|instances"
    r"|levels|lines|minutes|operations|others|parameters|periods|policies|problems|queries|reasons|records"
    r"|resources|rules|seconds|selectors|stacks|statements|steps|templates|values|warnings|Regions)\b"
)
_MORE_THAN_ONE = {
    "timing.threshold": "1 is another text",
    "detection.timing.threshold": "more than 1",
    "timing.period": "a period has at least 10 seconds",
    "timing.evaluation_periods": "1 is another text",
    "trigger.evaluated": "1 is another text",
    "max_seconds": "the maximum of a quota",
    "length": "more than a quota",
    "log_alarm(detection).window": "a window has at least 60 seconds",
    "combinations": "more than a quota",
    "size": "more than a quota",
    "len(rules)": "more than half of a quota",
    "len(template)": "more than a quota",
    "len(text)": "more than a quota, or an error that counts 1,025 and more",
    "len(alternatives)": "more than a quota",
    "len(description)": "too long",
    "len(source.text.encode())": "more than a quota",
    "len(values)": "more than the maximum",
    "len(records)": "an error that there is not one record only",
    "len(accounts)": "1 is another text",
    "len(stacks)": "1 is another text",
    "len(operation.regions)": "more than are listed",
    "accounts": "more than a quota, divided by 17 Regions",
    "accounts * regions": "more than a quota",
    "alarm.datapoints_to_alarm": "more than one",
    "alarm.period": "a period has at least 10 seconds",
    "configured": "more than the effective number",
    "count": "more than the maximum",
    "form": "no number",
    "new": "a retention period has at least 60 seconds",
    "periods": "a period has at least 10 seconds",
    "self.max_depth": "a quota",
    "seconds": "what is no whole minute; a period has at least 10 seconds",
    "seconds / _DAY": "two days and more",
}
"""Expressions whose value is never 1 where a plural follows, and why."""


def _plurals(path: Path) -> Iterator[str]:
    """The expressions in f-strings that a plural follows."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for value, after in zip(values := getattr(node, "values", ()), values[1:], strict=False):
            match value, after:
                case ast.FormattedValue(value=expression), ast.Constant(value=str(text)):
                    if _COUNTED.match(text):
                        yield ast.unparse(expression)


def test_what_can_be_one_is_counted_with_pluralize() -> None:
    counted = {
        expression
        for path in sorted((Path(__file__).resolve().parent.parent / "trailbell").rglob("*.py"))
        for expression in _plurals(path)
        if not expression.lstrip("_").isupper()  # a constant
    }
    assert counted - set(_MORE_THAN_ONE) == set()
    assert set(_MORE_THAN_ONE) - counted == set()
