"""
The one rule for parameters: the settings and the template's defaults are the truth.

In:    a `StackToDeploy`, the deployed stack, and the outputs of other stacks.
Out:   a `ParameterChoice`: the values to send and those to keep; where a changed value comes from.
Never: the value of a NoEcho parameter in a text, or one that is sent again without being asked for.

A parameter that is not in the settings gets the default of the template. CloudFormation does that
for a key that is not sent:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from trailbell.aws.parameters import parameter_value
from trailbell.aws.stack import Stack
from trailbell.deploy import parameters
from trailbell.deploy.environment import COMMAND_LINE, PreviousValue, StackOutput
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import Notice, NoticeLevel
from trailbell.errors import SettingsError
from trailbell.template import Template
from trailbell.template.resources import secret_parameters, section


@dataclass(frozen=True, kw_only=True)
class ParameterChoice:
    """The parameters of a request. ``kept`` are sent with UsePreviousValue."""

    values: Mapping[str, str]
    kept: frozenset[str] = frozenset()


def choose_parameters(
    target: StackToDeploy,
    stack: Stack | None,
    outputs: Mapping[str, Mapping[str, str]],
    *,
    keep_previous: bool = False,
) -> ParameterChoice:
    """Choose the values to send, and check them.

    ``keep_previous`` keeps deployed values instead of taking defaults. Raises `SettingsError` for a
    value that is missing or invalid, and for an output that does not exist.
    """
    deployed = frozenset(stack.parameters) if stack else frozenset()
    document, origin = target.source.document, target.options.defined_in
    values = resolve_parameters(target, outputs)
    given = target.options.parameters
    parameters.validate_parameters(
        {**given, **values}, document, deployed, origin, target.options.origins
    )
    secret = secret_parameters(document)
    sent_again = target.options.command_line | target.options.push_secrets
    kept = {name for name, value in given.items() if isinstance(value, PreviousValue)}
    kept |= {name for name in secret & deployed if name not in sent_again}
    for name, declared in section(document, "Parameters").items():
        if name in deployed and name not in given and (keep_previous or "Default" not in declared):
            kept.add(name)
    return ParameterChoice(
        values={name: value for name, value in values.items() if name not in kept},
        kept=frozenset(kept),
    )


def resolve_parameters(
    target: StackToDeploy, outputs: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The given values. ``outputs`` are those of other stacks, by name in ``dist/``."""
    values = {}
    for name, value in target.options.parameters.items():
        match value:
            case StackOutput(stack, output):
                if output not in outputs.get(stack, {}):
                    raise SettingsError(
                        target.options.origin_of(name),
                        name,
                        f'stack "{stack}" has no output "{output}"',
                        "deploy that stack first"
                        if stack not in outputs
                        else "use one of its outputs",
                        tuple(outputs.get(stack, {})),
                        output,
                    )
                values[name] = outputs[stack][output]
            case str():
                values[name] = value
            case PreviousValue():
                pass
    return values


def parameter_notices(target: StackToDeploy, stack: Stack | None) -> Iterator[Notice]:
    """Name the parameters that keep a value that no setting or default has, and sent secrets."""
    if stack is None:
        return
    options, document = target.options, target.source.document
    secret = secret_parameters(document)
    for name, declared in section(document, "Parameters").items():
        if name not in stack.parameters:
            continue
        if name in secret:
            yield _about_secret(name, sent=name in options.command_line | options.push_secrets)
        elif name not in options.parameters and "Default" not in declared:
            yield Notice(
                level=NoticeLevel.WARNING,
                logical_id=name,
                text="The parameter has no value in the settings and no default. It keeps the "
                f'previous value, "{stack.parameters[name]}".',
            )


def _about_secret(name: str, *, sent: bool) -> Notice:
    if sent:
        return Notice(
            level=NoticeLevel.UNKNOWN,
            logical_id=name,
            text="The value of this NoEcho parameter is sent. It cannot be compared with the "
            "deployed one.",
        )
    return Notice(
        level=NoticeLevel.WARNING,
        logical_id=name,
        text="The value of this NoEcho parameter cannot be compared. The deployed one is kept. To "
        f"set it: --parameter {name}=VALUE, or --push-secret {name} for the value in the settings.",
    )


def source_of(
    name: str, value: str | None, target: StackToDeploy, stack: Stack, before: Template | None
) -> str:
    """Return where the new value of a parameter comes from; empty if that is not known.

    ``before`` is the deployed template, None if it could not be read.
    """
    given = target.options.parameters.get(name)
    if isinstance(given, StackOutput):
        return str(given)
    if given is not None:
        origin = target.options.origin_of(name)
        if name in target.options.command_line or origin == COMMAND_LINE:
            return f"from the {COMMAND_LINE}"
        return f"from {PurePath(origin.partition(': ')[0]).name}"
    declared = section(target.source.document, "Parameters").get(name, {})
    if value is None or parameter_value(declared.get("Default")) != value:
        return ""
    if before is None or name not in stack.parameters:
        return "default"
    old = section(before, "Parameters").get(name, {}).get("Default")
    if parameter_value(old) == stack.parameters[name]:
        return "default changed"
    return "changed by hand or by a former setting, back to the default"
