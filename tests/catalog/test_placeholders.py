"""Names of what is deployed, and everything else that looks like one."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.catalog.placeholders import (
    DOLLAR,
    PLACEHOLDERS,
    escape_for_sub,
    fill_placeholders,
    max_deployed_length,
    placeholders_in,
    unknown_placeholders,
)

_TEXTS = st.lists(
    st.sampled_from(["${", "$", "{", "}", "!", " ", "a", ":", DOLLAR, *PLACEHOLDERS]), max_size=20
).map("".join)


def _sub(text: str, values: Mapping[str, str], variable: str) -> str:
    """What CloudFormation makes of ``Fn::Sub``; a name without a value is its template error.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
    """

    def one(found: re.Match[str]) -> str:
        name = found[1]
        return f"${{{name[1:]}}}" if name.startswith("!") else values[name]

    return re.sub(variable, one, text)


@pytest.mark.parametrize(
    ("text", "names", "unknown"),
    [
        pytest.param("$LogGroupName", (), (), id="no braces"),
        pytest.param("${!LogGroupName}", (), (), id="an exclamation mark before it"),
        pytest.param("${ LogGroupName }", (), (), id="spaces around it"),
        pytest.param("${LogGroupName", (), (), id="not closed"),
        pytest.param("${aws:username} ${AWS::Region} ${}", (), (), id="texts that are no names"),
        pytest.param("${HOME}", (), ("HOME",), id="another name"),
        pytest.param("${logGroupName}", (), ("logGroupName",), id="another case"),
        pytest.param(
            "${LogGroupName} ${AlarmPrefix} ${LogGroupName}",
            ("LogGroupName", "AlarmPrefix"),
            (),
            id="two, one of them twice",
        ),
        pytest.param("$${LogGroupName}", ("LogGroupName",), (), id="a dollar sign before it"),
    ],
)
def test_what_is_a_name(text: str, names: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    assert (placeholders_in(text), unknown_placeholders(text)) == (names, unknown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("$HOME costs $5", "$HOME costs $5", id="dollar signs alone stay"),
        pytest.param("${HOME}", "${!HOME}", id="a name of something else"),
        pytest.param("${aws:username}", "${!aws:username}", id="a variable of IAM"),
        pytest.param("${!x}", "${!!x}", id="an exclamation mark that was written"),
        pytest.param("${}", "${!}", id="empty braces"),
        pytest.param("${x", "${Dollar}{x", id="braces that are not closed"),
        pytest.param("${a${b}", "${Dollar}{a${!b}", id="braces in braces"),
        pytest.param("${${AlarmPrefix}}", "${Dollar}{${AlarmPrefix}}", id="a name in braces"),
        pytest.param("in ${LogGroupName}", "in ${LogGroupName}", id="a name stays"),
    ],
)
def test_escaped(text: str, expected: str) -> None:
    assert escape_for_sub(text) == expected


@pytest.mark.parametrize(
    "variable",
    [
        pytest.param(r"\$\{([^}]*)\}", id="a variable ends at the first brace"),
        pytest.param(r"\$\{([^${}]*)\}", id="a variable has no brace in it"),
    ],
)
@given(text=_TEXTS)
def test_what_was_written_is_read_after_deployment(variable: str, text: str) -> None:
    values = {name: f"<{name}>" for name in PLACEHOLDERS}
    assert _sub(escape_for_sub(text), {**values, DOLLAR: "$"}, variable) == fill_placeholders(
        text, values
    )


@given(text=_TEXTS)
def test_no_value_makes_a_text_longer_than_was_counted(text: str) -> None:
    longest = dict.fromkeys(PLACEHOLDERS, "x" * 199)
    assert max_deployed_length(text) <= len(fill_placeholders(text, longest))
    assert max_deployed_length(text) >= len(
        fill_placeholders(text, dict.fromkeys(PLACEHOLDERS, ""))
    )
