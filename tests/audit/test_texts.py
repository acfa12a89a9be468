"""
Which texts each auditor accepts: every clause, order and quotes of every control.

The rules stand in ``rules.json`` with their sources, written apart from the engine's, so that a
slip of either shows: a clause the engine lacks makes a text pass that must not, a clause too many
refuses one that must.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit.templates import stack
from trailbell.audit.controls import CONTROLS
from trailbell.audit.matrix import matrix

RULES = json.loads(Path(__file__).with_name("rules.json").read_text(encoding="utf-8"))
NAMES = {"security_hub": "Security Hub", "prowler": "Prowler", "powerpipe": "Powerpipe"}


def passes(auditor: str, control: str, text: str) -> bool:
    """Whether a stack with one filter passes this control, and no other by the way."""
    (column,) = (c for c in matrix({"it": stack(text)}).columns if c.auditor == NAMES[auditor])
    passed = [grade.control.key for grade in column.grades if grade.passed]
    assert passed in ([], [control])
    return bool(passed)


def test_every_control_has_its_rules() -> None:
    assert [rule["control"] for rule in RULES] == [control.key for control in CONTROLS]


def _text(clauses: list[str]) -> str:
    return "{ " + " && ".join(f"({clause})" for clause in clauses) + " }"


def _requoted(clause: str) -> str:
    """The clause with its value in quotes, or without if it has them."""
    bare = clause.replace('"', "")
    return bare if bare != clause else re.sub(r"= (.*)$", r'= "\1"', clause)


def _variants(wanted: dict[str, Any]) -> Iterator[tuple[str, list[str], bool]]:
    """Texts as clauses, what is special about each, and whether it passes: the misses first."""
    clauses: list[str] = wanted["clauses"]
    sources = [clause for clause in clauses if clause.startswith("$.eventSource")]
    events = [clause for clause in clauses if clause not in sources]
    for clause in clauses:
        yield f"without {clause}", [other for other in clauses if other != clause], False
    for clause in events:
        if clause.startswith("$.eventName =") and '"' not in clause:
            shorter = [clause[:-3] + "*" if other == clause else other for other in clauses]
            longer = [clause + "*" if other == clause else other for other in clauses]
            yield f"{clause} cut to a wildcard", shorter, False
            yield f"{clause}* is read as the name", longer, True
    yield "other quotes", [*sources, *map(_requoted, events)], wanted["quotes"] == "free"
    if sources:
        by_prowler = "prowler-cloud" in wanted["source"]
        yield "quotes around the source", [*map(_requoted, sources), *events], by_prowler
    if len(events) > 1:
        yield "events backwards", [*sources, *events[::-1]], not wanted["ordered"]
    yield "as it is wanted", clauses, True


@pytest.mark.parametrize(
    ("auditor", "control", "text", "expected"),
    [
        pytest.param(
            auditor,
            rule["control"],
            _text(clauses),
            expected,
            id=f"{NAMES[auditor]}, {rule['control']}: {says}",
        )
        for rule in RULES
        for auditor in ("prowler", "powerpipe")
        for says, clauses, expected in _variants(rule[auditor])
    ],
)
def test_open_auditors(auditor: str, control: str, text: str, *, expected: bool) -> None:
    assert passes(auditor, control, text) is expected


def _exact(text: str) -> Iterator[tuple[str, str, bool]]:
    """A text, and the same with one thing different; the misses first."""
    closing = text.rindex("}")
    yield "with a clause more", text[:closing] + ' && ($.eventName != "HeadBucket")}', False
    for clause in re.findall(r"\(\$[^)]*\)", text):
        yield f"without {clause}", text.replace(clause, "", 1), False
    yield "in brackets more", "{(" + text.strip("{} ") + ")}", False
    if re.search(r"= ?[A-Za-z]", text):
        yield "with names in quotes", re.sub(r"= ?([A-Za-z]+)\)", r'="\1")', text), False
    yield "without blanks", re.sub(r" (?!NOT|EXISTS|auth)", "", text), True
    yield "with line breaks", text.replace("&& ", "\n  && "), True
    yield "as published", text, True


@pytest.mark.parametrize(
    ("control", "text", "expected"),
    [
        pytest.param(rule["control"], text, expected, id=f"{rule['control']}: {says}")
        for rule in RULES
        if rule["security_hub"]
        for published in rule["security_hub"]["texts"]
        for says, text, expected in _exact(published)
    ],
)
def test_security_hub(control: str, text: str, *, expected: bool) -> None:
    assert passes("security_hub", control, text) is expected
