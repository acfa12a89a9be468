"""The page about CI names the inputs and outputs that exist, and its workflow is valid."""

import re

import yaml

from trailbell.project.root import ENGINE

_ROOT = ENGINE.parent
_ACTION = yaml.safe_load((_ROOT / "action.yml").read_text(encoding="utf-8"))
_PAGE = (_ROOT / "docs" / "how-to" / "use-in-ci.md").read_text(encoding="utf-8")


def _first_cells(head: str) -> list[str]:
    """The names in the first column of the table with this head."""
    _, _, rest = _PAGE.partition(f"| {head} |")
    table = rest.partition("\n\n")[0]
    return re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)


def test_the_tables_have_all_inputs_and_outputs() -> None:
    assert _first_cells("Input") == list(_ACTION["inputs"])
    assert _first_cells("Output") == list(_ACTION["outputs"])


def test_defaults_are_those_of_the_action() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| `([^`]*)` \|", _PAGE, re.MULTILINE)
    assert dict(rows) == {
        name: members["default"]
        for name, members in _ACTION["inputs"].items()
        if name not in ("fail-on", "token")
    }


def test_the_workflow_uses_inputs_and_permissions_that_exist() -> None:
    text = re.search(r"```yaml\n(name: trailbell\n.*?)```", _PAGE, re.DOTALL)
    assert text
    workflow = yaml.safe_load(text[1])
    (job,) = workflow["jobs"].values()
    (step,) = [step for step in job["steps"] if "trailbell" in step["uses"]]
    assert set(step["with"]) <= set(_ACTION["inputs"])
    described = set(re.findall(r"^\| `([a-z-]+: [a-z]+)` \|", _PAGE, re.MULTILINE))
    assert {f"{name}: {access}" for name, access in job["permissions"].items()} == described
