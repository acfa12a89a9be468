"""``build.py list``: what there is to build, and what is watched for."""

import json
from dataclasses import asdict

import click
from rich.table import Table

from trailbell.command.console import console
from trailbell.command.content import Content, content


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def command(*, as_json: bool) -> int:
    """Show stacks and detections."""
    found = content()
    for fault in found.faults:
        click.echo(f"error: {fault}", err=True)
    if as_json:
        click.echo(json.dumps(_as_dict(found), indent=2))
    else:
        console().print(_stacks(found), "", _detections(found), sep="\n")
    return 2 if found.faults else 0


def _as_dict(found: Content) -> dict[str, object]:
    return {
        "stacks": [
            {"name": stack.name, "summary": stack.summary, "where": stack.where}
            for stack in found.stacks
        ],
        "detections": [
            {
                "id": detection.id,
                "severity": detection.severity,
                "title": detection.title,
                "pattern": detection.pattern,
                "controls": asdict(detection.controls),
                "source": str(detection.place),
            }
            for detection in found.catalogue
        ],
    }


def _stacks(found: Content) -> Table:
    table = Table("stack", "where", "what", box=None, pad_edge=False)
    for stack in found.stacks:
        table.add_row(stack.name, stack.where, stack.summary)
    return table


def _detections(found: Content) -> Table:
    table = Table("detection", "severity", "tells you that", box=None, pad_edge=False)
    for detection in found.catalogue:
        table.add_row(detection.id, detection.severity, detection.title)
    return table
