"""
Which export of the given templates an import names.

In:    the names of all exports and imports, with a token for what only deployment knows.
Out:   `ResolvedImport`: the exports that an import is, and what must be called how for that; or why
       it can be none of them; or nothing, if no template has it.
Never: an export's value. Whoever asks follows it.

``${AWS::StackName}-Topic`` is what ``base-Topic`` imports if that stack is called ``base``. A
stack has one name, and no two stacks have the same: of contradictory names the one holds that is
the file's own, ``base.json``; if there is none, nobody can tell.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import PurePath
from typing import Any

_TOKEN = re.compile(r"\$\{([^}]*)\}")
_STACK = "AWS::StackName"
# What a token can be once it is deployed, and what stands for whatever is given at deployment.
_FITS = {
    _STACK: "[A-Za-z0-9-]",
    "AWS::Region": r"[a-z]{2,}(?:-[a-z]+)+-\d",
    "AWS::AccountId": r"\d{12}",
    "AWS::Partition": "aws[a-z-]*",
}
_READABLE = re.compile(r"(?:\d+#|[=^!])(.*)|\?([^ ]*).*")
_GIVEN = r"\$\{[=?][^}]*\}"


@dataclass(frozen=True)
class Export:
    """What the template at an index exports by a name; ``notes``: on what that depends."""

    name: str
    value: Any
    at: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Import:
    """A name that the template at an index imports."""

    name: str
    at: int


@dataclass(frozen=True)
class ResolvedImport:
    """The exports that an import is (more than one: conditions decide), and what that takes.

    Without exports, ``unclear`` tells why it is none of those there are; if it is empty too,
    the import is of another stack.
    """

    exports: tuple[Export, ...] = ()
    told: tuple[str, ...] = ()
    unclear: str = ""


@dataclass(frozen=True)
class _Match:
    """An export, and what tokens must be for an import to be it."""

    export: Export
    bound: tuple[tuple[str, str], ...]

    @property
    def claims(self) -> tuple["_StackNameAssumption", ...]:
        """The templates whose stacks must have a certain name."""
        split = ((token.partition(" of "), name) for token, name in self.bound)
        return tuple(
            _StackNameAssumption(of, name) for (kind, _, of), name in split if kind == _STACK
        )

    @property
    def by_file(self) -> bool:
        """Whether it takes no other stack names than those of the files."""
        return bool(self.claims) and all(claim.by_file for claim in self.claims)


@dataclass(frozen=True)
class _StackNameAssumption:
    """That the stack of a template has a name."""

    template: str
    name: str

    @property
    def by_file(self) -> bool:
        return PurePath(self.template).name.split(".")[0] == self.name

    def against(self, other: "_StackNameAssumption") -> bool:
        """Whether both cannot be: one stack of two names, or two stacks of one name."""
        if self.template == other.template:
            return self.name != other.name and "$" not in self.name + other.name
        return self.name == other.name

    def __str__(self) -> str:
        given = "given as " if "$" in self.name else ""
        return f"{self.template} is deployed as the stack {given}{readable(self.name)}"


@dataclass(frozen=True)
class Exports:
    """All exports of the templates, what they are called, and all that they import."""

    all: tuple[Export, ...]
    templates: tuple[str, ...]
    imports: tuple[Import, ...]

    def find(self, wanted: Import) -> ResolvedImport:
        """The export that an import names."""
        matches = [match for match in self._matches(wanted) if not self._refuted(match)]
        if not matches:
            return ResolvedImport(unclear=self._lacking(wanted.name))
        name = readable(wanted.name)
        exports = tuple(match.export for match in matches)
        conditional = len(matches) > 1 and all(export.notes for export in exports)
        if len({(match.export.at, match.bound) for match in matches}) > 1:
            both = " and ".join(dict.fromkeys(self.templates[export.at] for export in exports))
            return ResolvedImport(
                unclear=f"it is ambiguous which export {name} is: {both} can have it"
            )
        if len(matches) > 1 and not conditional:
            return ResolvedImport(
                unclear=f"{self.templates[exports[0].at]} exports {name} more than once"
            )
        for claim in matches[0].claims:
            if (other := self._clash(claim)) is not None:
                return ResolvedImport(unclear=f"it cannot be that {claim} and that {other}")
        notes = (f"{name} is the one of its exports that fits",) if conditional else ()
        return ResolvedImport(exports, self._told(matches[0]) + (notes or exports[0].notes))

    def _matches(self, wanted: Import) -> list[_Match]:
        """The exports that fit best: by their very name, else by the file's, else by any."""
        found = [
            _Match(export, bound)
            for export in self.all
            if (bound := _bound(wanted.name, export.name)) is not None
            and not (bound and export.at == wanted.at)  # a stack does not import its own exports
        ]
        exact = [match for match in found if not match.bound]
        by_file = [match for match in found if match.by_file]
        return exact or by_file or [match for match in found if _says_something(match.export.name)]

    @cached_property
    def _claims(self) -> frozenset[_StackNameAssumption]:
        """The names that stacks must have for what is imported, where that is one export."""
        all_matches = (self._matches(wanted) for wanted in dict.fromkeys(self.imports))
        return frozenset(
            claim for matches in all_matches if len(matches) == 1 for claim in matches[0].claims
        )

    @cached_property
    def _held(self) -> frozenset[_StackNameAssumption]:
        """The claims that nothing contradicts, or only what is not the file's own name."""
        return frozenset(claim for claim in self._claims if self._clash(claim) is None)

    def _clash(self, claim: _StackNameAssumption) -> _StackNameAssumption | None:
        """Another claim that makes one doubtful; a file's own name is doubted by its like only."""
        for other in sorted(self._claims, key=str):
            if claim.against(other) and (other.by_file or not claim.by_file):
                return other
        return None

    def _refuted(self, match: _Match) -> bool:
        return any(claim.against(held) for claim in match.claims for held in self._held)

    def _lacking(self, name: str) -> str:
        """Why an import that is not found is not of another stack: its stack is given."""
        for claim in sorted(self._held, key=str):
            rest = name.removeprefix(claim.name)
            if rest != name and rest.startswith(("-", ":")):
                return f"{claim}, which does not export {readable(name)}"
        return ""

    def _told(self, match: _Match) -> tuple[str, ...]:
        others = (
            f"{'the parameter ' * token.startswith('=')}{readable(f'${{{token}}}')}"
            f" is {readable(value)}"
            for token, value in match.bound
            if not token.startswith(_STACK)
        )
        return (*map(str, match.claims), *others)


def readable(text: str) -> str:
    """A text as people read it: the names in its tokens."""
    return _TOKEN.sub(lambda token: _READABLE.sub(r"\1\2", token[1]), text)


def _bound(one: str, other: str) -> tuple[tuple[str, str], ...] | None:
    """What tokens must be for two names to be one; None if they cannot be."""
    for pattern, name in ((other, one), (one, other)):
        tokens, regex = _regex(pattern)
        if found := regex.fullmatch(name):
            pairs = zip(tokens, found.groups(), strict=True)
            return tuple((token, value) for token, value in pairs if value != f"${{{token}}}")
    return None


@cache
def _regex(pattern: str) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """The different tokens of a name, and what matches it with anything in their place."""
    tokens: dict[str, str] = {}
    pieces = _TOKEN.split(pattern)
    for index, token in enumerate(pieces):
        if index % 2 == 0:
            pieces[index] = re.escape(token)
        elif token in tokens:
            pieces[index] = tokens[token]
        else:
            tokens[token] = f"(?P=t{len(tokens)})"
            fits = _FITS.get(token.partition(" of ")[0], r"[^${}]")
            itself = re.escape(f"${{{token}}}")
            pieces[index] = f"(?P<t{len(tokens) - 1}>{itself}|(?:{fits}|{_GIVEN})+)"
    return tuple(tokens), re.compile("".join(pieces))


def _says_something(name: str) -> bool:
    """Whether a name has a text of its own: tokens alone would fit any."""
    return bool(re.search(r"\w", _TOKEN.sub("", name)))


def import_names(value: Any) -> Iterator[Any]:
    """The names of all imports in a value, and of those in these names."""
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


def is_known(name: Any) -> bool:
    """Whether the name of an export or import does without imports of its own."""
    return not any(True for _ in import_names(name))
