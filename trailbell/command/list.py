"""``build.py list``: what there is to build, and what is watched for."""

import json
from dataclasses import asdict

import click
from rich.table import Table

from trailbell.catalog.detection import Detection, Pack
from trailbell.command.console import console
from trailbell.command.project import Project, load_project


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(*, as_json: bool) -> int:
    """Show stacks and detections."""
    found = load_project()
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        click.echo(json.dumps(_as_dict(found), indent=2))
    else:
        console().print(_stacks(found), "", _detections(found), sep="\n")
    for fault in found.faults:  # last, so that the tables do not push them off the screen
        click.echo(f"error: {fault}", err=True)
    return 2 if found.faults else 0


def _as_dict(found: Project) -> dict[str, object]:
    deployed = {detection.id: detection for detection in found.catalog}
    return {
        "stacks": [
            {"name": stack.name, "summary": stack.summary, "where": stack.region_scope}
            for stack in found.stacks
        ],
        "detections": [
            {
                "id": detection.id,
                "deployed_by": _pack(found, detection),
                "packs": detection.packs,
                "severity": detection.severity,
                "title": detection.title,
                "pattern": detection.pattern_text,
                "weakened": detection.pattern != written.pattern,
                "timing": asdict(detection.timing),
                "controls": asdict(detection.controls),
                "source": str(detection.location),
            }
            for written in found.written
            for detection in [deployed.get(written.id, written)]
        ],
    }


def _pack(found: Project, detection: Detection) -> str | None:
    """The pack that deploys a detection, None if none does."""
    return next((p for p in Pack if detection in found.catalog.in_pack(p)), None)


def _stacks(found: Project) -> Table:
    table = Table("stack", "where", "what", box=None, pad_edge=False)
    for stack in found.stacks:
        table.add_row(stack.name, stack.region_scope, stack.summary)
    return table


def _detections(found: Project) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("detection", no_wrap=True)
    for name in ("pack", "severity", "rings at", "tells you that"):
        table.add_column(name)
    deployed = {detection.id: detection for detection in found.catalog}
    rows = []
    for written in found.written:
        detection = deployed.get(written.id, written)
        state = _pack(found, detection) or ("opt-in" if detection.opt_in else "off")
        rows.append(
            (
                detection.id,
                state,
                detection.severity,
                _rings(detection),
                detection.title + _changed(detection, written),
            )
        )
    order = [*map(str, Pack), "opt-in", "off"]
    for row in sorted(rows, key=lambda row: order.index(row[1])):
        table.add_row(*row)
    return table


def _changed(detection: Detection, written: Detection) -> str:
    if detection.pattern != written.pattern:
        return " (weakened)"
    return " (tuned)" if detection != written else ""


def _rings(detection: Detection) -> str:
    timing = detection.timing
    periods = (
        f" in {timing.datapoints_to_alarm} of {timing.evaluation_periods}"
        if timing.evaluation_periods > 1
        else ""
    )
    return f"{timing.threshold} in {timing.period} s{periods}"
