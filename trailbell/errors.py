"""
Everything that can be wrong, as types.

In:    the facts of a fault, as attributes.
Out:   one message: where, what was found, what would be right.
Never: two wordings of one fault, or a message written where it is raised.

::

    TrailbellError
    ├── InputError              what somebody wrote cannot be used        exit code 2
    │   ├── PatternError        a filter pattern that AWS would refuse
    │   ├── Unsupported         a target cannot say what a pattern says
    │   ├── ContentError        a module of detections or stacks is not usable
    │   └── UnknownName         no stack, detection, Region ... of that name
    └── OutputError             a file could not be written                exit code 2
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class TrailbellError(Exception):
    """The root: whatever Trailbell raises on purpose. ``str()`` of it is for people."""


class InputError(TrailbellError):
    """What somebody wrote cannot be used."""


@dataclass(eq=False)
class PatternError(InputError):
    """A filter pattern that cannot be read: its text, the place (0-based), what would be right."""

    text: str
    position: int
    found: str
    expected: str

    def __str__(self) -> str:
        before = self.text[: self.position]
        line = self.text[before.rfind("\n") + 1 :].split("\n", 1)[0]
        column = self.position - (before.rfind("\n") + 1)
        return f"{self.found}; {self.expected}\n  {line}\n  {' ' * column}^"


@dataclass(eq=False)
class Unsupported(InputError):
    """A target cannot say what a clause says; nothing is approximated."""

    target: str
    clause: str
    reason: str

    def __str__(self) -> str:
        return f"{self.target} cannot say {self.clause}: {self.reason}"


@dataclass(eq=False)
class ContentError(InputError):
    """A module of content (detections, policies, stacks) that cannot be used."""

    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.place}: {self.found}; {self.expected}"


@dataclass(eq=False)
class UnknownName(InputError):
    """No thing of that kind has that name."""

    kind: str
    name: str
    known: Iterable[str]

    def __str__(self) -> str:
        known = sorted(self.known)
        near = difflib.get_close_matches(self.name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
        return f"no {self.kind} is called {self.name!r}; {hint}"


@dataclass(eq=False)
class OutputError(TrailbellError):
    """A file could not be written; what stood there before still stands."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"cannot write {self.path}: {self.reason}; nothing there was changed"
