"""
A stack to deploy: its template, its settings, and the request for a change set.

In:    a `BuiltTemplate`, its `StackSettings`, and the parameter values to send.
Out:   a `StackToDeploy`, and from it the request of CreateChangeSet.
Never: a call to AWS.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trailbell.deploy import parameters
from trailbell.deploy.environment import Environment, StackSettings
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError, SettingsError
from trailbell.template.resources import secret_parameters, section


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
            raise parameters.unknown_parameter(
                options.origin_of(name), name, "does not exist in any template", sorted(declared)
            )
        declared_here = section(source.document, "Parameters")
        values = {
            name: value
            for name, value in options.parameters.items()
            if name in declared_here or name not in options.shared
        }
        _check_secrets(all_sources, options)
        # Whether a value is missing depends on the stack; all else can be checked without AWS.
        parameters.validate_parameters(
            values, source.document, declared_here, options.defined_in, options.origins
        )
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


def _check_secrets(all_sources: tuple[BuiltTemplate, ...], options: StackSettings) -> None:
    known = {name for source in all_sources for name in secret_parameters(source.document)}
    parameters.validate_pushed_secrets(options.push_secrets, known, options.parameters)


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


def change_set_request(
    target: StackToDeploy,
    *,
    change_set_type: str,
    values: Mapping[str, str],
    kept: frozenset[str],
    triggers: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """Build the request of CreateChangeSet, without its template and name.

    A member that is not sent leaves what the stack has; an empty list removes it:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
    """
    options = target.options
    request: dict[str, Any] = {
        "StackName": target.name,
        "ChangeSetType": change_set_type,
        "Parameters": parameters.to_api_parameters(values, target.source.document, kept),
        "Capabilities": sorted(target.source.capabilities),
        "Description": f"Trailbell: {target.stack} {target.source.sha256[:12]}",
    }
    if options.tags is not None:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in options.tags.items()]
    if options.notification_arns is not None:
        request["NotificationARNs"] = list(options.notification_arns)
    rollback: dict[str, Any] = {}
    if options.rollback_alarms is not None:
        rollback["RollbackTriggers"] = [{"Arn": arn, "Type": type_} for arn, type_ in triggers]
    if options.rollback_minutes is not None:
        rollback["MonitoringTimeInMinutes"] = options.rollback_minutes
    if rollback:
        request["RollbackConfiguration"] = rollback
    if options.service_role:
        request["RoleARN"] = options.service_role
    return request
