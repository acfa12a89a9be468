"""Rollouts of several stacks: reports, saved plans, gates, status, stop, drift, permissions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import PROJECT
from tests.fake_aws import ApiError
from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import Cloud, FakeOperation
from tests.rollout.scenario import TEST, A, B, D, Recorder, account, new_cloud
from tests.rollout.several import (
    BASE,
    CANARY,
    REGIONS,
    SETTINGS,
    STACKS,
    applied,
    pack,
    planned,
    read,
    sessions,
    set_name,
    template,
    templates,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.deploy.permissions.deployer import PermissionOptions
from trailbell.deploy.permissions.policy import Scope
from trailbell.diff.model import Risk
from trailbell.dist.built_templates import load_templates
from trailbell.errors import NotFoundError, PreconditionError, StalePlanError
from trailbell.rollout.apply.result import RolloutResult
from trailbell.rollout.configuration import settings
from trailbell.rollout.configuration.stack_order import with_templates
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.observe import drift, status, stop
from trailbell.rollout.permissions import execution_role_policies, operator_policies
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.report import markdown_report, plan_file, report, serialize
from trailbell.settings import parse

EU, US = REGIONS


def mixed() -> tuple[Cloud, RolloutPlan]:
    """A new account, a missing stack, new templates, and a detection that goes."""
    cloud = new_cloud()
    assert applied(cloud, CANARY).succeeded
    cloud.units[TEST].append(account(6))
    del cloud.stack_set(set_name("tamper")).instances[AccountRegion(B, US)]
    built = templates(2, identity=pack("identity"), exposure=template("exposure"))
    return cloud, planned(cloud, CANARY, built)


def expected(name: str) -> str:
    """The expected text, verbatim."""
    return (Path(__file__).parent / "expected" / f"{name}.txt").read_text("utf-8")


def test_a_plan_has_one_matrix_and_the_stacks_in_deployment_order() -> None:
    assert report.to_text(mixed()[1]) == expected("several")


def test_a_plan_as_markdown_starts_with_a_row_for_each_stack() -> None:
    text = markdown_report.plan_to_markdown(mixed()[1])
    assert text.splitlines()[:10] == [
        f"### rollout baseline: 4 stacks (service-managed, {MANAGER})",
        "",
        "| stack | create | update | unchanged | risks |",
        "| --- | ---: | ---: | ---: | --- |",
        "| security-alerts | 2 | 10 | 0 |  |",
        "| tamper | 3 | 9 | 0 |  |",
        "| identity | 2 | 0 | 10 |  |",
        "| exposure | 2 | 10 | 0 | detection-gap, remove |",
        "| total | 9 | 29 | 10 | detection-gap, remove |",
        "",
    ]


def test_a_plan_as_json_has_each_stack_set_and_each_operation_with_its_stack() -> None:
    data: dict[str, Any] = json.loads(serialize.plan_to_json(mixed()[1]))
    assert ("stack" in data, data["counts"], data["risks"]) == (
        False,
        {"create": 9, "update": 29, "unchanged": 10},
        ["detection-gap", "remove"],
    )
    assert [
        (each["stack"], each["stack_set_name"], each["requires"], each["counts"], each["risks"])
        for each in data["stack_sets"]
    ] == [
        (BASE, set_name(BASE), [], {"create": 2, "update": 10}, []),
        ("tamper", set_name("tamper"), [BASE], {"create": 3, "update": 9}, []),
        ("identity", set_name("identity"), [BASE], {"create": 2, "unchanged": 10}, []),
        (
            "exposure",
            set_name("exposure"),
            [],
            {"create": 2, "update": 10},
            ["detection-gap", "remove"],
        ),
    ]
    canary = data["stages"][0]
    assert [(each["stack"], each["api"]) for each in canary["operations"]] == [
        (BASE, "UpdateStackSet"),
        ("tamper", "UpdateStackSet"),
        ("exposure", "UpdateStackSet"),
    ]


def test_a_result_as_json_has_each_step() -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(A, EU)] = "no role"
    data: dict[str, Any] = json.loads(serialize.result_to_json(applied(cloud, CANARY)))
    assert (data["succeeded"], data["stack_sets"][BASE], data["stack_set_name"]) == (
        False,
        set_name(BASE),
        None,
    )
    canary = data["stages"][0]
    assert [(step["stack"], step["status"]) for step in canary["steps"]] == [
        (BASE, "failed"),
        ("tamper", "not started"),
        ("identity", "not started"),
        ("exposure", "not started"),
    ]
    assert canary["failures"] == canary["steps"][0]["failures"]


def test_the_waves_of_the_table_are_in_the_order_of_the_settings() -> None:
    text = SETTINGS + f'[rollout.baseline.wave.canary]\naccounts = ["{D}"]\n'
    lines = report.to_text(planned(new_cloud(), text)).splitlines()
    assert [line.split("  ")[0] for line in lines[8:13]] == [
        "canary",
        *["remaining accounts"] * 4,
    ]


def test_a_gate_is_over_all_stacks() -> None:
    plan = mixed()[1]
    assert plan.blocks(frozenset({Risk.DETECTION_GAP}))
    assert not plan.blocks(frozenset({Risk.BROADEN}))


# ------------------------------------------------------------------------------- saved plans


def _change_template(cloud: Cloud) -> None:
    definition = cloud.stack_set(set_name("identity")).definition
    assert definition is not None
    definition["TemplateBody"] = pack("identity", 9).text


def _fail(cloud: Cloud) -> None:
    cloud.stack_set(set_name("exposure")).instances[AccountRegion(D, US)].status = "OUTDATED"


def _remove_base(cloud: Cloud) -> None:
    cloud.stack_set(set_name(BASE)).definition = None
    cloud.stack_set(set_name(BASE)).instances.clear()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        pytest.param(
            _change_template, "stack_sets.identity.definition.template", id="another template"
        ),
        pytest.param(_fail, f"stack_sets.exposure.instances.{D} {US}", id="a stack that failed"),
        pytest.param(_remove_base, f"stack_sets.{BASE}.definition", id="the base was deleted"),
    ],
)
def test_a_change_of_one_stack_set_makes_the_plan_of_all_out_of_date(
    change: Callable[[Cloud], None], path: str, tmp_path: Path
) -> None:
    cloud = new_cloud()
    assert applied(cloud, CANARY).succeeded
    built, file = templates(2), tmp_path / "plan.json"
    plan = planned(cloud, CANARY, built)
    plan_file.write(file, plan, built, RolloutOptions(), check_overrides=False)
    saved = plan_file.read(file)
    plan_file.ensure_fresh(saved, planned(cloud, CANARY, built), built)
    change(cloud)
    with pytest.raises(StalePlanError) as caught:
        plan_file.ensure_fresh(saved, planned(cloud, CANARY, built), built)
    assert path in str(caught.value)


# ------------------------------------------------------------------------- status, stop, drift


def test_the_status_of_all_stacks_has_the_waves() -> None:
    cloud = new_cloud()
    assert applied(cloud, CANARY).succeeded
    cloud.stack_set(set_name("tamper")).instances[AccountRegion(A, US)].status = "OUTDATED"
    del cloud.stack_set(set_name("exposure")).instances[AccountRegion(B, EU)]
    read_ = status.read_status(sessions(cloud, CANARY))
    assert (read_.succeeded, status.to_text(read_).splitlines()[5:15]) == (
        False,
        [
            "wave                account       euc1  use1",
            f"canary              {A}  ....  .!..",
            f"remaining accounts  {B}  ..._  ....",
            *(f"remaining accounts  {account(n)}  ....  ...." for n in (3, 4, 5)),
            "",
            (
                ". CURRENT  ! OUTDATED  x INOPERABLE  _ none; one mark for each of "
                "security-alerts, tamper, identity, exposure"
            ),
            "euc1 eu-central-1, use1 us-east-1",
            f"  tamper {A} us-east-1 OUTDATED/SUCCEEDED",
        ],
    )
    assert len(status.to_data(read_)["stack_sets"]) == len(STACKS)


def test_a_stack_set_that_does_not_exist_yet_is_part_of_the_status() -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(A, EU)] = "no role"
    applied(cloud, CANARY)
    read_ = status.read_status(sessions(cloud, CANARY))
    assert (read_.succeeded, status.to_text(read_).splitlines()[1]) == (
        False,
        "StackSet trailbell-tamper: does not exist",
    )


def test_the_status_of_nothing() -> None:
    with pytest.raises(NotFoundError) as caught:
        status.read_status(sessions(new_cloud(), SETTINGS))
    names = " and ".join(set_name(name) for name in (BASE, "tamper", "identity", "exposure"))
    assert str(caught.value) == f"DescribeStackSet: StackSets {names} do not exist"


def test_waves_that_cannot_be_read_leave_the_status() -> None:
    cloud = new_cloud()
    assert applied(cloud).succeeded
    cloud.refusals.append(("DescribeOrganization", ApiError("AccessDenied", "not authorized", 403)))
    read_ = status.read_status(sessions(cloud, SETTINGS))
    assert (read_.succeeded, read_.waves_unread) == (
        True,
        "DescribeOrganization: not authorized",
    )


def test_operations_on_all_stack_sets_are_stopped() -> None:
    cloud = new_cloud()
    assert applied(cloud).succeeded
    for name in (BASE, "exposure"):
        stack_set = cloud.stack_set(set_name(name))
        places = list(stack_set.instances)
        operation = FakeOperation(f"of-{name}", "UPDATE", places, {"OperationId": f"of-{name}"})
        operation.results = dict.fromkeys(places, ("PENDING", ""))
        stack_set.operations.append(operation)
    stopped = stop.stop_operations(sessions(cloud, SETTINGS), Recorder())
    assert [(each.id, each.status) for each in stopped] == [
        (f"of-{BASE}", "STOPPED"),
        ("of-exposure", "STOPPED"),
    ]


def test_stack_sets_that_do_not_exist_have_nothing_to_stop() -> None:
    assert stop.stop_operations(sessions(new_cloud(), SETTINGS), Recorder()) == ()


def test_drift_of_all_stacks() -> None:
    cloud = new_cloud()
    assert applied(cloud).succeeded
    reports = drift.detect_drift(sessions(cloud, SETTINGS), Recorder())
    assert [(each.stack_set_name, each.checked, each.in_sync) for each in reports] == [
        (set_name(name), 10, True) for name in (BASE, "tamper", "identity", "exposure")
    ]
    assert list(drift.to_data(reports)) == ["stack_sets"]


def test_a_stack_set_that_does_not_exist_is_not_in_sync() -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(A, EU)] = "no role"
    applied(cloud, CANARY)
    *_, last = drift.detect_drift(sessions(cloud, CANARY), Recorder())
    assert (last.in_sync, drift.to_text([last]).splitlines()[-1]) == (
        False,
        "  the results could not be read: StackSet trailbell-exposure does not exist",
    )


# ------------------------------------------------------------------------------- permissions


def test_the_operator_may_change_the_stack_sets_of_all_stacks_and_no_other() -> None:
    built = templates()
    policies = operator_policies(read(SETTINGS), built, PermissionOptions(scope=Scope()))
    by_sid = {s.sid: s for policy in policies.policies for s in policy.statements}
    names = [set_name(name) for name in (BASE, "tamper", "identity", "exposure")]
    arn = "arn:aws:cloudformation:eu-central-1:*"
    assert sorted(by_sid["AdministerStackSet"].resources) == sorted(
        f"{arn}:stackset/{name}:*" for name in names
    )
    assert sorted(by_sid["ChangeStackInstances"].resources) == sorted(
        [
            *(f"{arn}:stackset/{name}:*" for name in names),
            *(f"{arn}:stackset-target/{name}:*" for name in names),
            "arn:aws:cloudformation:*:*:type/resource/AWS-Logs-MetricFilter",
            "arn:aws:cloudformation:*:*:type/resource/AWS-SNS-Topic",
        ]
    )


def _execution_role(*stacks: str) -> set[tuple[str, str]]:
    """The actions and resources of the execution role of a rollout of stacks in dist/."""
    text = (
        f"[rollout.own]\nstacks = {json.dumps(stacks)}\n"
        'permission_model = "self-managed"\naccounts = ["123456789012"]\nregions = ["us-east-1"]\n'
    )
    built = {each.stack: each for each in load_templates(PROJECT / "dist", ())}
    table = parse(text)
    rollout = with_templates(settings.read_rollout(table, "own", built), built)
    policies = execution_role_policies(rollout, built, PermissionOptions(scope=Scope()))
    return {
        (action, resource)
        for policy in policies.policies
        for each in policy.statements
        for action in each.actions
        for resource in each.resources
    }


def test_an_execution_role_may_do_what_all_stacks_need() -> None:
    base, pack_ = _execution_role(BASE), _execution_role("tamper")
    both = _execution_role(BASE, "tamper")
    assert {action for action, _ in both} == {action for action, _ in base | pack_}
    filters = {resource for action, resource in both if action == "logs:PutMetricFilter"}
    assert "arn:aws:logs:us-east-1:*:log-group:*" not in filters  # it is that of the base
    assert base - both == set()


# ------------------------------------------------------------------------------- checks of waves


def checked(check: str) -> str:
    return f"{CANARY}[rollout.baseline.wave.canary.check]\n{check}\n"


@pytest.mark.parametrize(
    ("check", "message"),
    [
        pytest.param(
            'command = ["/no/such", "canary"]',
            'trailbell.toml: rollout.baseline.wave.canary.check.command: "/no/such" is not a '
            "program that can be run\n  Correct the path, which is relative to the current "
            "directory.",
            id="no such program",
        ),
        pytest.param(
            'alarms = ["hihg"]',
            'trailbell.toml: rollout.baseline.wave.canary.check.alarms: there is no alarm "hihg" '
            f"in account {MANAGER}, eu-central-1\n  Correct the name, or create the alarm.",
            id="no such alarm",
        ),
    ],
)
def test_a_check_that_cannot_pass_is_refused_when_it_is_planned(check: str, message: str) -> None:
    with pytest.raises(PreconditionError) as caught:
        planned(new_cloud(alarms={"high": ["OK"]}), checked(check))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("check", "more", "alarms", "notices"),
    [
        pytest.param('command = ["true"]', "", {}, [], id="a program that exists"),
        pytest.param('alarms = ["high"]', "", {"high": ["OK"]}, [], id="an alarm that is OK"),
        pytest.param(
            'alarms = ["high"]',
            "",
            {"high": ["ALARM"]},
            ["Alarm high is in ALARM now. If it stays, the check of canary fails."],
            id="an alarm that is in ALARM before",
        ),
        pytest.param(
            'alarms = ["high"]',
            "include_management_account = true\n",
            {},
            [
                (
                    "Alarm high does not exist yet. If no stack of the rollout creates it, the "
                    "check of canary fails."
                )
            ],
            id="an alarm that a stack of the rollout may create",
        ),
    ],
)
def test_what_a_plan_says_about_a_check(
    check: str, more: str, alarms: dict[str, list[str]], notices: list[str]
) -> None:
    text = checked(check).replace("max_concurrent", f"{more}max_concurrent")
    assert list(planned(new_cloud(alarms=alarms), text).notices) == notices


def test_alarms_that_may_not_be_read_are_a_notice() -> None:
    cloud = new_cloud()
    cloud.refusals.append(("DescribeAlarms", ApiError("AccessDenied", "not authorized", 403)))
    assert list(planned(cloud, checked('alarms = ["high"]')).notices) == [
        "Whether the alarms of the checks exist could not be read: DescribeAlarms: not authorized"
    ]


def test_a_plan_without_changes_needs_no_check() -> None:
    cloud = new_cloud(alarms={"high": ["OK"]})
    text = checked('alarms = ["high"]')
    result: RolloutResult = applied(cloud, text)
    assert result.succeeded
    cloud.alarms.clear()
    assert planned(cloud, text).empty
