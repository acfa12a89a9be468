"""The lines that differ between two long values."""

import pytest

from trailbell.diff.differing_lines import differing_lines
from trailbell.styled_text import Line, Style

_MARKS = {Style.REMOVED: "[-%s-]", Style.ADDED: "[+%s+]", None: "%s"}


def _marked(line: Line) -> str:
    return "".join(_MARKS[span.style] % span.text for span in line.spans)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(["a"], ["a"], [], id="equal lines are left out"),
        pytest.param([], ["a"], ["[+  + +][+a+]"], id="an added line"),
        pytest.param(["a"], [], ["[-  - -][-a-]"], id="a removed line"),
        pytest.param(
            ["a b"], ["c d"], ["[-  - -][-a b-]", "[+  + +][+c d+]"], id="lines with no common word"
        ),
        pytest.param(
            ["same", '{"Action": ["s3:Get", "s3:Put"], "Effect": "Allow"}'],
            ["same", '{"Action": ["s3:Get", "s3:*"], "Effect": "Allow"}'],
            [
                '[-  - -]{"Action": ["s3:Get",[- "s3:Put"],-] "Effect": "Allow"}',
                '[+  + +]{"Action": ["s3:Get",[+ "s3:*"],+] "Effect": "Allow"}',
            ],
            id="of similar lines, the words that differ",
        ),
        pytest.param(
            ["a b c", "d"],
            ["a b x"],
            ["[-  - -][-a b c-]", "[-  - -][-d-]", "[+  + +][+a b x+]"],
            id="lines of which it is not known which replaces which",
        ),
    ],
)
def test_differing_lines(before: list[str], after: list[str], expected: list[str]) -> None:
    assert [_marked(each) for each in differing_lines(before, after)] == expected


def test_spaces_are_kept() -> None:
    before, after = ["  a  b   c "], ["  a  x   c "]
    assert [*map(str, differing_lines(before, after))] == ["  -   a  b   c ", "  +   a  x   c "]
