"""`trailbell.catalog.detection` under the names that it had before."""

from enum import StrEnum
from typing import Any

from trailbell.catalog import detection as current
from trailbell.catalog.detection import Catalog as Catalogue
from trailbell.catalog.detection import Example, Severity

__all__ = ["Catalogue", "Controls", "Detection", "Example", "Pack", "Severity", "Timing"]

_DETECTION = {
    "respond": "runbook",
    "false_alarms": "false_positives",
    "accepts": "accepted_issues",
    "exact": "verbatim",
    "changed": "changes_from_original",
}
_TIMING = {"datapoints": "datapoints_to_alarm", "of": "evaluation_periods", "why": "reason"}
_CONTROLS = {
    "cis": "cis_control",
    "relates_to": "related_cis_control",
    "attack": "mitre_attack",
}


class Pack(StrEnum):
    """The names of the packs of the baseline."""

    ESSENTIALS = "essentials"
    CIS = "cis"
    TAMPER = "tamper"
    IDENTITY = "identity"
    EXPOSURE = "exposure"


def _renamed(fields: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in fields.items()}


def Detection(**fields: Any) -> current.Detection:  # noqa: N802 - the name of the class
    """A detection whose fields may have their former names."""
    return current.Detection(**_renamed(fields, _DETECTION))


def Timing(**fields: Any) -> current.Timing:  # noqa: N802 - as above
    """A timing whose fields may have their former names."""
    return current.Timing(**_renamed(fields, _TIMING))


def Controls(**fields: Any) -> current.Controls:  # noqa: N802 - as above
    """Controls whose fields may have their former names."""
    return current.Controls(**_renamed(fields, _CONTROLS))
