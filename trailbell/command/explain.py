"""``build.py explain``: one detection, told whole."""

import json

import click

from trailbell.catalog.detection import Detection, Example
from trailbell.catalog.explain import in_targets, rings
from trailbell.command.content import catalogues


@click.command("explain")
@click.argument("detection")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(detection: str, *, as_json: bool) -> int:
    """Tell what DETECTION watches: pattern, every target's text, controls, examples."""
    deployed, written = catalogues()
    found = written.named(detection)
    if any(detection == one.id for one in deployed):
        found = deployed.named(detection)
    click.echo(json.dumps(_as_dict(found), indent=2) if as_json else "\n".join(_lines(found)))
    return 0


def _as_dict(detection: Detection) -> dict[str, object]:
    return {
        "id": detection.id,
        "title": detection.title,
        "severity": detection.severity,
        "packs": detection.packs,
        "why": detection.why,
        "respond": detection.respond,
        "rings": rings(detection),
        "controls": {"cis": detection.controls.cis, "attack": detection.controls.attack},
        "false_alarms": detection.false_alarms,
        "pattern": detection.text,
        "targets": dict(in_targets(detection)),
        "fires": [_example(example) for example in detection.fires],
        "silent": [_example(example) for example in detection.silent],
        "source": str(detection.place),
    }


def _example(example: Example) -> dict[str, object]:
    return {"what": example.what, "event": example.event}


def _lines(detection: Detection) -> list[str]:
    lines = [
        f"{detection.id}: {detection.title}",
        f"  severity  {detection.severity}",
        f"  packs     {', '.join(detection.packs)}",
        f"  rings     {rings(detection)}",
        f"  written   {detection.place}",
        "",
        detection.why,
        *(f"{number}. {step}" for number, step in enumerate(detection.respond, 1)),
    ]
    if detection.false_alarms:
        lines += ["", "False alarms", f"  {detection.false_alarms}"]
    if detection.changed:
        lines += ["", f"Stands for {detection.original!r}", f"  {detection.changed}"]
    lines += ["", "Pattern", _indented(detection.text)]
    for name, said in in_targets(detection):
        lines += ["", name, _indented(said)]
    for what, examples in (("Fires on", detection.fires), ("Silent on", detection.silent)):
        lines += ["", what, *(f"  - {example.what}" for example in examples)]
    return lines


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
