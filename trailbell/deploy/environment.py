"""
Where and how stacks are deployed: ``[environment.NAME]`` in ``trailbell.toml``.

In:    the settings.
Out:   an `Environment`, and from it the `StackSettings` of each stack.
Never: a call. AWS decides whether a role exists.

::

    [environment.production]
    account = "111122223333"          # any other account is rejected
    region = "eu-central-1"
    assume_role = "arn:aws:iam::111122223333:role/Deployer"
    stack_name = "watch-{stack}"
    tags = { owner = "security" }

    [environment.production.stack.alerts]
    parameters = { LogGroupName = { stack = "trail", output = "LogGroupName" } }
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.aws.parameters import parameter_value
from trailbell.errors import SettingsError, UnknownNameError, UnreadableFileError
from trailbell.settings import Table

DEFAULT = "default"
COMMAND_LINE = "command line"
ON_FAILURE: Mapping[str, str] = {"rollback": "ROLLBACK", "delete": "DELETE", "keep": "DO_NOTHING"}
_POLICY_BYTES = 16_384


@dataclass(frozen=True)
class StackOutput:
    """A parameter whose value is the output of another stack of the same environment."""

    stack: str
    output: str

    def __str__(self) -> str:
        return f"output {self.output} of {self.stack}"


@dataclass(frozen=True)
class PreviousValue:
    """A parameter that keeps the value of the deployed stack (``UsePreviousValue``)."""

    def __str__(self) -> str:
        return "the previous value"


ParameterValue = str | StackOutput | PreviousValue


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """How one stack is deployed. ``on_failure`` is a value of the API's OnStackFailure, or empty.

    None leaves what the stack has, an empty list or table removes it. ``depends_on`` names stacks
    to deploy first. ``defined_in`` is where the stack is configured, ``origins`` where each
    parameter was given; those in ``shared`` were given for several stacks and apply to the
    templates that declare them. ``command_line`` are those of the command line. The values of
    NoEcho parameters are sent again if they are among these or in ``push_secrets``.
    """

    stack_name: str = "{stack}"
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    tags: Mapping[str, str] | None = None
    notification_arns: tuple[str, ...] | None = None
    stack_policy: str = ""
    termination_protection: bool | None = True
    rollback_alarms: tuple[str, ...] | None = None
    rollback_minutes: int | None = None
    on_failure: str = ""
    service_role: str = ""
    template_bucket: str = ""
    depends_on: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()
    command_line: frozenset[str] = frozenset()
    push_secrets: frozenset[str] = frozenset()
    defined_in: str = COMMAND_LINE
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)

    def origin_of(self, parameter: str) -> str:
        """Where a parameter was given; where the stack was configured if it was not."""
        return self.origins.get(parameter, self.defined_in)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One environment. ``stacks`` has the stacks whose settings differ from ``options``."""

    name: str = ""
    account: str = ""
    region: str = ""
    profile: str = ""
    assume_role: str = ""
    options: StackSettings = field(default_factory=StackSettings)
    stacks: Mapping[str, StackSettings] = field(default_factory=dict)

    def settings_for(self, stack: str) -> StackSettings:
        """The settings of a stack in ``dist/``, with its name filled in."""
        options = self.stacks.get(stack, self.options)
        return replace(options, stack_name=options.stack_name.replace("{stack}", stack))


def read_environment(
    settings: Table, name: str, known_stacks: Iterable[str], *, is_required: bool = True
) -> Environment:
    """Read the environment of that name; without a name, "default" if it exists.

    Where none ``is_required``, several of which none is selected are as none. Raises
    `UnknownNameError`, and `SettingsError` for a key that cannot be used.
    """
    tables = dict(settings.tables("environment"))
    if not name:
        if tables and DEFAULT not in tables and is_required:
            raise SettingsError(
                file=settings.file,
                key="environment",
                problem="no environment is selected, and none is called default",
                hint="use --environment NAME",
                known=tuple(sorted(tables)),
            )
        name = DEFAULT if DEFAULT in tables else ""
    if name and name not in tables:
        raise UnknownNameError("environment", name, tables)
    return _environment(name, tables[name], frozenset(known_stacks)) if name else Environment()


def read_environments(settings: Table, known_stacks: Iterable[str]) -> tuple[Environment, ...]:
    """Read every environment. Raises as `read_environment` and `check_stacks` do."""
    known = frozenset(known_stacks)
    read = tuple(_environment(*named, known) for named in settings.tables("environment"))
    for each in read:
        check_stacks(each, known)
    return read


def check_stacks(environment: Environment, known_stacks: frozenset[str]) -> None:
    """Raise `SettingsError` if a stack depends on one that does not exist."""
    for options in (environment.options, *environment.stacks.values()):
        values = options.parameters.values()
        outputs_of = [value.stack for value in values if isinstance(value, StackOutput)]
        for name in (*options.depends_on, *outputs_of):
            if name not in known_stacks:
                raise SettingsError(
                    file=options.defined_in,
                    key="",
                    problem=f'depends on the unknown stack "{name}"',
                    hint="",
                    known=tuple(sorted(known_stacks)),
                    name=name,
                )


def _environment(name: str, table: Table, known_stacks: frozenset[str]) -> Environment:
    base = _options(table, StackSettings(defined_in=f"{table.file}: {table.path}"))
    base = replace(base, shared=frozenset(base.parameters))
    stacks = {}
    for stack, below in table.tables("stack"):
        if known_stacks and stack not in known_stacks:
            raise table.error(f"stack.{stack}", "unknown stack", "", known=known_stacks, name=stack)
        stacks[stack] = _options(below, replace(base, defined_in=f"{below.file}: {below.path}"))
    return Environment(
        name=name,
        account=table.string("account") or "",
        region=table.string("region") or "",
        profile=table.string("profile") or "",
        assume_role=table.string("assume_role") or "",
        options=base,
        stacks=stacks,
    )


def _options(table: Table, base: StackSettings) -> StackSettings:
    """Read the settings of a table over those of ``base``. Maps are merged, the rest replaced."""
    values: dict[str, Any] = {
        "stack_name": table.string("stack_name"),
        "notification_arns": table.strings("notification_arns"),
        "stack_policy": _policy(table),
        "termination_protection": table.boolean("termination_protection"),
        "rollback_alarms": table.strings("rollback_alarms"),
        "rollback_minutes": table.integer("rollback_minutes"),
        "on_failure": ON_FAILURE.get(table.string("on_failure") or ""),
        "service_role": table.string("service_role"),
        "template_bucket": table.string("template_bucket"),
        "depends_on": table.strings("depends_on"),
    }
    changes = {key: value for key, value in values.items() if value is not None}
    parameters = _parameters(table)
    if table.table("tags") is not None:
        changes["tags"] = {**(base.tags or {}), **table.tags()}
    return replace(
        base,
        **changes,
        shared=base.shared - frozenset(parameters),
        parameters={**base.parameters, **parameters},
        origins={**base.origins, **dict.fromkeys(parameters, f"{table.file}: {table.path}")},
    )


def _policy(table: Table) -> str | None:
    """Read the text of a stack policy: a JSON file, relative to the settings."""
    name = table.string("stack_policy")
    if name is None:
        return None
    try:
        return read_stack_policy(Path(table.file).parent / name)
    except SettingsError as error:
        raise table.error("stack_policy", error.problem, error.hint) from error


def read_stack_policy(path: Path) -> str:
    """Read a stack policy from a file. Raises `SettingsError`."""
    try:
        text = text_files.read_text(path)
        text_files.parse_json(text)
    except UnreadableFileError as error:
        raise SettingsError(str(path), "", error.reason, "name a JSON file") from error
    if len(text.encode()) > _POLICY_BYTES:
        raise SettingsError(
            str(path), "", "is too long", f"CloudFormation accepts {_POLICY_BYTES:,} bytes"
        )
    return text


def _parameters(table: Table) -> dict[str, ParameterValue]:
    below = table.table("parameters")
    if below is None:
        return {}
    return {key: _parameter(below, key) for key in below.names()}


def _parameter(table: Table, key: str) -> ParameterValue:
    match table.raw(key):
        case {"stack": str(stack), "output": str(output)}:
            return StackOutput(stack, output)
        case other:
            value = parameter_value(other)
    if value is None:
        hint = 'write a text, a number, a list, or { stack = "...", output = "..." }'
        raise table.error(key, "invalid value", hint)
    return value
