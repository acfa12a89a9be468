"""
Where and how stacks are deployed.

In:    ``[environment.NAME]`` of ``trailbell.toml``, and what the command line says instead.
Out:   an `Environment`, and from it the `StackSettings` of each stack.
Never: a call. Whether a role exists is for AWS to say.

::

    [environment.production]
    account = "111122223333"          # anything else is refused
    region = "eu-central-1"
    role = "arn:aws:iam::111122223333:role/Deployer"
    stack_name = "watch-{stack}"
    tags = { owner = "security" }

    [environment.production.stack.alerts]
    parameters = { LogGroupName = { stack = "trail", output = "LogGroupName" } }
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.aws.parameters import parameter_value
from trailbell.errors import SettingsError, UnknownNameError, UnreadableFileError
from trailbell.settings import REGION, Table

DEFAULT = "default"
_ON_FAILURE = {"rollback": "ROLLBACK", "delete": "DELETE", "keep": "DO_NOTHING"}
_POLICY_BYTES = 16_384
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_MAX_NOTIFICATIONS = 5
_MAX_TRIGGERS = 5
_MAX_MINUTES = 180
_MAX_TAGS = 50


@dataclass(frozen=True)
class StackOutput:
    """A parameter whose value is the output of another stack of the same environment."""

    stack: str
    output: str

    def __str__(self) -> str:
        return f"output {self.output} of {self.stack}"


ParameterValue = str | StackOutput


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """How one stack is deployed. ``on_failure`` is a word of the API, or empty.

    ``after`` names stacks that go first. ``origin`` says where parameters were given; those in
    ``shared`` were given for several stacks, and count for the templates that declare them.
    """

    stack_name: str = "{stack}"
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    notification_arns: tuple[str, ...] = ()
    stack_policy: str = ""
    termination_protection: bool = True
    rollback_alarms: tuple[str, ...] = ()
    rollback_minutes: int = 0
    on_failure: str = ""
    service_role: str = ""
    template_bucket: str = ""
    after: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()
    defined_in: str = "command line"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One environment. ``stacks`` holds those whose options differ from ``options``."""

    name: str = ""
    account: str = ""
    region: str = ""
    profile: str = ""
    role: str = ""
    options: StackSettings = field(default_factory=StackSettings)
    stacks: Mapping[str, StackSettings] = field(default_factory=dict)

    def settings_for(self, stack: str) -> StackSettings:
        """The options of a stack of ``dist/``, with its name filled in."""
        found = self.stacks.get(stack, self.options)
        return replace(found, stack_name=found.stack_name.replace("{stack}", stack))


def environment(settings: Table, name: str, known_stacks: Iterable[str]) -> Environment:
    """The environment of that name; without a name, the one called "default" or none at all.

    Raises `UnknownNameError`, and `SettingsError` for a key that cannot be used.
    """
    tables = dict(settings.tables("environment"))
    if not name:
        if tables and DEFAULT not in tables:
            raise SettingsError(
                file=settings.file,
                key="environment",
                problem="several" if len(tables) > 1 else "one that is not called default",
                hint="name it with --environment",
                known=tuple(sorted(tables)),
            )
        name = DEFAULT if DEFAULT in tables else ""
    if name and name not in tables:
        raise UnknownNameError("environment", name, tables)
    return _environment(name, tables[name], frozenset(known_stacks)) if name else Environment()


def environments(settings: Table, known_stacks: Iterable[str]) -> tuple[Environment, ...]:
    """Every environment there is. Raises as `environment` and `check_stacks` do."""
    known = frozenset(known_stacks)
    found = tuple(_environment(*each, known) for each in settings.tables("environment"))
    for each in found:
        check_stacks(each, known)
    return found


def check_stacks(found: Environment, known_stacks: frozenset[str]) -> None:
    """Raises `SettingsError` where settings wait for a stack that does not exist."""
    for options in (found.options, *found.stacks.values()):
        given = options.parameters.values()
        others = [each.stack for each in given if isinstance(each, StackOutput)]
        for name in (*options.after, *others):
            if name not in known_stacks:
                raise SettingsError(
                    file=options.defined_in,
                    key="",
                    problem=f'waits for "{name}"',
                    hint="no such stack",
                    known=tuple(sorted(known_stacks)),
                    name=name,
                )


def _environment(name: str, table: Table, known_stacks: frozenset[str]) -> Environment:
    base = _options(table, StackSettings(defined_in=f"{table.file}: {table.path}"))
    base = replace(base, shared=frozenset(base.parameters))
    stacks = {}
    for stack, below in table.tables("stack"):
        if known_stacks and stack not in known_stacks:
            raise table.error(f"stack.{stack}", "", "no such stack", known=known_stacks, name=stack)
        stacks[stack] = _options(below, replace(base, defined_in=f"{below.file}: {below.path}"))
        below.reject_unknown_keys()
    found = Environment(
        name=name,
        account=table.string("account") or "",
        region=_region(table),
        profile=table.string("profile") or "",
        role=table.string("role") or "",
        options=base,
        stacks=stacks,
    )
    table.reject_unknown_keys()
    if found.account and not re.fullmatch(r"[0-9]{12}", found.account):
        raise table.error("account", f'"{found.account}"', "twelve digits in quotes")
    return found


def _options(table: Table, base: StackSettings) -> StackSettings:
    """The options of a table, on top of those around it. Maps are joined, all else replaced."""
    said: dict[str, Any] = {
        "stack_name": _stack_name(table),
        "notification_arns": _at_most(table, "notification_arns", _MAX_NOTIFICATIONS),
        "stack_policy": _policy(table),
        "termination_protection": table.boolean("termination_protection"),
        "rollback_alarms": _at_most(table, "rollback_alarms", _MAX_TRIGGERS),
        "rollback_minutes": _minutes(table),
        "on_failure": _ON_FAILURE.get(table.choice("on_failure", frozenset(_ON_FAILURE)) or ""),
        "service_role": table.string("service_role"),
        "template_bucket": table.string("template_bucket"),
        "after": table.strings("after"),
    }
    given = {key: value for key, value in said.items() if value is not None}
    parameters = _parameters(table)
    return replace(
        base,
        **given,
        shared=base.shared - frozenset(parameters),
        parameters={**base.parameters, **parameters},
        tags={**base.tags, **_tags(table)},
    )


def _stack_name(table: Table) -> str | None:
    name = table.string("stack_name")
    if name is not None and not _NAME.fullmatch(name.replace("{stack}", "x")):
        raise table.error(
            "stack_name",
            f'"{name}"',
            "a letter, then letters, digits or '-', 128 at most; {stack} stands for the name in "
            "dist/",
        )
    return name


def _at_most(table: Table, key: str, limit: int) -> tuple[str, ...] | None:
    found = table.strings(key)
    if found is not None and len(found) > limit:
        raise table.error(key, f"{len(found)} of them", f"CloudFormation takes {limit}")
    return found


def _region(table: Table) -> str:
    found = table.string("region") or ""
    if found and not REGION.fullmatch(found):
        raise table.error("region", f'"{found}"', "a Region like eu-central-1")
    return found


def _minutes(table: Table) -> int | None:
    found = table.integer("rollback_minutes")
    if found is not None and not 0 <= found <= _MAX_MINUTES:
        raise table.error("rollback_minutes", str(found), f"0 to {_MAX_MINUTES}")
    return found


def _policy(table: Table) -> str | None:
    """The text of a stack policy: JSON in a file, named relative to the settings."""
    name = table.string("stack_policy")
    if name is None:
        return None
    try:
        return policy_text(Path(table.file).parent / name)
    except SettingsError as error:
        raise table.error("stack_policy", error.problem, error.hint) from error


def policy_text(path: Path) -> str:
    """A stack policy from a file. Raises `SettingsError`."""
    try:
        text = text_files.read_text(path)
        text_files.parse_json(text)
    except UnreadableFileError as error:
        raise SettingsError(str(path), "", error.reason, "name a file of JSON") from error
    if len(text.encode()) > _POLICY_BYTES:
        raise SettingsError(str(path), "", "too long", f"at most {_POLICY_BYTES:,} bytes")
    return text


def _parameters(table: Table) -> dict[str, ParameterValue]:
    below = table.table("parameters")
    if below is None:
        return {}
    return {key: _given(below, key) for key in below.names()}


def _given(table: Table, key: str) -> ParameterValue:
    match table.raw(key):
        case {"stack": str(stack), "output": str(output), **rest} if not rest:
            return StackOutput(stack, output)
        case written:
            value = parameter_value(written)
    if value is None:
        raise table.error(key, "", 'a text, a number, a list, or { stack = "...", output = "..." }')
    return value


def _tags(table: Table) -> dict[str, str]:
    below = table.table("tags")
    if below is None:
        return {}
    found = {key: below.string(key) or "" for key in below.names()}
    if len(found) > _MAX_TAGS:
        raise table.error("tags", f"{len(found)} of them", f"CloudFormation takes {_MAX_TAGS}")
    return found


@dataclass(frozen=True, kw_only=True)
class CommandLineSettings:
    """What the command line says instead of the settings; None and empty: nothing."""

    region: str | None = None
    profile: str | None = None
    role: str | None = None
    stack_name: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    notification_arns: tuple[str, ...] = ()
    stack_policy: str | None = None
    termination_protection: bool | None = None
    rollback_alarms: tuple[str, ...] = ()
    rollback_minutes: int | None = None
    on_failure: str | None = None
    service_role: str | None = None
    template_bucket: str | None = None


_OF_ENVIRONMENT = ("region", "profile", "role")
_JOINED = ("parameters", "tags")


def with_command_line(
    found: Environment, by: CommandLineSettings, stacks: Iterable[str]
) -> Environment:
    """The environment with what the command line says, for these stacks."""
    said = {
        f.name: getattr(by, f.name) for f in fields(by) if getattr(by, f.name) not in (None, ())
    }
    own = {key: said.pop(key) for key in _OF_ENVIRONMENT if key in said}
    for key in _JOINED:
        said.pop(key)
    if "on_failure" in said:
        said["on_failure"] = _ON_FAILURE[said["on_failure"]]

    chosen = tuple(stacks)
    named = frozenset(by.parameters)

    def over(options: StackSettings) -> StackSettings:
        shared = options.shared | named if len(chosen) > 1 else options.shared - named
        return replace(
            options,
            **said,
            shared=shared,
            parameters={**options.parameters, **by.parameters},
            tags={**options.tags, **by.tags},
        )

    return replace(
        found,
        **own,
        options=over(found.options),
        stacks={stack: over(found.stacks.get(stack, found.options)) for stack in chosen},
    )
