"""
One stack as it is to be: a template, its options, and the request that says so.

In:    a `BuiltTemplate`, its `StackSettings`, and what other stacks put out.
Out:   a `StackToDeploy`, and from it the request of a change set.
Never: a call.
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
    """What is to be deployed as one stack."""

    source: BuiltTemplate
    options: StackSettings

    @property
    def stack(self) -> str:
        """Its name in ``dist/``."""
        return self.source.stack

    @property
    def name(self) -> str:
        """The name of the CloudFormation stack."""
        return self.options.stack_name


def resolve_stacks(
    everything: tuple[BuiltTemplate, ...],
    chosen: tuple[BuiltTemplate, ...],
    environment: Environment,
) -> tuple[StackToDeploy, ...]:
    """The chosen stacks with their options. Raises `SettingsError` for a parameter that is wrong
    or that no template declares, and for two stacks of one name.
    """
    declared = {name for source in everything for name in section(source.document, "Parameters")}
    found = []
    for source in chosen:
        options = environment.settings_for(source.stack)
        for name in options.shared - declared:
            raise SettingsError(
                options.defined_in, name, "", "no template has such a parameter",
                tuple(sorted(declared)), name,
            )  # fmt: skip
        own = section(source.document, "Parameters")
        fitting = {
            name: value
            for name, value in options.parameters.items()
            if name in own or name not in options.shared
        }
        # What is missing depends on the stack; the rest can be wrong before anybody is asked.
        parameters.validate_parameters(fitting, source.document, own, options.defined_in)
        found.append(StackToDeploy(source=source, options=replace(options, parameters=fitting)))
    names = [target.name for target in found]
    for target in found:
        if names.count(target.name) > 1:
            raise SettingsError(
                target.options.defined_in, "stack_name", f'"{target.name}" for several stacks',
                "put {stack} into it",
            )  # fmt: skip
    return tuple(found)


def check_alternatives(chosen: tuple[BuiltTemplate, ...]) -> None:
    """Raises `PreconditionError` for two stacks that never stand beside each other."""
    stacks = {source.stack for source in chosen}
    for source in chosen:
        if source.instead_of in stacks:
            raise PreconditionError(
                f"stack {source.stack}",
                f"it takes the place of {source.instead_of}, and both were named",
                "name one of them",
            )


def resolve_parameters(
    target: StackToDeploy, outputs: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The parameters as texts; ``outputs`` are those of other stacks, by name in ``dist/``.

    Raises `SettingsError` for an output that is not there.
    """
    found = {}
    for name, given in target.options.parameters.items():
        match given:
            case StackOutput(stack, output):
                if output not in outputs.get(stack, {}):
                    raise SettingsError(
                        target.options.defined_in, name, f"stack {stack} has no output {output!r}",
                        "deploy it first" if stack not in outputs else "name one that it has",
                        tuple(outputs.get(stack, {})), output,
                    )  # fmt: skip
                found[name] = outputs[stack][output]
            case str():
                found[name] = given
    return found


def change_set_request(
    target: StackToDeploy,
    *,
    kind: str,
    given: Mapping[str, str],
    kept: frozenset[str],
    on_failure: str,
) -> dict[str, Any]:
    """The members of CreateChangeSet that say what the stack is to be, without its template."""
    options = target.options
    asked: dict[str, Any] = {
        "StackName": target.name,
        "ChangeSetType": kind,
        "Parameters": parameters.to_api_parameters(given, target.source.document, kept),
        "Capabilities": sorted(target.source.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in options.tags.items()],
        "Description": f"Trailbell: {target.stack} {target.source.sha256[:12]}",
    }
    if options.notification_arns:
        asked["NotificationARNs"] = list(options.notification_arns)
    if options.rollback_alarms:
        asked["RollbackConfiguration"] = {
            "RollbackTriggers": [
                {"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in options.rollback_alarms
            ],
            "MonitoringTimeInMinutes": options.rollback_minutes,
        }
    if options.service_role:
        asked["RoleARN"] = options.service_role
    if on_failure:
        asked["OnStackFailure"] = on_failure
    if any(r.get("Type") == "AWS::CloudFormation::Stack" for r in _resources(target)):
        asked["IncludeNestedStacks"] = True
    return asked


def _resources(target: StackToDeploy) -> list[Mapping[str, Any]]:
    return list(resources(target.source.document).values())
