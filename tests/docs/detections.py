"""A small catalog for the tests of generated documentation."""

from typing import Any

from tests.packs import PACKS
from trailbell.catalog.detection import Catalog, Controls, Detection, Example, Severity
from trailbell.samples import api_call, iam_user


def _detection(identifier: str, **fields: Any) -> Detection:
    example = Example("something happens", api_call("kms", "DisableKey", iam_user("alice")))
    values = {
        "id": identifier,
        "title": "Something happened",
        "packs": ("tamper",),
        "severity": Severity.MEDIUM,
        "pattern": '{ $.eventName = "DisableKey" }',
        "why": "It matters.",
        "runbook": ("Look.",),
        "fires": (example,),
        "silent": (example,),
    }
    return Detection(**(values | fields))


CATALOG = Catalog(
    (
        _detection(
            "plain", controls=Controls(related_cis_control=5, mitre_attack=("T1685.002", "T1070"))
        ),
        _detection("option", opt_in=True, false_positives="Many."),
        _detection("exact", verbatim=True, controls=Controls(cis_control=5)),
        _detection("wider", controls=Controls(cis_control=5)),
        _detection("newest", verbatim=True, controls=Controls(cis_control=15)),
    ),
    PACKS,
)
