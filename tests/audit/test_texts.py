"""
Which patterns each scanner accepts: every clause, order and quotes of every control.

The rules are in ``rules.json`` with their sources, written independently of the engine's, so that
a mistake in either is detected: if the engine lacks a clause, a pattern passes that must not; if
it has a clause too many, a pattern fails that must pass.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.audit.templates import stack
from trailbell.audit.controls import CONTROLS
from trailbell.audit.matrix import build_matrix

RULES = json.loads(Path(__file__).with_name("rules.json").read_text(encoding="utf-8"))
NAMES = {"security_hub": "Security Hub", "prowler": "Prowler", "powerpipe": "Powerpipe"}


def passes(scanner: str, control: str, text: str) -> bool:
    """Whether a stack with one filter passes this control; it must not pass another one."""
    columns = build_matrix({"it": stack(text)}).columns
    (column,) = (column for column in columns if column.scanner == NAMES[scanner])
    passed = [result.control.key for result in column.results if result.passed]
    assert passed in ([], [control])
    return bool(passed)


def test_every_control_has_its_rules() -> None:
    assert [rule["control"] for rule in RULES] == [control.key for control in CONTROLS]


def _text(clauses: list[str]) -> str:
    return "{ " + " && ".join(f"({clause})" for clause in clauses) + " }"


def _toggle_quotes(clause: str) -> str:
    """Add quotes to the value of a clause, or remove them."""
    bare = clause.replace('"', "")
    return bare if bare != clause else re.sub(r"= (.*)$", r'= "\1"', clause)


def _variants(rule: dict[str, Any]) -> Iterator[tuple[str, list[str], bool]]:
    """Variants of a pattern: a description, the clauses, and whether it passes; failures first."""
    clauses: list[str] = rule["clauses"]
    sources = [clause for clause in clauses if clause.startswith("$.eventSource")]
    events = [clause for clause in clauses if clause not in sources]
    for clause in clauses:
        yield f"without {clause}", [c for c in clauses if c != clause], False
    for clause in events:
        if clause.startswith("$.eventName =") and '"' not in clause:
            shorter = [clause[:-3] + "*" if c == clause else c for c in clauses]
            longer = [clause + "*" if c == clause else c for c in clauses]
            yield f"{clause} cut to a wildcard", shorter, False
            yield f"{clause}* is read as the name", longer, True
    yield "other quotes", [*sources, *map(_toggle_quotes, events)], rule["quotes"] == "free"
    if sources:
        is_prowler = "prowler-cloud" in rule["source"]
        yield "quotes around the source", [*map(_toggle_quotes, sources), *events], is_prowler
    if len(events) > 1:
        yield "events backwards", [*sources, *events[::-1]], not rule["ordered"]
    yield "as expected", clauses, True


@pytest.mark.parametrize(
    ("scanner", "control", "text", "expected"),
    [
        pytest.param(
            scanner,
            rule["control"],
            _text(clauses),
            expected,
            id=f"{NAMES[scanner]}, {rule['control']}: {variant}",
        )
        for rule in RULES
        for scanner in ("prowler", "powerpipe")
        for variant, clauses, expected in _variants(rule[scanner])
    ],
)
def test_scanners_with_public_rules(
    scanner: str, control: str, text: str, *, expected: bool
) -> None:
    assert passes(scanner, control, text) is expected


def _verbatim_variants(text: str) -> Iterator[tuple[str, str, bool]]:
    """A pattern, and variants with one difference; failures first."""
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
        pytest.param(rule["control"], text, expected, id=f"{rule['control']}: {variant}")
        for rule in RULES
        if rule["security_hub"]
        for published in rule["security_hub"]["texts"]
        for variant, text, expected in _verbatim_variants(published)
    ],
)
def test_security_hub(control: str, text: str, *, expected: bool) -> None:
    assert passes("security_hub", control, text) is expected
