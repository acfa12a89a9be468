"""
The module of an imported detection.

In:    the detection of a rule.
Out:   the text of ``detections/<name>.py``.
Never: text of the rule outside a string literal or a comment of one line.
"""

import re
import textwrap
from collections.abc import Iterator
from typing import Any

from trailbell.build.review_comments import REVIEW
from trailbell.catalog.detection import Timing
from trailbell.scaffold.detection_source import (
    add_calls,
    constants_in,
    docstring,
    example_source,
    field_source,
    import_line,
)
from trailbell.scaffold.python_source import WIDTH, Call, quoted, render
from trailbell.sigma.detection import Imported
from trailbell.text_files import printable

RULE = "# Sigma rule "
"""The beginning of the comment that names the rule of a module."""


def module_source(imported: Imported) -> str:
    """The text of the module with the detection."""
    detection = imported.detection
    constant = detection.id.replace("-", "_").upper()
    constants = constants_in([*imported.fires, *imported.silent])
    names = {"Controls", "Detection", "Example", "Severity"}
    for sample in (*imported.fires, *imported.silent):
        add_calls(sample.call, names)
    if detection.timing != Timing():
        names.add("Timing")
    lines = [f'"""{docstring(detection.title)}."""', "", *_origin(imported), ""]
    lines += [import_line(sorted(names)), ""]
    lines += [f"{name} = {render(value, used=len(name) + 3)}" for name, value in constants]
    lines += [""] * bool(constants)
    lines += [f"{constant} = Detection(", *_fields(imported, constants), ")"]
    return "\n".join(lines) + "\n"


def origin_of(source: str) -> str:
    """The id of the rule that a module was imported from; empty for another module."""
    match = re.search(rf"^{RULE}(\S+)", source, re.MULTILINE)
    return match[1].rstrip(",.") if match else ""


def _origin(imported: Imported) -> Iterator[str]:
    rule = imported.rule
    parts = [rule.identifier or "without an id"]
    parts += [f"by {rule.author}"] if rule.author else []
    parts += [f"license {rule.license}"] if rule.license else []
    yield from _comment(RULE, ", ".join(parts) + ".", level=0)


def _comment(label: str, text: str, *, level: int) -> Iterator[str]:
    """The text as comments of which each fits in a line."""
    indent = "    " * level
    words = " ".join(printable(" ".join(text.split())).split())
    first = indent + label
    yield from textwrap.wrap(
        words, WIDTH, initial_indent=first, subsequent_indent=f"{indent}# ", break_on_hyphens=False
    )


def _fields(imported: Imported, constants: list[tuple[str, Any]]) -> Iterator[str]:
    detection = imported.detection
    yield field_source("id", detection.id)
    yield f"    {REVIEW}the title is the first line of the notification."
    yield field_source("title", detection.title)
    yield field_source("packs", detection.packs)
    yield f"    severity=Severity.{detection.severity.name},"
    for note in imported.notes:
        yield from _comment(REVIEW, note, level=1)
    yield from _pattern(detection.pattern_text)
    yield f"    {REVIEW}say what an attacker gains by it."
    yield field_source("why", detection.why)
    yield f"    {REVIEW}name the commands of your organization in the three steps."
    yield field_source("runbook", detection.runbook)
    yield f"    {REVIEW}name the roles that do it every day."
    yield field_source("false_positives", detection.false_positives)
    if not imported.rule.techniques:
        yield f"    {REVIEW}choose the technique at https://attack.mitre.org/matrices/enterprise/cloud/."
    attack = {"mitre_attack": detection.controls.mitre_attack}
    yield field_source("controls", Call("Controls", (), attack))
    timing = detection.timing
    if timing != Timing():
        chosen = {name: getattr(timing, name) for name in ("period", "threshold", "reason")}
        yield field_source("timing", Call("Timing", (), chosen))
    if detection.accepted_issues:
        yield field_source("accepted_issues", dict(detection.accepted_issues))
    for name, samples in (("fires", imported.fires), ("silent", imported.silent)):
        yield field_source(name, tuple(example_source(sample, constants) for sample in samples))


def _pattern(text: str) -> Iterator[str]:
    """The pattern as literals that Python joins, each with whole clauses where they fit."""
    literal = quoted(text)
    if len(literal) + len("    pattern=,") <= WIDTH:
        yield f"    pattern={literal},"
        return
    yield "    pattern=("
    line = ""
    for clause in re.split(r"(?= (?:&&|\|\|) )", text):
        for piece in _pieces(clause):
            if line and len(quoted(line + piece)) > WIDTH - 8:
                yield f"        {quoted(line)}"
                line = ""
            line += piece
    yield f"        {quoted(line)}"
    yield "    ),"


def _pieces(clause: str) -> Iterator[str]:
    """A clause, in parts if it is longer than a line."""
    size = (WIDTH - 10) // 2
    while len(quoted(clause)) > WIDTH - 8:
        yield clause[:size]
        clause = clause[size:]
    yield clause
