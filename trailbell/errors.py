"""
Everything that can be wrong, as types.

In:    the facts of a fault, as attributes.
Out:   one message: where, what was found, what would be right.
Never: two wordings of one fault, or a message written where it is raised.

::

    TrailbellError
    ├── InputError              what somebody wrote cannot be used        exit code 2
    │   ├── Unreadable          a file that is no text, JSON or YAML, or is nested too deeply
    │   ├── PatternError        a filter pattern that AWS would refuse
    │   ├── Unsupported         a target cannot say what a pattern says
    │   ├── ContentError        a module of detections or stacks is not usable
    │   ├── UnknownName         no stack, detection, Region ... of that name
    │   ├── SettingsError       a key of trailbell.toml, or a parameter, is not usable
    │   ├── Refused             a thing is not done without a word that was not given
    │   └── Stale               a saved plan, and what it was made from has changed
    ├── OutputError             a file could not be written                exit code 2
    ├── Interrupted             somebody pressed Ctrl-C                    exit code 1
    └── AwsError                AWS did not do what it was asked           exit code 1
        ├── NoCredentials       none, or expired ones                      exit code 2
        ├── ClockSkewed         this machine's clock is wrong              exit code 2
        ├── AccessDenied        the caller may not do that
        ├── NotFound            no such stack, change set, log group ...
        ├── AlreadyThere        a thing of that name exists
        ├── Busy                another operation is under way
        ├── Superseded          somebody else executed, or removed, the change set
        ├── Throttled           too many calls, for longer than we waited
        ├── Unreachable         no answer: network, endpoint, a service that is down
        └── DeploymentFailed    CloudFormation tried, and failed

`exit_code` says how a command ends that meets one.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


class TrailbellError(Exception):
    """The root: whatever Trailbell raises on purpose. ``str()`` of it is for people."""

    exit_code: ClassVar[int] = 2


class InputError(TrailbellError):
    """What somebody wrote cannot be used."""


@dataclass(eq=False)
class Unreadable(InputError):
    """A file, or a text, that cannot be read. Who reads it knows its name, and what is right."""

    reason: str

    def __str__(self) -> str:
        return self.reason


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

    def __post_init__(self) -> None:
        self.known = tuple(sorted(self.known))

    def __str__(self) -> str:
        known = tuple(self.known)
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


@dataclass(eq=False)
class SettingsError(InputError):
    """A key of a settings file, or a parameter, that cannot be used.

    ``name`` is the word that nobody knows, where that is the fault, and ``known`` the words
    that would do.
    """

    file: str
    key: str
    found: str
    expected: str
    known: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        parts = [part for part in (self.file, self.key, self.found) if part]
        return f"{': '.join(parts)}; {self.expected}{self._nearest()}"

    def as_content(self) -> ContentError:
        """The same fault, to be told together with those of content."""
        found = ": ".join(part for part in (self.key, self.found) if part)
        return ContentError(self.file, found, self.expected + self._nearest())

    def _nearest(self) -> str:
        near = difflib.get_close_matches(self.name, self.known, n=1) if self.name else []
        if near:
            return f", did you mean {near[0]!r}?"
        return f" ({', '.join(self.known)})" if self.known else ""


@dataclass(eq=False)
class Refused(InputError):
    """A thing that is not done without a word; ``remedy`` says which word."""

    what: str
    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}\n  {self.remedy}"


@dataclass(eq=False)
class Stale(InputError):
    """A saved plan that no longer fits what it was made from."""

    path: str
    stack: str
    changed: str

    def __str__(self) -> str:
        return f"{self.path}: the plan for {self.stack} is stale, {self.changed}; plan again"


@dataclass(eq=False)
class Interrupted(TrailbellError):
    """Somebody pressed Ctrl-C. ``running`` names the stacks on which AWS goes on."""

    running: tuple[str, ...]

    exit_code: ClassVar[int] = 1

    def __str__(self) -> str:
        if not self.running:
            return "stopped; nothing was changed in AWS"
        again = "\n".join(f"  python build.py follow {name}" for name in self.running)
        return f"stopped; AWS goes on with {', '.join(self.running)}. See how:\n{again}"


@dataclass(eq=False)
class AwsError(TrailbellError):
    """AWS did not do what it was asked. ``operation`` is the API's name, ``reason`` its words."""

    operation: str
    reason: str

    exit_code: ClassVar[int] = 1
    remedy: ClassVar[str] = ""

    def __str__(self) -> str:
        remedy = f"\n  {self.remedy}" if self.remedy else ""
        return f"{self.operation}: {self.reason}{remedy}"


class NoCredentials(AwsError):
    """No credentials, or expired ones."""

    exit_code = 2
    remedy = (
        "sign in (aws sso login), name a profile (--profile, AWS_PROFILE), or set the AWS_* "
        "variables, and run the same command again"
    )


class ClockSkewed(AwsError):
    """AWS refuses signatures that are more than some minutes old or young."""

    exit_code = 2
    remedy = "set this machine's clock (it signs every call), and run the same command again"


class AccessDenied(AwsError):
    """The caller may not do that."""

    remedy = "what a deployer may do is printed by: python build.py permissions STACK"


class NotFound(AwsError):
    """There is no such thing."""


class AlreadyThere(AwsError):
    """A thing of that name exists."""


class Busy(AwsError):
    """Another operation is under way."""

    remedy = "wait for it with: python build.py follow STACK"


class Superseded(AwsError):
    """Somebody else executed, or removed, the change set; nothing was changed by us."""

    remedy = "plan again: what is deployed is no longer what the plan was made from"


class Throttled(AwsError):
    """Too many calls, for longer than we waited."""

    remedy = "wait a minute and run the same command again"


class Unreachable(AwsError):
    """No answer."""

    remedy = "look at the network, the Region and AWS_ENDPOINT_URL, and run the command again"


class DeploymentFailed(AwsError):
    """CloudFormation tried, and failed."""
