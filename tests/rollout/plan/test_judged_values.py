"""What changed parameters mean for the stacks of a rollout, and what cannot be judged."""

import hashlib
import json
from typing import Any

import pytest

from tests.rollout.fake_stack_sets import Stack
from tests.rollout.scenario import SERVICE, A, apply_rollout, make_plan, new_cloud
from trailbell.diff.model import Risk
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.model.plan import RolloutPlan, why_blocked

_NO_MAIL = {"Fn::Equals": [{"Ref": "Mail"}, ""]}
DOCUMENT: dict[str, Any] = {
    "Parameters": {
        "Mail": {"Type": "String", "Default": ""},
        "Days": {"Type": "Number", "Default": 365},
    },
    "Conditions": {"HasMail": {"Fn::Not": [_NO_MAIL]}},
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "HasMail",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "email",
                "Endpoint": {"Ref": "Mail"},
            },
        },
        "Group": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"RetentionInDays": {"Ref": "Days"}},
        },
    },
}
ALL = frozenset(Risk)


def _template() -> BuiltTemplate:
    text = json.dumps(DOCUMENT)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return BuiltTemplate(stack="alerts", text=text, document=DOCUMENT, sha256=digest)


def _planned(before: str, after: str) -> RolloutPlan:
    cloud = new_cloud()
    assert apply_rollout(cloud, SERVICE + before, _template()).succeeded
    return make_plan(cloud, SERVICE + after, _template())


def _parameters(**values: str) -> str:
    lines = "".join(f'{name} = "{value}"\n' for name, value in values.items())
    return f"[rollout.baseline.parameters]\n{lines}"


@pytest.mark.parametrize(
    ("before", "after", "impacts"),
    [
        pytest.param(_parameters(Days="365"), "", set(), id="the default is given explicitly"),
        pytest.param("", _parameters(Days="400"), set(), id="events are kept longer"),
        pytest.param("", _parameters(Mail="a@example.com"), set(), id="an endpoint is added"),
        pytest.param(
            _parameters(Mail="a@example.com"),
            "",
            {("Subscription", Risk.REMOVE), ("Subscription", Risk.DETECTION_GAP)},
            id="an endpoint is taken away",
        ),
        pytest.param(
            "",
            _parameters(Days="90"),
            {("Group", Risk.DETECTION_GAP)},
            id="events are kept for fewer days",
        ),
    ],
)
def test_a_changed_value_is_judged_as_a_changed_template_is(
    before: str, after: str, impacts: set[tuple[str, Risk]]
) -> None:
    plan = _planned(before, after)
    found = {(i.logical_id, i.risk) for changes in plan.template_plans for i in changes.impacts}
    assert (found, plan.unknowns, plan.blocks(ALL)) == (impacts, (), bool(impacts))


def test_what_overrides_mean_is_not_known() -> None:
    override = f'[rollout.baseline.override.{A}]\nMail = "a@example.com"\n'
    plan = _planned(override, override.replace("a@", "b@"))
    assert why_blocked(plan, ALL) == (
        "The plan is blocked by what is not known: What changed parameter overrides mean for "
        "3 stack instances is not judged."
    )


def test_what_changes_in_an_outdated_stack_is_not_known() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, SERVICE, _template()).succeeded
    location = next(iter(cloud.instances))
    stack: Stack = cloud.instances[location]
    stack.status = "OUTDATED"
    plan = make_plan(cloud, SERVICE, _template())
    assert why_blocked(plan, ALL) == (
        "The plan is blocked by what is not known: 1 stack instance OUTDATED: an earlier operation "
        "failed or did not reach them. AWS does not return the template that they have, so what "
        "changes in them cannot be judged."
    )
    assert why_blocked(plan, frozenset()) == ""
