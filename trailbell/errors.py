"""
The errors of Trailbell.

In:    the facts of an error, as attributes.
Out:   one message: what is wrong, where, and what to do.
Never: two wordings of one error, or a message written where it is raised.

::

    TrailbellError
    ├── InputError                      what a user wrote cannot be used      exit code 2
    │   ├── UnreadableFileError         not text, JSON or YAML, or nested too deeply
    │   ├── PatternError                a filter pattern that AWS rejects
    │   ├── UnsupportedError            a target cannot express a pattern
    │   ├── ContentError                a module, template or plan cannot be used
    │   ├── UnknownNameError            no stack, detection, Region ... has that name
    │   ├── SettingsError               a key of trailbell.toml, or a parameter, cannot be used
    │   ├── ProjectError                there is no project, or it cannot be used
    │   ├── PreconditionError           an operation needs something that was not given
    │   └── StalePlanError              what a plan is based on has changed
    ├── OutputError                     a file could not be written           exit code 2
    ├── DeploymentInterruptedError      the user pressed Ctrl-C               exit code 1
    ├── GitHubError                     GitHub refused a request              exit code 1
    └── AwsError                        AWS did not do what was requested     exit code 1
        ├── CredentialsError            no credentials, or expired ones       exit code 2
        ├── ClockSkewError              the system clock is wrong             exit code 2
        ├── AccessDeniedError           the caller lacks a permission
        ├── NotFoundError               no such stack, change set, log group ...
        ├── UnknownOperationError       the SDK or the Region does not have the operation
        ├── AlreadyExistsError          a resource with that name exists
        ├── OperationInProgressError    another operation is in progress
        ├── StaleRequestError           the StackSet changed since the request was prepared
        ├── ChangeSetUnavailableError   the change set was executed or deleted by another process
        ├── QuotaExceededError          a quota of the account is used up
        ├── ThrottlingError             too many calls, for longer than we waited
        ├── ServiceUnavailableError     no answer: network, endpoint, or the service
        └── DeploymentFailedError       CloudFormation tried, and failed

`exit_code` says how a command ends that meets one.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

_MAX_IDS = 10
"""Account IDs that a message lists: there can be thousands."""


def _similar(name: str, known: Iterable[str]) -> list[str]:
    """The name that is probably meant; none for an account ID, where a guess is dangerous."""
    return [] if name.isdigit() else difflib.get_close_matches(name, known, n=1)


class TrailbellError(Exception):
    """The base class of all errors. ``str()`` returns a message for users."""

    exit_code: ClassVar[int] = 2


class InputError(TrailbellError):
    """What a user wrote cannot be used."""


@dataclass(eq=False)
class UnreadableFileError(InputError):
    """A file or text that cannot be read. The caller adds its name and a hint."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class PatternError(InputError):
    """A filter pattern that cannot be parsed.

    ``text`` is the pattern, ``position`` counts characters from 0.
    """

    text: str
    position: int
    problem: str
    hint: str

    def __str__(self) -> str:
        before = self.text[: self.position]
        line = self.text[before.rfind("\n") + 1 :].split("\n", 1)[0]
        column = self.position - (before.rfind("\n") + 1)
        return f"{self.problem}; {self.hint}\n  {line}\n  {' ' * column}^"


@dataclass(eq=False)
class UnsupportedError(InputError):
    """A target cannot express a clause; nothing is approximated."""

    target: str
    clause: str
    reason: str

    def __str__(self) -> str:
        return f"cannot translate {self.clause} to {self.target}: {self.reason}"


@dataclass(eq=False)
class ContentError(InputError):
    """Something that a user wrote or saved cannot be used: a module, a template, a plan."""

    location: str
    problem: str
    hint: str

    def __str__(self) -> str:
        return f"{self.location}: {self.problem}; {self.hint}"


@dataclass(eq=False)
class UnknownNameError(InputError):
    """A name that does not exist. ``listing`` says where the names are, if they are too many."""

    kind: str
    name: str
    known: Iterable[str]
    listing: str = ""

    def __post_init__(self) -> None:
        self.known = tuple(sorted(self.known))

    def __str__(self) -> str:
        known = tuple(self.known)
        near = _similar(self.name, known)
        if near:
            return f'unknown {self.kind} "{self.name}"; did you mean "{near[0]}"?'
        if self.listing:
            return f'unknown {self.kind} "{self.name}"; {self.listing}'
        listed = known[:_MAX_IDS] if self.name.isdigit() else known
        more = len(known) - len(listed)
        names = ", ".join(listed) + (f" and {more:,} more" if more else "")
        return f'unknown {self.kind} "{self.name}"; known: {names or "none"}'


@dataclass(eq=False)
class OutputError(TrailbellError):
    """A file could not be written; its previous content is unchanged."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"cannot write {self.path}: {self.reason}; no files were changed"


@dataclass(eq=False)
class SettingsError(InputError):
    """A key of a settings file, or a parameter, that cannot be used.

    ``name`` is the unknown word where that is the error, and ``known`` the words that can be used.
    """

    file: str
    key: str
    problem: str
    hint: str
    known: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        parts = [part for part in (self.file, self.key, self.problem) if part]
        return f"{': '.join(parts)}; {self._hint()}"

    def as_content(self) -> ContentError:
        """The same error, to be reported together with those of content."""
        problem = ": ".join(part for part in (self.key, self.problem) if part)
        return ContentError(self.file, problem, self._hint())

    def _hint(self) -> str:
        """What to do; a name that is close, or the names that are known, are part of it."""
        near = _similar(self.name, self.known) if self.name else []
        if near:
            return f'{self.hint}{", " if self.hint else ""}did you mean "{near[0]}"?'
        if not self.known:
            return self.hint
        known = ", ".join(self.known)
        return f"{self.hint} ({known})" if self.hint else f"known: {known}"


@dataclass(eq=False)
class ProjectError(InputError):
    """There is no project, or it is not one that can be used; ``hint`` says what to do."""

    problem: str
    hint: str

    def __str__(self) -> str:
        return f"{self.problem}\n  {self.hint[:1].upper()}{self.hint[1:]}."


@dataclass(eq=False)
class PreconditionError(InputError):
    """An operation that needs something first; ``hint`` says what to do."""

    subject: str
    reason: str
    hint: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}\n  {self.hint}"


@dataclass(eq=False)
class StalePlanError(InputError):
    """A saved plan that no longer fits what it is based on."""

    path: str
    stack: str
    change: str

    def __str__(self) -> str:
        return (
            f'{self.path}: the plan for "{self.stack}" is out of date: {self.change}\n'
            "  Create a new plan."
        )


_GITHUB_HINTS = {
    401: "Give the step the token of the job: GITHUB_TOKEN: ${{ github.token }}.",
    403: 'Give the job the permission "pull-requests: write".',
    404: (
        'Give the job the permission "pull-requests: write", and check the number of the pull '
        "request."
    ),
}
_GITHUB_UNAVAILABLE = "GitHub cannot be reached or is overloaded. Run the job again."


@dataclass(eq=False)
class GitHubError(TrailbellError):
    """GitHub refused a request or did not answer it; ``status`` is 0 without an answer.

    ``retry_after`` are the seconds after which it may be repeated, None if that cannot help.
    """

    request: str
    status: int
    reason: str
    retry_after: float | None = None

    exit_code: ClassVar[int] = 1

    def __str__(self) -> str:
        status = f" (HTTP {self.status})" if self.status else ""
        temporary = self.retry_after is not None
        hint = _GITHUB_UNAVAILABLE if temporary else _GITHUB_HINTS.get(self.status, "")
        return f"GitHub: {self.request}: {self.reason}{status}" + (f"\n  {hint}" if hint else "")


@dataclass(eq=False)
class DeploymentInterruptedError(TrailbellError):
    """The user pressed Ctrl-C. ``running`` names the stacks whose operations continue in AWS.

    ``left`` says what remains in AWS although nothing uses it, ``done`` names the stacks that were
    deployed before.
    """

    running: tuple[str, ...]
    left: tuple[str, ...] = ()
    done: tuple[str, ...] = ()

    exit_code: ClassVar[int] = 1

    def __str__(self) -> str:
        done = [f"deployed before that: {', '.join(self.done)}"] if self.done else []
        return "\n".join((self._first_lines(), *done, *self.left))

    def _first_lines(self) -> str:
        if not self.running:
            changed = self.done or self.left
            return "interrupted" if changed else "interrupted; nothing was changed in AWS"
        again = "\n".join(f"  trailbell follow {name}" for name in self.running)
        names = ", ".join(self.running)
        one = len(self.running) == 1
        continues = f"operation on {names} continues" if one else f"operations on {names} continue"
        them = "it" if one else "them"
        return f"interrupted; the {continues} in AWS\nFollow {them} with:\n{again}"


@dataclass(eq=False)
class WorkerError(TrailbellError):
    """A process of ours ended before its work. ``exit_status`` is negative for a signal."""

    exit_status: int

    exit_code: ClassVar[int] = 1

    def __str__(self) -> str:
        how = f"by signal {-self.exit_status}" if self.exit_status < 0 else "unexpectedly"
        return (
            f"A process that reads records was ended {how} (exit status {self.exit_status}).\n"
            "  If memory is short, use fewer processes. Otherwise, report this as a bug."
        )


_STACK_IN_WORDS = re.compile(r"\bStack[: ]\[?(?:arn:[^ ]*?:stack/)?([A-Za-z][A-Za-z0-9-]*)")
_WAIT = "Wait until it has ended, then retry."


@dataclass(eq=False)
class AwsError(TrailbellError):
    """AWS did not do what was requested. ``operation`` is the API's name, ``reason`` its words.

    ``stack`` completes the command of a hint; the one that knows the stack sets it.
    """

    operation: str
    reason: str
    stack: str = ""

    exit_code: ClassVar[int] = 1
    hint: ClassVar[str] = ""

    def __str__(self) -> str:
        hint = f"\n  {self.hint}" if self.hint else ""
        return f"{self.operation}: {self.reason}{hint}"


class CredentialsError(AwsError):
    """No credentials, or expired ones."""

    exit_code = 2
    hint = (
        "Sign in (aws sso login), name a profile (--profile, AWS_PROFILE), or set the AWS_* "
        "variables, then retry."
    )


class ClockSkewError(AwsError):
    """AWS rejects signatures that are more than a few minutes old, or from the future."""

    exit_code = 2
    hint = "The system clock is wrong. Correct it and retry."


class AccessDeniedError(AwsError):
    """The caller lacks a permission. ``rollout`` is the rollout of a command about one.

    ``command`` is the command that shows the permissions, if it is another one.
    """

    rollout: str = ""
    command: str = ""

    def __str__(self) -> str:
        of_stack = self.command or f"permissions {self.stack}".rstrip()
        command = f"rollout permissions {self.rollout}" if self.rollout else of_stack
        hint = f"Show the required permissions with: trailbell {command}"
        return f"{super().__str__()}\n  {hint}"


class NotFoundError(AwsError):
    """No such stack, change set, log group ..."""


class WrongRegionError(AwsError):
    """A bucket is in another Region than the request was sent to."""

    exit_code = 2
    hint = "Name the Region of the bucket."


class UnknownOperationError(AwsError):
    """The installed SDK, or the service in this Region, does not have the operation."""


class AlreadyExistsError(AwsError):
    """A resource with that name exists."""


class OperationInProgressError(AwsError):
    """Another operation is in progress. The words of CloudFormation have the name of the stack."""

    def __str__(self) -> str:
        in_words = _STACK_IN_WORDS.search(self.reason)
        stack = self.stack or (in_words[1] if in_words else "")
        hint = f"Wait for it with: trailbell follow {stack}" if stack else _WAIT
        return f"{super().__str__()}\n  {hint}"


class StaleRequestError(AwsError):
    """Another operation ran on the StackSet since the request was prepared."""


class ChangeSetUnavailableError(AwsError):
    """The change set was executed or deleted by another process; we changed nothing."""

    hint = "The stack has changed since the plan was created. Create a new plan."


class QuotaExceededError(AwsError):
    """A quota of the account is used up. A retry does not help."""

    hint = "Request a higher quota in Service Quotas, or delete what is not needed."


class ThrottlingError(AwsError):
    """Too many calls, for longer than we waited."""

    hint = "Wait a minute, then retry."


class ServiceUnavailableError(AwsError):
    """No answer: network, endpoint, or the service."""

    hint = "Check the network, the Region and AWS_ENDPOINT_URL, then retry."


class DeploymentFailedError(AwsError):
    """CloudFormation tried, and failed."""
