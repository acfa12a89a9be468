"""Words in the right number, and with a capital first."""

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
