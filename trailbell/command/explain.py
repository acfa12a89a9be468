"""``trailbell explain``: explain one detection."""

import json

import click

from trailbell.catalog.detection import Detection, Example
from trailbell.catalog.explain import alarm_condition, translations
from trailbell.command.option import examples, json_option
from trailbell.command.project import load_catalogs
from trailbell.command.suggestions import suggest_detections


@click.command("explain", epilog=examples("explain trail-tampering", "explain iam-changes --json"))
@click.argument("detection", shell_complete=suggest_detections)
@json_option("the detection")
def command(detection: str, *, as_json: bool) -> int:
    """Show the pattern of DETECTION, its translations to EventBridge, Logs Insights, Athena and
    DuckDB, its controls, and its sample events.
    """
    deployed, written = load_catalogs()
    found = written.get(detection)
    if any(detection == candidate.id for candidate in deployed):
        found = deployed.get(detection)
    click.echo(json.dumps(_as_dict(found), indent=2) if as_json else "\n".join(_lines(found)))
    return 0


def _as_dict(detection: Detection) -> dict[str, object]:
    return {
        "id": detection.id,
        "title": detection.title,
        "severity": detection.severity,
        "packs": detection.packs,
        "why": detection.why,
        "runbook": detection.runbook,
        "alarm": alarm_condition(detection),
        "controls": {
            "cis_control": detection.controls.cis_control,
            "mitre_attack": detection.controls.mitre_attack,
        },
        "false_positives": detection.false_positives,
        "pattern": detection.pattern_text,
        "targets": dict(translations(detection)),
        "fires": [_example(example) for example in detection.fires],
        "silent": [_example(example) for example in detection.silent],
        "source": str(detection.location),
    }


def _example(example: Example) -> dict[str, object]:
    return {"description": example.description, "event": example.event}


def _lines(detection: Detection) -> list[str]:
    lines = [
        f"{detection.id}: {detection.title}",
        f"  severity  {detection.severity}",
        f"  packs     {', '.join(detection.packs)}",
        f"  alarm     {alarm_condition(detection)}",
        f"  defined   {detection.location}",
        "",
        detection.why,
        *(f"{number}. {step}" for number, step in enumerate(detection.runbook, 1)),
    ]
    if detection.false_positives:
        lines += ["", "False positives and limits", f"  {detection.false_positives}"]
    if detection.changes_from_original:
        lines += ["", f'Replaces "{detection.original}"', f"  {detection.changes_from_original}"]
    lines += ["", "Pattern", _indented(detection.pattern_text)]
    for name, text in translations(detection):
        lines += ["", name, _indented(text)]
    for heading, samples in (
        ("Matches", detection.fires),
        ("Does not match", detection.silent),
    ):
        lines += ["", heading, *(f"  - {example.description}" for example in samples)]
    return lines


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
