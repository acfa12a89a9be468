"""
What AWS describes of a deployed resource, and how it is compared with the template.

In:    `Operation`s that a module of this package declares, and what AWS answered.
Out:   `Read`s to make, and `Finding`s.
Never: a call to AWS. `trailbell.deploy.verify` makes the calls.

A module that reads its type back declares ``READS``, the operations that it uses, and two pure
functions: ``list_reads(described)``, which is asked again after each answer, and
``find_faults(described)``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from trailbell.template.evaluate import is_unknown
from trailbell.template.paths import to_text


class FindingKind(StrEnum):
    """What a finding asks for."""

    FAULT = "fault"
    """Something is not as deployed, or could not be read."""
    TO_DO = "to do"
    """A person has to do something, such as confirm a subscription."""
    REMARK = "remark"
    """By design, or not known yet. It does not count as a problem."""


@dataclass(frozen=True)
class Finding:
    """A sentence about a deployed resource."""

    text: str
    kind: FindingKind = FindingKind.FAULT


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation that reads. ``items`` is the list member that all pages are joined in.

    With ``optional``, "not found" means that there is none, else that the resource is deleted.
    ``action`` is the IAM action if its name differs from that of the operation.
    """

    service: str
    name: str
    items: str = ""
    optional: bool = False
    action: str = ""

    def __call__(self, **request: Any) -> "Read":
        return Read(self, request)

    @property
    def iam_action(self) -> str:
        """The IAM action that a caller needs."""
        return self.action or f"{self.service}:{self.name}"


@dataclass(frozen=True)
class Read:
    """A call to make. Equal calls are made once for all resources of a stack."""

    operation: Operation
    request: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The same text for the same call."""
        request = json.dumps(self.request, sort_keys=True)
        return f"{self.operation.service}:{self.operation.name} {request}"


@dataclass(frozen=True, kw_only=True)
class DeployedResource:
    """A resource of a stack. ``properties`` are evaluated with what the stack was deployed with."""

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """The resources of a stack, and where they are."""

    account: str
    region: str
    resources: tuple[DeployedResource, ...] = ()

    def of_type(self, resource_type: str) -> list[DeployedResource]:
        return [resource for resource in self.resources if resource.type == resource_type]


Answer = Mapping[str, Any]

DELETED = Finding("The resource was deleted outside CloudFormation.")


@dataclass(frozen=True, kw_only=True)
class Described:
    """One resource of a stack, and what AWS answered so far, by the key of each `Read`.

    An answer is None where AWS has no such thing, and missing where it could not be read.
    """

    resource: DeployedResource
    stack: DeployedStack
    now: datetime
    answers: Mapping[str, Answer | None] = field(default_factory=dict)

    @property
    def physical_id(self) -> str:
        return self.resource.physical_id

    def property(self, name: str, default: Any = None) -> Any:
        """A property of the resource as the template has it."""
        return self.resource.properties.get(name, default)

    def answer(self, read: Read) -> Answer | None:
        """What AWS answered; None if there is no answer."""
        return self.answers.get(read.key)

    def is_absent(self, read: Read) -> bool:
        """Whether AWS answered that there is no such thing."""
        return read.key in self.answers and self.answers[read.key] is None

    def items(self, read: Read) -> Sequence[Mapping[str, Any]]:
        """The entries of a paged answer (names, for IAM policies); empty if there is no answer."""
        entries: Sequence[Mapping[str, Any]] = (self.answer(read) or {}).get(
            read.operation.items, ()
        )
        return entries


def compare(name: str, expected: Any, actual: Any) -> Iterator[Finding]:
    """Compare a value with that of the template. None is a value that is not set."""
    if is_unknown(expected):
        yield not_compared(name)
    elif expected is None and actual is not None:
        yield Finding(f"{name} is {_shown(actual)}; the template does not set it.")
    elif comparable(expected) != comparable(actual):
        yield Finding(f"{name} is {_shown(actual)}, not {_shown(expected)}.")


def compare_keys(name: str, expected: Any, actual: str | None) -> Iterator[Finding]:
    """Compare KMS keys. AWS describes the ARN of a key; a template can have its ID or an alias."""
    if isinstance(expected, str) and actual is not None:
        if actual.endswith((f":key/{expected}", f":{expected}")):
            return
        if "alias/" in expected and ":key/" in actual:
            yield Finding(
                f"{name} was not compared: the template has the alias {expected}, and AWS "
                f"describes the key {actual}.",
                FindingKind.REMARK,
            )
            return
    yield from compare(name, expected, actual)


def not_compared(name: str) -> Finding:
    return Finding(
        f"{name} was not compared: its value in the template depends on something that could not "
        "be read.",
        FindingKind.REMARK,
    )


def comparable(value: Any) -> Any:
    """A value in which a number or a boolean equals its text, as CloudFormation treats them.

    Two lists are equal whatever their order.
    """
    match value:
        case Mapping():
            return {name: comparable(member) for name, member in value.items()}
        case list() | tuple():
            return sorted(map(comparable, value), key=repr)
        case bool():
            return str(value).lower()
        case int() | float():
            return _number_text(value)
        case str():
            return _comparable_text(value)
        case _:
            return value


def _comparable_text(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return text
    if number != number or number in (float("inf"), float("-inf")):
        return text
    return _number_text(number)


def _number_text(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:g}"


def parse_json(text: Any) -> Any:
    """The value of a JSON text that AWS answered; the text itself if it is not JSON."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, float):
        return _number_text(value)
    return f'"{value}"' if isinstance(value, str) else to_text(value)
