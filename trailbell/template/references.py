"""
Reading a template: what refers to what.

In:    a template's document, in long form.
Out:   resources, the names that a value refers to, the texts that a plan shows.
Never: a judgement, or a value that only a deployment knows.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
Path = tuple[str | int, ...]

_IN_SUB = re.compile(r"\$\{([^!}][^}]*)\}")


def section(document: Document, name: str) -> Mapping[str, Any]:
    """A section of a template; empty if there is none."""
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def resources(document: Document) -> Mapping[str, Mapping[str, Any]]:
    """Resources by logical id, without those that a macro makes."""
    return {
        logical_id: resource
        for logical_id, resource in section(document, "Resources").items()
        if isinstance(resource, Mapping) and not logical_id.startswith("Fn::")
    }


def macro_input(document: Document) -> Mapping[str, Any]:
    """What only a macro makes resources of: sections that macros read, ``Fn::ForEach`` and
    ``Fn::Transform`` among the resources.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html
    """
    found = {name: document[name] for name in ("Transform", "Globals") if name in document}
    among = section(document, "Resources")
    return found | {name: value for name, value in among.items() if name.startswith("Fn::")}


def type_of(resource: Mapping[str, Any]) -> str:
    """The type of a resource; empty if the template says none."""
    kind = resource.get("Type")
    return kind if isinstance(kind, str) else ""


def normalize_get_att(value: Any) -> Any:
    """The same template with one form for what CloudFormation takes in two: ``Fn::GetAtt``."""
    match value:
        case {"Fn::GetAtt": str(format_path)} if len(value) == 1:
            return {"Fn::GetAtt": format_path.split(".", 1)}
        case dict():
            return {name: normalize_get_att(member) for name, member in value.items()}
        case list():
            return [normalize_get_att(member) for member in value]
        case _:
            return value


def properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of a resource."""
    return section(resource, "Properties")


def references(value: Any) -> Iterator[str]:
    """The names that a value refers to by Ref, Fn::GetAtt and Fn::Sub, once for each place."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(format_path)}:
            yield format_path.split(".", 1)[0]
        case {"Fn::Sub": str(text)}:
            yield from _in_sub(text, frozenset())
        case {"Fn::Sub": [str(text), dict(own)]}:
            yield from _in_sub(text, frozenset(own))
            yield from references(own)
        case dict():
            for member in value.values():
                yield from references(member)
        case list():
            for member in value:
                yield from references(member)


def _in_sub(text: str, own: frozenset[str]) -> Iterator[str]:
    for name in _IN_SUB.findall(text):
        if name not in own:
            yield name.split(".", 1)[0]


def conditions(value: Any) -> Iterator[str]:
    """The conditions that a value depends on by Fn::If."""
    match value:
        case {"Fn::If": [str(name), *branches]}:
            yield name
            yield from conditions(branches)
        case {"Condition": str(name)}:
            yield name
        case dict():
            for member in value.values():
                yield from conditions(member)
        case list():
            for member in value:
                yield from conditions(member)


def mappings(value: Any) -> Iterator[str]:
    """The mappings that a value looks up by Fn::FindInMap."""
    match value:
        case {"Fn::FindInMap": [str(name), *_]}:
            yield name
        case dict():
            for member in value.values():
                yield from mappings(member)
        case list():
            for member in value:
                yield from mappings(member)


def is_intrinsic(value: Any) -> bool:
    """Whether a value is a function of CloudFormation, so that its text is not its value."""
    match value:
        case dict() if len(value) == 1:
            (name,) = value
            return name == "Ref" or str(name).startswith("Fn::")
        case _:
            return False


def to_text(value: Any) -> str:
    """A value as a plan shows it: texts as they are, everything else as JSON on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def format_path(path: Path) -> str:
    """``("Rules", 0, "Id")`` as ``Rules[0].Id``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def value_at(value: Any, path: Path) -> Any:
    """What stands at a path; None if nothing does."""
    for part in path:
        match value:
            case dict() if part in value:
                value = value[part]
            case list() if isinstance(part, int) and part < len(value):
                value = value[part]
            case _:
                return None
    return value


def differing_paths(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """The innermost paths at which two values differ. Intrinsics count as one value.

    Lists of one length are compared entry by entry, others as a whole.
    """
    if before == after:
        return
    match before, after:
        case dict(), dict() if not is_intrinsic(before) and not is_intrinsic(after):
            for name in dict.fromkeys((*before, *after)):
                if name in before and name in after:
                    yield from differing_paths(before[name], after[name], (*path, name))
                else:
                    yield (*path, name)
        case list(), list() if len(before) == len(after):
            for index, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from differing_paths(old, new, (*path, index))
        case _:
            yield path


def secret_parameters(document: Document) -> frozenset[str]:
    """The parameters whose values are never shown."""
    return frozenset(
        name
        for name, parameter in section(document, "Parameters").items()
        if isinstance(parameter, Mapping) and str(parameter.get("NoEcho", "")).lower() == "true"
    )
