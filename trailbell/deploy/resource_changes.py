"""
Read the changes of resources in a change set.

In:    ResourceChange structures of the API.
Out:   `ResourceChange`s of a plan, and notices on what cannot be judged.
Never: a change omitted because its action is unusual, or an error for a value of a newer API: it
       counts as the most dangerous one that is known.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from trailbell.diff.model import (
    REDACTED,
    ChangeAction,
    Notice,
    NoticeLevel,
    PolicyAction,
    PropertyChange,
    Replacement,
    ResourceChange,
)
from trailbell.dist.built_templates import BuiltTemplate

E = TypeVar("E", bound=StrEnum)

_RECREATION = {
    "Always": Replacement.YES,
    "Conditionally": Replacement.MAYBE,
    "Never": Replacement.NO,
}


def resource_change(data: Mapping[str, Any], source: BuiltTemplate) -> ResourceChange:
    """Convert a ResourceChange structure of the API.

    A value that this version does not know counts as the most dangerous one; `unknown_values` names
    it.
    """
    replacement = _known(Replacement, data.get("Replacement") or "False", Replacement.YES)
    policy = data.get("PolicyAction")
    return ResourceChange(
        logical_id=data["LogicalResourceId"],
        type=data.get("ResourceType", ""),
        action=_known(ChangeAction, data.get("Action", ""), ChangeAction.REMOVE),
        replacement=replacement,
        policy=_known(PolicyAction, policy, PolicyAction.DELETE) if policy else None,
        properties=tuple(_property_changes(data)),
        physical_id=data.get("PhysicalResourceId", ""),
        drift=data.get("ResourceDriftStatus", ""),
        source_location=source.source_lines.get(data["LogicalResourceId"]),
    )


def _known(enumeration: type[E], value: str, otherwise: E) -> E:
    return enumeration(value) if value in list(enumeration) else otherwise


def unknown_values(data: Mapping[str, Any]) -> Iterator[Notice]:
    """Name what cannot be judged about a change: unknown values, and what is known only later."""
    logical_id = data["LogicalResourceId"]
    members: tuple[tuple[str, str, type[StrEnum], StrEnum], ...] = (
        ("Action", data.get("Action", ""), ChangeAction, ChangeAction.REMOVE),
        ("Replacement", data.get("Replacement") or "False", Replacement, Replacement.YES),
        ("PolicyAction", data.get("PolicyAction") or "Delete", PolicyAction, PolicyAction.DELETE),
    )
    for member, value, enumeration, read_as in members:
        if value not in list(enumeration):
            yield unknown(
                logical_id,
                f'{member} is "{value}", which this version does not know. It is read as '
                f'"{read_as}".',
            )
    recreations = {
        detail.get("Target", {}).get("RequiresRecreation") or "Never"
        for detail in data.get("Details", ())
    }
    for value in sorted(recreations - set(_RECREATION)):
        yield unknown(
            logical_id,
            f'RequiresRecreation is "{value}", which this version does not know. It is read as '
            '"Always".',
        )
    if data.get("Action") == ChangeAction.DYNAMIC:
        yield unknown(logical_id, "What happens to the resource is known only after apply.")
    ignored = data.get("ResourceDriftIgnoredAttributes") or ()
    paths = ", ".join(entry.get("Path", "") for entry in ignored)
    if paths:
        yield Notice(
            level=NoticeLevel.WARNING, logical_id=logical_id, text=f"drift is ignored in: {paths}"
        )


def unknown(logical_id: str, text: str) -> Notice:
    return Notice(level=NoticeLevel.UNKNOWN, logical_id=logical_id, text=text)


def _property_changes(data: Mapping[str, Any]) -> Iterator[PropertyChange]:
    """Return one change for each path: the API can list a path twice, static and dynamic."""
    by_path: dict[str, PropertyChange] = {}
    for detail in data.get("Details", ()):
        target = detail.get("Target", {})
        path = _path(target)
        change = PropertyChange(
            path=path,
            before=target.get("BeforeValue"),
            after=target.get("AfterValue"),
            replacement=_RECREATION.get(
                target.get("RequiresRecreation") or "Never", Replacement.YES
            ),
            cause=_cause(detail),
            drifted=(target.get("Drift") or {}).get("ActualValue"),
            before_from=target.get("BeforeValueFrom") or "",
        )
        if path not in by_path or _precedence(change) > _precedence(by_path[path]):
            by_path[path] = change
    yield from by_path.values()


def _precedence(change: PropertyChange) -> tuple[int, bool]:
    order = (Replacement.NO, Replacement.MAYBE, Replacement.YES)
    return order.index(change.replacement), change.after is not None


def _path(target: Mapping[str, Any]) -> str:
    """Return ``/Properties/Rules/0/Id`` as ``Rules.0.Id``; else the property or attribute name."""
    path = str(target.get("Path") or "")
    if path.startswith("/Properties/"):
        return path.removeprefix("/Properties/").replace("/", ".")
    if path:
        return path.strip("/").replace("/", ".")
    return str(target.get("Name") or target.get("Attribute") or "")


def _cause(detail: Mapping[str, Any]) -> str:
    entity = detail.get("CausingEntity", "")
    match detail.get("ChangeSource"):
        case "ResourceReference":
            return f"{entity} changes" if entity else "a resource that it refers to changes"
        case "ResourceAttribute":
            return f"{entity} may change" if entity else "an attribute may change"
        case "ParameterReference":
            return f"parameter {entity}" if entity else "a parameter"
        case "Automatic":
            return "nested stacks are always evaluated"
        case "NoModification":
            return "drift is reverted"
        case _:
            return ""


def redacted(change: ResourceChange, secrets: frozenset[str]) -> ResourceChange:
    """Remove secrets from a change. CloudFormation redacts them too; this is a safeguard."""
    if not secrets:
        return change

    def redact(text: str | None) -> str | None:
        for secret in secrets:
            text = text.replace(secret, REDACTED) if text is not None else None
        return text

    return replace(
        change,
        properties=tuple(
            replace(
                property_,
                before=redact(property_.before),
                after=redact(property_.after),
                drifted=redact(property_.drifted),
            )
            for property_ in change.properties
        ),
    )
