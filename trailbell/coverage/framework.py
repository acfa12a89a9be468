"""
A framework of techniques of attackers, with CloudTrail records of each technique.

In:    a TOML file.
Out:   `Framework`, or a `ContentError` for the first mistake.
Never: whether a technique is detected. `trailbell.coverage.evaluate` computes it.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trailbell import samples
from trailbell.errors import ContentError
from trailbell.samples import Event


class Visibility(StrEnum):
    """Which events CloudTrail records of a technique."""

    MANAGEMENT_EVENTS = "management events"
    DATA_EVENTS = "data events"
    NONE = "none"


DETECTION_IN_NOTE = re.compile("`([^`]+)`")
"""A detection in a note: its ID in backquotes."""


@dataclass(frozen=True, kw_only=True)
class SampleProof:
    """A sample event on which a detection fires, given by its description or its eventName."""

    detection: str
    event: str

    def __str__(self) -> str:
        return f"{self.detection}: {self.event}"


@dataclass(frozen=True, kw_only=True)
class RecordProof:
    """A record of a technique, for which no detection has a sample event."""

    event: Event


@dataclass(frozen=True, kw_only=True)
class Technique:
    """A technique, its records, and a note on what is not detected and why.

    A note has detections in backquotes, such as `trail-tampering`.
    The name is the ID if the framework has no other name for it. ``platform`` is empty if the
    technique belongs to the part of the framework that is counted.
    """

    id: str
    name: str
    proofs: tuple[SampleProof | RecordProof, ...] = ()
    visibility: Visibility = Visibility.MANAGEMENT_EVENTS
    note: str = ""
    platform: str = ""


@dataclass(frozen=True, kw_only=True)
class Framework:
    """The techniques of a framework, and where they are described.

    ``version`` is a number, or words such as "as of November 2026".

    In ``url``, ``{id}`` is replaced by the ID of a technique, ``{path}`` by the ID with a slash in
    place of the point.
    """

    location: str
    title: str
    version: str
    source: str
    url: str
    techniques: tuple[Technique, ...]

    def url_of(self, technique: Technique) -> str:
        """The page that describes a technique."""
        path = technique.id.replace(".", "/")
        return self.url.replace("{id}", technique.id).replace("{path}", path)


def read_framework(text: str, location: str) -> Framework:
    """Read a framework from TOML. Raises `ContentError`."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(location, f"not TOML: {error}", "fix the file") from error
    entries = content.pop("technique", [])
    if not isinstance(entries, list) or not entries or not all(map(_is_table, entries)):
        raise ContentError(location, "has no techniques", "add a table [[technique]]")
    _check_members(content, _FRAMEWORK, location)
    techniques = tuple(_read_technique(entry, location) for entry in entries)
    for identifier, count in Counter(technique.id for technique in techniques).items():
        if count > 1:
            raise ContentError(
                location, f'has the technique "{identifier}" twice', "merge the two tables"
            )
    return Framework(location=location, techniques=techniques, **content)


_FRAMEWORK: Mapping[str, type] = dict.fromkeys(("title", "version", "source", "url"), str)
_TECHNIQUE: Mapping[str, type] = {
    **dict.fromkeys(("id", "name"), str),
    "proofs": list,
    "records": list,
    **dict.fromkeys(("visibility", "note", "platform"), str),
}
_RECORD: Mapping[str, type] = {
    **dict.fromkeys(("source", "name"), str),
    **dict.fromkeys(("request", "response", "members"), dict),
    "read_only": bool,
}
_TYPE_NAMES = {str: "text", list: "a list", dict: "a table", bool: "true or false"}


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _check_members(
    table: Mapping[str, Any],
    types: Mapping[str, type],
    location: str,
    required: tuple[str, ...] | None = None,
) -> None:
    """Raise `ContentError` for members that are unknown, missing or of another type.

    Without ``required``, all members are required.
    """
    for name, value in table.items():
        if name not in types:
            raise ContentError(
                location, f'has the unknown member "{name}"', f"known: {', '.join(types)}"
            )
        if not isinstance(value, types[name]) or value == "":
            kind = _TYPE_NAMES[types[name]]
            raise ContentError(location, f'"{name}" is {value!r}', f"it must be {kind}")
    for name in types if required is None else required:
        if name not in table:
            raise ContentError(location, f'has no "{name}"', "add it")


def _read_technique(table: Mapping[str, Any], file: str) -> Technique:
    location = f"{file}, technique {table.get('id', '')}".rstrip()
    _check_members(table, _TECHNIQUE, location, ("id",))
    members = {"name": table["id"], **table}
    proofs = tuple(_read_sample_proof(text, location) for text in members.pop("proofs", ()))
    records = tuple(_read_record(record, location) for record in members.pop("records", ()))
    visibility = members.pop("visibility", Visibility.MANAGEMENT_EVENTS)
    if visibility not in [*Visibility]:
        raise ContentError(
            location,
            f'"visibility" is "{visibility}"',
            f"it must be one of: {', '.join(Visibility)}",
        )
    return Technique(proofs=(*proofs, *records), visibility=Visibility(visibility), **members)


def _read_sample_proof(text: object, location: str) -> SampleProof:
    detection, colon, event = str(text).partition(": ")
    if not isinstance(text, str) or not colon or not event:
        raise ContentError(
            location,
            f"has the proof {text!r}",
            'write the ID of a detection and an eventName, such as "trail-tampering: StopLogging"',
        )
    return SampleProof(detection=detection, event=event)


def _read_record(record: object, location: str) -> RecordProof:
    """A call by a session of a role, unless ``members`` say something else."""
    if not isinstance(record, dict):
        raise ContentError(location, f"has the record {record!r}", "it must be a table")
    _check_members(record, _RECORD, f"{location}, record", ("source", "name"))
    event = samples.api_call(
        record["source"],
        record["name"],
        samples.assumed_role_identity("Developer", "kim"),
        request=record.get("request"),
        response=record.get("response"),
        read_only=record.get("read_only", False),
        **record.get("members", {}),
    )
    return RecordProof(event=event)
