"""
The set itself: its template, parameters, tags and settings.

In:    a `RolloutConfig`, a `BuiltTemplate`, and the `StackSetDefinition` that AWS has.
Out:   what differs, and the members of CreateStackSet and UpdateStackSet.
Never: a secret. The value of a NoEcho parameter is neither compared nor shown.

All parameters are given by their values, also those that have a default: only what the set
itself specifies can be overridden for an account.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stackinstances-override.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.aws.client import ServiceClient
from trailbell.aws.parameters import parameter_value
from trailbell.aws.stack_set import StackSetDefinition
from trailbell.aws.template_upload import template_argument
from trailbell.deploy import parameters
from trailbell.diff import templates
from trailbell.diff.model import StackPlan, ValueChange
from trailbell.diff.resources import REDACTED
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import ContentError, PreconditionError, UnsupportedError
from trailbell.rollout.config import PermissionModel, RolloutConfig
from trailbell.template import Template
from trailbell.template.resources import secret_parameters, section


@dataclass(frozen=True, kw_only=True)
class DefinitionChanges:
    """``stacks``: every stack must be updated; ``settings_request``: those of the set alone."""

    template: StackPlan | None = None
    stacks: tuple[ValueChange, ...] = ()
    settings: tuple[ValueChange, ...] = ()

    @property
    def touches_stacks(self) -> bool:
        """Whether stacks that stand are no longer as they should be."""
        return self.template is not None or bool(self.stacks)


def validate_for_stack_set(rollout: RolloutConfig, source: BuiltTemplate) -> None:
    """Raises `SettingsError` for a parameter, or an override, that the template would refuse, and
    `UnsupportedError` for a template that sets of this model do not take.
    """
    declared = section(source.document, "Parameters")
    parameters.validate_parameters(rollout.parameters, source.document, (), rollout.origin)
    for account, given in rollout.parameter_overrides.items():
        origin = f"{rollout.origin}.override.{account}"
        parameters.validate_parameters(given, source.document, declared, origin)
    if rollout.permission_model is PermissionModel.SERVICE:
        for fault in _unsupported(source.document):
            raise UnsupportedError("a service-managed stack set", source.stack, fault)


def _unsupported(template: Template) -> Iterator[str]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html"""
    if "Transform" in template:
        yield "the template has a Transform, and macros are not supported there"
    for logical_id, resource in section(template, "Resources").items():
        if resource.get("Type") == "AWS::CloudFormation::Stack":
            yield f"{logical_id} is a nested stack, and those are not supported there"


def parameters_of(rollout: RolloutConfig, template: Template) -> dict[str, str]:
    """All parameters of a template with the values that the set is to have."""
    own = {n: v for n, v in rollout.parameters.items() if n in section(template, "Parameters")}
    return defaults(template) | own


def definition_changes(
    rollout: RolloutConfig, source: BuiltTemplate, has: StackSetDefinition
) -> DefinitionChanges:
    """What an update would change. Raises `PreconditionError` if the set is of the other model."""
    if has.model != rollout.permission_model:
        raise PreconditionError(
            f"set {rollout.stack_set_name}",
            f"it is {has.model}, and the rollout wants {rollout.permission_model.value}",
            'give the rollout a set of its own: set = "..." in trailbell.toml',
        )
    before = _document(has)
    return DefinitionChanges(
        template=_template(rollout, source, before),
        stacks=tuple(_stacks(rollout, source, has, before)),
        settings=tuple(_settings(rollout, has)),
    )


def _document(has: StackSetDefinition) -> Template:
    try:
        return parse_document(has.template, "the template of the set")
    except ContentError:
        return {}


def _template(rollout: RolloutConfig, source: BuiltTemplate, before: Template) -> StackPlan | None:
    if before == source.document:
        return None
    return templates.plan_from_templates(
        source, before, f"set {rollout.stack_set_name}", region=rollout.regions[0]
    )


def _stacks(
    rollout: RolloutConfig, source: BuiltTemplate, has: StackSetDefinition, before: Template
) -> Iterator[ValueChange]:
    now = parameters_of(rollout, source.document)
    was = defaults(before) | dict(has.parameters)
    secret = secret_parameters(source.document) | secret_parameters(before)
    for name in dict.fromkeys((*now, *was)):
        if name in now and name in was and name in secret:
            continue
        if now.get(name) != was.get(name):
            hide = name in secret
            yield _value(f"parameter {name}", was.get(name), now.get(name), hide=hide)
    for name in dict.fromkeys((*rollout.tags, *has.tags)):
        if rollout.tags.get(name) != has.tags.get(name):
            yield _value(f"tag {name}", has.tags.get(name), rollout.tags.get(name))
    for name, old, new in (
        ("administration role", has.administration_role, rollout.administration_role),
        ("execution role", has.execution_role, rollout.execution_role),
    ):
        if new and old != new:
            yield _value(name, old, new)


def defaults(template: Template) -> dict[str, str]:
    """The defaults of a template, which not every answer of AWS names."""
    return {
        name: parameter_value(declared["Default"]) or str(declared["Default"])
        for name, declared in section(template, "Parameters").items()
        if "Default" in declared
    }


def _settings(rollout: RolloutConfig, has: StackSetDefinition) -> Iterator[ValueChange]:
    if (
        rollout.permission_model is PermissionModel.SERVICE
        and rollout.auto_deployment != has.automatic
    ):
        yield _value("auto-deployment", _said(has.automatic), _said(rollout.auto_deployment))
    if rollout.managed_execution != has.managed_execution:
        on = {True: "on", False: "off"}
        yield _value("managed execution", on[has.managed_execution], on[rollout.managed_execution])


def _said(automatic: AutoDeployment) -> str:
    if not automatic.enabled:
        return "off"
    kept = "stacks stay" if automatic.retain else "stacks are deleted"
    after = f", after {', '.join(automatic.after)}" if automatic.after else ""
    return f"on ({kept} when an account leaves{after})"


def _value(name: str, before: str | None, after: str | None, *, hide: bool = False) -> ValueChange:
    if hide:
        before, after = before and REDACTED, after and REDACTED
    return ValueChange(name=name, before=before or None, after=after or None)


def common_request(
    rollout: RolloutConfig, source: BuiltTemplate, has: StackSetDefinition | None
) -> dict[str, Any]:
    """What CreateStackSet and UpdateStackSet have in common, without the template."""
    found: dict[str, Any] = {
        "Description": f"Trailbell: {source.stack}",
        "Parameters": _parameters(rollout, source.document, has),
        "Capabilities": sorted(source.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in rollout.tags.items()],
    }
    if rollout.administration_role:
        found["AdministrationRoleARN"] = rollout.administration_role
    if rollout.execution_role:
        found["ExecutionRoleName"] = rollout.execution_role
    return found


def _parameters(
    rollout: RolloutConfig, template: Template, has: StackSetDefinition | None
) -> list[dict[str, Any]]:
    kept = secret_parameters(template) if has is not None else frozenset()
    known = has.parameters if has is not None else {}
    return [
        {"ParameterKey": name, "UsePreviousValue": True}
        if name in kept and name in known and name not in rollout.parameters
        else {"ParameterKey": name, "ParameterValue": value}
        for name, value in parameters_of(rollout, template).items()
    ]


def settings_request(rollout: RolloutConfig, *, creates: bool) -> dict[str, Any]:
    """Members that say how StackSets treats the set. AutoDeployment excludes targets."""
    found: dict[str, Any] = {"ManagedExecution": {"Active": rollout.managed_execution}}
    if creates:
        found["PermissionModel"] = rollout.permission_model.value
    if rollout.permission_model is PermissionModel.SERVICE:
        automatic: dict[str, Any] = {"Enabled": rollout.auto_deployment.enabled}
        if rollout.auto_deployment.enabled:
            automatic["RetainStacksOnAccountRemoval"] = rollout.auto_deployment.retain
            if rollout.auto_deployment.after:
                automatic["DependsOn"] = list(rollout.auto_deployment.after)
        found["AutoDeployment"] = automatic
    return found


def template_request(
    rollout: RolloutConfig, source: BuiltTemplate, open_s3: Callable[[], ServiceClient]
) -> dict[str, str]:
    """TemplateBody, or TemplateURL if it is too long. Raises `PreconditionError` without a bucket
    for it.
    """
    return template_argument(
        source, rollout.template_bucket, open_s3, "template_bucket in trailbell.toml"
    )


def to_api_overrides(given: Mapping[str, str]) -> list[dict[str, str]]:
    """ParameterOverrides. What is not in the list goes back to the value of the set."""
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
