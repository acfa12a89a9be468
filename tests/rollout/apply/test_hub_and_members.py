"""The real templates of a hub in one account and Region, and of its members, in one rollout."""

from typing import Any

import pytest

from tests import PROJECT
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import (
    NEXT_COMMANDS,
    PROD,
    REGIONS,
    TEST,
    A,
    B,
    C,
    D,
    E,
    account,
    new_cloud,
)
from tests.rollout.several import applied, ends, order, planned, sessions, set_name
from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate, load_templates
from trailbell.rollout.apply.result import StageStatus
from trailbell.rollout.configuration.config import REST
from trailbell.rollout.observe import status
from trailbell.rollout.report import result_report

HUB, RULES, FORWARD = "realtime-hub", "identity-realtime", "realtime-forward"
STACKS = (HUB, RULES, FORWARD)
EU, US, AP = REGIONS
PLACE = AccountRegion(C, EU)
EVERYWHERE = {AccountRegion(a, region) for a in (A, B, C, D, E) for region in REGIONS}

SETTINGS = f"""
[rollout.baseline]
stacks = ["{HUB}", "{RULES}", "{FORWARD}"]
region = "eu-central-1"
regions = ["{EU}", "{US}", "{AP}"]
organizational_units = ["{PROD}", "{TEST}"]
max_concurrent = 5
concurrency_mode = "soft"

[rollout.baseline.parameters]
InstallationName = "security-alerts"

[rollout.baseline.stack.{HUB}]
accounts = ["{C}"]
regions = ["{EU}"]
parameters = {{ OrganizationId = "o-a1b2c3d4e5" }}

[rollout.baseline.stack.{RULES}]
accounts = ["{C}"]
regions = ["{EU}"]

[rollout.baseline.stack.{FORWARD}.parameters]
HubBusArn = "arn:aws:events:{EU}:{C}:event-bus/security-alerts"
"""
FIRST_WAVE = f'\n[rollout.baseline.wave.hub]\naccounts = ["{C}"]\n'


@pytest.fixture(scope="module")
def built() -> dict[str, BuiltTemplate]:
    return {each.stack: each for each in load_templates(PROJECT / "dist", STACKS)}


def places(cloud: Cloud) -> dict[str, set[AccountRegion]]:
    """Where each stack has a stack instance that is current."""
    return {
        stack: {
            location
            for location, each in cloud.stack_set(set_name(stack)).instances.items()
            if each.status == "CURRENT"
        }
        for stack in STACKS
    }


def requests(cloud: Cloud, operation: str, stack: str, *members: str) -> list[tuple[Any, ...]]:
    """These members of all requests of an operation for a stack."""
    return [
        tuple(request.get(member) for member in members)
        for request in cloud.requests(operation)
        if request["StackSetName"] == set_name(stack)
    ]


def test_the_plan_has_the_hub_once_and_the_members_everywhere(
    built: dict[str, BuiltTemplate],
) -> None:
    plan = planned(new_cloud(), SETTINGS, built)
    assert {
        each.stack: {instance.location for instance in each.instances} for each in plan.stack_sets
    } == {HUB: {PLACE}, RULES: {PLACE}, FORWARD: EVERYWHERE}
    assert plan.rollout.requires == {
        HUB: frozenset(),
        RULES: frozenset({HUB}),
        FORWARD: frozenset(),
    }


def test_the_hub_is_deployed_first_and_only_to_its_account(built: dict[str, BuiltTemplate]) -> None:
    cloud = new_cloud()
    result = applied(cloud, SETTINGS, built)
    assert result.succeeded, result_report.to_text(result)
    assert places(cloud) == {HUB: {PLACE}, RULES: {PLACE}, FORWARD: EVERYWHERE}
    assert order(cloud) == [
        (operation, stack)
        for stack in STACKS
        for operation in ("CreateStackSet", "CreateStackInstances")
    ]
    members = ("DeploymentTargets", "Regions")
    only = {
        "OrganizationalUnitIds": [PROD],
        "Accounts": [C],
        "AccountFilterType": "INTERSECTION",
    }
    everyone = {"OrganizationalUnitIds": [PROD, TEST], "AccountFilterType": "NONE"}
    assert {
        stack: requests(cloud, "CreateStackInstances", stack, *members) for stack in STACKS
    } == {
        HUB: [(only, [EU])],
        RULES: [(only, [EU])],
        FORWARD: [(everyone, [*REGIONS])],
    }
    assert planned(cloud, SETTINGS, built).empty


def test_a_wave_with_the_account_of_the_hub_comes_first(built: dict[str, BuiltTemplate]) -> None:
    cloud = new_cloud()
    result = applied(cloud, SETTINGS + FIRST_WAVE, built)
    done = dict.fromkeys(STACKS, StageStatus.DONE)
    assert ends(result) == {
        "hub": done,
        REST: done | {HUB: StageStatus.NOTHING_TO_DO, RULES: StageStatus.NOTHING_TO_DO},
    }
    assert places(cloud) == {HUB: {PLACE}, RULES: {PLACE}, FORWARD: EVERYWHERE}


def test_an_account_that_joins_gets_what_forwards_and_no_hub(
    built: dict[str, BuiltTemplate],
) -> None:
    text = SETTINGS.replace("max_concurrent", "auto_deployment = true\nmax_concurrent")
    cloud = new_cloud()
    assert applied(cloud, text, built).succeeded
    six = account(6)
    cloud.join(six, TEST)
    joined = {AccountRegion(six, region) for region in REGIONS}
    assert places(cloud) == {HUB: {PLACE}, RULES: {PLACE}, FORWARD: EVERYWHERE | joined}
    assert [requests(cloud, "CreateStackSet", stack, "AutoDeployment") for stack in STACKS] == [
        [({"Enabled": False},)],
        [({"Enabled": False},)],
        [({"Enabled": True, "RetainStacksOnAccountRemoval": False},)],
    ]


def test_the_status_misses_nothing_where_a_stack_does_not_belong(
    built: dict[str, BuiltTemplate],
) -> None:
    cloud = new_cloud()
    assert applied(cloud, SETTINGS, built).succeeded
    del cloud.stack_set(set_name(RULES)).instances[PLACE]
    for location in [each for each in EVERYWHERE if each.account == D]:
        del cloud.stack_set(set_name(FORWARD)).instances[location]
    read = status.read_status(sessions(cloud, SETTINGS, built))
    assert {each.stack: each.not_deployed for each in read.stack_sets} == {
        HUB: 0,
        RULES: 1,
        FORWARD: 1,
    }


def test_if_the_hub_fails_its_rules_wait_and_resume_continues(
    built: dict[str, BuiltTemplate],
) -> None:
    text = SETTINGS.replace("max_concurrent", "failure_tolerance = 1\nmax_concurrent")
    cloud = new_cloud()
    cloud.stack_set(set_name(HUB)).fails[PLACE] = "no permission"
    result = applied(cloud, text, built)
    assert (result.succeeded, result.next_commands) == (False, NEXT_COMMANDS)
    assert places(cloud) == {HUB: set(), RULES: set(), FORWARD: EVERYWHERE}
    cloud.stack_set(set_name(HUB)).fails.clear()
    assert applied(cloud, text, built, resume=True).succeeded
    assert places(cloud) == {HUB: {PLACE}, RULES: {PLACE}, FORWARD: EVERYWHERE}
