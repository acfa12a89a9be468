"""
The values that a property of a template can have, as far as the templates determine them.

In:    a value with intrinsic functions, and the templates that are deployed together.
Out:   every text that it can be. A part that only the deployment determines is a token.
Never: a guess. A token says what is not known; the caller decides what that means.
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
    has_no_imports,
    import_names,
)
from trailbell.audit.tokens import STACK_NAME, TOKEN, Token, TokenKind, readable

Document = Mapping[str, Any]

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_WHY_UNKNOWN = {
    TokenKind.PARAMETER: "the parameter {} is set at deployment",
    TokenKind.EXTERNAL_EXPORT: "another stack exports {}",
    TokenKind.FUNCTION: "{} computes it",
}
_MAX_DEPTH = 16


@dataclass(frozen=True)
class Template:
    """A document, and its name: the path from the command line."""

    name: str
    document: Document

    def section(self, name: str) -> Mapping[str, Any]:
        """A section of the document; empty if it is missing or not an object."""
        section = self.document.get(name)
        return section if isinstance(section, dict) else {}


@dataclass(frozen=True)
class Templates:
    """
    Templates that are deployed together: one imports what another exports.

    All methods take a value and the index of its template.
    """

    all: tuple[Template, ...]

    def possible_texts(self, value: Any, index: int) -> frozenset[str]:
        """Every text that a value can be."""
        return frozenset(self._texts(value, index, {}, _MAX_DEPTH))

    def possible_entries(self, value: Any, index: int) -> tuple[frozenset[str], ...]:
        """Every text that each entry of a list can be, as `entries` finds them."""
        return tuple(self.possible_texts(entry, index) for entry in self.entries(value, index))

    def entries(self, value: Any, index: int) -> tuple[Any, ...]:
        """The entries of a list in all branches of its conditions, or of a list parameter."""
        match value:
            case list():
                return tuple(entry for part in value for entry in self.entries(part, index))
            case {"Fn::If": [_, yes, no]}:
                return self.entries(yes, index) + self.entries(no, index)
            case {"Ref": str(name)} if self._default(name, index) is not None and _is_list(
                self.all[index].section("Parameters")[name]
            ):
                default = str(self._default(name, index))
                return tuple(part.strip() for part in default.split(","))
            case None | {"Ref": "AWS::NoValue"}:
                return ()
            case _:
                return (value,)

    def resolved_imports(self, value: Any, index: int) -> tuple[ResolvedImport, ...]:
        """What the imports in a value refer to, and the imports in the exported values."""
        return tuple(self._resolve_imports(value, index, _MAX_DEPTH))

    def _resolve_imports(self, value: Any, index: int, depth: int) -> Iterator[ResolvedImport]:
        for name in import_names(value) if depth else ():
            for text in self._texts(name, index, {}, depth):
                resolved = self._exports.resolve(Import(text, index))
                yield resolved
                for export in resolved.exports:
                    yield from self._resolve_imports(export.value, export.template_index, depth - 1)

    @cached_property
    def _exports(self) -> Exports:
        return Exports(
            tuple(self._all_exports()),
            tuple(template.name for template in self.all),
            tuple(
                Import(text, index)
                for index, template in enumerate(self.all)
                for name in import_names(template.document)
                if has_no_imports(name)
                for text in self.possible_texts(name, index)
            ),
        )

    def _all_exports(self) -> Iterator[Export]:
        for index, template in enumerate(self.all):
            for logical_id, output in template.section("Outputs").items():
                match output:
                    # The exports must be known before a name with an import can be resolved.
                    case {"Export": {"Name": name}, "Value": value} if has_no_imports(name):
                        condition = output.get("Condition")
                        subject = f"The output {logical_id} ({template.name})"
                        assumptions = (
                            (f"{subject} exists only if the condition {condition} is true.",)
                            if condition
                            else ()
                        )
                        for text in self.possible_texts(name, index):
                            yield Export(text, value, index, assumptions)

    def _default(self, parameter: str, index: int) -> Any:
        """The default of a parameter; `None` if there is none, or if it is empty."""
        match self.all[index].section("Parameters").get(parameter):
            # The default is the name of a stored parameter, not the value.
            case {"Type": str(type_name)} if type_name.startswith("AWS::SSM::"):
                return None
            case {"Default": default} if default not in ("", []):
                return default
            case _:
                return None

    def _texts(
        self, value: Any, index: int, variables: Mapping[str, Any], depth: int
    ) -> Iterator[str]:
        """Every text that a value can be. ``variables`` are those of an enclosing ``Fn::Sub``."""
        if depth == 0:
            yield str(Token(TokenKind.FUNCTION, "Fn::ImportValue", "in a circle"))
            return
        match value:
            case {"Ref": "AWS::NoValue"} | None:
                return
            case bool():
                yield str(value).lower()
            case str() | int() | float():
                yield str(value)
            case {"Ref": str(name)}:
                yield self._reference(name, index)
            case {"Fn::GetAtt": [str(name), *_]}:
                yield resource_token(index, name)
            case {"Fn::GetAtt": str(dotted)}:
                yield resource_token(index, dotted.split(".", 1)[0])
            case _:
                yield from self._computed_texts(value, index, variables, depth)

    def _computed_texts(
        self, value: Any, index: int, variables: Mapping[str, Any], depth: int
    ) -> Iterator[str]:
        match value:
            case {"Fn::If": [_, yes, no]}:
                yield from self._texts(yes, index, variables, depth - 1)
                yield from self._texts(no, index, variables, depth - 1)
            case {"Fn::Sub": str(text)}:
                yield from self._substitute(text, index, variables, depth)
            case {"Fn::Sub": [str(text), dict(own_variables)]}:
                yield from self._substitute(text, index, own_variables, depth)
            case {"Fn::Join": [str(separator), list(parts)]}:
                choices = [list(self._texts(part, index, variables, depth - 1)) for part in parts]
                yield from (separator.join(texts) for texts in itertools.product(*choices))
            case {"Fn::ImportValue": name}:
                yield from self._imported_texts(name, index, depth)
            case _:
                digest = zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode())
                function = next(iter(value), "?") if isinstance(value, dict) else "a list"
                yield str(Token(TokenKind.FUNCTION, function, f"{digest:x}"))

    def _reference(self, name: str, index: int) -> str:
        """What ``Ref`` returns for a name."""
        template = self.all[index]
        default = self._default(name, index)
        if name == STACK_NAME:  # no two stacks have the same name
            return str(Token(TokenKind.STACK_NAME, STACK_NAME, template.name))
        if name.startswith("AWS::"):
            return str(Token(TokenKind.OTHER, name))
        if default is not None:
            return str(default)
        if name in template.section("Parameters"):
            return str(Token(TokenKind.PARAMETER, name))
        return resource_token(index, name)

    def _substitute(
        self, text: str, index: int, variables: Mapping[str, Any], depth: int
    ) -> Iterator[str]:
        pieces: list[list[str]] = []
        end = 0
        for variable in _VARIABLE.finditer(text):
            pieces.append([text[end : variable.start()]])
            end = variable.end()
            literal, name = variable.groups()
            if literal:
                pieces.append([str(Token(TokenKind.OTHER, name))])
            elif name in variables:
                pieces.append(list(self._texts(variables[name], index, {}, depth - 1)))
            else:
                pieces.append([self._reference(name.split(".", 1)[0], index)])
        pieces.append([text[end:]])
        yield from ("".join(texts) for texts in itertools.product(*pieces))

    def _imported_texts(self, name: Any, index: int, depth: int) -> Iterator[str]:
        for text in self._texts(name, index, {}, depth):
            resolved = self._exports.resolve(Import(text, index))
            for export in resolved.exports:
                yield from self._texts(export.value, export.template_index, {}, depth - 1)
            if not resolved.exports:
                is_unresolved = bool(resolved.unresolved)
                kind = TokenKind.UNRESOLVED_EXPORT if is_unresolved else TokenKind.EXTERNAL_EXPORT
                yield str(Token(kind, readable(text)))


def _is_list(parameter: Mapping[str, Any]) -> bool:
    type_name = str(parameter.get("Type"))
    return type_name == "CommaDelimitedList" or type_name.startswith("List<")


def resource_token(index: int, logical_id: str) -> str:
    """The token for a resource of the template at an index."""
    return str(Token(TokenKind.RESOURCE, logical_id, str(index)))


def why_unknown(text: str) -> str | None:
    """Why a text that is a single token can be any text; `None` for all other texts."""
    match = TOKEN.fullmatch(text)
    reason = _WHY_UNKNOWN.get(Token.parse(match[1]).kind) if match else None
    return reason and reason.format(readable(text))


def describe_texts(texts: Iterable[str]) -> str:
    """Texts in a readable form."""
    return " or ".join(dict.fromkeys(map(readable, sorted(texts)))) or "nothing"
