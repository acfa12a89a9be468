"""A small catalog, and techniques of each state, for the tests of coverage."""

from typing import Any

from trailbell.catalog.detection import (
    Catalog,
    Controls,
    Detection,
    Example,
    Severity,
    Timing,
)
from trailbell.coverage.framework import (
    Framework,
    RecordProof,
    SampleProof,
    Technique,
    Visibility,
)
from trailbell.samples import Event, api_call, assumed_role_identity

CALLER = assumed_role_identity("Developer", "kim")


def call(name: str, **members: Any) -> Event:
    return api_call("kms", name, CALLER, **members)


def _detection(identifier: str, name: str, severity: Severity, **fields: Any) -> Detection:
    values: dict[str, Any] = {
        "title": "Something happened",
        "packs": ("tamper",),
        "pattern": f'{{ $.eventName = "{name}" }}',
        "why": "It matters.",
        "runbook": ("Look.",),
        "fires": (Example("a key is used", call(name)),),
        "silent": (Example("something else", call("ListKeys")),),
        "controls": Controls(mitre_attack=("T1", "T9")),
    }
    return Detection(id=identifier, severity=severity, **(values | fields))


DATA = {"managementEvent": False, "eventCategory": "Data"}
HIGH = _detection(
    "high",
    "DisableKey",
    Severity.HIGH,
    fires=(
        Example("a key is used", call("DisableKey")),
        Example("a data event of a key", call("DisableKey", **DATA)),
    ),
)
MEDIUM = _detection(
    "medium", "DeleteKey", Severity.MEDIUM, timing=Timing(threshold=5, reason="Many.")
)
LOW = _detection("low", "CreateKey", Severity.LOW)
OPTION = _detection(
    "option", "DisableKey", Severity.HIGH, opt_in=True, false_positives="Everything."
)
BROKEN = _detection("broken", "TagKey", Severity.HIGH, pattern='{ $.eventName = "Other" }')
CATALOG = Catalog((OPTION, LOW, MEDIUM, HIGH, BROKEN))


def sample(detection: str, event: str) -> SampleProof:
    return SampleProof(detection=detection, event=event)


def record(name: str, **members: Any) -> RecordProof:
    return RecordProof(event=call(name, **members))


def technique(*proofs: SampleProof | RecordProof, **fields: Any) -> Technique:
    return Technique(**{"id": "T1", "name": "One", "proofs": proofs} | fields)


def framework(*techniques: Technique) -> Framework:
    return Framework(
        location="f.toml",
        title="A Framework",
        version="19.2",
        source="https://example.com/",
        url="https://example.com/{id}/",
        techniques=techniques,
    )


OF_EACH_STATE = framework(
    technique(sample("high", "a key is used"), record("ListKeys")),
    technique(sample("low", "CreateKey"), id="T2", name="Two", note="Harmless."),
    technique(sample("option", "DisableKey"), id="T3", name="Three", note="Noise."),
    technique(record("ListKeys"), id="T4", name="Four", note="Routine. `high` detects more."),
    technique(sample("high", "a data event of a key"), id="T5", name="Five", note="Data."),
    technique(id="T6", name="Six", visibility=Visibility.NONE, note="Traffic."),
    technique(sample("medium", "DeleteKey"), id="T7", name="Seven", platform="SaaS"),
)
