"""The tables in the documentation."""

from tests.docs.detections import CATALOG
from trailbell.docs.tables import pack_detections_table, packs_table, parameters_table
from trailbell.markdown import table


def test_the_detections_of_a_pack() -> None:
    assert pack_detections_table(CATALOG).splitlines() == [
        "| Detection | Severity | CIS control | Title |",
        "| --- | --- | --- | --- |",
        "| [`plain`](#plain) | medium | related to 5 | Something happened |",
        "| [`option`](#option) (opt-in) | medium |  | Something happened |",
        "| [`exact`](#exact) | medium | 5 | Something happened |",
        "| [`wider`](#wider) | medium | 5 | Something happened |",
        "| [`newest`](#newest) | medium | 15 | Something happened |",
    ]


def test_packs_with_their_detections() -> None:
    assert packs_table(CATALOG).splitlines()[4:5] == [
        "| [`tamper`](packs/tamper.md) | `plain`, `option` (opt-in), `exact`, `wider`, `newest` |"
    ]


def test_a_vertical_bar_in_a_cell_is_escaped() -> None:
    assert table(("a", "b"), [("x|y", "z")]) == "| a | b |\n| --- | --- |\n| x\\|y | z |"


def test_a_parameter_that_differs_between_stacks_has_a_row_for_each() -> None:
    required = {"Type": "String", "Description": "An account."}
    optional = {"Type": "String", "Description": "An account. Leave empty.", "Default": ""}
    text = parameters_table(
        {
            "a": {"Parameters": {"Account": required, "Days": optional}},
            "b": {"Parameters": {"Account": optional}},
            "c": {"Parameters": {"Account": required}},
        }
    )
    assert text.splitlines()[2:] == [
        "| `Account` | required | An account. | `a`, `c` |",
        "| `Account` | empty | An account. Leave empty. | `b` |",
        "| `Days` | empty | An account. Leave empty. | `a` |",
    ]
