"""
The page of a pack: an overview, and a section for each detection.

In:    the detections of the catalog.
Out:   the text of ``docs/reference/packs/<pack>.md``.
Never: text that is not in a detection, except for its labels.
"""

import json

from trailbell.audit.controls import CONTROLS, Control
from trailbell.catalog.detection import Catalog, Detection
from trailbell.catalog.event_rule import reason_without_rule
from trailbell.catalog.explain import (
    alarm_condition,
    event_pattern_differences,
    real_time_message,
)
from trailbell.docs.tables import pack_detections_table
from trailbell.wording import capitalize


def pack_page(pack: str, catalog: Catalog) -> str:
    """The page of a pack."""
    detections = [detection for detection in catalog if pack in detection.packs]
    return "\n".join(
        [
            f"# The pack `{pack}`",
            "",
            "<!-- Generated from detections/ by `trailbell docs`. -->",
            "",
            pack_detections_table(detections),
            "",
            *(line for detection in detections for line in _section(detection, catalog)),
        ]
    )


def _section(detection: Detection, catalog: Catalog) -> list[str]:
    return [
        f"## {detection.id}",
        "",
        f"**{detection.title}.** {detection.why}",
        "",
        *_facts(detection, catalog),
        "",
        "Response:",
        "",
        *(f"{number}. {step}" for number, step in enumerate(detection.runbook, 1)),
        "",
        "```text",
        detection.pattern_text,
        "```",
        "",
        f"Matches: {'; '.join(example.description for example in detection.fires)}.",
        "",
        f"Does not match: {'; '.join(example.description for example in detection.silent)}.",
        "",
        *_how_to_switch(detection),
        *_how_to_tune(detection),
        '<details markdown="1"><summary>A matching event</summary>',
        "",
        "```json",
        json.dumps(detection.fires[0].event, indent=2),
        "```",
        "",
        "</details>",
        "",
    ]


def _facts(detection: Detection, catalog: Catalog) -> list[str]:
    facts = [
        f"Severity: {detection.severity}.",
        f"Alarm: {alarm_condition(detection)}. {detection.timing.reason}",
        f"Real time: {_real_time(detection)}",
        *_controls(detection, catalog),
    ]
    if detection.timing.threshold > 1:
        facts.append(
            "In an organization trail, the alarm counts the events of all accounts together. With "
            f'`log_alarms = ["{detection.id}"]`, it counts those of each identity.'
        )
    settings = [*(["own_accounts"] if "OwnAccountId" in detection.placeholders else [])]
    settings += detection.known_values
    if settings:
        facts.append(
            f"Values that do not count: {', '.join(f'`{setting}`' for setting in settings)} in "
            "`[catalog]`."
        )
    if len(detection.packs) > 1:
        facts.append(f"Packs: {', '.join(f'`{pack}`' for pack in detection.packs)}.")
    if detection.opt_in:
        facts.append("Opt-in: deployed only if it is enabled.")
    if detection.verbatim:
        facts.append("Verbatim: a compliance scanner compares the pattern as text.")
    if detection.changes_from_original:
        facts.append(f'Replaces "{detection.original}": {detection.changes_from_original}')
    if detection.false_positives:
        facts.append(f"False positives and limits: {detection.false_positives}")
    return [f"- {fact}" for fact in facts]


def _real_time(detection: Detection) -> str:
    """Whether a rule sends a message for each event, as a sentence. Patterns are code."""
    text = f"{capitalize(real_time_message(detection))}."
    clauses = [] if reason_without_rule(detection) else event_pattern_differences(detection)
    if clauses:
        meets = ", ".join(f"`{clause}`" for clause in clauses)
        text += f" Of these conditions any element of the array is enough: {meets}."
    return text


def _controls(detection: Detection, catalog: Catalog) -> list[str]:
    facts = []
    for control in CONTROLS:
        if control.cis_item == detection.controls.cis_control:
            facts.append(f"Controls: {_cis_numbers(control)}{_security_hub(detection, control)}.")
        if control.cis_item == detection.controls.related_cis_control:
            facts.append(
                f"Related to {_cis_numbers(control)}, but does not satisfy it; "
                f"the pack `{_satisfying_pack(control, catalog)}` does."
            )
    techniques = ", ".join(
        f"[{technique}](https://attack.mitre.org/techniques/{technique.replace('.', '/')}/)"
        for technique in detection.controls.mitre_attack
    )
    return [*facts, f"ATT&CK: {techniques}."] if techniques else facts


def _satisfying_pack(control: Control, catalog: Catalog) -> str:
    """The pack with the detection that satisfies a control for most scanners."""
    satisfying = [d for d in catalog if d.controls.cis_control == control.cis_item]
    return max(satisfying, key=lambda detection: detection.verbatim).packs[0]


def _security_hub(detection: Detection, control: Control) -> str:
    """Whether the detection satisfies Security Hub's control, which compares patterns as text."""
    if not control.security_hub:
        return ""
    if detection.verbatim:
        return f", Security Hub {control.security_hub}"
    return (
        f"; does not satisfy Security Hub {control.security_hub}, which requires a different "
        "pattern"
    )


def _cis_numbers(control: Control) -> str:
    """The numbers of a control in CIS: ``CIS 3.3 (1.2), 4.3 (1.3 to 5.0), 5.3 (6.0 to 7.0)``."""
    versions_by_number: dict[str, list[str]] = {}
    for version, number in control.cis.items():
        versions_by_number.setdefault(number, []).append(version)
    spans = (
        f"{number} ({' to '.join(dict.fromkeys((versions[0], versions[-1])))})"
        for number, versions in versions_by_number.items()
    )
    return f"CIS {', '.join(spans)}"


def _how_to_switch(detection: Detection) -> list[str]:
    verb = "enable" if detection.opt_in else "disable"
    return _toml(f"To {verb} it", "[catalog]", f'{verb} = ["{detection.id}"]')


def _how_to_tune(detection: Detection) -> list[str]:
    """Settings that change nothing until their values are edited, except for the exclusions."""
    lines = [
        f"[catalog.detection.{detection.id}]",
        f'severity = "{detection.severity}"',
        f"threshold = {detection.timing.threshold}",
    ]
    if not detection.verbatim:
        lines.append('exclude = { roles = ["Deployer"], source_ips = ["192.0.2.*"] }')
    return _toml("To tune it", *lines)


def _toml(purpose: str, *lines: str) -> list[str]:
    return [f"{purpose}, in `trailbell.toml`:", "", "```toml", *lines, "```", ""]
