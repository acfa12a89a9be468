"""
The StackSet itself: its template, parameters, tags and settings.

In:    a `RolloutConfig`, a `BuiltTemplate`, and the `StackSetDefinition` that AWS has.
Out:   the differences, and the members of CreateStackSet and UpdateStackSet.
Never: a secret. The value of a NoEcho parameter is neither compared nor shown.

Every parameter is sent with a value, even if it has a default, because an account can override
only parameters that the StackSet itself specifies.
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
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import ContentError, PreconditionError, UnsupportedError
from trailbell.rollout.config import PermissionModel, RolloutConfig
from trailbell.template import Template
from trailbell.template.resources import secret_parameters, section


@dataclass(frozen=True, kw_only=True)
class DefinitionChanges:
    """Changes of ``template`` and ``stacks`` update every stack; ``settings`` only the StackSet."""

    template: StackPlan | None = None
    stacks: tuple[ValueChange, ...] = ()
    settings: tuple[ValueChange, ...] = ()

    @property
    def touches_stacks(self) -> bool:
        """Whether existing stacks need an update."""
        return self.template is not None or bool(self.stacks)


def validate_for_stack_set(rollout: RolloutConfig, template: BuiltTemplate) -> None:
    """Check that a StackSet of the rollout can have this template and these parameters.

    Raises `SettingsError` for a parameter or an override that the template does not accept, and
    `UnsupportedError` for a template that the permission model does not support.
    """
    declared = section(template.document, "Parameters")
    parameters.validate_parameters(rollout.parameters, template.document, (), rollout.origin)
    for account, overrides in rollout.parameter_overrides.items():
        origin = f"{rollout.origin}.{rollout.overrides_key}.{account}"
        parameters.validate_parameters(overrides, template.document, declared, origin)
    if rollout.permission_model is PermissionModel.SERVICE:
        for reason in _unsupported(template.document):
            raise UnsupportedError("a service-managed StackSet", template.stack, reason)


def _unsupported(template: Template) -> Iterator[str]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html"""
    if "Transform" in template:
        yield "the template has a Transform, and macros are not supported"
    for logical_id, resource in section(template, "Resources").items():
        if resource.get("Type") == "AWS::CloudFormation::Stack":
            yield f"{logical_id} is a nested stack, and nested stacks are not supported"


def stack_set_parameters(rollout: RolloutConfig, template: Template) -> dict[str, str]:
    """All parameters of a template, with the values that the StackSet should have."""
    declared = section(template, "Parameters")
    return default_values(template) | {
        name: value for name, value in rollout.parameters.items() if name in declared
    }


def compare_definition(
    rollout: RolloutConfig, template: BuiltTemplate, current: StackSetDefinition
) -> DefinitionChanges:
    """What an update would change.

    Raises `PreconditionError` if the StackSet has the other permission model.
    """
    if current.model != rollout.permission_model:
        raise PreconditionError(
            f"StackSet {rollout.stack_set_name}",
            f"its permission model is {current.model}, and the rollout needs "
            f"{rollout.permission_model.value}",
            'Give the rollout its own StackSet: stack_set_name = "..." in trailbell.toml',
        )
    before = _current_template(current)
    return DefinitionChanges(
        template=_template_changes(rollout, template, before),
        stacks=tuple(_stack_changes(rollout, template, current, before)),
        settings=tuple(_settings_changes(rollout, current)),
    )


def _current_template(current: StackSetDefinition) -> Template:
    try:
        return parse_document(current.template, "the template of the StackSet")
    except ContentError:
        return {}


def _template_changes(
    rollout: RolloutConfig, template: BuiltTemplate, before: Template
) -> StackPlan | None:
    if before == template.document:
        return None
    return templates.plan_from_templates(
        template, before, f"StackSet {rollout.stack_set_name}", region=rollout.regions[0]
    )


def _stack_changes(
    rollout: RolloutConfig, template: BuiltTemplate, current: StackSetDefinition, before: Template
) -> Iterator[ValueChange]:
    new = stack_set_parameters(rollout, template.document)
    old = default_values(before) | dict(current.parameters)
    secret = secret_parameters(template.document) | secret_parameters(before)
    for name in dict.fromkeys((*new, *old)):
        if name in new and name in old and name in secret:
            continue
        if new.get(name) != old.get(name):
            hide = name in secret
            yield _change(f"parameter {name}", old.get(name), new.get(name), hide=hide)
    for name in dict.fromkeys((*rollout.tags, *current.tags)):
        if rollout.tags.get(name) != current.tags.get(name):
            yield _change(f"tag {name}", current.tags.get(name), rollout.tags.get(name))
    for name, old_role, new_role in (
        ("administration role", current.administration_role, rollout.administration_role),
        ("execution role", current.execution_role, rollout.execution_role),
    ):
        if new_role and old_role != new_role:
            yield _change(name, old_role, new_role)


def default_values(template: Template) -> dict[str, str]:
    """The defaults of a template's parameters. Some responses of AWS leave them out."""
    return {
        name: parameter_value(declared["Default"]) or str(declared["Default"])
        for name, declared in section(template, "Parameters").items()
        if "Default" in declared
    }


def _settings_changes(rollout: RolloutConfig, current: StackSetDefinition) -> Iterator[ValueChange]:
    if (
        rollout.permission_model is PermissionModel.SERVICE
        and rollout.auto_deployment != current.automatic
    ):
        yield _change(
            "automatic deployment",
            _describe_auto_deployment(current.automatic),
            _describe_auto_deployment(rollout.auto_deployment),
        )
    if rollout.managed_execution != current.managed_execution:
        text = {True: "active", False: "inactive"}
        yield _change(
            "managed execution",
            text[current.managed_execution],
            text[rollout.managed_execution],
        )


def _describe_auto_deployment(automatic: AutoDeployment) -> str:
    if not automatic.enabled:
        return "disabled"
    on_removal = "retain stacks" if automatic.retain else "delete stacks"
    after = f", depends on {', '.join(automatic.after)}" if automatic.after else ""
    return f"enabled, account removal behavior: {on_removal}{after}"


def _change(name: str, before: str | None, after: str | None, *, hide: bool = False) -> ValueChange:
    change = ValueChange(name=name, before=before or None, after=after or None)
    return change.redacted() if hide else change


def common_request(
    rollout: RolloutConfig, template: BuiltTemplate, current: StackSetDefinition | None
) -> dict[str, Any]:
    """The members that CreateStackSet and UpdateStackSet share, except for the template."""
    request: dict[str, Any] = {
        "Description": f"Trailbell: {template.stack}",
        "Parameters": _parameters(rollout, template.document, current),
        "Capabilities": sorted(template.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in rollout.tags.items()],
    }
    if rollout.administration_role:
        request["AdministrationRoleARN"] = rollout.administration_role
    if rollout.execution_role:
        request["ExecutionRoleName"] = rollout.execution_role
    return request


def _parameters(
    rollout: RolloutConfig, template: Template, current: StackSetDefinition | None
) -> list[dict[str, Any]]:
    """Parameters of a request. A secret that the settings do not give keeps its value."""
    secret = secret_parameters(template) if current is not None else frozenset()
    existing = current.parameters if current is not None else {}
    return [
        {"ParameterKey": name, "UsePreviousValue": True}
        if name in secret and name in existing and name not in rollout.parameters
        else {"ParameterKey": name, "ParameterValue": value}
        for name, value in stack_set_parameters(rollout, template).items()
    ]


def settings_request(rollout: RolloutConfig, *, creates: bool) -> dict[str, Any]:
    """The members with settings of the StackSet.

    AWS rejects AutoDeployment in a request with deployment targets.
    """
    request: dict[str, Any] = {"ManagedExecution": {"Active": rollout.managed_execution}}
    if creates:
        request["PermissionModel"] = rollout.permission_model.value
    if rollout.permission_model is PermissionModel.SERVICE:
        automatic: dict[str, Any] = {"Enabled": rollout.auto_deployment.enabled}
        if rollout.auto_deployment.enabled:
            automatic["RetainStacksOnAccountRemoval"] = rollout.auto_deployment.retain
            if rollout.auto_deployment.after:
                automatic["DependsOn"] = list(rollout.auto_deployment.after)
        request["AutoDeployment"] = automatic
    return request


def template_request(
    rollout: RolloutConfig, template: BuiltTemplate, open_s3: Callable[[], ServiceClient]
) -> dict[str, str]:
    """TemplateBody, or TemplateURL if the template is too long for a request.

    Raises `PreconditionError` if it is too long and the settings name no bucket.
    """
    return template_argument(
        template, rollout.template_bucket, open_s3, "template_bucket in trailbell.toml"
    )


def to_api_overrides(overrides: Mapping[str, str]) -> list[dict[str, str]]:
    """ParameterOverrides of a request. Other parameters return to the value of the StackSet."""
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in overrides.items()]
