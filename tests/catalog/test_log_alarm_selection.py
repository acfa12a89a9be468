"""Which detections have a log alarm: ``log_alarms`` in ``[catalog]``."""

import pytest

from tests.catalog.test_selection import WRITTEN, detection
from tests.packs import PACKS
from trailbell.catalog.detection import Catalog
from trailbell.catalog.selection import apply_selection, notes, read_selection
from trailbell.errors import SettingsError
from trailbell.settings import parse

_LISTS = detection("lists", '{ $.requestParameters.items[*].name = "x" }', "essentials")
_ALL = Catalog((*WRITTEN, _LISTS), PACKS)


def _deployed(text: str) -> Catalog:
    return apply_selection(_ALL, read_selection(parse(text), _ALL))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            'log_alarms = ["hihg"]',
            'trailbell.toml: catalog.log_alarms: unknown severity or detection "hihg"; did you '
            'mean "high"?',
            id="a severity that does not exist",
        ),
        pytest.param(
            'log_alarms = ["key"]',
            'trailbell.toml: catalog.log_alarms: unknown severity or detection "key"; did you '
            'mean "keys"?',
            id="a detection that does not exist",
        ),
        pytest.param(
            'log_alarms = ["lists"]',
            'trailbell.toml: catalog.log_alarms: "lists" can have no log alarm: cannot translate '
            '$.requestParameters.items[*].name = "x" to Logs Insights: Insights has no name for '
            "the field; remove it here, so that it keeps its metric alarm",
            id="a detection that Logs Insights cannot express",
        ),
        pytest.param(
            'log_alarms = ["exact"]',
            'trailbell.toml: catalog.log_alarms: "exact" can have no log alarm: compliance '
            "scanners look for a metric filter with the pattern of this detection, and an alarm on "
            "its metric; remove it here, so that it keeps its metric alarm",
            id="a detection that compliance scanners compare",
        ),
        pytest.param(
            'log_alarms = ["option"]',
            'trailbell.toml: catalog.log_alarms: "option" is not deployed; enable it, or remove '
            "it here",
            id="an opt-in detection that is not enabled",
        ),
        pytest.param(
            'disable = ["keys"]\nlog_alarms = ["keys"]',
            'trailbell.toml: catalog.log_alarms: "keys" is not deployed; enable it, or remove it '
            "here",
            id="a disabled detection",
        ),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        _deployed(f"[catalog]\n{text}")
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param("", [], id="none by default"),
        pytest.param("[catalog]\nlog_alarms = []", [], id="an empty list"),
        pytest.param('[catalog]\nlog_alarms = ["keys"]', ["keys"], id="one detection"),
        pytest.param(
            '[catalog]\nlog_alarms = ["medium"]',
            ["keys", "trail", "direct"],
            id="a severity, without those that can have none",
        ),
        pytest.param('[catalog]\nlog_alarms = ["high"]', [], id="a severity that none has"),
        pytest.param(
            '[catalog]\nlog_alarms = ["high"]\n[catalog.detection.keys]\nseverity = "high"',
            ["keys"],
            id="the severity that the settings give",
        ),
        pytest.param(
            '[catalog]\nlog_alarms = ["keys", "medium"]',
            ["keys", "trail", "direct"],
            id="a detection and its severity",
        ),
    ],
)
def test_chosen(text: str, ids: list[str]) -> None:
    assert [each.id for each in _deployed(text) if each.log_alarm] == ids


def test_exclusions_are_part_of_the_query() -> None:
    text = '[catalog]\nlog_alarms = ["keys"]\n[catalog.exclude]\nsource_ips = ["192.0.2.1"]'
    excluded = _deployed(text).get("keys")
    assert (excluded.log_alarm, "192.0.2.1" in excluded.pattern_text) == (True, True)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param('log_alarms = ["keys"]', (), id="a detection needs none"),
        pytest.param(
            'log_alarms = ["medium"]',
            (
                (
                    "catalog.log_alarms: exact, lists can have no log alarm and keep a metric "
                    "alarm; trailbell explain ID shows why"
                ),
            ),
            id="those of a severity that keep a metric alarm",
        ),
        pytest.param(
            'log_alarms = ["keys"]\n[catalog.detection.keys]\nthreshold = 5',
            (
                (
                    "catalog.log_alarms: the threshold counts the events of one identity, not of "
                    "all, in keys"
                ),
            ),
            id="a threshold",
        ),
        pytest.param(
            'log_alarms = ["keys"]\n[catalog.detection.keys]\nmetric_default_value = false',
            (),
            id="a metric that does not exist has no default value",
        ),
    ],
)
def test_notes(text: str, lines: tuple[str, ...]) -> None:
    selection = read_selection(parse(f"[catalog]\n{text}"), _ALL)
    assert notes(_ALL, selection, apply_selection(_ALL, selection)) == lines
