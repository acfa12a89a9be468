"""
A template as text, byte for byte the same every time.

In:    the document of a template, in long form, as plain dicts, lists and scalars.
Out:   JSON, and YAML with short-form intrinsics: the same template twice.
Never: a meaning of its own. What one says the other says; `document` reads YAML back.
"""

import json
import math
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any, ClassVar, NamedTuple

import yaml

from trailbell import loop, reading
from trailbell.errors import Unreadable
from trailbell.limits import BODY_BYTES, OBJECT_BYTES

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


def ordered(document: Document) -> Document:
    """The same template with sections, and what is in them, in the conventional order.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
    """
    whole: Document = _first(document, _SECTIONS)
    for section, names in (
        ("Parameters", _PARAMETER),
        ("Resources", _RESOURCE),
        ("Outputs", _OUTPUT),
    ):
        if section in whole:
            whole[section] = loop.mapped(whole[section], partial(_first, names=names))
    return whole


def _first(entry: Any, names: tuple[str, ...]) -> Any:
    """An entry with these members first; what is no mapping, as a macro may take, stays."""
    if not isinstance(entry, dict):
        return entry
    return {name: entry[name] for name in names if name in entry} | entry


def as_json(document: Document) -> str:
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
    members: list[tuple[str, "_Flat"]] = []  # noqa: RUF012 - a tuple's default, never changed


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


def _joined(ends: str, members: list[tuple[str, _Flat]]) -> str:
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


def as_yaml(document: Document) -> str:
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


# Not supported, says AWS; what merely looks like a timestamp is text, as IAM needs it to be.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
_YAML = "tag:yaml.org,2002:"
_UNSUPPORTED = frozenset(_YAML + name for name in ("binary", "omap", "pairs", "set", "timestamp"))
# PyYAML resolves a plain ``=`` too, and then cannot construct it; AWS's parser has it as text.
_TEXT = frozenset((_YAML + "timestamp", _YAML + "value"))


def _construct(loader: Any, suffix: str, node: yaml.Node) -> Document:
    match node:
        case yaml.ScalarNode():
            argument = loader.construct_scalar(node)
        case yaml.SequenceNode():
            argument = loader.construct_sequence(node, deep=True)
        case _:
            argument = loader.construct_mapping(node, deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: argument}
    if suffix == "GetAtt" and isinstance(argument, str):
        argument = argument.split(".", 1)
    return {f"Fn::{suffix}": argument}


class _Reading:
    """YAML 1.1 as CloudFormation reads it, on top of either parser of PyYAML.

    Whatever is 1.1 stays 1.1, as in cfn-lint's decoder: ``0123`` is octal, ``1:30`` is ninety,
    ``on`` is true. That CloudFormation reads account ids so is reported in
    https://github.com/aws-cloudformation/cfn-language-discussion/issues/31. ``0189`` is text here
    and in cfn-lint, as 1.1 has it; CloudFormation was seen to make a number of it. Of two equal
    keys the last wins, as in JSON: AWS takes such templates, with undefined behavior.
    """

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TEXT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors: ClassVar = yaml.SafeLoader.yaml_constructors | {
        f"{_YAML}merge": yaml.SafeLoader.construct_yaml_str  # as a value, ``<<`` is text
    }
    yaml_multi_constructors: ClassVar = yaml.SafeLoader.yaml_multi_constructors | {"!": _construct}

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """What looks like a number and is none, or none that JSON can hold, has a line."""
        mark = node.start_mark
        try:
            value = super().construct_object(node, deep)  # type: ignore[misc]
            if isinstance(value, int):
                str(value)  # Python writes 4,300 digits at most
        except (ValueError, LookupError, AttributeError) as error:  # whatever PyYAML stumbles on
            raise yaml.constructor.ConstructorError(problem_mark=mark) from error
        except OverflowError:
            value = math.inf
        if isinstance(value, float) and not math.isfinite(value):
            raise Unreadable(f"a number at line {mark.line + 1}, which JSON cannot hold")
        return value

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """A mapping whose keys are text: ``111122223333: x`` and ``on: x`` mean what they say."""
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.tag == f"{_YAML}merge":
                line = key.start_mark.line + 1
                raise Unreadable(f"a YAML merge (<<) at line {line}, which CloudFormation refuses")
            if isinstance(key, yaml.ScalarNode) and key.tag.startswith(_YAML):
                key.tag = f"{_YAML}str"
        return super().construct_mapping(node, deep)  # type: ignore[misc]

    # The two places in which PyYAML's scanner in Python goes one level down. It has no limit, and
    # takes time in the square of the depth.

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        super().fetch_flow_collection_start(token)  # type: ignore[misc]
        self._limit()

    def add_indent(self, column: int) -> bool:
        deeper: bool = super().add_indent(column)  # type: ignore[misc]
        self._limit()
        return deeper

    def _limit(self) -> None:
        if self.flow_level + len(self.indents) > reading.DEEPEST:  # type: ignore[attr-defined]
            raise Unreadable(reading.TOO_DEEP)


class _InPython(_Reading, yaml.SafeLoader):
    pass


class _Loader(_Reading, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    pass


def document(text: str) -> Any:
    """The document that YAML text holds, in long form: what `as_yaml` was given.

    Whatever the text, it is what JSON can hold, with text as keys. Raises `Unreadable`.
    """
    return _document(text, _Loader)


def _document(text: str, loader: Any) -> Any:
    try:
        _check(text, loader)
        return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader and our own tags
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(f"not YAML at line {mark.line + 1}" if mark else "not YAML") from error
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        place = error.position if isinstance(error, yaml.reader.ReaderError) else error.start
        line = text.count("\n", 0, place) + 1
        raise Unreadable(f"not YAML at line {line}: a character that is not allowed") from error


def _check(text: str, loader: Any) -> None:
    """Refuse what must not be built: the parser in C crashes on deep nesting, and aliases make
    endless documents out of short ones. Parsing alone does neither.
    """
    try:
        _check_events(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError:
        # The parser in C may stop at a depth of its own (PyYAML 6.0.4 does) before any event told
        # of ours. The scanner in Python says whether it was the depth.
        with suppress(yaml.YAMLError):
            for _ in yaml.scan(text, Loader=_InPython):
                pass
        raise


def _check_events(events: Iterable[yaml.Event]) -> None:
    depth = documents = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        tag = getattr(event, "tag", None)
        if tag in _UNSUPPORTED:
            name = tag.removeprefix(_YAML)
            raise Unreadable(f"a YAML tag !!{name} at line {line}, which CloudFormation refuses")
        match event:
            case yaml.CollectionStartEvent():
                depth += 1
                if depth > reading.DEEPEST:
                    raise Unreadable(reading.TOO_DEEP)
            case yaml.CollectionEndEvent():
                depth -= 1
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise Unreadable(f"a second YAML document at line {line}")
            case yaml.AliasEvent():
                # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
                raise Unreadable(f"a YAML alias at line {line}, which CloudFormation refuses")


def json_or_yaml(text: str) -> Any:
    """The document in a text of either format. Raises `Unreadable`."""
    found = _json_or_yaml(text.removeprefix("\ufeff"))
    try:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise Unreadable("half of a character (a surrogate alone)") from error
    except ValueError as error:  # Python's reader takes NaN, and 1e999 for infinity
        raise Unreadable("a number which JSON cannot hold") from error
    return found


def _json_or_yaml(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return document(text)
    try:
        return reading.as_json(text)
    except Unreadable as fault:
        if fault.reason == reading.TOO_DEEP:
            raise
        with suppress(Unreadable):  # what begins like JSON may be YAML
            return document(text)
        raise
