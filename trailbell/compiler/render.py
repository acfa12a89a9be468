"""
Write a template as text, reproducible byte for byte.

In:    a template in long form: dicts, lists and scalars.
Out:   JSON, and YAML with short forms of intrinsic functions.
Never: a difference between them. Both have the same content.
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
_RULE = ("RuleCondition", "Assertions")
_PARAMETER = ("Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength")
_OUTPUT = ("Condition", "Description", "Value", "Export")


def in_template_order(document: Document) -> Document:
    """The template with its sections, and the members of their entries, in the usual order.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
    """
    template: Document = _keys_first(document, _SECTIONS)
    for section, names in (
        ("Parameters", _PARAMETER),
        ("Rules", _RULE),
        ("Resources", _RESOURCE),
        ("Outputs", _OUTPUT),
    ):
        if section in template:
            template[section] = loops.map_entries(
                template[section], partial(_keys_first, names=names)
            )
    return template


def _keys_first(entry: Any, names: tuple[str, ...]) -> Any:
    """An entry with these members first. Macros may take an entry that is not a mapping."""
    if not isinstance(entry, dict):
        return entry
    return {name: entry[name] for name in names if name in entry} | entry


def to_json(document: Document) -> str:
    """The template as JSON, with one line for each value that fits on a line.

    Fully indented, a stack with thirty alarms would exceed the 51,200 bytes that CloudFormation
    accepts without a bucket. This format is a third smaller and easier to read. White space is left
    out if the template exceeds a limit of CloudFormation only because of it. Raises `ValueError` or
    `TypeError` for values that JSON does not have: NaN, sets, dates.
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
    """A value on one line, or empty text if it does not fit on one; and its members."""

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
    """The members on one line in brackets, or empty text if they do not fit on one."""
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
    """The template as YAML, with short forms such as ``!Ref``, block strings, and no anchors.

    A list of scalars that fits on a line is on one: ``!If [HasTopic, !Ref Topic, none]``. The same
    holds for a mapping with one entry among the properties of a resource: ``Arn: {Ref: Topic}``,
    and for any mapping if the template exceeds what CloudFormation accepts without a bucket only
    because of its indentation.

    PyYAML is not used, because its two emitters (in C and in Python) quote differently, so the
    output would depend on the installation.
    """
    text = _yaml(document, dense=False)
    if len(text.encode()) > BODY_BYTES:
        dense = to_dense_yaml(document)
        if len(dense.encode()) <= BODY_BYTES:
            return dense
    return text


def to_dense_yaml(document: Document) -> str:
    """The template as YAML, with each list and mapping that fits on a long line on one line."""
    return _yaml(document, dense=True)


def _yaml(document: Document, *, dense: bool) -> str:
    lines: list[str] = []
    if _opens_below(document):
        _put(document, "", lines, dense=dense)
    else:
        _put_at("", document, "  ", lines, dense=dense)
    return "\n".join(lines) + "\n"


# Functions with a short form. ``Fn::ForEach::...`` and functions of Rules have none.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
_SHORT = frozenset(
    f"Fn::{name}"
    for name in (
        *("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue"),
        *("Join", "Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform"),
    )
)


def _tagged(value: Any) -> tuple[str, Any] | None:
    """The tag and argument of a function with a short form that reads back as the same value."""
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
            # A value cannot have two tags, and a tag turns any scalar into text.
            if name in _SHORT and isinstance(argument, str | list | dict) and not _tagged(argument):
                return "!" + name.removeprefix("Fn::"), argument
    return None


def _opens_below(value: Any) -> bool:
    """Whether a value begins on the line below its key."""
    return isinstance(value, dict | list) and bool(value) and not _tagged(value)


def _put(value: Any, margin: str, lines: list[str], *, dense: bool) -> str:
    """Add the lines below a key, indented; return the text on the line of the key."""
    match value:
        case dict() if value:
            for name, member in value.items():
                _, argument = _tagged(member) or ("", member)
                below = margin if isinstance(argument, list) else margin + "  "
                _put_at(f"{margin}{_text(name)}:", member, below, lines, dense=dense)
            return ""
        case list() if value:
            for item in value:
                _put_item(item, margin, lines, dense=dense)
            return ""
        case str() if _is_block(value):
            chomping = "-" if value[-1] != "\n" else "+" if value[-2:] == "\n\n" else ""
            block = value.removesuffix("\n").split("\n")
            lines += [margin + line if line else "" for line in block]
            return "|" + chomping
        case _:
            return _scalar_text(value)


def _put_at(before: str, value: Any, margin: str, lines: list[str], *, dense: bool) -> None:
    """Add a line with a key or dash, a tag and the start of the value, and the lines below it."""
    tag, argument = _tagged(value) or ("", value)
    folds = isinstance(argument, list) or _is_nested(before, value, dense=dense)
    text = _in_flow(value, dense=dense) if folds else None
    if text is not None and len(before) + 1 + len(text) <= (_DENSE_WIDTH if dense else _YAML_WIDTH):
        lines.append(f"{before} {text}" if before else text)
        return
    line = len(lines)
    lines.append("")
    head = _put(argument, margin, lines, dense=dense)
    lines[line] = " ".join(part for part in (before, tag, head) if part)


def _is_nested(before: str, value: Any, *, dense: bool) -> bool:
    """Whether a value is a mapping with one entry, inside of a resource; or any, if ``dense``.

    Event patterns nest them so deeply that a line for each would fill the template with spaces.
    """
    tag, argument = _tagged(value) or ("", value)
    single = isinstance(argument, dict) and len(argument) == 1 and not tag
    return (single and before.startswith(" " * 6)) or (dense and isinstance(argument, dict))


def _put_item(value: Any, margin: str, lines: list[str], *, dense: bool) -> None:
    """Add an entry of a list; a mapping or list begins on the line of the dash."""
    line, inside = len(lines), margin + "  "
    if _opens_below(value) and not (dense and isinstance(value, dict) and _fits(value, inside)):
        _put(value, inside, lines, dense=dense)
        lines[line] = f"{margin}- {lines[line][len(inside) :]}"
    else:
        _put_at(f"{margin}-", value, inside, lines, dense=dense)


def _fits(value: Any, before: str) -> bool:
    """Whether a value fits on one line with what is before it."""
    text = _in_flow(value, dense=True)
    return text is not None and len(before) + len(text) <= _DENSE_WIDTH


def _in_flow(value: Any, *, dense: bool) -> str | None:
    """A value on one line; None if that is not possible.

    A mapping of several entries is on one line only if ``dense``.
    """
    tag, argument = _tagged(value) or ("", value)
    match argument:
        case list():
            items = [_in_flow(item, dense=dense) for item in argument]
            text = None if None in items else f"[{', '.join(map(str, items))}]"
        case dict() if len(argument) == 1 or (argument and dense):
            entries = [
                (_flow_text(name), _in_flow(argument[name], dense=dense)) for name in argument
            ]
            absent = any(member is None for _, member in entries)
            text = None if absent else f"{{{', '.join(f'{n}: {m}' for n, m in entries)}}}"
        case dict() if argument:
            text = None
        case str() if _is_block(argument):
            text = None
        case str():
            text = _flow_text(argument)
        case _:
            text = _scalar_text(argument)
    return f"{tag} {text}" if tag and text is not None else text


def _flow_text(text: str) -> str:
    """Text on one line, in quotes if it could not be an entry of a list or mapping on one line."""
    plain = _text(text)
    return _quoted(text) if plain == text and _ENDS_IN_FLOW.search(text) else plain


def _scalar_text(value: Any) -> str:
    """A value without members on one line."""
    match value:
        case str():
            return _text(value)
        case float():  # YAML 1.1 requires a point: 1e+16 is text
            digits, exponent, power = repr(value).partition("e")
            return digits + ("" if "." in digits else ".0") + exponent + power
        case _:
            return json.dumps(value)


_YAML_WIDTH = 125
_DENSE_WIDTH = 500
# Text without quotes cannot contain these in a list on one line; PyYAML's own parser ends at a "?",
# too.
_ENDS_IN_FLOW = re.compile(r"[,?\[\]{}]")
# Characters that must be escaped: https://yaml.org/spec/1.1/#c-printable
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# Text that a parser of YAML 1.1 or 1.2 may read as a number, a date, a boolean or null.
_MISREAD = re.compile(
    r"[-+]?\.?[0-9][-+.:_0-9a-foxtz ]*|[-+]?\.(inf|nan)|true|false|yes|no|on|off|y|n|null|~|=|<<",
    re.IGNORECASE,
)
# Text without quotes: no indicator first, no space last, no start of a value or a comment.
_PLAIN = re.compile(r"(?![-?:,\[\]{}#&*!|>'\"%@`. ])(?!.*(: |:$| #| $)).+")


def _is_block(text: str) -> bool:
    """Whether text has several lines that a block can contain unchanged."""
    first, *rest = text.split("\n")
    return bool(
        rest
        and first[:1].strip()
        and not any(line.endswith((" ", "\t")) for line in (first, *rest))
        and not _UNSAFE.search(text.translate(_INSIDE_BLOCK))
    )


_INSIDE_BLOCK = {ord("\n"): None, ord("\t"): None}


def _escape(character: re.Match[str]) -> str:
    return {"\n": "\\n", "\t": "\\t"}.get(character[0], f"\\u{ord(character[0]):04x}")


@lru_cache(maxsize=16_384)  # names of properties and types occur in every template
def _text(text: str) -> str:
    """Text on one line, in quotes if a parser might read it as another value."""
    if _UNSAFE.search(text):
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + _UNSAFE.sub(_escape, quoted) + '"'
    if _PLAIN.fullmatch(text) and not _MISREAD.fullmatch(text):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
