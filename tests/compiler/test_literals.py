"""The IDs of literals in a module that cannot be executed."""

import pytest

from trailbell.compiler.literals import id_at, ids

_TEXT = """\
import nothing

ONE = Detection(
    id="one",
    fires=(Example("x", event(id="inner")),),
)
TWO = trailbell.Detection(id="two"); THREE = Detection(id=NAME)
FOUR = Stack(id="four")
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(1, "", id="before all literals"),
        pytest.param(8, "", id="a literal of another type"),
        pytest.param(3, "one", id="the first line"),
        pytest.param(5, "one", id="a line inside"),
        pytest.param(6, "one", id="the last line"),
        pytest.param(7, "two", id="two literals on a line, one without an ID as text"),
    ],
)
def test_the_id_at_a_line(line: int, expected: str) -> None:
    assert id_at(_TEXT, line, "Detection") == expected


def test_text_that_is_not_python_raises() -> None:
    with pytest.raises(SyntaxError):
        id_at("def", 1, "Detection")


def test_ids_in_text_that_is_not_python() -> None:
    assert ids("A = Detection(id='one'\nid = \"two\"\nid='one' identity='no'") == ("one", "two")
