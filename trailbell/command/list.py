"""``trailbell list``: list stacks and detections."""

import json
from dataclasses import asdict

import click

from trailbell.build.project import Project
from trailbell.catalog.detection import Detection
from trailbell.catalog.event_rule import reason_without_rule, rule_state
from trailbell.catalog.log_alarm import log_alarm
from trailbell.catalog.weakened import weakened_detections
from trailbell.command.console import print_rows
from trailbell.command.option import examples, json_option
from trailbell.command.output import print_error, print_lines, print_note
from trailbell.command.project import load_project
from trailbell.styled_text import line
from trailbell.wording import capitalize


@click.command("list", epilog=examples("list", "list --json"))
@json_option("stacks and detections")
def command(*, as_json: bool) -> int:
    """List stacks and detections with the settings of trailbell.toml applied."""
    project = load_project()
    for note in project.notes:
        print_note(note)
    if as_json:
        click.echo(json.dumps(_as_dict(project), indent=2))
    else:
        print_rows(("stack", "deploy in", "summary"), _stack_rows(project))
        print_lines([line()])
        head = ("detection", "pack", "severity", "threshold", "title")
        print_rows(head, _detection_rows(project))
        if weakened := weakened_detections(project.written, project.catalog):
            print_lines([line(), line("Events that the settings exclude, for example:")])
            print_lines(line(f"  {detection}") for detection in weakened)
    for error in project.errors:  # last, so that the tables do not push them off the screen
        print_error(str(error))
    return 2 if project.errors else 0


def _as_dict(project: Project) -> dict[str, object]:
    deployed = {detection.id: detection for detection in project.catalog}
    weakened = {w.detection: w for w in weakened_detections(project.written, project.catalog)}
    return {
        "stacks": [
            {"name": stack.name, "summary": stack.summary, "where": stack.region_scope}
            for stack in project.stacks
        ],
        "detections": [
            {
                "id": detection.id,
                "deployed_by": project.catalog.deploying_pack(detection.id),
                "packs": detection.packs,
                "severity": detection.severity,
                "title": detection.title,
                "pattern": detection.pattern_text,
                "weakened": written.id in weakened,
                "no_longer_seen": weakened[written.id].event if written.id in weakened else None,
                "timing": asdict(detection.timing),
                "log_alarm": detection.log_alarm,
                "log_alarm_schedule": _schedule(deployed.get(written.id)),
                "rule": _rule(deployed.get(written.id)),
                "controls": asdict(detection.controls),
                "source": str(detection.location),
            }
            for written in project.written
            for detection in [deployed.get(written.id, written)]
        ],
    }


def _schedule(detection: Detection | None) -> dict[str, int] | None:
    """When the query of the log alarm runs, and which time it reads, in seconds."""
    if detection is None or not detection.log_alarm:
        return None
    alarm = log_alarm(detection)
    return {
        "run_every": alarm.run_every,
        "start_offset": alarm.start_offset,
        "end_offset": alarm.end_offset,
    }


def _rule(detection: Detection | None) -> str | None:
    """The state of the EventBridge rule that sends a message for each event."""
    if detection is None or reason_without_rule(detection):
        return None
    return rule_state(detection)


def _stack_rows(project: Project) -> list[tuple[str, ...]]:
    return [(stack.name, stack.region_scope, capitalize(stack.summary)) for stack in project.stacks]


def _detection_rows(project: Project) -> list[tuple[str, ...]]:
    """The detections in the order of their packs."""
    deployed = {detection.id: detection for detection in project.catalog}
    rows = []
    for written in project.written:
        detection = deployed.get(written.id, written)
        state = project.catalog.deploying_pack(detection.id) or (
            "opt-in" if detection.opt_in else "disabled"
        )
        rows.append(
            (
                detection.id,
                state,
                detection.severity,
                _threshold(detection),
                detection.title + _changed(detection, written),
            )
        )
    order = [*map(str, project.written.packs), "opt-in", "disabled"]
    return sorted(rows, key=lambda row: order.index(row[1]))


def _changed(detection: Detection, written: Detection) -> str:
    if detection.pattern != written.pattern:
        return " (weakened)"
    return " (tuned)" if detection != written else ""


def _threshold(detection: Detection) -> str:
    timing = detection.timing
    periods = (
        f" in {timing.datapoints_to_alarm} of {timing.evaluation_periods}"
        if timing.evaluation_periods > 1
        else ""
    )
    if detection.log_alarm:
        return f"{timing.threshold} in {log_alarm(detection).window} s{periods}, each identity"
    return f"{timing.threshold} in {timing.period} s{periods}"
