"""The layer for ATT&CK Navigator, checked against the specification of the format."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests import PROJECT
from tests.coverage.frameworks import CATALOG, OF_EACH_STATE
from trailbell.coverage.evaluate import evaluate_framework
from trailbell.coverage.navigator import navigator_layer

# The tables of https://github.com/mitre-attack/attack-navigator, layers/spec/v4.5/layerformat.md.
# Its list of platforms is older than those of ATT&CK, so that any text is one.
_SCHEMA = json.loads(Path(__file__).with_name("navigator_layer_4_5.json").read_text("utf-8"))


def _layer() -> dict[str, Any]:
    coverages = evaluate_framework(OF_EACH_STATE, CATALOG)
    layer: dict[str, Any] = json.loads(navigator_layer(OF_EACH_STATE, coverages))
    return layer


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda layer: layer.pop("name"), id="no name"),
        pytest.param(lambda layer: layer.update(domain="enterprise"), id="another domain"),
        pytest.param(lambda layer: layer["versions"].update(layer="4.4"), id="another format"),
        pytest.param(lambda layer: layer["versions"].update(attack=19), id="a number as version"),
        pytest.param(lambda layer: layer["versions"].update(navigator="4.8.2"), id="too old"),
        pytest.param(
            lambda layer: layer["techniques"][0].update(techniqueID="T1.A001"), id="another ID"
        ),
        pytest.param(lambda layer: layer["techniques"][0].pop("techniqueID"), id="no ID"),
        pytest.param(lambda layer: layer["techniques"][0].update(score="1"), id="a text as score"),
        pytest.param(lambda layer: layer["techniques"][0].update(notes="x"), id="unknown member"),
        pytest.param(lambda layer: layer["legendItems"][0].pop("color"), id="no color"),
        pytest.param(
            lambda layer: layer["techniques"][0]["links"][0].update(url="example.com"),
            id="a link without protocol",
        ),
        pytest.param(
            lambda layer: layer["techniques"][0]["metadata"][0].pop("value"), id="no value"
        ),
    ],
)
def test_the_schema_finds_mistakes(change: Callable[[dict[str, Any]], object]) -> None:
    layer = _real_layer()
    change(layer)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(layer, _SCHEMA)


def _real_layer() -> dict[str, Any]:
    path = PROJECT / "docs" / "reference" / "attack-navigator-layer.json"
    layer: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return layer


def test_the_layer_of_the_baseline_has_the_format() -> None:
    jsonschema.validate(_real_layer(), _SCHEMA)


def test_a_layer_has_each_technique_with_its_state_and_the_events_that_prove_it() -> None:
    assert _layer() == {
        "name": "Trailbell",
        "versions": {"attack": "19", "navigator": "5.2.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": "A technique counts as detected only if a CloudTrail record of it makes a "
        "detection fire in a test.",
        "filters": {"platforms": ["IaaS"]},
        "layout": {"layout": "side", "showID": True, "expandedSubtechniques": "annotated"},
        "techniques": [
            _technique("T1", "One", "#2e8540", "detected.", high="DisableKey"),
            _technique("T2", "Two", "#94bfa2", "low severity only. Harmless.", low="CreateKey"),
            _technique("T3", "Three", "#6aa9d8", "opt-in. Noise.", option="DisableKey"),
            _technique("T4", "Four", "#d9534f", "not detected. Routine. high detects more."),
            _technique(
                "T5", "Five", "#f0ad4e", "needs data events. Data.", high="DisableKey (data events)"
            ),
            _technique("T6", "Six", "#bdbdbd", "not visible. Traffic."),
            _technique("T7", "Seven", "#2e8540", "detected.", medium="DeleteKey"),
        ],
        "legendItems": [
            {"label": "detected", "color": "#2e8540"},
            {"label": "low severity only", "color": "#94bfa2"},
            {"label": "opt-in", "color": "#6aa9d8"},
            {"label": "not detected", "color": "#d9534f"},
            {"label": "needs data events", "color": "#f0ad4e"},
            {"label": "not visible", "color": "#bdbdbd"},
        ],
    }


def _technique(
    identifier: str, name: str, color: str, comment: str, **evidence: str
) -> dict[str, Any]:
    return {
        "techniqueID": identifier,
        "color": color,
        "comment": comment,
        "metadata": [{"name": name, "value": events} for name, events in evidence.items()],
        "links": [{"label": name, "url": f"https://example.com/{identifier}/"}],
    }
