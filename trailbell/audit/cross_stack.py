"""
Which export of the given templates an import refers to.

In:    the names of all exports and imports, with a token for each part that only the deployment
       determines.
Out:   a `ResolvedImport`: the exports that the import refers to and what must be assumed for that;
       or why it can be none of them; or neither, if no template has such an export.
Never: the value of an export. The caller evaluates it.

An export with the name ``${AWS::StackName}-Topic`` is imported as ``base-Topic`` if its stack has
the name ``base``:

>>> topic = Export("${AWS::StackName of alerts.json}-Topic", {"Ref": "Topic"}, template_index=0)
>>> import_topic = Import("base-Topic", template_index=1)
>>> exports = Exports((topic,), ("alerts.json", "pack.json"), (import_topic,))
>>> resolved = exports.resolve(import_topic)
>>> [export.value for export in resolved.exports], resolved.assumptions
([{'Ref': 'Topic'}], ('alerts.json is deployed as stack "base".',))

The assumption is true for all imports, so an export ``base-Group`` would have to be in the same
template:

>>> exports.resolve(Import("base-Group", template_index=1)).unresolved
'alerts.json is deployed as stack "base", which does not export "base-Group".'

A stack has one name, and no two stacks have the same name. If two assumptions contradict each
other, the one is accepted in which the stack has the name of the file, here ``alerts``. If there
is none, the import is unresolved.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import PurePath
from typing import Any

from trailbell.audit.tokens import STACK_NAME, TOKEN, Token, TokenKind, readable

# Regular expressions for a part of the value of a token, by the token's name.
_VALUES = {
    STACK_NAME: "[A-Za-z0-9-]",
    "AWS::Region": r"[a-z]{2,}(?:-[a-z]+)+-\d",
    "AWS::AccountId": r"\d{12}",
    "AWS::Partition": "aws[a-z-]*",
}
_ANY_VALUE = r"[^${}]"
# A parameter or the result of a function can be a part of any value.
_UNKNOWN_VALUE = r"\$\{[=?][^}]*\}"


@dataclass(frozen=True)
class Export:
    """
    What a template exports by a name.

    ``assumptions``: what must be true for the export to exist, such as the condition of an output.
    """

    name: str
    value: Any
    template_index: int
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Import:
    """A name that a template imports."""

    name: str
    template_index: int


@dataclass(frozen=True)
class ResolvedImport:
    """
    The exports that an import refers to, and the assumptions for that.

    There is more than one export if conditions decide which of them exists. Without exports,
    ``unresolved`` says why the import is none of the exports of the templates; if that is empty
    too, the import refers to a stack that is not among the templates.
    """

    exports: tuple[Export, ...] = ()
    assumptions: tuple[str, ...] = ()
    unresolved: str = ""


@dataclass(frozen=True)
class _StackNameAssumption:
    """That the stack of a template has a certain name, which may be a parameter."""

    template: str
    name: str

    @property
    def is_file_name(self) -> bool:
        """Whether the stack has the name of the template's file."""
        return PurePath(self.template).name.split(".")[0] == self.name

    def contradicts(self, other: "_StackNameAssumption") -> bool:
        """Whether one stack would have two names, or two stacks the same name."""
        if self.template == other.template:
            are_known = not TOKEN.search(self.name + other.name)
            return self.name != other.name and are_known
        return self.name == other.name

    def __str__(self) -> str:
        name = readable(self.name)
        if TOKEN.search(self.name):
            return f"{self.template} is deployed as the stack named by {name}"
        return f'{self.template} is deployed as stack "{name}"'


@dataclass(frozen=True)
class _Match:
    """An export, and the values of tokens for which an import has the same name."""

    export: Export
    token_values: tuple[tuple[Token, str], ...]

    @property
    def stack_names(self) -> tuple[_StackNameAssumption, ...]:
        """The names that stacks must have."""
        return tuple(
            _StackNameAssumption(token.detail, value)
            for token, value in self.token_values
            if token.kind is TokenKind.STACK_NAME
        )

    @property
    def uses_file_names(self) -> bool:
        """Whether stacks must have names, and all of these are the names of their files."""
        return bool(self.stack_names) and all(name.is_file_name for name in self.stack_names)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What must be true for the names to be equal, as sentences."""
        others = (
            f'{_describe(token)} is "{readable(value)}".'
            for token, value in self.token_values
            if token.kind is not TokenKind.STACK_NAME
        )
        return (*(f"{name}." for name in self.stack_names), *others)


def _describe(token: Token) -> str:
    is_parameter = token.kind is TokenKind.PARAMETER
    return f"The parameter {token.readable}" if is_parameter else token.readable


@dataclass(frozen=True)
class Exports:
    """All exports of the templates, the names of the templates, and all their imports."""

    all: tuple[Export, ...]
    templates: tuple[str, ...]
    imports: tuple[Import, ...]

    def resolve(self, imported: Import) -> ResolvedImport:
        """Find the export that an import refers to."""
        matches = [
            match for match in self._best_matches(imported) if not self._is_contradicted(match)
        ]
        if not matches:
            return ResolvedImport(unresolved=self._missing_export(imported.name))
        name = readable(imported.name)
        exports = tuple(match.export for match in matches)
        if len({(match.export.template_index, match.token_values) for match in matches}) > 1:
            templates = dict.fromkeys(self.templates[export.template_index] for export in exports)
            return ResolvedImport(
                unresolved=f'"{name}" matches more than one export (of {" and ".join(templates)}).'
            )
        # From here on, all matches are exports of one template by one name.
        are_conditional = len(matches) > 1 and all(export.assumptions for export in exports)
        if len(matches) > 1 and not are_conditional:
            template = self.templates[exports[0].template_index]
            return ResolvedImport(unresolved=f'{template} exports "{name}" more than once.')
        for assumption in matches[0].stack_names:
            if (other := self._contradiction(assumption)) is not None:
                return ResolvedImport(
                    unresolved=f"These assumptions contradict each other: {assumption}; {other}."
                )
        existence = exports[0].assumptions
        if are_conditional:
            existence = (f'Of the exports named "{name}", the one that matches exists.',)
        return ResolvedImport(exports, matches[0].assumptions + existence)

    def _best_matches(self, imported: Import) -> list[_Match]:
        """The exports that match as they are; else by the names of files; else by any names."""
        matches = [
            _Match(export, values)
            for export in self.all
            if (values := _unify(imported.name, export.name)) is not None
            # A stack does not import its own exports.
            and not (values and export.template_index == imported.template_index)
        ]
        exact = [match for match in matches if not match.token_values]
        by_file_name = [match for match in matches if match.uses_file_names]
        return exact or by_file_name or [m for m in matches if _has_literal_text(m.export.name)]

    @cached_property
    def _stack_names(self) -> frozenset[_StackNameAssumption]:
        """The names of stacks that follow from the imports with exactly one match."""
        all_matches = (self._best_matches(imported) for imported in dict.fromkeys(self.imports))
        return frozenset(
            name for matches in all_matches if len(matches) == 1 for name in matches[0].stack_names
        )

    @cached_property
    def _accepted_stack_names(self) -> frozenset[_StackNameAssumption]:
        """Those of these names that no other one contradicts."""
        return frozenset(name for name in self._stack_names if self._contradiction(name) is None)

    def _contradiction(self, assumption: _StackNameAssumption) -> _StackNameAssumption | None:
        """
        Find another assumption that contradicts this one.

        Only the name of a file contradicts the name of a file.
        """
        for other in sorted(self._stack_names, key=str):
            if assumption.contradicts(other) and (
                other.is_file_name or not assumption.is_file_name
            ):
                return other
        return None

    def _is_contradicted(self, match: _Match) -> bool:
        return any(
            name.contradicts(accepted)
            for name in match.stack_names
            for accepted in self._accepted_stack_names
        )

    @cached_property
    def _templates_by_prefix(self) -> dict[str, int]:
        """The template whose exports are imported by exactly their names, by their first part."""
        exported = {export.name: export.template_index for export in self.all}
        return {
            each.name.rpartition("-")[0]: exported[each.name]
            for each in self.imports
            if exported.get(each.name, each.template_index) != each.template_index
        }

    def _missing_export(self, name: str) -> str:
        """
        Say that a stack among the templates lacks an export.

        Empty if the name begins neither with the name of such a stack nor with the same first part
        as other imports that a template exports.
        """
        prefix, separator, _ = name.rpartition("-")
        if separator and (index := self._templates_by_prefix.get(prefix)) is not None:
            return (
                f'{self.templates[index]} exports other names that start with "{readable(prefix)}-"'
                f', but not "{readable(name)}".'
            )
        for assumption in sorted(self._accepted_stack_names, key=str):
            rest = name.removeprefix(assumption.name)
            if rest != name and rest.startswith(("-", ":")):
                return f'{assumption}, which does not export "{readable(name)}".'
        return ""


def _unify(first: str, second: str) -> tuple[tuple[Token, str], ...] | None:
    """
    The values that tokens must have for two names to be equal; `None` if they cannot be equal.

    >>> _unify("base-Topic", "${AWS::StackName of a.json}-Topic")
    ((Token(kind=<TokenKind.STACK_NAME: 'of'>, name='AWS::StackName', detail='a.json'), 'base'),)
    """
    for pattern, name in ((second, first), (first, second)):
        tokens, regex = _compile(pattern)
        if match := regex.fullmatch(name):
            values = zip(tokens, match.groups(), strict=True)
            return tuple((token, value) for token, value in values if value != str(token))
    return None


@cache
def _compile(name: str) -> tuple[tuple[Token, ...], re.Pattern[str]]:
    """
    The different tokens of a name, and a regular expression for the names that it can become.

    The expression has a group for each token. A token also matches itself, and a token that occurs
    again must have the same value.
    """
    groups: dict[Token, int] = {}
    regex = ""
    end = 0
    for match in TOKEN.finditer(name):
        regex += re.escape(name[end : match.start()])
        end = match.end()
        token = Token.parse(match[1])
        if token in groups:
            regex += f"(?P=t{groups[token]})"
        else:
            groups[token] = len(groups)
            value = _VALUES.get(token.name, _ANY_VALUE) if token.is_pseudo_parameter else _ANY_VALUE
            regex += f"(?P<t{groups[token]}>{re.escape(match[0])}|(?:{value}|{_UNKNOWN_VALUE})+)"
    return tuple(groups), re.compile(regex + re.escape(name[end:]))


def _has_literal_text(name: str) -> bool:
    """Whether a name consists of more than tokens, which would match any name."""
    return bool(re.search(r"\w", TOKEN.sub("", name)))


def import_names(value: Any) -> Iterator[Any]:
    """The names of all imports in a value, and of the imports in these names."""
    match value:
        case {"Fn::ImportValue": name}:
            yield name
            yield from import_names(name)
        case Mapping():
            for member in value.values():
                yield from import_names(member)
        case list():
            for member in value:
                yield from import_names(member)


def has_no_imports(name: Any) -> bool:
    """Whether the name of an export or import is known without resolving imports."""
    return not any(True for _ in import_names(name))
