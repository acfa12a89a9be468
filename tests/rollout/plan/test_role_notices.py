"""What a plan says about the roles of a self-managed rollout."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rollout.scenario import (
    SELF,
    SERVICE,
    built_template,
    make_plan,
    new_cloud,
    read_settings,
)
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.plan.role_notices import role_notices

_PARAMETER = {"Type": "String", "Default": ""}
_OPT_IN = SELF.replace('"us-east-1"', '"af-south-1", "eu-south-1"')
_TRUST = (
    "The role AWSCloudFormationStackSetAdministrationRole must trust "
    "cloudformation.af-south-1.amazonaws.com, cloudformation.eu-south-1.amazonaws.com. "
    "With stackset-roles in the administrator account: OptInRegions=af-south-1,eu-south-1"
)
_BOUNDARY = (
    "The stack makes a role without a permissions boundary, which an execution role of "
    "stackset-roles does not allow. With that role, set the parameter "
    "PermissionsBoundary={}-role-boundary"
)


def _template(**parameters: dict[str, Any]) -> BuiltTemplate:
    """A template with a role."""
    template = built_template(1, **parameters)
    document = dict(template.document)
    document["Resources"] = {**document["Resources"], "R": {"Type": "AWS::IAM::Role"}}
    return replace(template, document=document)


@pytest.mark.parametrize(
    ("text", "parameters", "template", "expected"),
    [
        pytest.param(
            SERVICE.replace('"us-east-1"', '"af-south-1"'),
            {},
            _template(PermissionsBoundary=_PARAMETER),
            [],
            id="AWS makes the roles of a service-managed rollout",
        ),
        pytest.param(SELF, {}, _template(), [], id="a role that cannot have a boundary"),
        pytest.param(
            SELF,
            {},
            built_template(1, PermissionsBoundary=_PARAMETER),
            [],
            id="a stack without roles",
        ),
        pytest.param(
            SELF,
            {"PermissionsBoundary": "ours"},
            _template(PermissionsBoundary=_PARAMETER),
            [],
            id="a boundary of the organization",
        ),
        pytest.param(
            SELF,
            {},
            _template(PermissionsBoundary=_PARAMETER),
            [_BOUNDARY.format("security-alerts")],
            id="a role without boundary",
        ),
        pytest.param(
            SELF,
            {"InstallationName": "watch"},
            _template(PermissionsBoundary=_PARAMETER),
            [_BOUNDARY.format("watch")],
            id="the boundary has the name of the installation",
        ),
        pytest.param(_OPT_IN, {}, built_template(), [_TRUST], id="opt-in Regions"),
        pytest.param(
            _OPT_IN + 'administration_role = "arn:aws:iam::111122223333:role/Own"\n',
            {},
            built_template(),
            [
                _TRUST.replace(
                    "AWSCloudFormationStackSetAdministrationRole",
                    "arn:aws:iam::111122223333:role/Own",
                )
            ],
            id="opt-in Regions and an own administration role",
        ),
    ],
)
def test_role_notices(
    text: str, parameters: dict[str, str], template: BuiltTemplate, expected: list[str]
) -> None:
    rollout = replace(read_settings(text).shared, parameters=parameters)
    assert list(role_notices(rollout, template)) == expected


def test_a_plan_has_the_notices_before_stacks_are_created() -> None:
    assert make_plan(new_cloud(), _OPT_IN).notices[-1] == _TRUST
