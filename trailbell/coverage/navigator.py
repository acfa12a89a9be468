"""
A layer for MITRE ATT&CK Navigator.

In:    the coverage of the techniques of MITRE ATT&CK.
Out:   the JSON of a layer, format 4.5.
Never: a color for what no record proves.

https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
"""

import json
from collections.abc import Sequence
from typing import Any

from trailbell.coverage.evaluate import Coverage, Evidence, State
from trailbell.coverage.framework import Framework

COLORS = {
    State.DETECTED: "#2e8540",
    State.LOW: "#94bfa2",
    State.OPT_IN: "#6aa9d8",
    State.NOT_DETECTED: "#d9534f",
    State.DATA_EVENTS: "#f0ad4e",
    State.NOT_VISIBLE: "#bdbdbd",
}


def navigator_layer(framework: Framework, coverages: Sequence[Coverage]) -> str:
    """The layer as text. It has no tactics: a technique has the same color in all of them."""
    layer = {
        "name": "Trailbell",
        "versions": {
            "attack": framework.version.split(".")[0],
            "navigator": "5.2.0",
            "layer": "4.5",
        },
        "domain": "enterprise-attack",
        "description": "A technique counts as detected only if a CloudTrail record of it makes a "
        "detection fire in a test.",
        "filters": {"platforms": ["IaaS"]},
        "layout": {"layout": "side", "showID": True, "expandedSubtechniques": "annotated"},
        "techniques": [_technique(framework, coverage) for coverage in coverages],
        "legendItems": [{"label": str(state), "color": color} for state, color in COLORS.items()],
    }
    return json.dumps(layer, indent=2) + "\n"


def _technique(framework: Framework, coverage: Coverage) -> dict[str, Any]:
    technique, state = coverage.technique, coverage.state
    return {
        "techniqueID": technique.id,
        "color": COLORS[state],
        "comment": f"{state}. {technique.note.replace('`', '')}".strip(),
        "metadata": [
            {"name": evidence.detection.id, "value": _value(evidence)}
            for evidence in coverage.evidence
        ],
        "links": [{"label": technique.name, "url": framework.url_of(technique)}],
    }


def _value(evidence: Evidence) -> str:
    return ", ".join(evidence.events) + (" (data events)" if evidence.data_events else "")
