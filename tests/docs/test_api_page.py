"""The reference of the Python API."""

import re

import pytest

import trailbell
from trailbell.docs.api_page import GROUPS, api_page


def _section(name: str) -> str:
    """The section of a name, without its heading."""
    (section,) = re.findall(
        rf"^### {name}\n\n(.*?)\n\n(?=##|\Z)", f"{api_page(trailbell)}\n", re.DOTALL | re.MULTILINE
    )
    return str(section)


def test_every_public_name_is_under_one_heading() -> None:
    listed = [name for names in GROUPS.values() for name in names]
    assert sorted(listed) == sorted({*trailbell.__all__} - {"__version__"})


@pytest.mark.parametrize(
    ("name", "section"),
    [
        pytest.param(
            "Example",
            "```python\nclass Example:\n    description: str\n    event: Event\n```\n\n"
            "A sample event, and in a few words what happens in it.",
            id="a class has its fields and its docstring",
        ),
        pytest.param(
            "any_of",
            "```python\ndef any_of(first: Condition, *others: Condition) -> Condition: ...\n```\n\n"
            "Require at least one of the conditions.",
            id="a function has its signature and its docstring",
        ),
        pytest.param(
            "ACCOUNT",
            '```python\nACCOUNT = "111122223333"\n```\n\nThe account of sample events.',
            id="a constant has its value",
        ),
    ],
)
def test_a_name_has_its_source_and_its_meaning(name: str, section: str) -> None:
    assert _section(name) == section


def test_every_method_of_a_field_says_what_it_makes() -> None:
    rows = re.findall(r"^\| `(\w+)\(.*?\)` \| (.*?) \|$", _section("field"), re.MULTILINE)
    assert ("missing", "There is no value, not even null.") in rows
    assert [name for name, meaning in rows if not meaning] == []
