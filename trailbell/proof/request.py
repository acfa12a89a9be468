"""
A request as an example of what is allowed.

In:    a text for each slot that matters.
Out:   a `Request`, its JSON, and a sentence.
Never: how it was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trailbell.proof.slots import ACTION, KIND, RESOURCE, key_of, principal_slot

Value = str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request. An empty text is anything: the policies do not ask for it.

    ``principal`` is ``Service:NAME``, ``AWS:ARN`` or ``Anonymous``. ``context`` holds condition
    keys in lower case; None is a key that the request does not have.
    """

    principal: str = ""
    action: str = ""
    resource: str = ""
    context: Mapping[str, Value | None] = field(default_factory=dict)

    def __str__(self) -> str:
        """Write it on one line."""
        return self.said()

    def said(self, anyone: str = "anyone") -> str:
        """Write it on one line. ``anyone`` is who calls if the policies do not ask."""
        kind, _, name = self.principal.partition(":")
        caller = name or _CALLERS.get(kind, anyone)
        said = f"{caller} calls {self.action or 'any action'}"
        said += f" on {self.resource}" if self.resource else ""
        keys = ", ".join(f"{key} {_said(value)}" for key, value in sorted(self.context.items()))
        return f"{said} ({keys})" if keys else said


_CALLERS = {
    "AWS": "a user or role",
    "Service": "an AWS service",
    "Federated": "a federated user",
    "CanonicalUser": "a canonical user",
    "Anonymous": "anyone, without credentials,",
}
"""Who calls, by the type of the principal."""


def _said(value: Value | None) -> str:
    if value is None:
        return "absent"
    return f'"{value}"' if isinstance(value, str) else ", ".join(f'"{v}"' for v in value) or "empty"


def from_slots(values: Mapping[str, Value | None]) -> Request:
    """The request with these values of slots."""
    kind = values.get(KIND) or ""
    name = values.get(principal_slot(str(kind)))
    context = {
        key: value for slot, value in values.items() if (key := key_of(slot)) and not _told(slot)
    }
    return Request(
        principal=f"{kind}:{name}" if name and kind != "Anonymous" else str(kind),
        action=str(values.get(ACTION) or ""),
        resource=str(values.get(RESOURCE) or ""),
        context=context,
    )


def _told(slot: str) -> bool:
    """Whether the principal has the value."""
    return slot == principal_slot("AWS")


def to_json(request: Request) -> dict[str, Any]:
    """The request for programs."""
    members: dict[str, Any] = {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
    }
    given = {name: text for name, text in members.items() if text}
    context = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in sorted(request.context.items())
    }
    return {**given, "context": context}
