"""Reviewed change sets and saved plans are executed unchanged, or not at all."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.conftest import Deployer, RecordingUi, quick, source, target
from tests.deploy.fake import ACCOUNT, Fake, FakeStack, Fault
from tests.deploy.test_apply import change
from trailbell.aws.cloudformation import CloudFormation
from trailbell.deploy import live_plan, plan_file, reviewed, saved_plan
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment, StackOutput
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import (
    ChangeAction,
    DeployPlan,
    NoticeLevel,
    PlanBasis,
    PlanFingerprint,
    Risk,
)
from trailbell.errors import (
    ChangeSetUnavailableError,
    ContentError,
    CredentialsError,
    DeploymentInterruptedError,
    PreconditionError,
    StalePlanError,
    TrailbellError,
)

NONE: frozenset[Risk] = frozenset()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`live_plan` opens its own session; poll as often as in the other tests."""
    monkeypatch.setattr("trailbell.deploy.session.Poller", quick)


def planned(fake: Fake, *, keep_change_sets: bool = False, **options: Any) -> DeployPlan:
    fake.changes = fake.changes or [change("A")]
    return live_plan.plan_from_account(
        Environment(),
        (target(),),
        DeployOptions(**options),
        RecordingUi(),
        keep_change_sets=keep_change_sets,
    )


def test_a_plan_leaves_no_trace_in_the_account(fake: Fake) -> None:
    plan = planned(fake)
    assert ([c.action for c in plan.stacks[0].resource_changes], plan.stacks[0].based_on) == (
        [ChangeAction.ADD],
        PlanFingerprint(template=source().sha256),
    )
    assert (fake.sets, fake.stacks["alerts"].state) == ({}, "DELETE_COMPLETE")
    assert fake.effects() == ["CreateChangeSet", "DeleteChangeSet", "DeleteStack"]


def test_a_plan_keeps_the_stack_and_change_set_of_others(fake: Fake) -> None:
    fake.put("alerts", "REVIEW_IN_PROGRESS")
    foreign = fake.review("alerts", "theirs")
    planned(fake)
    assert (list(fake.sets), fake.stacks["alerts"].state) == ([foreign.id], "REVIEW_IN_PROGRESS")


def test_a_new_stack_with_a_change_set_of_others_is_kept(fake: Fake) -> None:
    def create_other() -> None:
        fake.review("alerts", "theirs")

    fake.hooks["DeleteChangeSet"] = create_other
    planned(fake)
    assert ([s.name for s in fake.sets.values()], fake.stacks["alerts"].state) == (
        ["theirs"],
        "REVIEW_IN_PROGRESS",
    )


def test_a_plan_never_deletes_a_failed_stack(fake: Fake) -> None:
    """It is planned as a new stack: a change set can be created only after the deletion."""
    fake.put("alerts", "ROLLBACK_COMPLETE")
    [plan] = planned(fake, delete_failed=frozenset({"alerts"})).stacks
    assert (plan.created, [c.action for c in plan.resource_changes], fake.effects()) == (
        True,
        [ChangeAction.ADD],
        [],
    )
    [notice] = plan.notices
    assert notice.text == (
        "alerts is ROLLBACK_COMPLETE: Stack creation failed and was rolled back. The stack must be "
        "deleted before it can be created again. Remaining resources: none. Before the deployment, "
        "the stack is deleted."
    )


@pytest.mark.parametrize(
    "waits", [pytest.param(False, id="no stack"), pytest.param(True, id="a stack to review")]
)
def test_a_stack_with_missing_outputs_is_planned_from_its_template(
    fake: Fake, *, waits: bool
) -> None:
    if waits:
        fake.put("trail", "REVIEW_IN_PROGRESS")
    to_deploy = target(parameters={"Days": StackOutput("trail", "Days")})
    plan = live_plan.plan_from_account(
        Environment(), (to_deploy,), DeployOptions(), RecordingUi(), keep_change_sets=False
    )
    assert ([notice.text for notice in plan.stacks[0].notices], fake.effects()) == (
        ["uses outputs of trail, which is not deployed yet: planned from the template only"],
        [],
    )


@pytest.mark.parametrize(
    ("template", "actions", "remark"),
    [
        pytest.param(
            {"Resources": {"B": {"Type": "AWS::SNS::Topic"}}},
            {("A", ChangeAction.ADD), ("B", ChangeAction.REMOVE)},
            "",
            id="the deployed template can be read",
        ),
        pytest.param(
            None,
            {("A", ChangeAction.ADD)},
            ". The deployed template could not be read, so all resources are shown as new",
            id="the deployed template cannot be read",
        ),
    ],
)
def test_a_deployed_stack_with_missing_outputs_is_compared_and_blocks_every_gate(
    fake: Fake, template: Any, actions: set[tuple[str, ChangeAction]], remark: str
) -> None:
    fake.put("alerts", "CREATE_COMPLETE", template=template)
    if template is None:
        fake.fault("GetTemplate", Fault.DENIED)
    [plan] = live_plan.plan_from_account(
        Environment(),
        (target(parameters={"Days": StackOutput("trail", "Days")}),),
        DeployOptions(),
        RecordingUi(),
        keep_change_sets=False,
    ).stacks
    assert (plan.created, {(c.logical_id, c.action) for c in plan.resource_changes}) == (
        False,
        actions,
    )
    assert (plan.notices[0].level, plan.notices[0].text) == (
        NoticeLevel.UNKNOWN,
        "uses outputs of trail, which is not deployed yet: planned from the template only" + remark,
    )
    assert plan.blocks(frozenset({Risk.BROADEN}))


def test_exactly_the_reviewed_change_set_is_executed(deployer: Deployer) -> None:
    [created] = deployer.deploy(review=True)
    result = reviewed.execute_change_set(
        deployer.session, created.change_set, [target()], NONE, deployer.ui
    )
    assert result.status == "deployed"
    assert [r["ChangeSetName"] for r in deployer.fake.asked("ExecuteChangeSet")] == [
        created.change_set
    ]


@pytest.mark.parametrize(
    ("status", "execution"),
    [
        pytest.param("CREATE_COMPLETE", "EXECUTE_COMPLETE", id="executed already"),
        pytest.param("CREATE_COMPLETE", "OBSOLETE", id="obsolete"),
        pytest.param("FAILED", "UNAVAILABLE", id="failed"),
    ],
)
def test_a_change_set_that_cannot_be_executed_is_an_error(
    deployer: Deployer, status: str, execution: str
) -> None:
    [created] = deployer.deploy(review=True)
    change_set = deployer.fake.sets[created.change_set]
    change_set.status, change_set.execution = status, execution
    with pytest.raises(ChangeSetUnavailableError):
        reviewed.execute_change_set(
            deployer.session, created.change_set, [target()], NONE, deployer.ui
        )
    assert deployer.fake.asked("ExecuteChangeSet") == []


def test_a_change_set_in_another_account_is_an_error(deployer: Deployer) -> None:
    arn = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/x/1"
    with pytest.raises(
        PreconditionError,
        match=f"in account 123456789012, but the credentials are for account {ACCOUNT}",
    ):
        reviewed.execute_change_set(deployer.session, arn, [], NONE, deployer.ui)


@pytest.fixture
def saved_path(fake: Fake, tmp_path: Path) -> Path:
    fake.put("alerts", "CREATE_COMPLETE")
    path = tmp_path / "plan.json"
    plan_file.write(path, planned(fake, keep_change_sets=True, review=True))
    return path


def test_a_saved_plan_is_applied(deployer: Deployer, saved_path: Path) -> None:
    [result] = saved_plan.apply_saved_plan(
        deployer.session, saved_path, [target()], NONE, deployer.ui
    )
    assert (result.status, deployer.fake.stacks["alerts"].state) == ("deployed", "UPDATE_COMPLETE")


def _other_template(_: Fake) -> str:
    return "the template in dist/ has changed"


def _changed_stack(fake: Fake) -> str:
    fake.stacks["alerts"].changes += 1
    return "the stack has changed"


def _recreated_stack(fake: Fake) -> str:
    fake.stacks["alerts"].id += "0"
    return "the stack was recreated"


def _deleted_change_set(fake: Fake) -> str:
    fake.sets.clear()
    return "its change set no longer exists"


@pytest.mark.parametrize(
    "action", [_other_template, _changed_stack, _recreated_stack, _deleted_change_set]
)
def test_a_stale_plan_is_an_error(deployer: Deployer, saved_path: Path, action: object) -> None:
    assert callable(action)
    expected = action(deployer.fake)
    current = target()
    if action is _other_template:
        current = replace(current, source=replace(current.source, sha256="0"))
    with pytest.raises(StalePlanError) as caught:
        saved_plan.apply_saved_plan(deployer.session, saved_path, [current], NONE, deployer.ui)
    assert (caught.value.change, deployer.fake.asked("ExecuteChangeSet")) == (expected, [])


@pytest.mark.parametrize("text", ["", "{}", '{"format": 2}', '{"format": 1, "stacks": [{}]}'])
def test_an_invalid_plan_file_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(TrailbellError, match="plan"):
        plan_file.read_plan(path)


def test_an_offline_plan_cannot_be_applied(deployer: Deployer, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    offline = planned(deployer.fake)
    plan_file.write(path, offline)
    with pytest.raises(ContentError, match="was created from templates only"):
        saved_plan.apply_saved_plan(deployer.session, path, [target()], NONE, deployer.ui)


def test_a_plan_of_a_stack_that_needs_another_one_names_what_to_deploy(
    deployer: Deployer, tmp_path: Path
) -> None:
    path = _saved(tmp_path / "plan.json", target(parameters={"Days": StackOutput("trail", "Days")}))
    with pytest.raises(ContentError) as caught:
        saved_plan.apply_saved_plan(deployer.session, path, [target()], NONE, deployer.ui)
    assert str(caught.value) == (
        f'{path}: stack "alerts" has no change set to execute: uses outputs of trail, which is not '
        "deployed yet: planned from the template only; "
        "deploy or correct what is named here first, then create a new plan"
    )


POLICY = '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*"}]}'


def _saved(path: Path, to_deploy: StackToDeploy) -> Path:
    """Save a plan of this stack with its change set."""
    plan = live_plan.plan_from_account(
        Environment(),
        (to_deploy,),
        DeployOptions(review=True),
        RecordingUi(),
        keep_change_sets=True,
    )
    plan_file.write(path, plan)
    return path


@pytest.mark.parametrize("changes", [True, False], ids=["with a change set", "settings alone"])
def test_a_saved_plan_applies_its_own_settings(
    deployer: Deployer, tmp_path: Path, *, changes: bool
) -> None:
    """The stack policy was given on the command line when the plan was saved, and only then."""
    stack = deployer.fake.put("alerts", "CREATE_COMPLETE")
    if not changes:
        deployer.fake.settles = ("FAILED", "No updates are to be performed.")
    path = _saved(tmp_path / "plan.json", target(stack_policy=POLICY))
    [result] = saved_plan.apply_saved_plan(deployer.session, path, [target()], NONE, deployer.ui)
    assert (result.status, stack.policy, stack.protected) == (
        "deployed",
        json.dumps(json.loads(POLICY), sort_keys=True),
        True,
    )


TODAY = target(
    tags={"team": "other"},
    notification_arns=("arn:aws:sns:us-east-1:111122223333:other",),
    rollback_alarms=(),
    rollback_minutes=30,
    service_role="arn:aws:iam::111122223333:role/other",
)
"""The stack with settings that changed after the change set was created."""


def _put_with_settings(fake: Fake) -> None:
    alarm = {"Arn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:A", "Type": "AWS::X::Alarm"}
    fake.changes = [change("A", "Modify")]
    fake.put(
        "alerts",
        "CREATE_COMPLETE",
        protected=True,
        template=dict(source().document),
        tags={"team": "security"},
        rollback={"RollbackTriggers": [alarm], "MonitoringTimeInMinutes": 5},
    )


@pytest.mark.parametrize("repeats", [True, False], ids=["are repeated", "are not repeated"])
def test_a_reviewed_change_set_is_shown_with_its_own_settings(
    deployer: Deployer, *, repeats: bool
) -> None:
    """Whether a change set repeats settings that were not in its request is not documented."""
    deployer.fake.repeats = repeats
    _put_with_settings(deployer.fake)
    [created] = deployer.deploy(target(notification_arns=("arn:aws:sns:x",)), review=True)
    reviewed.execute_change_set(deployer.session, created.change_set, [TODAY], NONE, deployer.ui)
    plan = deployer.ui.plans[-1].stacks[0]
    assert ([(s.name, s.after) for s in plan.settings], plan.tags, plan.impacts) == (
        [("notification ARNs", "arn:aws:sns:x")],
        (),
        (),
    )
    assert not [n for n in plan.notices if "not in the settings" in n.text]


def test_a_saved_plan_shows_the_service_role_of_its_change_set(
    deployer: Deployer, tmp_path: Path
) -> None:
    _put_with_settings(deployer.fake)
    role = "arn:aws:iam::111122223333:role/deploy"
    deployer.fake.stacks["alerts"].role = "arn:aws:iam::111122223333:role/old"
    path = _saved(tmp_path / "plan.json", target(service_role=role))
    [result] = saved_plan.apply_saved_plan(
        deployer.session, path, [TODAY], frozenset({Risk.BROADEN}), deployer.ui
    )
    assert [(s.name, s.after) for s in deployer.ui.plans[-1].stacks[0].settings] == [
        ("service role", role)
    ]
    assert result.status == "blocked"


def _other_topics(stack: FakeStack) -> None:
    stack.notification_arns = ["arn:aws:sns:us-east-1:111122223333:other"]


def _other_parameter(stack: FakeStack) -> None:
    stack.parameters = {"Days": "7"}


def _other_policy(stack: FakeStack) -> None:
    stack.policy = '{"Statement": []}'


def _other_protection(stack: FakeStack) -> None:
    stack.protected = True


@pytest.mark.parametrize(
    "action", [_other_topics, _other_parameter, _other_policy, _other_protection]
)
def test_a_plan_is_stale_once_the_settings_of_the_stack_changed(
    deployer: Deployer, tmp_path: Path, action: Callable[[FakeStack], None]
) -> None:
    stack = deployer.fake.put("alerts", "CREATE_COMPLETE", parameters={"Days": "30"})
    path = _saved(tmp_path / "plan.json", target(stack_policy=POLICY))
    action(stack)
    with pytest.raises(StalePlanError) as caught:
        saved_plan.apply_saved_plan(deployer.session, path, [target()], NONE, deployer.ui)
    assert (caught.value.change, deployer.fake.asked("ExecuteChangeSet")) == (
        "the settings of the stack have changed",
        [],
    )


def test_a_change_set_whose_template_may_not_be_read_is_executed(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True)
    deployer.fake.changes = [change("A", "Remove", PolicyAction="Delete")]
    [created] = deployer.deploy(review=True)
    deployer.fake.fault("GetTemplate", Fault.DENIED, Fault.DENIED)
    result = reviewed.execute_change_set(
        deployer.session, created.change_set, [target()], NONE, deployer.ui
    )
    assert (result.stack, result.status) == ("alerts", "deployed")
    assert deployer.ui.messages[-1].endswith(
        "could not be read (cloudformation:GetTemplate). The change set is executed as reviewed."
    )


@pytest.mark.parametrize("faults", [1, 2], ids=["its own alone", "the deployed one as well"])
def test_a_change_set_whose_template_may_not_be_read_blocks_every_gate(
    deployer: Deployer, faults: int
) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True)
    deployer.fake.changes = [change("A", "Modify")]
    [created] = deployer.deploy(review=True)
    deployer.fake.fault("GetTemplate", *[Fault.DENIED] * faults)
    result = reviewed.execute_change_set(
        deployer.session, created.change_set, [target()], frozenset({Risk.BROADEN}), deployer.ui
    )
    assert (result.status, deployer.fake.asked("ExecuteChangeSet")) == ("blocked", [])


def test_a_denied_execution_of_a_plan_is_a_result(deployer: Deployer, saved_path: Path) -> None:
    deployer.fake.fault("ExecuteChangeSet", Fault.DENIED)
    [result] = saved_plan.apply_saved_plan(
        deployer.session, saved_path, [target()], NONE, deployer.ui
    )
    assert (result.status, "follow" in result.text) == ("failed", False)


def test_a_stack_whose_base_is_not_deployed_is_planned_from_its_template(fake: Fake) -> None:
    base = {
        "Resources": {"T": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"T": {"Value": "x", "Export": {"Name": "topic"}}},
    }
    pack = {
        "Resources": {
            "S": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"TopicArn": {"Fn::ImportValue": "topic"}},
            }
        }
    }
    fake.changes = [change("T")]
    plan = live_plan.plan_from_account(
        Environment(),
        (target("base", base), target("pack", pack)),
        DeployOptions(),
        RecordingUi(),
        keep_change_sets=False,
    )
    assert [[notice.text for notice in stack.notices] for stack in plan.stacks] == [
        [],
        ["uses outputs of base, which is not deployed yet: planned from the template only"],
    ]
    assert [request["StackName"] for request in fake.asked("CreateChangeSet")] == ["base"]


@pytest.mark.parametrize(
    "deployed", [pytest.param(False, id="a new stack"), pytest.param(True, id="a deployed stack")]
)
def test_an_import_that_no_stack_exports_is_a_failure_of_the_plan(
    fake: Fake, *, deployed: bool
) -> None:
    pack = {"Resources": {"A": {"Type": "X", "Properties": {"T": {"Fn::ImportValue": "topic"}}}}}
    if deployed:
        fake.put("pack", "CREATE_COMPLETE", template=pack)
    [plan] = live_plan.plan_from_account(
        Environment(),
        (target("pack", pack),),
        DeployOptions(),
        RecordingUi(),
        keep_change_sets=True,
    ).stacks
    notice = plan.notices[0]
    assert (plan.blocked, plan.basis, notice.level, fake.effects()) == (
        True,
        PlanBasis.OFFLINE,
        NoticeLevel.FAILURE,
        [],
    )
    assert notice.text == (
        'imports "topic", which no stack in us-east-1 exports\nDeploy the stack that exports it.'
    )


def test_a_stack_that_must_be_corrected_first_does_not_hide_the_other_plans(fake: Fake) -> None:
    fake.put("alerts", "IMPORT_ROLLBACK_FAILED")
    fake.changes = [change("A")]
    plan = live_plan.plan_from_account(
        Environment(),
        (target("alerts"), target("trail")),
        DeployOptions(),
        RecordingUi(),
        keep_change_sets=False,
    )
    assert [stack.blocked for stack in plan.stacks] == [True, False]
    assert plan.stacks[0].notices[0].text.startswith("stack alerts is IMPORT_ROLLBACK_FAILED")


def test_a_call_that_is_refused_for_one_stack_does_not_hide_the_other_plans(fake: Fake) -> None:
    fake.fault("CreateChangeSet", Fault.DENIED)
    fake.changes = [change("A")]
    plan = live_plan.plan_from_account(
        Environment(),
        (target("alerts"), target("trail")),
        DeployOptions(),
        RecordingUi(),
        keep_change_sets=False,
    )
    assert [(stack.basis, stack.blocked) for stack in plan.stacks] == [
        (PlanBasis.OFFLINE, True),
        (PlanBasis.ACCOUNT, False),
    ]
    assert (
        plan.stacks[0]
        .notices[0]
        .text.startswith(
            "The stack could not be planned. CreateChangeSet: User is not authorized to perform it"
        )
    )


def test_credentials_that_expire_end_a_plan(fake: Fake) -> None:
    fake.fault("CreateChangeSet", Fault.EXPIRED)
    with pytest.raises(CredentialsError):
        planned(fake)


@pytest.mark.parametrize(
    ("requested", "running"),
    [
        pytest.param(False, (), id="before the request"),
        pytest.param(True, ("alerts",), id="after the request, before the response"),
    ],
)
def test_ctrl_c_during_the_execution_says_whether_it_continues(
    deployer: Deployer,
    saved_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    requested: bool,
    running: tuple[str, ...],
) -> None:
    execute = CloudFormation.execute_change_set

    def interrupted(cloud: CloudFormation, arn: str, token: str, **more: Any) -> None:
        if requested:
            execute(cloud, arn, token, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(CloudFormation, "execute_change_set", interrupted)
    with pytest.raises(DeploymentInterruptedError) as caught:
        saved_plan.apply_saved_plan(deployer.session, saved_path, [target()], NONE, deployer.ui)
    assert caught.value.running == running
