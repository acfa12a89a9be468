"""
What requests send for the StackSet itself.

In:    a `RolloutConfig`, a `BuiltTemplate`, and the `StackSetDefinition` that AWS has.
Out:   a `StackSetRequest`: built once for a plan, with the members of each kind of request.
Never: members that AWS rejects together. Managed execution, automatic deployment and the template
       are requests of their own.

Every parameter is sent with a value, even if it has a default, because an account can override
only parameters that the StackSet itself specifies.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stackinstances-override.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStackSet.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.aws.client import ServiceClient
from trailbell.aws.stack_set import StackSetDefinition
from trailbell.aws.template_upload import template_argument
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.configuration.config import PermissionModel, Rollout, RolloutConfig
from trailbell.rollout.configuration.parameters import pushed_secrets, stack_set_parameters
from trailbell.rollout.model.actual_state import ActualState
from trailbell.template import Template
from trailbell.template.resources import secret_parameters

BUCKET_SETTING = "template_bucket in trailbell.toml"


@dataclass(frozen=True, kw_only=True)
class StackSetRequest:
    """The StackSet as it should be.

    A parameter of None keeps its value. ``previous_capabilities`` are those of the template that
    the StackSet has, for requests that leave it. ``depends_on`` names StackSets of the rollout that
    automatic deployment deploys first. Some may not exist yet, so their ARNs are read when the
    request is sent.
    """

    template: BuiltTemplate
    template_bucket: str = ""
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    administration_role: str = ""
    execution_role: str = ""
    permission_model: PermissionModel = PermissionModel.SERVICE
    auto_deployment: AutoDeployment = field(default_factory=AutoDeployment)
    depends_on: tuple[str, ...] = ()
    managed_execution: bool = False
    previous_capabilities: tuple[str, ...] = ()

    def create(
        self, open_s3: Callable[[], ServiceClient], dependencies: Iterable[str] = ()
    ) -> dict[str, Any]:
        """The members of CreateStackSet. Uploads the template if it is too long for a request.

        ``dependencies`` are the ARNs of ``depends_on``.
        """
        return {
            **self.update(open_s3),
            "PermissionModel": self.permission_model.value,
            **self._managed_execution(),
            **self._auto_deployment(dependencies),
        }

    def update(self, open_s3: Callable[[], ServiceClient]) -> dict[str, Any]:
        """The members of UpdateStackSet for a new template, parameters or tags.

        It always has the template, even if only tags change: it makes CloudFormation mark the other
        stack instances OUTDATED, and later waves and runs rely on that. Uploads the template if it
        is too long. Raises `PreconditionError` if it is, and the settings name no bucket.
        """
        return {
            "Description": f"Trailbell: {self.template.stack}",
            "Parameters": [_parameter(*entry) for entry in self.parameters.items()],
            "Capabilities": sorted(self.template.capabilities),
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
            **self._roles(),
            **template_argument(self.template, self.template_bucket, open_s3, BUCKET_SETTING),
        }

    def update_managed_execution(self) -> dict[str, Any]:
        """The members of UpdateStackSet that switch managed execution, and nothing else.

        AWS rejects them together with a template or with parameters:
        https://github.com/hashicorp/terraform-provider-aws/issues/35031
        """
        return {**self._unchanged(), **self._managed_execution()}

    def update_auto_deployment(self, dependencies: Iterable[str] = ()) -> dict[str, Any]:
        """The members of UpdateStackSet that switch automatic deployment, and nothing else.

        AWS rejects them together with deployment targets. ``dependencies`` are the ARNs of
        ``depends_on``.
        """
        return {**self._unchanged(), **self._auto_deployment(dependencies)}

    def _unchanged(self) -> dict[str, Any]:
        """What a request without a template has. Parameters would mark all stacks OUTDATED."""
        return {
            "UsePreviousTemplate": True,
            "Capabilities": list(self.previous_capabilities),
            **self._roles(),
        }

    def _roles(self) -> dict[str, Any]:
        """An administration role must be in every update, even if it stays the same."""
        roles = {
            "AdministrationRoleARN": self.administration_role,
            "ExecutionRoleName": self.execution_role,
        }
        return {member: role for member, role in roles.items() if role}

    def _managed_execution(self) -> dict[str, Any]:
        return {"ManagedExecution": {"Active": self.managed_execution}}

    def _auto_deployment(self, dependencies: Iterable[str]) -> dict[str, Any]:
        if self.permission_model is PermissionModel.SELF:
            return {}
        automatic = self.auto_deployment
        members: dict[str, Any] = {"Enabled": automatic.enabled}
        if automatic.enabled:
            members["RetainStacksOnAccountRemoval"] = automatic.retain
            if after := sorted({*automatic.after, *dependencies}):
                members["DependsOn"] = after
        return {"AutoDeployment": members}


def _parameter(name: str, value: str | None) -> dict[str, Any]:
    if value is None:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}


def stack_set_dependencies(
    rollout: Rollout, config: RolloutConfig, states: Mapping[str, ActualState]
) -> Mapping[str, str]:
    """The StackSets that automatic deployment deploys before the one of a stack, with their ARNs.

    One without automatic deployment is none of them. The ARN of one that does not exist yet is
    empty. AWS sequences automatic deployment by them:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_AutoDeployment.html
    """
    if not config.auto_deployment.enabled:
        return {}
    definitions = {
        each.stack_set_name: states[each.stack].definition
        for each in rollout.stack_sets
        if each.stack in rollout.required_by(config.stack) and each.auto_deployment.enabled
    }
    return {name: definition.arn if definition else "" for name, definition in definitions.items()}


def build_request(
    rollout: RolloutConfig,
    template: BuiltTemplate,
    current: StackSetDefinition | None,
    dependencies: Iterable[str] = (),
) -> StackSetRequest:
    """Build the request for a stack. A secret is kept unless ``push_secrets`` names it.

    ``dependencies`` are the names of `stack_set_dependencies`.
    """
    kept = kept_secrets(rollout, template.document, current)
    return StackSetRequest(
        template=template,
        template_bucket=rollout.template_bucket,
        parameters={
            name: None if name in kept else value
            for name, value in stack_set_parameters(rollout, template.document).items()
        },
        tags=rollout.tags,
        administration_role=rollout.administration_role,
        execution_role=rollout.execution_role,
        permission_model=rollout.permission_model,
        auto_deployment=rollout.auto_deployment,
        depends_on=tuple(dependencies),
        managed_execution=rollout.managed_execution,
        previous_capabilities=current.capabilities if current else (),
    )


def kept_secrets(
    rollout: RolloutConfig, template: Template, current: StackSetDefinition | None
) -> frozenset[str]:
    """NoEcho parameters that keep their value, because it cannot be compared with the settings."""
    present = frozenset(current.parameters if current else ())
    return secret_parameters(template) & present - pushed_secrets(rollout)


def to_api_overrides(overrides: Mapping[str, str]) -> list[dict[str, str]]:
    """ParameterOverrides of a request. Other parameters return to the value of the StackSet."""
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in overrides.items()]
