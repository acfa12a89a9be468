"""``build.py explain``: one detection, told whole."""

import json

import click

from trailbell.catalog.detection import Detection, Example
from trailbell.catalog.explain import alarm_condition, translations
from trailbell.command.project import load_catalogs


@click.command("explain")
@click.argument("detection")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(detection: str, *, as_json: bool) -> int:
    """Tell what DETECTION watches: pattern, every target's text, controls, examples."""
    deployed, written = load_catalogs()
    found = written.get(detection)
    if any(detection == one.id for one in deployed):
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
        "rings": alarm_condition(detection),
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
        f"  rings     {alarm_condition(detection)}",
        f"  written   {detection.location}",
        "",
        detection.why,
        *(f"{number}. {step}" for number, step in enumerate(detection.runbook, 1)),
    ]
    if detection.false_positives:
        lines += ["", "False alarms", f"  {detection.false_positives}"]
    if detection.changes_from_original:
        lines += ["", f"Stands for {detection.original!r}", f"  {detection.changes_from_original}"]
    lines += ["", "Pattern", _indented(detection.pattern_text)]
    for name, said in translations(detection):
        lines += ["", name, _indented(said)]
    for what, examples in (("Fires on", detection.fires), ("Silent on", detection.silent)):
        lines += ["", what, *(f"  - {example.description}" for example in examples)]
    return lines


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
