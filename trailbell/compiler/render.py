"""
A template as text, byte for byte the same every time.

In:    the document of a template, in long form, as plain dicts, lists and scalars.
Out:   JSON, and YAML with short-form intrinsics: the same template twice.
Never: a meaning of its own. What one says the other says.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from trailbell.template import loops
from trailbell.template.limits import BODY_BYTES, OBJECT_BYTES

Document = dict[str, Any]

_SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Globals",
    "Resources",
    "Outputs",
)
_RESOURCE = (
    "Type",
    "Metadata",
    "Condition",
    "DependsOn",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Properties",
)
_PARAMETER = ("Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength")
_OUTPUT = ("Condition", "Description", "Value", "Export")


def in_template_order(document: Document) -> Document:
    """The same template with sections, and what is in them, in the conventional order.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
    """
    whole: Document = _keys_first(document, _SECTIONS)
    for section, names in (
        ("Parameters", _PARAMETER),
        ("Resources", _RESOURCE),
        ("Outputs", _OUTPUT),
    ):
        if section in whole:
            whole[section] = loops.map_entries(whole[section], partial(_keys_first, names=names))
    return whole


def _keys_first(entry: Any, names: tuple[str, ...]) -> Any:
    """An entry with these members first; what is no mapping, as a macro may take, stays."""
    if not isinstance(entry, dict):
        return entry
    return {name: entry[name] for name in names if name in entry} | entry


def to_json(document: Document) -> str:
    """The document as JSON in which what fits on a line stands on one.

    Fully indented, a stack with thirty alarms would pass the 51,200 bytes that CloudFormation
    takes without a bucket; this is a third smaller and reads better. Where it passes a limit of
    CloudFormation and would not without blanks, it has none. Raises `ValueError` or `TypeError`
    for what JSON has no word for: NaN, sets, dates.
    """
    text = _lines(_flat(document), "") + "\n"
    size = len(text.encode())
    if size > BODY_BYTES:
        dense = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
        least = len(dense.encode())
        if any(least <= limit < size for limit in (BODY_BYTES, OBJECT_BYTES)):
            return dense
    return text


_LINE = 100


class _Flat(NamedTuple):
    """A value on one line, '' where that is longer than a line may be, and what is in it."""

    text: str
    ends: str = ""
    members: Sequence[tuple[str, "_Flat"]] = ()


def _flat(value: Any) -> _Flat:
    match value:
        case dict():
            inside = [(f"{_scalar(name)}: ", _flat(member)) for name, member in value.items()]
            return _Flat(_joined("{}", inside), "{}", inside)
        case list():
            inside = [("", _flat(member)) for member in value]
            return _Flat(_joined("[]", inside), "[]", inside)
        case _:
            return _Flat(_scalar(value))


_scalar = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _joined(ends: str, members: Sequence[tuple[str, _Flat]]) -> str:
    """The members on one line between the brackets, '' where they do not fit on one."""
    if not all(member.text for _, member in members):
        return ""
    text = ", ".join([name + member.text for name, member in members])
    return f"{ends[0]}{text}{ends[1]}" if len(text) < _LINE else ""


def _lines(value: _Flat, margin: str) -> str:
    if not value.ends or (value.text and len(margin) + len(value.text) <= _LINE):
        return value.text
    inside = margin + " "
    members = [name + _lines(member, inside) for name, member in value.members]
    first, last = value.ends[0], value.ends[1]
    return f"{first}\n{inside}" + f",\n{inside}".join(members) + f"\n{margin}{last}"


def to_yaml(document: Document) -> str:
    """The document as YAML: ``!Ref`` and its kind, block strings, no anchors.

    Written here and not by PyYAML, whose two writers (in C and in Python) quote differently: the
    bytes would depend on how it was installed.
    """
    lines: list[str] = []
    if _opens_below(document):
        _put(document, "", lines)
    else:
        _put_at(0, "", document, "  ", lines)
    return "\n".join(lines) + "\n"


# Functions with a short form. ``Fn::ForEach::...`` and those of Rules are known in long form only.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
_SHORT = frozenset(
    f"Fn::{name}"
    for name in (
        *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue"),
        *("Join", "Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform"),
    )
)


def _tagged(value: Any) -> tuple[str, Any] | None:
    """Tag and argument of an intrinsic that has a short form; what would not read back has none."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    match value:
        case {"Ref": str(name)}:
            return "!Ref", name
        case {"Condition": str(name)}:
            return "!Condition", name
        case {"Fn::GetAtt": [str(resource), str(attribute)]}:
            dotted = "." not in resource
            return "!GetAtt", f"{resource}.{attribute}" if dotted else [resource, attribute]
        case {"Fn::GetAtt": str()}:
            return None
        case _:
            name, argument = next(iter(value.items()))
            # YAML has no place for two tags on one value, and a tag makes text of any scalar.
            if name in _SHORT and isinstance(argument, str | list | dict) and not _tagged(argument):
                return "!" + name.removeprefix("Fn::"), argument
    return None


def _opens_below(value: Any) -> bool:
    """Whether all of a value stands on lines of its own, and nothing of it beside its key."""
    return isinstance(value, dict | list) and bool(value) and not _tagged(value)


def _put(value: Any, margin: str, lines: list[str]) -> str:
    """Add the lines below a value's key, behind a margin; what stands beside the key comes back."""
    match value:
        case dict() if value:
            for name, member in value.items():
                _, argument = _tagged(member) or ("", member)
                below = margin if isinstance(argument, list) else margin + "  "
                _put_at(len(lines), f"{margin}{_text(name)}:", member, below, lines)
            return ""
        case list() if value:
            for item in value:
                _put_item(item, margin, lines)
            return ""
        case str() if _is_block(value):
            chomping = "-" if value[-1] != "\n" else "+" if value[-2:] == "\n\n" else ""
            block = value.removesuffix("\n").split("\n")
            lines += [margin + line if line else "" for line in block]
            return "|" + chomping
        case str():
            return _text(value)
        case float():  # YAML 1.1 wants a point: 1e+16 would be text
            digits, exponent, power = repr(value).partition("e")
            return digits + ("" if "." in digits else ".0") + exponent + power
        case _:
            return json.dumps(value)


def _put_at(line: int, before: str, value: Any, margin: str, lines: list[str]) -> None:
    """A line that starts with some text, with the value's tag and head, and the lines below it."""
    tag, argument = _tagged(value) or ("", value)
    lines.append("")
    head = _put(argument, margin, lines)
    lines[line] = " ".join(part for part in (before, tag, head) if part)


def _put_item(value: Any, margin: str, lines: list[str]) -> None:
    """An element of a list; a mapping or list in it begins on the line of the dash."""
    line, inside = len(lines), margin + "  "
    if _opens_below(value):
        _put(value, inside, lines)
        lines[line] = f"{margin}- {lines[line][len(inside) :]}"
    else:
        _put_at(line, f"{margin}-", value, inside, lines)


# What stands for itself in quotes only as an escape: https://yaml.org/spec/1.1/#c-printable
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# What some reader of YAML 1.1 or 1.2 takes for a number, a date, a truth or nothing.
_MISREAD = re.compile(
    r"[-+]?\.?[0-9][-+.:_0-9a-foxtz ]*|[-+]?\.(inf|nan)|true|false|yes|no|on|off|y|n|null|~|=|<<",
    re.IGNORECASE,
)
# Plain text: no indicator in front, no blank at an end, nothing that begins a value or a comment.
_PLAIN = re.compile(r"(?![-?:,\[\]{}#&*!|>'\"%@`. ])(?!.*(: |:$| #| $)).+")


def _is_block(text: str) -> bool:
    """Whether text is several lines that a block shows as they are."""
    first, *rest = text.split("\n")
    return bool(
        rest
        and first[:1].strip()
        and not any(line.endswith((" ", "\t")) for line in (first, *rest))
        and not _UNSAFE.search(text.translate(_INSIDE_BLOCK))
    )


_INSIDE_BLOCK = {ord("\n"): None, ord("\t"): None}


def _escape(found: re.Match[str]) -> str:
    return {"\n": "\\n", "\t": "\\t"}.get(found[0], f"\\u{ord(found[0]):04x}")


@lru_cache(maxsize=16_384)  # names of properties and types recur in every template
def _text(text: str) -> str:
    """Text on one line: plain where nobody can misread it, else in quotes."""
    if _UNSAFE.search(text):
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + _UNSAFE.sub(_escape, quoted) + '"'
    if _PLAIN.fullmatch(text) and not _MISREAD.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"
