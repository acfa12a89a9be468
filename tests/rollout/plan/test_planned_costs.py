"""What a rollout changes in the costs of each month, over all stack instances."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from tests.rollout.scenario import (
    REGIONS,
    SERVICE,
    A,
    B,
    apply_rollout,
    make_plan,
    new_cloud,
    read_settings,
    sessions,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.cost.change import CostChange, Count, costs_line
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.plan.removal import RemovalRequest, plan_removal
from trailbell.rollout.report import markdown_report, report, serialize
from trailbell.rollout.session import read_stack_sets

_PRICES = "; list prices of us-east-1, November 2026"
_ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": 1}}
_KEY = {"Type": "AWS::KMS::Key", "Condition": "MakesKey"}
"""A key that is created if a parameter says so."""


def _template(**resources: Any) -> BuiltTemplate:
    text = json.dumps(
        {
            "Parameters": {"Key": {"Type": "String", "Default": "none"}},
            "Conditions": {"MakesKey": {"Fn::Equals": [{"Ref": "Key"}, "create"]}},
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, **resources},
        }
    )
    return BuiltTemplate(
        stack="alerts",
        text=text,
        document=parse_document(text, "alerts.json"),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


_PLAIN, _ONE, _TWO = (
    _template(),
    _template(First=_ALARM, Key=_KEY),
    _template(First=_ALARM, Second=_ALARM, Key=_KEY),
)
_OVERRIDE = SERVICE + f'[rollout.baseline.parameter_overrides."{A}"]\nKey = "create"\n'


def _line(plan: RolloutPlan) -> str:
    return costs_line(plan.costs)


def test_new_stacks_cost_their_number_times_one() -> None:
    # 5 accounts x 3 Regions x 0.10
    plan = make_plan(new_cloud(), template=_ONE)
    assert plan.costs == CostChange(cents=150, counts=(Count(price="alarm", number=15),))
    assert _line(plan) == f"costs: about +1.50 USD a month (15 alarms){_PRICES}"


def test_nothing_to_do_has_no_line() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, template=_ONE).succeeded
    plan = make_plan(cloud, template=_ONE)
    assert (plan.costs, _line(plan)) == (None, "")


def test_an_update_costs_the_difference() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, template=_ONE).succeeded
    assert _line(make_plan(cloud, template=_TWO)) == (
        f"costs: about +1.50 USD a month (15 alarms){_PRICES}"
    )
    assert _line(make_plan(cloud, template=_PLAIN)) == (
        f"costs: about -1.50 USD a month (-15 alarms){_PRICES}"
    )


def test_overrides_of_an_account_count_for_its_stacks() -> None:
    # 15 alarms x 0.10, and 3 keys of one account x 1.00
    plan = make_plan(new_cloud(), _OVERRIDE, template=_ONE)
    assert _line(plan) == f"costs: about +4.50 USD a month (15 alarms, 3 KMS keys){_PRICES}"


def test_what_an_earlier_operation_left_is_not_known() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, template=_ONE).succeeded
    location = AccountRegion(B, REGIONS[0])
    cloud.instances[location] = replace(
        cloud.instances[location], status="OUTDATED", detailed="FAILED"
    )
    assert _line(make_plan(cloud, template=_ONE)) == (
        "costs: not known (what stack instances have that are OUTDATED)"
    )


def test_a_template_of_the_stack_set_that_cannot_be_read_is_not_known() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, template=_ONE).succeeded
    definition = cloud.stack_set("baseline").definition
    assert definition is not None
    definition["TemplateBody"] = "Resources: ["
    assert _line(make_plan(cloud, template=_TWO)) == (
        "costs: not known (the template of the StackSet, which cannot be read)"
    )


def test_removed_stacks_save_what_they_cost() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, template=_ONE).succeeded
    state = read_stack_sets(sessions(cloud))
    removal = plan_removal(
        read_settings(), RemovalRequest(accounts=(A, B)), state, account_id=cloud.caller
    )
    assert _line(removal) == f"costs: about -0.60 USD a month (-6 alarms){_PRICES}"
    retained = plan_removal(
        read_settings(), RemovalRequest(accounts=(A,), retain=True), state, account_id=cloud.caller
    )
    assert (retained.costs, _line(retained)) == (None, "")


def test_the_line_is_in_all_reports_once() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, template=_ONE).succeeded
    plan = make_plan(cloud, template=_TWO)
    line = f"about +1.50 USD a month (15 alarms){_PRICES}"
    text, markdown = report.to_text(plan), markdown_report.plan_to_markdown(plan)
    assert [each.strip() for each in text.splitlines() if "costs" in each] == [f"costs: {line}"]
    assert [each for each in markdown.splitlines() if "osts" in each] == [f"Costs: {line}"]
    data = json.loads(serialize.plan_to_json(plan))
    assert data["costs"] == {
        "cents": 150,
        "counts": [{"price": "alarm", "number": 15}],
        "unknown": [],
        "prices": "list prices of us-east-1, November 2026",
    }
    assert data["template_changes"]["costs"]["cents"] == 10
