"""
The files of a new detection, stack or policy.

In:    what the command line says; the record; what the project has already.
Out:   `NewFiles`: paths and texts, and what a person should know.
Never: an effect. `trailbell.scaffold.new_files` writes.
"""

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from trailbell.catalog.detection import Catalog, Severity
from trailbell.catalog.self_test import check_catalog
from trailbell.cloudtrail.event_names import BotocoreEventNames, is_service, service_names
from trailbell.cloudtrail.operations import find_operation, operations_of
from trailbell.errors import ContentError, UnknownNameError
from trailbell.pattern import Outcome
from trailbell.samples import Event
from trailbell.scaffold import policy_source, stack_source
from trailbell.scaffold.detection import draft_detection
from trailbell.scaffold.detection_source import (
    NewDetection,
    module_source,
    record_text,
    test_source,
)
from trailbell.scaffold.existing import Existing, check_name
from trailbell.scaffold.sample import example_of
from trailbell.scaffold.scrub import scrub
from trailbell.wording import pluralize


@dataclass(frozen=True)
class DetectionOptions:
    """What the command line says about a new detection; empty for what it leaves open."""

    id: str
    pack: str
    severity: Severity
    title: str = ""
    technique: str = ""


@dataclass(frozen=True)
class NewFiles:
    """Texts by path, the first of them the module, and sentences for the person."""

    texts: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())


def create_detection(
    options: DetectionOptions, record: Event, existing: Existing, *, place: str
) -> NewFiles:
    """A detection for a record, with what it names replaced.

    ``place`` is where the record comes from; empty for an event that we made. Raises
    `ContentError` if no detection can be written for it.
    """
    scrubbed = scrub(record)
    draft = draft_detection(scrubbed.record, existing.detections)
    if options.technique:
        draft = replace(draft, techniques=(options.technique,))
    new = NewDetection(
        options.id, options.pack, options.severity, draft, options.title or draft.title, bool(place)
    )
    _check(new, record, place or "--event")
    texts = {
        f"detections/{new.module}.py": module_source(new),
        f"tests/test_{new.module}.py": test_source(new),
    }
    if not place:
        return NewFiles(texts, _review_note(new))
    texts[f"tests/records/{options.id}.json"] = record_text(scrubbed.record)
    return NewFiles(
        texts, (_replaced(scrubbed.counts), *_review_note(new), *_category_note(record))
    )


def _check(new: NewDetection, record: Event, place: str) -> None:
    """Raise `ContentError` unless the detection passes the tests of the build on its record."""
    detection = new.as_detection()
    errors = check_catalog(Catalog((detection,), ()), use_cache=False)
    if errors:
        raise ContentError(f"detections/{new.module}.py", errors[0].problem, errors[0].hint)
    if detection.filter_pattern.test_record(record) != Outcome.MATCH:
        raise ContentError(
            place,
            "no pattern can be written that matches the record and names no account in it",
            "write the detection by hand",
        )


def _replaced(counts: Mapping[str, int]) -> str:
    if not counts:
        return "Nothing in the record had to be replaced."
    parts = [pluralize(count, kind, _PLURALS.get(kind, "")) for kind, count in counts.items()]
    last = f" and {parts[-1]}" if len(parts) > 1 else parts[-1]
    return (
        f"Replaced in the record: {', '.join(parts[:-1])}{last}. Review the files before you "
        "commit them: only you know whether they still name something."
    )


_PLURALS = {
    "IP address": "IP addresses",
    "e-mail address": "e-mail addresses",
    "word of free text": "words of free text",
}


def _review_note(new: NewDetection) -> tuple[str, ...]:
    return (f'Review the lines below each "# Review:" in detections/{new.module}.py.',)


def _category_note(record: Event) -> tuple[str, ...]:
    category = record.get("eventCategory", "Management")
    if category == "Management":
        return ()
    return (
        f"A trail records events of the category {category} only if its event selectors say so.",
    )


def event_of(text: str) -> Event:
    """The event of ``--event SERVICE:NAME``. Raises `UnknownNameError` for a name no API has."""
    service, _, name = text.partition(":")
    source = f"{service}.amazonaws.com"
    if not is_service(service):
        _refuse_service(service)
    known = BotocoreEventNames().event_names(source)
    names = {each.name for each in operations_of(source)} if known is None else known
    operation = find_operation(source, name)
    if not operation and (name not in names or known is None):
        _refuse_event(service, name, names)
    return example_of(operation, source, name)


def _refuse_event(service: str, name: str, names: Collection[str]) -> NoReturn:
    if len(names) <= _LISTED or difflib.get_close_matches(name, names, n=1):
        raise UnknownNameError(f"event of {service}", name, names)
    raise ContentError(
        "--event",
        f'{service} has no event "{name}"',
        f'write the name of an API operation, like "{service}:{min(names)}"',
    )


_LISTED = 20
"""Names that an error lists. Services have up to several hundred."""


def _refuse_service(service: str) -> NoReturn:
    services = service_names()
    if difflib.get_close_matches(service, services, n=1):
        raise UnknownNameError("service", service, services)
    raise ContentError(
        "--event",
        f'there is no service "{service}"',
        'write the first part of an eventSource and an eventName, like "iam:CreateUser"',
    )


def create_stack(name: str, pack: str, existing: Existing) -> NewFiles:
    """A stack with one resource, or one that deploys a new pack."""
    existing.check_stack(name)
    module = stack_source.module(name)
    paths = f"stacks/{module}.py", f"tests/test_{module}_stack.py"
    if not pack:
        texts = stack_source.stack_source(name), stack_source.stack_test_source(name)
        return NewFiles(dict(zip(paths, texts, strict=True)))
    new = existing.new_pack(pack, "detections of this project")
    texts = stack_source.pack_stack_source(name, new), stack_source.pack_test_source(name, new)
    note = (
        "The stack is built when its pack has a detection. Add one: "
        f"trailbell new detection ID --pack {pack}"
    )
    return NewFiles(dict(zip(paths, texts, strict=True)), (note,))


def create_policy(name: str) -> NewFiles:
    """A policy that allows one thing on one resource."""
    check_name("policy name", name)
    module = stack_source.module(name)
    return NewFiles(
        {
            f"policies/{module}.py": policy_source.policy_source(name),
            f"tests/test_{module}_policy.py": policy_source.policy_test_source(name),
        }
    )
