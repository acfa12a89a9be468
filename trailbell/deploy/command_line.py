"""
The options of the command line that override the settings of an environment.

In:    an `Environment`, and the options that were given.
Out:   the environment that a command works with.
Never: a default: what was not given leaves the settings as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from trailbell.deploy.environment import (
    COMMAND_LINE,
    ON_FAILURE,
    Environment,
    ParameterValue,
    StackSettings,
)


@dataclass(frozen=True, kw_only=True)
class CommandLineSettings:
    """Options of the command line that override the settings; None or empty if not given."""

    region: str | None = None
    profile: str | None = None
    assume_role: str | None = None
    stack_name: str | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    push_secrets: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)
    notification_arns: tuple[str, ...] = ()
    stack_policy: str | None = None
    termination_protection: bool | None = None
    rollback_alarms: tuple[str, ...] = ()
    rollback_minutes: int | None = None
    on_failure: str | None = None
    service_role: str | None = None
    template_bucket: str | None = None


_OF_ENVIRONMENT = ("region", "profile", "assume_role")
_MERGED = ("parameters", "tags", "push_secrets")


def with_command_line(
    environment: Environment,
    command_line: CommandLineSettings,
    stacks: Iterable[str],
    others: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Environment:
    """Return the environment with the options of the command line applied, for these stacks.

    ``others`` are stacks that are not selected, each with the parameters that apply to it.
    """
    values = {name: getattr(command_line, name) for name in (f.name for f in fields(command_line))}
    changes = {key: value for key, value in values.items() if value not in (None, ())}
    of_environment = {key: changes.pop(key) for key in _OF_ENVIRONMENT if key in changes}
    for key in _MERGED:
        changes.pop(key)
    if "on_failure" in changes:
        changes["on_failure"] = ON_FAILURE[changes["on_failure"]]

    selected = tuple(stacks)
    names = frozenset(command_line.parameters)

    def with_parameters(options: StackSettings, names: frozenset[str]) -> StackSettings:
        is_shared = len(selected) + len(others) > 1
        return replace(
            options,
            shared=options.shared | names if is_shared else options.shared - names,
            command_line=names,
            parameters={
                **options.parameters,
                **{name: command_line.parameters[name] for name in names},
            },
            origins={**options.origins, **dict.fromkeys(names, COMMAND_LINE)},
        )

    def override(options: StackSettings) -> StackSettings:
        return replace(
            with_parameters(options, names),
            **changes,
            push_secrets=command_line.push_secrets,
            tags={**(options.tags or {}), **command_line.tags}
            if command_line.tags
            else options.tags,
        )

    return replace(
        environment,
        **of_environment,
        options=override(environment.options),
        stacks={
            stack: with_parameters(environment.stacks.get(stack, environment.options), accepted)
            for stack, accepted in others.items()
        }
        | {
            stack: override(environment.stacks.get(stack, environment.options))
            for stack in selected
        },
    )
