"""The page of a pack."""

import re
from typing import Any

import pytest

from tests.docs.detections import CATALOG
from tests.packs import PACKS
from trailbell.catalog.detection import Catalog, Controls, Timing
from trailbell.catalog.selection import apply_selection, read_selection
from trailbell.docs.detection_page import pack_page
from trailbell.settings import parse

_CIS_5 = "CIS 3.5 (1.2), 4.5 (1.3 to 5.0), 5.5 (6.0 to 7.0)"


def _section(identifier: str) -> str:
    page = pack_page("tamper", CATALOG)
    return page.split(f"\n## {identifier}\n")[1].split("\n## ")[0]


def _settings(identifier: str) -> dict[str, str]:
    """The settings that a section suggests, by their purpose."""
    blocks = re.findall(
        r"(To [a-z ]+), in `trailbell.toml`:\n\n```toml\n(.*?)```", _section(identifier), re.DOTALL
    )
    return dict(blocks)


def _deployed(text: str) -> Catalog:
    settings = parse(text)
    return apply_selection(CATALOG, read_selection(settings, CATALOG))


@pytest.mark.parametrize(
    ("identifier", "settings"),
    [
        pytest.param(
            "plain",
            {
                "To disable it": '[catalog]\ndisable = ["plain"]\n',
                "To tune it": (
                    '[catalog.detection.plain]\nseverity = "medium"\nthreshold = 1\n'
                    'exclude = { roles = ["Deployer"], source_ips = ["192.0.2.*"] }\n'
                ),
            },
            id="a detection that is deployed",
        ),
        pytest.param(
            "option",
            {
                "To enable it": '[catalog]\nenable = ["option"]\n',
                "To tune it": (
                    '[catalog.detection.option]\nseverity = "medium"\nthreshold = 1\n'
                    'exclude = { roles = ["Deployer"], source_ips = ["192.0.2.*"] }\n'
                ),
            },
            id="an opt-in detection",
        ),
        pytest.param(
            "exact",
            {
                "To disable it": '[catalog]\ndisable = ["exact"]\n',
                "To tune it": '[catalog.detection.exact]\nseverity = "medium"\nthreshold = 1\n',
            },
            id="a verbatim detection has no exclusions",
        ),
    ],
)
def test_settings(identifier: str, settings: dict[str, str]) -> None:
    assert _settings(identifier) == settings


def test_settings_can_be_copied() -> None:
    deployed_by_default = [detection.id for detection in CATALOG if not detection.opt_in]
    disabled = _deployed(_settings("plain")["To disable it"])
    assert [d.id for d in disabled] == [name for name in deployed_by_default if name != "plain"]
    tuned = _deployed(_settings("plain")["To tune it"])
    assert [d.id for d in tuned] == deployed_by_default
    assert tuned.get("plain") != CATALOG.get("plain")
    enabled = _deployed(_settings("option")["To enable it"])
    assert "option" in [d.id for d in enabled]


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        pytest.param(
            "plain",
            [
                f"- Related to {_CIS_5}, but does not satisfy it; the pack `tamper` does.",
                (
                    "- ATT&CK: [T1685.002](https://attack.mitre.org/techniques/T1685/002/), "
                    "[T1070](https://attack.mitre.org/techniques/T1070/)."
                ),
            ],
            id="a detection that is only related to a control",
        ),
        pytest.param("option", [], id="a detection without a control"),
        pytest.param(
            "exact",
            [f"- Controls: {_CIS_5}, Security Hub CloudWatch.5."],
            id="a detection that satisfies all compliance scanners",
        ),
        pytest.param(
            "wider",
            [
                (
                    f"- Controls: {_CIS_5}; does not satisfy Security Hub CloudWatch.5, which "
                    "requires a different pattern."
                )
            ],
            id="a detection that does not satisfy Security Hub",
        ),
        pytest.param(
            "newest",
            ["- Controls: CIS 4.15 (1.3 to 5.0), 5.15 (6.0 to 7.0)."],
            id="a control that Security Hub does not have",
        ),
    ],
)
def test_controls(identifier: str, expected: list[str]) -> None:
    starts = ("- Controls", "- Related", "- ATT&CK")
    lines = _section(identifier).splitlines()
    assert [line for line in lines if line.startswith(starts)] == expected


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        pytest.param({}, [], id="one event, no settings"),
        pytest.param(
            {"timing": Timing(threshold=5, period=300, reason="Often.")},
            [
                (
                    "- In an organization trail, the alarm counts the events of all accounts "
                    'together. With `log_alarms = ["one"]`, it counts those of each identity.'
                )
            ],
            id="a threshold",
        ),
        pytest.param(
            {
                "pattern": '{ $.requestParameters.owner != "${OwnAccountId}" }',
                "known_values": {"trusted_addresses": ("sourceIPAddress",)},
            },
            ["- Values that do not count: `own_accounts`, `trusted_addresses` in `[catalog]`."],
            id="settings of known values",
        ),
    ],
)
def test_organizations_and_known_values(changes: dict[str, Any], facts: list[str]) -> None:
    written = CATALOG.get("plain").with_changes(id="one", controls=Controls(), **changes)
    page = pack_page("tamper", Catalog((written,), PACKS))
    starts = ("- In an organization", "- Values that")
    assert [line for line in page.splitlines() if line.startswith(starts)] == facts
