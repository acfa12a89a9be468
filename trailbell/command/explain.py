"""``trailbell explain``: explain a detection, or a rule for cfn-lint."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict

import click

from trailbell.catalog.detection import Detection, Example
from trailbell.catalog.event_rule import reason_without_rule
from trailbell.catalog.explain import (
    alarm_condition,
    event_pattern_differences,
    real_time_message,
    translations,
)
from trailbell.catalog.log_alarm import reason_without_log_alarm
from trailbell.command.option import examples, json_option
from trailbell.command.output import print_lines
from trailbell.command.project import load_catalogs
from trailbell.command.suggestions import suggest_detections
from trailbell.lazy_import import lazy_import
from trailbell.styled_text import Line, Span, Style, line, styled

_RULE = re.compile(r"[EWI]\d{4}", re.IGNORECASE)


@click.command(
    "explain",
    epilog=examples("explain trail-tampering", "explain iam-changes --json", "explain W9840"),
)
@click.argument("name", shell_complete=suggest_detections)
@json_option("the detection or the rule")
def command(name: str, *, as_json: bool) -> int:
    """Show what a detection or a rule for cfn-lint is for. NAME is the ID of a detection, or the
    ID or the name of a rule.

    Of a detection: its pattern, its translations to EventBridge, Logs Insights, Athena and DuckDB,
    its controls, and its sample events. Of a rule: why it exists, a template that fails and one
    that passes, when it is silent, and how to suppress it.
    """
    catalogs = () if _RULE.fullmatch(name) else load_catalogs()
    detections = [detection for catalog in catalogs for detection in catalog]
    found = next((detection for detection in detections if detection.id == name), None)
    if found is not None:
        shown, lines = _as_dict(found), _lines(found)
    else:
        rules = lazy_import("trailbell.command.explain_rule")
        guide = rules.find_guide(name, {detection.id for detection in detections})
        shown, lines = asdict(guide), rules.rule_lines(guide)
    if as_json:
        click.echo(json.dumps(shown, indent=2))
    else:
        print_lines(lines)
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
        "log_alarm": detection.log_alarm,
        "reason_without_log_alarm": reason_without_log_alarm(detection),
        "reason_without_rule": reason_without_rule(detection),
        "controls": {
            "cis_control": detection.controls.cis_control,
            "mitre_attack": detection.controls.mitre_attack,
        },
        "false_positives": detection.false_positives,
        "pattern": detection.pattern_text,
        "targets": dict(translations(detection)),
        "event_pattern_differences": event_pattern_differences(detection),
        "fires": [_example(example) for example in detection.fires],
        "silent": [_example(example) for example in detection.silent],
        "source": str(detection.location),
    }


def _example(example: Example) -> dict[str, object]:
    return {"description": example.description, "event": example.event}


def _lines(detection: Detection) -> Iterator[Line]:
    yield line(Span(detection.id, Style.HEADING), f": {detection.title}")
    yield line(f"  severity  {detection.severity}")
    yield line(f"  packs     {', '.join(detection.packs)}")
    yield line(f"  alarm     {alarm_condition(detection)}", hanging=10)
    yield line(f"  defined   {detection.location}")
    yield line(f"  log alarm {_log_alarm(detection)}", hanging=12)
    yield line(f"  real time {real_time_message(detection)}", hanging=12)
    yield line()
    yield line(detection.why, hanging=0)
    for number, step in enumerate(detection.runbook, 1):
        yield line(f"{number}. {step}", hanging=len(f"{number}. "))
    if detection.false_positives:
        yield from _section("False positives and limits", detection.false_positives)
    if detection.changes_from_original:
        yield from _section(f'Replaces "{detection.original}"', detection.changes_from_original)
    for name, text in (("Pattern", detection.pattern_text), *translations(detection)):
        yield from _code(name, text)
    if clauses := event_pattern_differences(detection):
        yield from _section(
            "What only the event pattern matches",
            "EventBridge looks at all elements of an array. Its event pattern also matches if "
            "another element than the one in the filter pattern meets one of these conditions:",
        )
        yield from (line(f"  - {clause}", hanging=4) for clause in clauses)
    for heading, samples in (
        ("Matches", detection.fires),
        ("Does not match", detection.silent),
    ):
        yield from (line(), styled(heading, Style.HEADING))
        yield from (line(f"  - {example.description}") for example in samples)


def _log_alarm(detection: Detection) -> str:
    reason = reason_without_log_alarm(detection)
    return (
        f"not possible: {reason}" if reason else "deployed" if detection.log_alarm else "possible"
    )


def _section(heading: str, text: str) -> Iterator[Line]:
    yield from (line(), styled(heading, Style.HEADING), line(f"  {text}", hanging=0))


def _code(name: str, text: str) -> Iterator[Line]:
    """A pattern or query to copy, whose lines are not broken."""
    yield from (line(), styled(name, Style.HEADING))
    yield from (line(f"  {each}", whole=True) for each in text.splitlines())
