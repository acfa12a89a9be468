"""
The module of a detection, and the test of it.

In:    a draft; the ID, pack, title and severity.
Out:   the text of ``detections/<name>.py``, ``tests/test_<name>.py`` and the record of the test.
Never: text of the record outside a string literal.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trailbell.build.review_comments import REVIEW
from trailbell.catalog.detection import Controls, Detection, Example, Severity
from trailbell.samples import Event
from trailbell.scaffold.detection import Draft, condition_of
from trailbell.scaffold.detection_examples import Sample
from trailbell.scaffold.python_source import WIDTH, Call, Merged, Method, Name, quoted, render
from trailbell.scaffold.sample import evaluate
from trailbell.text_files import printable

RUNBOOK = (
    "Identify the caller, the source IP address and the resource in the event.",
    "Ask the owner of the resource whether the call was planned.",
    "If it was not: disable the credentials of the caller, and undo what they changed.",
)
_REPEATED = 60
"""Characters of a request or caller that is written once, as a constant, if it occurs twice."""


@dataclass(frozen=True)
class NewDetection:
    """A draft with what the command line says about it."""

    id: str
    pack: str
    severity: Severity
    draft: Draft
    title: str
    from_record: bool

    @property
    def module(self) -> str:
        return self.id.replace("-", "_")

    @property
    def constant(self) -> str:
        return self.module.upper()

    def as_detection(self) -> Detection:
        """The detection that the module defines, to be tested before it is written."""
        draft = self.draft
        return Detection(
            id=self.id,
            title=self.title,
            packs=(self.pack,),
            severity=self.severity,
            pattern=condition_of(draft.clauses),
            why=draft.why,
            runbook=RUNBOOK,
            false_positives=draft.false_positives,
            controls=Controls(mitre_attack=draft.techniques),
            accepted_issues=draft.accepted,
            fires=tuple(Example(each.description, evaluate(each.call)) for each in draft.fires),
            silent=tuple(Example(each.description, evaluate(each.call)) for each in draft.silent),
        )


def module_source(new: NewDetection) -> str:
    """The text of the module with the detection."""
    constants = constants_in([*new.draft.fires, *new.draft.silent])
    names = sorted({"Controls", "Detection", "Example", "Severity", *_imports(new.draft)})
    lines = [f'"""{docstring(new.title)}."""', "", import_line(names), ""]
    lines += [f"{name} = {render(value, used=len(name) + 3)}" for name, value in constants]
    lines += [""] * bool(constants)
    lines += [f"{new.constant} = Detection(", *_fields(new, constants), ")"]
    return "\n".join(lines) + "\n"


def docstring(title: str) -> str:
    """A title as text that can be in a docstring."""
    return printable(title).replace("\\", "/").replace('"', "'")


def import_line(names: list[str]) -> str:
    """The import of names from trailbell."""
    line = f"from trailbell import {', '.join(names)}"
    if len(line) <= 100:
        return line
    return "\n".join(["from trailbell import (", *(f"    {name}," for name in names), ")"])


def _fields(new: NewDetection, constants: list[tuple[str, Any]]) -> Iterator[str]:
    draft = new.draft
    yield field_source("id", new.id)
    yield f"    {REVIEW}the title is the first line of the notification."
    yield field_source("title", new.title)
    yield field_source("packs", (new.pack,))
    yield f"    severity=Severity.{new.severity.name},"
    yield f"    {REVIEW}compare the conditions with other ways to do the same."
    if any(isinstance(clause, Call) for clause in draft.clauses):
        yield f"    {REVIEW}a field has one [*]: a value that is first in neither list is not seen."
    yield _pattern(draft.clauses)
    yield f"    {REVIEW}say what an attacker gains by it."
    yield field_source("why", draft.why)
    yield f"    {REVIEW}name the commands of your organization in the three steps."
    yield field_source("runbook", RUNBOOK)
    yield f"    {REVIEW}name the roles that do it every day."
    yield field_source("false_positives", draft.false_positives)
    yield f"    {REVIEW}choose the technique at https://attack.mitre.org/matrices/enterprise/cloud/."
    yield field_source("controls", Call("Controls", (), {"mitre_attack": draft.techniques}))
    if draft.accepted:
        yield field_source("accepted_issues", draft.accepted)
    for name, samples in (("fires", draft.fires), ("silent", draft.silent)):
        yield field_source(name, tuple(example_source(sample, constants) for sample in samples))


def field_source(name: str, value: Any) -> str:
    """A field of the detection, with a value that is a literal or a call."""
    return f"    {name}={render(value, level=1, used=len(name) + 2)},"


def _pattern(clauses: tuple[Method | Call, ...]) -> str:
    inner = [f"        {render(clause, level=2, used=1)}," for clause in clauses]
    return "\n".join(["    pattern=all_of(", *inner, "    ),"])


def _imports(draft: Draft) -> set[str]:
    """The functions that the expressions call."""
    calls: set[str] = {"all_of", "field"}
    add_calls([*draft.clauses, *(sample.call for sample in (*draft.fires, *draft.silent))], calls)
    return calls


def add_calls(value: Any, calls: set[str]) -> None:
    """Add the functions that an expression calls."""
    match value:
        case Call(function, arguments, keywords):
            calls.add(function)
            add_calls([*arguments, *keywords.values()], calls)
        case Merged(first, _):
            add_calls([first], calls)
        case list():
            for each in value:
                add_calls(each, calls)
        case _:
            pass


# ---------------------------------------------------------------- what is written once


def constants_in(samples: Iterable[Sample]) -> list[tuple[str, Any]]:
    """Callers and requests that several samples have, which the module writes once."""
    parts = [part for sample in samples for part in _parts(sample.call)]
    return [
        (name, value)
        for name, value in dict(reversed(parts)).items()
        if sum(part == (name, value) for part in parts) > 1 and len(render(value)) > _REPEATED
    ]


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """The parts of an expression that are worth a name."""
    match value:
        case Merged(first, _):
            yield from _parts(first)
        case Call(function, arguments, keywords) if function != "insight_event":
            yield "_CALLER", arguments[-1]
            if "request" in keywords:
                yield "_REQUEST", keywords["request"]
        case _:
            pass


def example_source(sample: Sample, constants: list[tuple[str, Any]]) -> Call:
    """The call of Example, with the names of constants in it."""
    return Call("Example", (sample.description, _named(sample.call, constants)))


def _named(value: Any, constants: list[tuple[str, Any]]) -> Any:
    for name, constant in constants:
        if type(value) is type(constant) and value == constant:
            return Name(name, constant)
    match value:
        case Call(function, arguments, keywords):
            named = tuple(_named(argument, constants) for argument in arguments)
            return Call(function, named, {k: _named(v, constants) for k, v in keywords.items()})
        case Merged(first, changes):
            return Merged(_named(first, constants), changes)
        case dict():
            return _changed(value, constants)
        case _:
            return value


def _changed(value: dict[str, Any], constants: list[tuple[str, Any]]) -> Any:
    """A dict that differs from a constant in one member, as the constant with a change."""
    for name, constant in constants:
        if isinstance(constant, dict) and constant.keys() == value.keys():
            changes = {key: member for key, member in value.items() if member != constant[key]}
            if len(changes) == 1:
                return Merged(Name(name, constant), changes)
    return value


# ---------------------------------------------------------------- the test


def test_source(new: NewDetection) -> str:
    """The text of the test: the record of the detection, or one of its examples."""
    if not new.from_record:
        return examples_test_source(new.id)
    return _TEST_OF_RECORD.format(
        id=new.id, module=new.module, constant=new.constant, file=quoted(f"{new.id}.json")
    )


def examples_test_source(identifier: str) -> str:
    """The text of the test of a detection on its own examples."""
    module = identifier.replace("-", "_")
    text = _TEST_OF_EXAMPLES.format(id=identifier, module=module, constant=module.upper())
    return "\n".join(map(_within_width, text.split("\n")))


def _within_width(line: str) -> str:
    """An import or a decorator on several lines if it is longer than a line."""
    if len(line) <= WIDTH:
        return line
    if line.startswith("from "):
        before, _, name = line.rpartition(" ")
        return f"{before} (\n    {name},\n)"
    before, _, rest = line.partition("(")
    arguments = rest.removesuffix(")")
    if len(arguments) + 4 > WIDTH:
        arguments = arguments.replace(", ", ",\n    ") + ","
    return f"{before}(\n    {arguments}\n)"


def record_text(record: Event) -> str:
    """The record as the file of the test."""
    return json.dumps(record, indent=2) + "\n"


_TEST_OF_RECORD = '''"""The detection {id} on the record for which it was written."""

import json
from pathlib import Path

import pytest
from trailbell import Event, Example, fires

from detections.{module} import {constant}

_FILE = Path(__file__).with_name("records") / {file}
_RECORD: Event = json.loads(_FILE.read_text(encoding="utf-8"))


def test_it_fires_on_the_record() -> None:
    assert fires({constant}, _RECORD)


@pytest.mark.parametrize("example", {constant}.silent, ids=lambda example: example.description)
def test_it_is_silent_on_a_near_miss(example: Example) -> None:
    assert not fires({constant}, example.event)
'''
_TEST_OF_EXAMPLES = '''"""The detection {id} on its examples."""

import pytest
from trailbell import Example, fires

from detections.{module} import {constant}


@pytest.mark.parametrize("example", {constant}.fires, ids=lambda example: example.description)
def test_it_fires(example: Example) -> None:
    assert fires({constant}, example.event)


@pytest.mark.parametrize("example", {constant}.silent, ids=lambda example: example.description)
def test_it_is_silent_on_a_near_miss(example: Example) -> None:
    assert not fires({constant}, example.event)
'''
