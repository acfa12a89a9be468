"""
How the StackSet itself differs from the settings: its template, parameters, tags and settings.

In:    a `RolloutConfig`, a `BuiltTemplate`, and the `StackSetDefinition` that AWS has.
Out:   `DefinitionChanges`.
Never: a secret. The value of a NoEcho parameter is neither compared nor shown, and it changes only
       if ``push_secrets`` names it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.aws.stack_set import StackSetDefinition
from trailbell.aws.template_upload import check_template_size
from trailbell.cost.change import change_between
from trailbell.deploy import parameters
from trailbell.diff import templates
from trailbell.diff.model import REDACTED, StackPlan, ValueChange
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import ContentError, PreconditionError, UnsupportedError
from trailbell.rollout.configuration.config import PermissionModel, RolloutConfig
from trailbell.rollout.configuration.parameters import (
    default_values,
    pushed_secrets,
    stack_set_parameters,
)
from trailbell.rollout.model.stack_set_request import BUCKET_SETTING
from trailbell.template import Template
from trailbell.template.evaluate import UNKNOWN, Evaluator, Marker, Scope
from trailbell.template.intrinsics import normalize_get_att
from trailbell.template.resolve import resolve_template
from trailbell.template.resources import secret_parameters, section


@dataclass(frozen=True, kw_only=True)
class DefinitionChanges:
    """Changes of ``template`` and ``stacks`` update every stack; the others only the StackSet.

    ``unreadable`` says that the present template cannot be read, so its change cannot be judged.
    """

    template: StackPlan | None = None
    unreadable: str = ""
    stacks: tuple[ValueChange, ...] = ()
    managed_execution: ValueChange | None = None
    auto_deployment: ValueChange | None = None

    @property
    def settings(self) -> tuple[ValueChange, ...]:
        """The changes of the StackSet that need a request of their own."""
        changes = (self.auto_deployment, self.managed_execution)
        return tuple(change for change in changes if change is not None)

    @property
    def touches_stacks(self) -> bool:
        """Whether existing stacks need an update."""
        return self.template is not None or bool(self.stacks)


def validate_for_stack_set(rollout: RolloutConfig, template: BuiltTemplate) -> None:
    """Check that a StackSet of the rollout can have this template and these parameters.

    Raises `SettingsError` for a parameter or an override that the template does not accept,
    `UnsupportedError` for a template that the permission model does not support, and
    `PreconditionError` for one that needs a bucket if the settings name none.
    """
    check_template_size(template, rollout.template_bucket, BUCKET_SETTING)
    declared = section(template.document, "Parameters")
    shared = {name: v for name, v in rollout.parameters.items() if name in rollout.shared}
    parameters.validate_parameters(shared, template.document, declared, rollout.origin)
    parameters.validate_parameters(
        rollout.parameters,
        template.document,
        (),
        rollout.address,
        how_to_give="write it in the settings: parameters = {{ {name} = ... }}",
    )
    for account, overrides in rollout.parameter_overrides.items():
        for origin, values in _by_origin(rollout, overrides):
            where = f"{origin}.{rollout.overrides_key}.{account}"
            parameters.validate_parameters(values, template.document, declared, where)
    parameters.validate_pushed_secrets(
        rollout.push_secrets,
        secret_parameters(template.document),
        {*rollout.parameters}.union(*rollout.parameter_overrides.values()),
    )
    if rollout.permission_model is PermissionModel.SERVICE:
        for reason in _unsupported(template.document):
            raise UnsupportedError("a service-managed StackSet", template.stack, reason)


def _by_origin(
    rollout: RolloutConfig, values: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """The values that are given for several stacks, and those of this stack alone."""
    yield rollout.origin, {name: v for name, v in values.items() if name in rollout.shared}
    yield rollout.address, {name: v for name, v in values.items() if name not in rollout.shared}


def _unsupported(template: Template) -> Iterator[str]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-concepts.html"""
    if "Transform" in template:
        yield "the template has a Transform, and macros are not supported"
    for logical_id, resource in section(template, "Resources").items():
        if resource.get("Type") == "AWS::CloudFormation::Stack":
            yield f"{logical_id} is a nested stack, and nested stacks are not supported"


def compare_definition(
    rollout: RolloutConfig,
    template: BuiltTemplate,
    current: StackSetDefinition,
    dependencies: Mapping[str, str] | None = None,
) -> DefinitionChanges:
    """What an update would change; ``dependencies`` are the `stack_set_dependencies`.

    Raises `PreconditionError` if the StackSet has the other permission model.
    """
    if current.model != rollout.permission_model:
        raise PreconditionError(
            f"StackSet {rollout.stack_set_name}",
            f"its permission model is {current.model}, and the rollout needs "
            f"{rollout.permission_model.value}",
            'Give the rollout its own StackSet: stack_set_name = "..." in trailbell.toml',
        )
    before, unreadable = _current_template(current)
    return DefinitionChanges(
        template=_template_changes(rollout, template, current, before),
        unreadable=unreadable,
        stacks=tuple(_stack_changes(rollout, template, current, before)),
        managed_execution=_managed_execution_change(rollout, current),
        auto_deployment=_auto_deployment_change(rollout, current, dependencies or {}),
    )


def _current_template(current: StackSetDefinition) -> tuple[Template, str]:
    """The template of the StackSet; an empty one and the reason if it cannot be read."""
    try:
        return parse_document(current.template, "The template of the StackSet"), ""
    except ContentError as error:
        return {}, f"{error}. What its change means cannot be judged."


def _template_changes(
    rollout: RolloutConfig, template: BuiltTemplate, current: StackSetDefinition, before: Template
) -> StackPlan | None:
    """What changes in a stack with the parameters of the StackSet; None if that is nothing.

    Both templates are resolved with their values, so a changed parameter is judged as a changed
    template is. Values of NoEcho parameters are unknown.
    """
    secret = secret_parameters(template.document) | secret_parameters(before)
    old = default_values(before) | dict(current.parameters)
    new = stack_set_parameters(rollout, template.document)
    if before == template.document and _without(old, secret) == _without(new, secret):
        return None
    resolved = replace(template, document=_resolved(template.document, new, secret))
    plan = templates.plan_from_templates(
        resolved,
        _resolved(before, old, secret),
        f"StackSet {rollout.stack_set_name}",
        region=rollout.regions[0],
    )
    costs = change_between(
        _evaluator(before, old, secret), _evaluator(template.document, new, secret)
    )
    return replace(plan, costs=costs)


def _without(values: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in names}


def _resolved(template: Template, values: Mapping[str, str], secret: frozenset[str]) -> Template:
    return resolve_template(_evaluator(template, values, secret))


def _evaluator(template: Template, values: Mapping[str, str], secret: frozenset[str]) -> Evaluator:
    known: dict[str, str | Marker] = dict(values)
    known |= dict.fromkeys(secret, UNKNOWN)
    return Evaluator(normalize_get_att(dict(template)), Scope(parameters=known))


def _stack_changes(
    rollout: RolloutConfig, template: BuiltTemplate, current: StackSetDefinition, before: Template
) -> Iterator[ValueChange]:
    new = stack_set_parameters(rollout, template.document)
    old = default_values(before) | dict(current.parameters)
    secret = secret_parameters(template.document) | secret_parameters(before)
    for name in dict.fromkeys((*new, *old)):
        if name in new and name in old and name in secret:
            if name in pushed_secrets(rollout):
                yield ValueChange(name=f"parameter {name}", before=REDACTED, after=REDACTED)
        elif new.get(name) != old.get(name):
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


def _auto_deployment_change(
    rollout: RolloutConfig, current: StackSetDefinition, dependencies: Mapping[str, str]
) -> ValueChange | None:
    """The change of automatic deployment. A StackSet that does not exist yet is a change."""
    after = {*rollout.auto_deployment.after, *(arn for arn in dependencies.values() if arn)}
    new = tuple(
        f"StackSet {name}, which is created" for name, arn in dependencies.items() if not arn
    )
    wanted = replace(rollout.auto_deployment, after=(*sorted(after), *new))
    if rollout.permission_model is PermissionModel.SELF or wanted == current.automatic:
        return None
    return _change(
        "automatic deployment",
        _describe_auto_deployment(current.automatic),
        _describe_auto_deployment(wanted),
    )


def _managed_execution_change(
    rollout: RolloutConfig, current: StackSetDefinition
) -> ValueChange | None:
    if rollout.managed_execution == current.managed_execution:
        return None
    text = {True: "active", False: "inactive"}
    return _change(
        "managed execution", text[current.managed_execution], text[rollout.managed_execution]
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
