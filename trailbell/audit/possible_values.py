"""
What a value of a template can be once it is deployed, as far as the templates say.

In:    a value with intrinsic functions, and the templates that stand beside each other.
Out:   every text it can be. What only deployment knows stands in it as a token.
Never: a guess. A token says what is not known, and whoever compares decides what that means.

Tokens: ``${0#Topic}`` a resource of the first template; ``${AWS::Region}`` a pseudo parameter;
``${=LogGroupName}`` a parameter without default; ``${^Name}`` an export that no template has;
``${!Name}`` an export of which the templates do not tell which one it is, or that it is missing;
``${?Fn::Select 9f3c}`` a function whose result cannot be told, and a digest of its argument.
"""

import itertools
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trailbell.audit.cross_stack import (
    Export,
    Exports,
    Import,
    ResolvedImport,
    import_names,
    is_known,
    readable,
)

Document = Mapping[str, Any]

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_ASSUMED = re.compile(r"\$\{([=^?])[^}]*\}")
_TO_PEOPLE = {
    "=": "the parameter {} is given at deployment",
    "^": "the export {} is made by another stack",
    "?": "{} yields it",
}
_DEPTH = 16


@dataclass(frozen=True)
class Template:
    """A document, and how people call it: the path they gave."""

    name: str
    document: Document

    def section(self, name: str) -> Mapping[str, Any]:
        """A section of the document, empty where it is not usable."""
        found = self.document.get(name)
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Templates:
    """Templates that are deployed beside each other: one's exports are another's imports."""

    all: tuple[Template, ...]

    def texts(self, value: Any, at: int) -> frozenset[str]:
        """Every text that a value of the template at that index can be."""
        return frozenset(self._texts(value, at, {}, _DEPTH))

    def listed(self, value: Any, at: int) -> tuple[frozenset[str], ...]:
        """The texts of each entry of a list, in all its branches; of a list parameter too."""
        return tuple(self.texts(entry, at) for entry in self.entries(value, at))

    def entries(self, value: Any, at: int) -> tuple[Any, ...]:
        """The entries of a list, in all its branches; of a list parameter too."""
        match value:
            case list():
                return tuple(found for entry in value for found in self.entries(entry, at))
            case {"Fn::If": [_, yes, no]}:
                return self.entries(yes, at) + self.entries(no, at)
            case {"Ref": str(name)} if self._default(name, at) is not None and _is_list(
                self.all[at].section("Parameters")[name]
            ):
                default = str(self._default(name, at))
                return tuple(part.strip() for part in default.split(","))
            case None | {"Ref": "AWS::NoValue"}:
                return ()
            case _:
                return (value,)

    def imports(self, value: Any, at: int) -> tuple[ResolvedImport, ...]:
        """What the imports in a value are, and those in what they are."""
        return tuple(self._imports(value, at, _DEPTH))

    def _imports(self, value: Any, at: int, depth: int) -> Iterator[ResolvedImport]:
        for name in import_names(value) if depth else ():
            for text in self._texts(name, at, {}, depth):
                found = self._exports.find(Import(text, at))
                yield found
                for export in found.exports:
                    yield from self._imports(export.value, export.at, depth - 1)

    @cached_property
    def _exports(self) -> Exports:
        return Exports(
            tuple(self._exported()),
            tuple(template.name for template in self.all),
            tuple(
                Import(text, at)
                for at, template in enumerate(self.all)
                for name in import_names(template.document)
                if is_known(name)
                for text in self.texts(name, at)
            ),
        )

    def _exported(self) -> Iterator[Export]:
        for at, template in enumerate(self.all):
            for logical_id, output in template.section("Outputs").items():
                match output:
                    # A name that takes an import would have to be known to be found.
                    case {"Export": {"Name": name}, "Value": value} if is_known(name):
                        when = f"the output {logical_id} ({template.name}) is made only if"
                        condition = output.get("Condition")
                        notes = (f"{when} {condition}",) if condition else ()
                        for text in self.texts(name, at):
                            yield Export(text, value, at, notes)

    def _default(self, parameter: str, at: int) -> Any:
        """The default of a parameter; None if there is none, or if it says 'not given'."""
        match self.all[at].section("Parameters").get(parameter):
            case {"Type": str(kind)} if kind.startswith("AWS::SSM::"):  # names what holds the value
                return None
            case {"Default": default} if default not in ("", []):
                return default
            case _:
                return None

    def _texts(self, value: Any, at: int, own: Mapping[str, Any], depth: int) -> Iterator[str]:
        if depth == 0:
            yield "${?Fn::ImportValue in a circle}"
            return
        match value:
            case {"Ref": "AWS::NoValue"} | None:
                return
            case bool():
                yield str(value).lower()
            case str() | int() | float():
                yield str(value)
            case {"Ref": str(name)}:
                yield from self._named(name, at)
            case {"Fn::GetAtt": [str(name), *_]}:
                yield f"${{{at}#{name}}}"
            case {"Fn::GetAtt": str(dotted)}:
                yield f"${{{at}#{dotted.split('.', 1)[0]}}}"
            case _:
                yield from self._computed(value, at, own, depth)

    def _computed(self, value: Any, at: int, own: Mapping[str, Any], depth: int) -> Iterator[str]:
        match value:
            case {"Fn::If": [_, yes, no]}:
                yield from self._texts(yes, at, own, depth - 1)
                yield from self._texts(no, at, own, depth - 1)
            case {"Fn::Sub": str(text)}:
                yield from self._substituted(text, at, own, depth)
            case {"Fn::Sub": [str(text), dict(variables)]}:
                yield from self._substituted(text, at, variables, depth)
            case {"Fn::Join": [str(between), list(parts)]}:
                choices = [list(self._texts(part, at, own, depth - 1)) for part in parts]
                yield from (between.join(chosen) for chosen in itertools.product(*choices))
            case {"Fn::ImportValue": name}:
                yield from self._imported(name, at, depth)
            case _:
                digest = zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode())
                what = next(iter(value), "?") if isinstance(value, dict) else "a list"
                yield f"${{?{what} {digest:x}}}"

    def _named(self, name: str, at: int) -> Iterator[str]:
        template = self.all[at]
        default = self._default(name, at)
        if name == "AWS::StackName":  # two stacks never have one name
            yield f"${{AWS::StackName of {template.name}}}"
        elif name.startswith("AWS::"):
            yield f"${{{name}}}"
        elif default is not None:
            yield str(default)
        elif name in template.section("Parameters"):
            yield f"${{={name}}}"
        else:
            yield f"${{{at}#{name}}}"

    def _substituted(
        self, text: str, at: int, variables: Mapping[str, Any], depth: int
    ) -> Iterator[str]:
        """``Fn::Sub``: ``${Name}``, ``${Resource.Attribute}``, and ``${!Literal}`` as it is."""
        pieces: list[list[str]] = []
        end = 0
        for found in _VARIABLE.finditer(text):
            pieces.append([text[end : found.start()]])
            end = found.end()
            literal, name = found.groups()
            if literal:
                pieces.append([f"${{{name}}}"])
            elif name in variables:
                pieces.append(list(self._texts(variables[name], at, {}, depth - 1)))
            else:
                pieces.append(list(self._named(name.split(".", 1)[0], at)))
        pieces.append([text[end:]])
        yield from ("".join(chosen) for chosen in itertools.product(*pieces))

    def _imported(self, name: Any, at: int, depth: int) -> Iterator[str]:
        for text in self._texts(name, at, {}, depth):
            found = self._exports.find(Import(text, at))
            for export in found.exports:
                yield from self._texts(export.value, export.at, {}, depth - 1)
            if not found.exports:
                yield f"${{{'!' if found.unclear else '^'}{readable(text)}}}"


def _is_list(parameter: Mapping[str, Any]) -> bool:
    kind = str(parameter.get("Type"))
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def assumption(text: str) -> str | None:
    """Why a text that is one token alone may be anything; None if it is not such a text."""
    found = _ASSUMED.fullmatch(text)
    return found and _TO_PEOPLE[found[1]].format(readable(text))


def shown(texts: Iterable[str]) -> str:
    """Texts as people read them: tokens as the names in them."""
    return " or ".join(dict.fromkeys(map(readable, sorted(texts)))) or "nothing"
