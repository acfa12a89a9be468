"""A base and three packs in five accounts and two Regions: order, failures, interruptions."""

from typing import Any

import pytest

from tests.rollout.fake_stack_set import stack_set_arn
from tests.rollout.fake_stack_sets import Cloud, Killed
from tests.rollout.scenario import NEXT_COMMANDS, TEST, A, B, C, D, E, Recorder, account, new_cloud
from tests.rollout.several import (
    AUTOMATIC,
    BASE,
    CANARY,
    PACKS,
    REGIONS,
    SETTINGS,
    STACKS,
    TOLERANT,
    applied,
    base,
    current,
    ends,
    everywhere,
    order,
    pack,
    planned,
    read,
    removal,
    removed,
    sessions,
    set_name,
    template,
    templates,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError, UnknownNameError
from trailbell.rollout.apply.result import StageStatus
from trailbell.rollout.configuration.config import REST
from trailbell.rollout.plan.removal import RemovalRequest, plan_removal
from trailbell.rollout.report import result_report
from trailbell.rollout.session import read_stack_sets

EU, US = REGIONS
SIX = account(6)


def deployed_cloud(text: str = SETTINGS, **more: Any) -> Cloud:
    cloud = new_cloud(**more)
    result = applied(cloud, text)
    assert result.succeeded, result_report.to_text(result)
    cloud.record.clear()
    return cloud


# ------------------------------------------------------------------------------- the order


def test_the_base_is_deployed_before_the_packs_in_each_wave() -> None:
    cloud = new_cloud()
    assert applied(cloud, CANARY).succeeded
    create = [("CreateStackSet", BASE), ("CreateStackInstances", BASE)]
    packs = ("tamper", "identity", "exposure")  # in the order of the settings
    for name in packs:
        create += [("CreateStackSet", name), ("CreateStackInstances", name)]
    create += [("CreateStackInstances", name) for name in (BASE, *packs)]
    assert order(cloud) == create
    assert current(cloud) == everywhere(A, B, C, D, E)


def test_a_second_plan_is_empty() -> None:
    cloud = deployed_cloud(CANARY)
    assert planned(cloud, CANARY).empty
    result = applied(cloud, CANARY)
    assert (result.succeeded, order(cloud)) == (True, [])


def test_a_new_version_reaches_the_canary_with_all_stacks_before_any_other_account() -> None:
    cloud = deployed_cloud(CANARY)
    assert applied(cloud, CANARY, templates(2)).succeeded
    assert order(cloud) == [
        *(("UpdateStackSet", name) for name in (BASE, "tamper", "identity", "exposure")),
        *(("UpdateStackInstances", name) for name in (BASE, "tamper", "identity", "exposure")),
    ]
    assert current(cloud) == everywhere(A, B, C, D, E)


def test_one_changed_pack_changes_only_its_stack_set() -> None:
    cloud = deployed_cloud()
    changed = templates(tamper=pack("tamper", 2))
    assert applied(cloud, SETTINGS, changed).succeeded
    assert order(cloud) == [("UpdateStackSet", "tamper")]


def test_the_check_of_a_wave_comes_after_all_its_stacks() -> None:
    check = '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\n'
    cloud = new_cloud(alarms={"high": ["OK", "ALARM"]})
    result = applied(cloud, CANARY + check)
    assert ends(result) == {
        "canary": dict.fromkeys((BASE, "tamper", "identity", "exposure"), StageStatus.DONE),
        REST: dict.fromkeys((BASE, "tamper", "identity", "exposure"), StageStatus.NOT_STARTED),
    }
    assert (result.stages[0].status, result.stages[0].message) == (
        StageStatus.CHECK_FAILED,
        "Alarm high is in ALARM.",
    )
    assert current(cloud) == everywhere(A)


# ------------------------------------------------------------------------------- accounts


def test_a_new_account_gets_the_base_first() -> None:
    cloud = deployed_cloud()
    cloud.units[TEST].append(SIX)
    assert applied(cloud).succeeded
    assert order(cloud) == [
        ("CreateStackInstances", name) for name in (BASE, "tamper", "identity", "exposure")
    ]
    assert current(cloud) == everywhere(A, B, C, D, E, SIX)


def test_automatic_deployment_gives_a_new_account_the_base_first() -> None:
    cloud = deployed_cloud(AUTOMATIC)
    assert {name: cloud.stack_set(set_name(name)).dependencies for name in STACKS} == {
        BASE: set(),
        **{name: {stack_set_arn(set_name(BASE))} for name in PACKS},
    }
    cloud.join(SIX, TEST)
    assert current(cloud) == everywhere(A, B, C, D, E, SIX)
    assert planned(cloud, AUTOMATIC).empty


def test_a_dependency_that_was_removed_is_a_change_of_settings() -> None:
    cloud = deployed_cloud(AUTOMATIC)
    definition = cloud.stack_set(set_name("tamper")).definition
    assert definition is not None
    del definition["AutoDeployment"]["DependsOn"]
    plan = planned(cloud, AUTOMATIC)
    enabled = "enabled, account removal behavior: delete stacks"
    assert [(c.name, c.before, c.after) for c in plan.stack_set("tamper").value_changes] == [
        (
            "automatic deployment",
            enabled,
            f"{enabled}, depends on {stack_set_arn(set_name(BASE))}",
        )
    ]
    assert applied(cloud, AUTOMATIC).succeeded
    assert planned(cloud, AUTOMATIC).empty


def test_an_account_that_leaves_loses_the_packs_first() -> None:
    cloud = deployed_cloud()
    cloud.units[TEST].remove(E)
    cloud.units["ou-ab12-other000"] = [E]
    cloud.children["r-ab12"].append("ou-ab12-other000")
    assert applied(cloud).succeeded
    assert order(cloud) == [
        ("DeleteStackInstances", name) for name in ("exposure", "identity", "tamper", BASE)
    ]
    assert current(cloud) == everywhere(A, B, C, D)


# ------------------------------------------------------------------------------- failures


def test_a_base_that_fails_in_the_canary_starts_neither_packs_nor_later_waves() -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(A, EU)] = "no role"
    result = applied(cloud, CANARY)
    packs = dict.fromkeys(("tamper", "identity", "exposure"), StageStatus.NOT_STARTED)
    assert ends(result) == {
        "canary": {BASE: StageStatus.FAILED, **packs},
        REST: {BASE: StageStatus.NOT_STARTED, **packs},
    }
    assert order(cloud) == [("CreateStackSet", BASE), ("CreateStackInstances", BASE)]
    assert result.next_commands == NEXT_COMMANDS


def test_a_canary_whose_cause_was_removed_is_resumed_to_the_end() -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(A, EU)] = "no role"
    assert not applied(cloud, CANARY).succeeded
    cloud.stack_set(set_name(BASE)).fails.clear()
    assert applied(cloud, CANARY, resume=True).succeeded
    assert current(cloud) == everywhere(A, B, C, D, E)
    assert planned(cloud, CANARY).empty


def test_packs_leave_out_accounts_in_which_the_base_failed_within_the_tolerance() -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(D, EU)] = "no role"
    result = applied(cloud, TOLERANT)
    (stage,) = result.stages
    assert (result.succeeded, ends(result)) == (
        False,
        {REST: dict.fromkeys((BASE, *PACKS), StageStatus.WITHIN_TOLERANCE)},
    )
    assert {step.stack: step.left_out for step in stage.steps} == {
        BASE: (),
        **dict.fromkeys(PACKS, (D,)),
    }
    assert (
        f"tamper was left out in 1 account, because security-alerts is not ready: {D}. The next "
        "run continues with them." in stage.notes
    )
    without = everywhere(A, B, C, E)
    assert current(cloud) == {
        **without,
        BASE: {*without[BASE], AccountRegion(D, US)},
    }
    assert all(AccountRegion(D, EU) not in cloud.stack_set(set_name(p)).instances for p in PACKS)


@pytest.mark.parametrize("resume", [False, True])
def test_the_next_run_continues_with_the_accounts_that_were_left_out(*, resume: bool) -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(D, EU)] = "no role"
    applied(cloud, TOLERANT)
    cloud.stack_set(set_name(BASE)).fails.clear()
    assert applied(cloud, TOLERANT, resume=resume).succeeded
    assert current(cloud) == everywhere(A, B, C, D, E)


def test_a_pack_whose_only_canary_failed_in_the_base_keeps_its_template() -> None:
    """Its later waves would be updated to the old template: UpdateStackSet has no target."""
    text = CANARY.replace("failure_tolerance = 0", "failure_tolerance = 1")
    cloud = deployed_cloud(text)
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(A, EU)] = "no role"
    result = applied(cloud, text, templates(2))
    assert ends(result) == {
        "canary": {
            BASE: StageStatus.WITHIN_TOLERANCE,
            **dict.fromkeys(PACKS, StageStatus.LEFT_OUT),
        },
        REST: {BASE: StageStatus.DONE, **dict.fromkeys(PACKS, StageStatus.LEFT_OUT)},
    }
    assert "  tamper: left out" in result_report.to_text(result).splitlines()
    assert order(cloud) == [("UpdateStackSet", BASE), ("UpdateStackInstances", BASE)]
    cloud.stack_set(set_name(BASE)).fails.clear()
    assert applied(cloud, text, templates(2)).succeeded
    assert current(cloud) == everywhere(A, B, C, D, E)


def _chain(version: int = 1) -> dict[str, BuiltTemplate]:
    """The base, identity that imports from it, and exposure that imports from identity alone."""
    outputs = {"Out": {"Value": "1", "Export": {"Name": "of-identity"}}}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"N": {"Fn::ImportValue": "of-identity"}}}
    return templates(
        version,
        identity=pack("identity", version, Outputs=outputs),
        exposure=template("exposure", version, Resources={"Importing": topic}),
    )


def _of_chain(text: str) -> str:
    return text.replace('"tamper", ', "")


def test_what_depends_on_a_pack_that_was_left_out_is_left_out_too() -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(D, EU)] = "no role"
    (stage,) = applied(cloud, _of_chain(TOLERANT), _chain()).stages
    assert {step.stack: (step.left_out, step.failures.failed) for step in stage.steps[1:]} == {
        "identity": ((D,), ()),
        "exposure": ((D,), ()),
    }
    cloud.stack_set(set_name(BASE)).fails.clear()
    assert applied(cloud, _of_chain(TOLERANT), _chain()).succeeded


def test_what_imports_from_an_importer_is_removed_too() -> None:
    cloud = new_cloud()
    assert applied(cloud, _of_chain(SETTINGS), _chain()).succeeded
    rollout = read(_of_chain(SETTINGS), _chain())
    states = read_stack_sets(sessions(cloud, _of_chain(SETTINGS), _chain()))
    with pytest.raises(PreconditionError) as caught:
        plan_removal(
            rollout, RemovalRequest(stacks=(BASE,), everything=True), states, account_id="1"
        )
    assert str(caught.value) == (
        'stack security-alerts: "identity", "exposure" import from it, and keep 20 stack instances '
        "in these accounts and Regions\n  Remove all: --stack identity --stack exposure --stack "
        "security-alerts"
    )
    everything = RemovalRequest(stacks=("identity", "exposure", BASE), everything=True)
    assert not plan_removal(rollout, everything, states, account_id="1").empty


def test_what_depends_on_a_pack_that_keeps_its_template_keeps_its_own() -> None:
    text = _of_chain(CANARY).replace("failure_tolerance = 0", "failure_tolerance = 1")
    cloud = new_cloud()
    assert applied(cloud, text, _chain()).succeeded
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(A, EU)] = "no role"
    cloud.record.clear()
    result = applied(cloud, text, _chain(2))
    assert order(cloud) == [("UpdateStackSet", BASE), ("UpdateStackInstances", BASE)]
    assert ends(result)[REST] == {
        BASE: StageStatus.DONE,
        "identity": StageStatus.LEFT_OUT,
        "exposure": StageStatus.LEFT_OUT,
    }
    cloud.stack_set(set_name(BASE)).fails.clear()
    assert applied(cloud, text, _chain(2)).succeeded


def test_a_failed_deletion_of_a_pack_leaves_the_base_of_its_account() -> None:
    cloud = deployed_cloud(TOLERANT)
    narrowed = TOLERANT.replace(f', "{TEST}"', "")
    cloud.stack_set(set_name("tamper")).fails[AccountRegion(D, EU)] = "in use"
    result = applied(cloud, narrowed)
    removals = result.stages[-1]
    assert {step.stack: step.left_out for step in removals.steps} == {
        "exposure": (),
        "identity": (),
        "tamper": (),
        BASE: (D,),
    }
    left = everywhere(A, B, C)
    assert current(cloud) == {**left, BASE: {*left[BASE], *(AccountRegion(D, r) for r in REGIONS)}}


def test_the_result_as_text_names_each_stack_of_a_stage() -> None:
    cloud = new_cloud()
    cloud.stack_set(set_name(BASE)).fails[AccountRegion(A, EU)] = "no role"
    result = applied(cloud, CANARY)
    (operation,) = result.stages[0].operations
    assert result_report.to_text(result).splitlines()[:12] == [
        "canary: failed",
        "  security-alerts: failed (1 of 2 stack instances reached)",
        f"    CREATE {operation.id} FAILED, 1 stack instance failed",
        f"    failed: {A} eu-central-1",
        "      no role",
        (
            "    1 more were canceled because the failure tolerance was exceeded or the operation "
            "was stopped"
        ),
        "    More accounts failed than the failure tolerance of the operation allows.",
        "  tamper: not started",
        "  identity: not started",
        "  exposure: not started",
        f"{REST}: not started",
        "  security-alerts: not started",
    ]


# ------------------------------------------------------------------------------- killed


def test_killed_at_any_call_and_continued() -> None:
    expected = new_cloud(page=100, speed=20)
    applied(expected, CANARY)
    calls = len(expected.record)
    for number in range(1, calls + 1, 3):
        for kill in (number, -number):
            cloud = new_cloud(page=100, speed=20)
            cloud.kill = kill
            with pytest.raises(Killed):
                applied(cloud, CANARY)
            cloud.kill = 0
            result = applied(cloud, CANARY)
            assert (kill, result.succeeded, current(cloud)) == (
                kill,
                True,
                everywhere(A, B, C, D, E),
            )


def test_killed_between_two_stacks_of_a_wave_and_continued() -> None:
    cloud = deployed_cloud(CANARY)
    original = cloud.answer

    def kill(*words: Any) -> dict[str, Any]:
        if words[1] == "UpdateStackSet" and words[2]["StackSetName"] == set_name("tamper"):
            raise Killed
        return original(*words)

    cloud.answer = kill  # type: ignore[method-assign, assignment]  # answers otherwise here
    with pytest.raises(Killed):
        applied(cloud, CANARY, templates(2))
    cloud.answer = original  # type: ignore[method-assign]  # as before
    assert applied(cloud, CANARY, templates(2)).succeeded
    assert current(cloud) == everywhere(A, B, C, D, E)
    assert planned(cloud, CANARY, templates(2)).empty


def test_progress_names_the_stack() -> None:
    ui = Recorder()
    assert applied(new_cloud(), ui=ui).succeeded
    assert {each.stage for each in ui.progress} == {f"{REST}, {name}" for name in STACKS}


# ------------------------------------------------------------------------------- removal


def test_all_stacks_are_removed_in_reverse_and_then_the_stack_sets() -> None:
    cloud = deployed_cloud()
    assert removed(cloud, RemovalRequest(everything=True)).succeeded
    reverse = ("exposure", "identity", "tamper", BASE)
    assert order(cloud) == [
        *(("DeleteStackInstances", name) for name in reverse),
        *(("DeleteStackSet", name) for name in reverse),
    ]
    assert [each.definition for each in cloud.sets.values()] == [None] * 4


def test_a_removal_that_was_interrupted_is_run_again() -> None:
    cloud = deployed_cloud()
    removed(cloud, RemovalRequest(stacks=("exposure",), everything=True))
    assert removed(cloud, RemovalRequest(everything=True)).succeeded
    assert [each.definition for each in cloud.sets.values()] == [None] * 4


def test_the_packs_of_an_account_are_removed_first() -> None:
    cloud = deployed_cloud()
    assert removed(cloud, RemovalRequest(accounts=(A,))).succeeded
    assert order(cloud) == [
        ("DeleteStackInstances", name) for name in ("exposure", "identity", "tamper", BASE)
    ]
    assert current(cloud) == everywhere(B, C, D, E)


def test_one_pack_is_removed_alone() -> None:
    cloud = deployed_cloud()
    assert removed(cloud, RemovalRequest(stacks=("tamper",), everything=True)).succeeded
    assert order(cloud) == [("DeleteStackInstances", "tamper"), ("DeleteStackSet", "tamper")]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        pytest.param(
            RemovalRequest(stacks=(BASE,), everything=True),
            'stack security-alerts: "tamper", "identity", "exposure" import from it, and keep 30 '
            "stack instances in these accounts and Regions\n  Remove all: --stack tamper --stack "
            "identity --stack exposure --stack security-alerts",
            id="the base while packs stay",
        ),
        pytest.param(
            RemovalRequest(stacks=(BASE, "tamper", "exposure"), accounts=(A,)),
            'stack security-alerts, tamper, exposure: "identity" imports from them, and keeps 2 '
            "stack instances in these accounts and Regions\n  Remove all: --stack identity --stack "
            "security-alerts --stack tamper --stack exposure",
            id="in one account while one pack stays",
        ),
    ],
)
def test_a_base_that_is_imported_is_not_removed(request_: RemovalRequest, message: str) -> None:
    cloud = deployed_cloud()
    with pytest.raises(PreconditionError) as caught:
        removal(cloud, request_)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(RemovalRequest(stacks=(BASE,), everything=True), id="no pack is left"),
        pytest.param(RemovalRequest(stacks=(BASE,), accounts=(A,)), id="none in this account"),
    ],
)
def test_a_base_without_packs_is_removed(request_: RemovalRequest) -> None:
    cloud = deployed_cloud()
    removed(cloud, RemovalRequest(stacks=PACKS, accounts=request_.accounts, everything=True))
    assert removed(cloud, request_).succeeded


def test_a_stack_that_is_retained_keeps_its_exports() -> None:
    cloud = deployed_cloud()
    assert removed(cloud, RemovalRequest(stacks=(BASE,), accounts=(A,), retain=True)).succeeded


def test_a_stack_that_the_rollout_does_not_have() -> None:
    with pytest.raises(UnknownNameError) as caught:
        removal(deployed_cloud(), RemovalRequest(stacks=("tampr",), everything=True))
    assert str(caught.value) == 'unknown stack of this rollout "tampr"; did you mean "tamper"?'


def test_a_rollout_of_which_nothing_exists_has_nothing_to_remove() -> None:
    with pytest.raises(PreconditionError) as caught:
        removal(new_cloud(), RemovalRequest(everything=True))
    names = ", ".join(set_name(name) for name in (BASE, "tamper", "identity", "exposure"))
    assert str(caught.value) == (
        f"StackSet {names}: it does not exist\n  There is nothing to remove."
    )


# ------------------------------------------------------------------------------- management account


def test_the_stacks_in_the_management_account_have_the_same_order() -> None:
    cloud = new_cloud()
    text = SETTINGS + "include_management_account = true\n"
    assert applied(cloud, text).succeeded
    names = [request["StackName"] for request in cloud.requests("CreateChangeSet")]
    ordered = (BASE, "tamper", "identity", "exposure")
    assert names == [set_name(name) for name in ordered for _ in REGIONS]
    assert planned(cloud, text).empty


def test_the_order_follows_the_templates_and_not_the_names() -> None:
    cloud = new_cloud()
    built = {BASE: pack(BASE), "tamper": base(1, "tamper")}
    text = SETTINGS.replace(', "identity"', "").replace(', "exposure"', "")
    assert applied(cloud, text, built).succeeded
    assert [stack for _, stack in order(cloud)] == ["tamper", "tamper", BASE, BASE]
