"""The generated parts of the documentation are true."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from trailbell.catalog.detection import Catalog, Controls, Detection, Example, Pack, Severity
from trailbell.catalog.selection import apply_selection, read_selection
from trailbell.command.docs import project_pages
from trailbell.docs import pages
from trailbell.errors import UnknownNameError
from trailbell.markdown import table
from trailbell.samples import api_call, iam_user
from trailbell.settings import Table
from trailbell.source_location import PROJECT
from trailbell.validate.lint_settings import can_be_ignored


def _detection(identifier: str, **fields: Any) -> Detection:
    example = Example("something happens", api_call("kms", "DisableKey", iam_user("alice")))
    given = {
        "id": identifier,
        "title": "Something happened",
        "packs": (Pack.TAMPER,),
        "severity": Severity.MEDIUM,
        "pattern": '{ $.eventName = "DisableKey" }',
        "why": "It matters.",
        "runbook": ("Look.",),
        "fires": (example,),
        "silent": (example,),
    }
    return Detection(**(given | fields))


WRITTEN = Catalog(
    (
        _detection(
            "plain", controls=Controls(related_cis_control=5, mitre_attack=("T1685.002", "T1070"))
        ),
        _detection("option", opt_in=True, false_positives="Much."),
        _detection("exact", verbatim=True, controls=Controls(cis_control=5)),
        _detection("wider", controls=Controls(cis_control=5)),
        _detection("newest", verbatim=True, controls=Controls(cis_control=15)),
    )
)
_CIS_5 = "CIS 3.5 (1.2), 4.5 (1.3 to 5.0), 5.5 (6.0 to 7.0)"


def _section(identifier: str) -> str:
    whole = pages.pack_page(Pack.TAMPER, WRITTEN)
    return whole.split(f"\n## {identifier}\n")[1].split("\n## ")[0]


def _blocks(identifier: str) -> dict[str, str]:
    """What to write into trailbell.toml, by what it is for."""
    found = re.findall(
        r"(To [a-z ]+), in `trailbell.toml`:\n\n```toml\n(.*?)```", _section(identifier), re.DOTALL
    )
    return dict(found)


def _deployed(text: str) -> Catalog:
    return apply_selection(
        WRITTEN, read_selection(Table("trailbell.toml", "", tomllib.loads(text)), WRITTEN)
    )


@pytest.mark.parametrize(
    ("identifier", "blocks"),
    [
        pytest.param(
            "plain",
            {
                "To switch it off": '[catalogue]\noff = ["plain"]\n',
                "To tune it": (
                    '[catalogue.detection.plain]\nseverity = "medium"\nthreshold = 1\n'
                    'exclude = { roles = ["Deployer"], addresses = ["192.0.2.*"] }\n'
                ),
            },
            id="one that is deployed",
        ),
        pytest.param(
            "option",
            {
                "To switch it on": '[catalogue]\non = ["option"]\n',
                "To tune it": (
                    '[catalogue.detection.option]\nseverity = "medium"\nthreshold = 1\n'
                    'exclude = { roles = ["Deployer"], addresses = ["192.0.2.*"] }\n'
                ),
            },
            id="one that is opt-in",
        ),
        pytest.param(
            "exact",
            {
                "To switch it off": '[catalogue]\noff = ["exact"]\n',
                "To tune it": ('[catalogue.detection.exact]\nseverity = "medium"\nthreshold = 1\n'),
            },
            id="one whose text nothing may rewrite",
        ),
    ],
)
def test_switching_and_tuning_are_two_blocks(identifier: str, blocks: dict[str, str]) -> None:
    assert _blocks(identifier) == blocks


def test_the_blocks_can_be_copied_and_do_what_they_say() -> None:
    everything = [detection.id for detection in WRITTEN if not detection.opt_in]
    off = _deployed(_blocks("plain")["To switch it off"])
    assert [one.id for one in off] == [name for name in everything if name != "plain"]
    tuned = _deployed(_blocks("plain")["To tune it"])
    assert [one.id for one in tuned] == everything
    assert tuned.get("plain") != WRITTEN.get("plain")
    on = _deployed(_blocks("option")["To switch it on"])
    assert "option" in [one.id for one in on]


@pytest.mark.parametrize(
    ("identifier", "told"),
    [
        pytest.param(
            "plain",
            [
                f"- Relates to {_CIS_5}, and does not satisfy it; the pack `cis` does.",
                (
                    "- ATT&CK: [T1685.002](https://attack.mitre.org/techniques/T1685/002/), "
                    "[T1070](https://attack.mitre.org/techniques/T1070/)."
                ),
            ],
            id="one that only relates to a control",
        ),
        pytest.param("option", [], id="one with no control"),
        pytest.param(
            "exact",
            [f"- Controls: {_CIS_5}, Security Hub CloudWatch.5."],
            id="one that every auditor counts",
        ),
        pytest.param(
            "wider",
            [
                (
                    f"- Controls: {_CIS_5}; not Security Hub CloudWatch.5, "
                    "which wants another text to the letter."
                )
            ],
            id="one that Security Hub does not count",
        ),
        pytest.param(
            "newest",
            ["- Controls: CIS 4.15 (1.3 to 5.0), 5.15 (6.0 to 7.0)."],
            id="one that Security Hub does not have",
        ),
    ],
)
def test_what_counts_for_auditors_and_what_only_relates(identifier: str, told: list[str]) -> None:
    lines = _section(identifier).splitlines()
    starts = ("- Controls", "- Relates", "- ATT&CK")
    assert [line for line in lines if line.startswith(starts)] == told


def test_the_overview_of_a_pack_marks_what_is_opt_in_and_what_only_relates() -> None:
    whole = pages.pack_page(Pack.TAMPER, WRITTEN)
    assert [line for line in whole.splitlines() if line.startswith("|")] == [
        "| Detection | Severity | CIS item | Tells you that |",
        "| --- | --- | --- | --- |",
        "| [`plain`](#plain) | medium | relates to 5 | something happened |",
        "| [`option`](#option) (opt-in) | medium |  | something happened |",
        "| [`exact`](#exact) | medium | 5 | something happened |",
        "| [`wider`](#wider) | medium | 5 | something happened |",
        "| [`newest`](#newest) | medium | 15 | something happened |",
    ]


def test_the_table_of_packs_marks_what_is_opt_in() -> None:
    assert pages.packs_table(WRITTEN).splitlines()[4:5] == [
        "| [`tamper`](docs/tamper.md) | `plain`, `option` (opt-in), `exact`, `wider`, `newest` |"
    ]


def test_every_page_is_what_the_sources_say() -> None:
    stand = {name: Path(PROJECT, name).read_text(encoding="utf-8") for name in project_pages()}
    assert stand == project_pages()


def test_a_page_outside_its_blocks_is_left_alone() -> None:
    page = "before\n<!-- generated: x -->\nold\n<!-- end -->\nafter\n"
    made = pages.fill_blocks(page, {"x": lambda: "new"})
    assert made == "before\n<!-- generated: x -->\n\nnew\n\n<!-- end -->\nafter\n"
    assert pages.fill_blocks(made, {"x": lambda: "new"}) == made


def test_blocks_that_are_empty_do_not_run_into_each_other() -> None:
    block = "<!-- generated: x -->\n<!-- end -->\n"
    made = "<!-- generated: x -->\n\nnew\n\n<!-- end -->\n"
    assert (
        pages.fill_blocks(f"{block}between\n{block}", {"x": lambda: "new"})
        == f"{made}between\n{made}"
    )


def test_a_block_that_nobody_makes_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean \"stacks\"\?"):
        pages.fill_blocks("<!-- generated: stack -->\n<!-- end -->", {"stacks": str})


def test_a_bar_in_a_cell_stays_in_its_cell() -> None:
    assert table(("a", "b"), [("x|y", "z")]) == "| a | b |\n| --- | --- |\n| x\\|y | z |"


def test_the_documentation_has_every_finding_of_the_build_and_whether_it_can_be_ignored() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT / "trailbell").rglob("*.py")]
    lines = [line for text in sources for line in text.split("\n") if "rule=" in line]
    found = {rule for line in lines for rule in re.findall(r'"(T\d{4})"', line)}
    page = (PROJECT / "docs" / "build.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (T\d{4}) \| .* \| (yes|no) \|$", page, re.MULTILINE)
    assert dict(rows) == {rule: "yes" if can_be_ignored(rule) else "no" for rule in found}
