"""Text with wildcards as values of a filter pattern."""

import pytest

from trailbell.pattern.ast import Regex, Text
from trailbell.sigma.glob import AS_WRITTEN, Style, Wildcard, normalize, values_of
from trailbell.sigma.refused import RefusedError

_ANY, _ONE = Wildcard.ANY_TEXT, Wildcard.ONE_CHARACTER
_IGNORE_CASE = Style(ignore_case=True)
_STARS = Style(inner_stars=True)


@pytest.mark.parametrize(
    ("glob", "style", "values"),
    [
        pytest.param((), AS_WRITTEN, (Text(""),), id="no text at all"),
        pytest.param((_ANY,), AS_WRITTEN, (Text("*"),), id="any text"),
        pytest.param(("a b",), AS_WRITTEN, (Text("a b"),), id="text without wildcards"),
        pytest.param(("a", _ANY), AS_WRITTEN, (Text("a*"),), id="the beginning"),
        pytest.param((_ANY, "a"), AS_WRITTEN, (Text("*a"),), id="the end"),
        pytest.param((_ANY, "a", _ANY), AS_WRITTEN, (Text("*a*"),), id="the middle"),
        pytest.param(
            ("arn:", _ANY, "/x"),
            AS_WRITTEN,
            (Text("arn:*"), Text("*/x")),
            id="a beginning and an end that cannot overlap are two texts",
        ),
        pytest.param(
            ("arn:", _ANY, ":root"),
            AS_WRITTEN,
            (Regex(r"^arn:.*:root$"),),
            id="a beginning and an end that can overlap are a regular expression",
        ),
        pytest.param(
            (_ANY, "a", _ANY, "b", _ANY), AS_WRITTEN, (Regex("a.*b"),), id="two texts in order"
        ),
        pytest.param(("a", _ONE), AS_WRITTEN, (Regex("^a.$"),), id="one character"),
        pytest.param(
            ('"*"', _ANY), AS_WRITTEN, (Regex(r"^\x22\*\x22"),), id="a star that is no wildcard"
        ),
        pytest.param(
            (_ANY, "a", _ANY, "b", _ANY),
            _STARS,
            (Text("*a*b*"),),
            id="stars inside of a text that ends with one, on request",
        ),
        pytest.param(
            ("a", _ANY, "b", _ANY, "c"),
            _STARS,
            (Regex("^a.*b.*c$"),),
            id="not where the end is fixed",
        ),
        pytest.param(("1.2",), _IGNORE_CASE, (Text("1.2"),), id="text without case"),
        pytest.param(
            ("S3 B", _ANY), _IGNORE_CASE, (Regex(r"^[Ss]3\x20[Bb]"),), id="letters without case"
        ),
    ],
)
def test_the_values_of_a_text(
    glob: tuple[str | Wildcard, ...], style: Style, values: tuple[Text | Regex, ...]
) -> None:
    assert values_of(glob, style) == values


def test_a_regular_expression_has_no_character_beyond_ascii() -> None:
    with pytest.raises(RefusedError) as refused:
        values_of(("é", _ONE))
    assert refused.value.problem == ('a regular expression of CloudWatch Logs cannot contain "é"')


def test_texts_and_wildcards_that_follow_each_other_are_joined() -> None:
    assert normalize(["a", "b", _ANY, _ANY, "", "c"]) == ("ab", _ANY, "c")
