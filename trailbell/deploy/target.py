"""
A stack to deploy: its template, its settings, and the request for a change set.

In:    a `BuiltTemplate`, its `StackSettings`, and the outputs of other stacks.
Out:   a `StackToDeploy`, and from it the request of CreateChangeSet.
Never: a call to AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trailbell.deploy import parameters
from trailbell.deploy.environment import Environment, StackOutput, StackSettings
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError, SettingsError
from trailbell.template.resources import resources, section


@dataclass(frozen=True, kw_only=True)
class StackToDeploy:
    """A template and the settings to deploy it with."""

    source: BuiltTemplate
    options: StackSettings

    @property
    def stack(self) -> str:
        """The stack name in ``dist/``."""
        return self.source.stack

    @property
    def name(self) -> str:
        """The name of the CloudFormation stack."""
        return self.options.stack_name


def resolve_stacks(
    all_sources: tuple[BuiltTemplate, ...],
    selected: tuple[BuiltTemplate, ...],
    environment: Environment,
) -> tuple[StackToDeploy, ...]:
    """Return the selected stacks with their settings.

    Raises `SettingsError` for an invalid parameter, for one that no template declares, and for two
    stacks with the same name.
    """
    declared = {name for source in all_sources for name in section(source.document, "Parameters")}
    targets = []
    for source in selected:
        options = environment.settings_for(source.stack)
        for name in options.shared - declared:
            raise SettingsError(
                options.defined_in,
                name,
                "does not exist in any template",
                "correct the name",
                tuple(sorted(declared)),
                name,
            )
        declared_here = section(source.document, "Parameters")
        values = {
            name: value
            for name, value in options.parameters.items()
            if name in declared_here or name not in options.shared
        }
        # Whether a value is missing depends on the stack; all else can be checked without AWS.
        parameters.validate_parameters(values, source.document, declared_here, options.defined_in)
        targets.append(StackToDeploy(source=source, options=replace(options, parameters=values)))
    names = [target.name for target in targets]
    for target in targets:
        if names.count(target.name) > 1:
            raise SettingsError(
                target.options.defined_in,
                "stack_name",
                f'"{target.name}" is the name of several stacks',
                "include {stack} in the name",
            )
    return tuple(targets)


def check_alternatives(selected: tuple[BuiltTemplate, ...]) -> None:
    """Raise `PreconditionError` if a stack and an alternative to it are both selected."""
    stacks = {source.stack for source in selected}
    for source in selected:
        if source.instead_of in stacks:
            raise PreconditionError(
                f"stack {source.stack}",
                f'"{source.stack}" is an alternative to "{source.instead_of}".',
                "Deploy only one of them.",
            )


def resolve_parameters(
    target: StackToDeploy, outputs: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Return the parameter values. ``outputs`` are those of other stacks, by name in ``dist/``.

    Raises `SettingsError` for an output that does not exist.
    """
    values = {}
    for name, value in target.options.parameters.items():
        match value:
            case StackOutput(stack, output):
                if output not in outputs.get(stack, {}):
                    raise SettingsError(
                        target.options.defined_in,
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
    return values


def change_set_request(
    target: StackToDeploy,
    *,
    change_set_type: str,
    values: Mapping[str, str],
    previous: frozenset[str],
    on_failure: str,
) -> dict[str, Any]:
    """Build the request of CreateChangeSet, without its template and name."""
    options = target.options
    request: dict[str, Any] = {
        "StackName": target.name,
        "ChangeSetType": change_set_type,
        "Parameters": parameters.to_api_parameters(values, target.source.document, previous),
        "Capabilities": sorted(target.source.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in options.tags.items()],
        "Description": f"Trailbell: {target.stack} {target.source.sha256[:12]}",
    }
    if options.notification_arns:
        request["NotificationARNs"] = list(options.notification_arns)
    if options.rollback_alarms:
        request["RollbackConfiguration"] = {
            "RollbackTriggers": [
                {"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in options.rollback_alarms
            ],
            "MonitoringTimeInMinutes": options.rollback_minutes,
        }
    if options.service_role:
        request["RoleARN"] = options.service_role
    if on_failure:
        request["OnStackFailure"] = on_failure
    if any(r.get("Type") == "AWS::CloudFormation::Stack" for r in _resources(target)):
        request["IncludeNestedStacks"] = True
    return request


def _resources(target: StackToDeploy) -> list[Mapping[str, Any]]:
    return list(resources(target.source.document).values())
