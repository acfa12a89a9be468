"""The settings of a stack itself: planned, asked about, and only then changed."""

import json
from typing import Any

import pytest

from tests.deploy.conftest import TEMPLATE, Deployer, target
from tests.deploy.fake import Fault
from tests.deploy.test_apply import change
from trailbell.diff.model import Impact, Notice, NoticeLevel, Risk, ValueChange

UNCHANGED = ("FAILED", "No updates are to be performed.")
OLD = '{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}'
NEW = (
    '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}'
)
TOPIC = "arn:aws:sns:us-east-1:111122223333:operations"
ALARM = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:errors"
ROLE = "arn:aws:iam::111122223333:role/CloudFormation"
ROLLBACK = {
    "RollbackTriggers": [{"Arn": ALARM, "Type": "AWS::CloudWatch::Alarm"}],
    "MonitoringTimeInMinutes": 5,
}


def settings(deployer: Deployer) -> tuple[ValueChange, ...]:
    """The settings in the plan that was shown."""
    return deployer.ui.plans[0].stacks[0].settings


def canonical(policy: str) -> str:
    """A policy as a plan shows it."""
    return json.dumps(json.loads(policy), sort_keys=True)


def test_nothing_is_written_for_review(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE")
    [result] = deployer.deploy(target(stack_policy=NEW), review=True)
    assert (result.status, deployer.fake.effects()) == ("waiting for review", ["CreateChangeSet"])


def test_nothing_is_written_for_review_without_changes_of_resources(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE")
    deployer.fake.settles = UNCHANGED
    [result] = deployer.deploy(target(stack_policy=NEW), review=True)
    assert (result.status, result.text) == (
        "unchanged",
        (
            "no changes of resources; a deployment would change the settings: stack policy, "
            "termination protection"
        ),
    )
    assert deployer.fake.effects() == ["CreateChangeSet", "DeleteChangeSet"]


def test_nothing_is_written_if_the_user_declines(deployer: Deployer) -> None:
    stack = deployer.fake.put("alerts", "CREATE_COMPLETE")
    deployer.fake.settles = UNCHANGED
    deployer.ui.yes = False
    assert deployer.status(target(stack_policy=NEW)) == [("alerts", "declined")]
    assert (stack.policy, stack.protected, deployer.ui.questions) == (
        "",
        False,
        ["Apply the settings?"],
    )


def test_nothing_is_written_if_the_execution_is_denied(deployer: Deployer) -> None:
    stack = deployer.fake.put("alerts", "CREATE_COMPLETE")
    deployer.fake.fault("ExecuteChangeSet", Fault.DENIED)
    assert deployer.status(target(stack_policy=NEW)) == [("alerts", "failed")]
    assert (stack.policy, stack.protected) == ("", False)


def test_the_former_policy_is_set_back_if_the_execution_is_denied(deployer: Deployer) -> None:
    stack = deployer.fake.put("alerts", "CREATE_COMPLETE", policy=OLD)
    deployer.fake.fault("ExecuteChangeSet", Fault.DENIED)
    assert deployer.status(target(stack_policy=NEW)) == [("alerts", "failed")]
    assert json.loads(stack.policy) == json.loads(OLD)


def test_a_policy_that_replaces_another_is_set_before_the_execution(deployer: Deployer) -> None:
    """The former policy may deny the update that the new one allows."""
    deployer.fake.put("alerts", "CREATE_COMPLETE", policy=OLD, protected=True)
    assert deployer.status(target(stack_policy=NEW)) == [("alerts", "deployed")]
    assert deployer.fake.effects() == ["CreateChangeSet", "SetStackPolicy", "ExecuteChangeSet"]


def test_settings_alone_are_a_change_that_is_applied_after_the_question(
    deployer: Deployer,
) -> None:
    stack = deployer.fake.put("alerts", "CREATE_COMPLETE", outputs={"A": "1"})
    deployer.fake.settles = UNCHANGED
    [result] = deployer.deploy(target(stack_policy=NEW))
    assert settings(deployer) == (
        ValueChange(name="stack policy", before=None, after=canonical(NEW)),
        ValueChange(name="termination protection", before="disabled", after="enabled"),
    )
    assert (result.status, result.text, result.outputs) == (
        "deployed",
        "no changes of resources; settings: stack policy, termination protection",
        {"A": "1"},
    )
    assert (json.loads(stack.policy), stack.protected) == (json.loads(NEW), True)


def test_the_same_policy_in_another_layout_is_no_change(deployer: Deployer) -> None:
    spaced = json.dumps(json.loads(NEW), indent=4)
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True, policy=spaced)
    deployer.fake.settles = UNCHANGED
    assert deployer.status(target(stack_policy=NEW)) == [("alerts", "unchanged")]


def test_all_settings_of_a_new_stack_are_planned(deployer: Deployer) -> None:
    deployer.fake.alarms = {ALARM: "MetricAlarms"}
    deployer.deploy(
        target(
            stack_policy=NEW,
            notification_arns=(TOPIC,),
            rollback_alarms=(ALARM,),
            rollback_minutes=5,
            service_role=ROLE,
        )
    )
    assert settings(deployer) == (
        ValueChange(name="stack policy", before=None, after=canonical(NEW)),
        ValueChange(name="termination protection", before=None, after="enabled"),
        ValueChange(name="notification ARNs", before=None, after=TOPIC),
        ValueChange(name="rollback alarms", before=None, after=f"{ALARM} (Alarm)"),
        ValueChange(name="rollback minutes", before=None, after="5"),
        ValueChange(name="service role", before=None, after=ROLE),
    )


CONFIGURED: dict[str, Any] = {
    "protected": True,
    "notification_arns": [TOPIC],
    "rollback": ROLLBACK,
    "role": ROLE,
    "tags": {"owner": "security"},
}


@pytest.mark.parametrize("repeats", [False, True], ids=["sent members", "all members"])
def test_what_the_settings_do_not_mention_is_kept_and_named(
    deployer: Deployer, *, repeats: bool
) -> None:
    """Whether DescribeChangeSet repeats what was not sent is not documented: both are the same."""
    deployer.fake.put("alerts", "CREATE_COMPLETE", **CONFIGURED)
    deployer.fake.repeats = repeats
    deployer.deploy()
    [plan] = deployer.ui.plans[0].stacks
    assert (plan.settings, plan.tags) == ((), ())
    assert [(notice.level, notice.text) for notice in plan.notices] == [
        (NoticeLevel.WARNING, f"{key} is not in the settings. The stack keeps: {value}")
        for key, value in (
            ("tags", "owner"),
            ("notification_arns", TOPIC),
            ("rollback_alarms", ALARM),
            ("rollback_minutes", "5"),
            ("service_role", ROLE),
        )
    ]
    [request] = deployer.fake.asked("CreateChangeSet")
    absent = {"Tags", "NotificationARNs", "RollbackConfiguration", "RoleARN"}
    assert absent & request.keys() == set()


def test_an_empty_list_takes_away_what_the_stack_has(deployer: Deployer) -> None:
    """An empty list removes all (SDK CreateChangeSetInput.NotificationARNs, RollbackTriggers)."""
    deployer.fake.put("alerts", "CREATE_COMPLETE", **CONFIGURED)
    deployer.deploy(target(notification_arns=(), rollback_alarms=(), rollback_minutes=0, tags={}))
    [plan] = deployer.ui.plans[0].stacks
    assert (plan.settings, plan.tags) == (
        (
            ValueChange(name="notification ARNs", before=TOPIC, after=None),
            ValueChange(name="rollback alarms", before=f"{ALARM} (Alarm)", after=None),
            ValueChange(name="rollback minutes", before="5", after=None),
        ),
        (ValueChange(name="owner", before="security", after=None),),
    )
    [request] = deployer.fake.asked("CreateChangeSet")
    assert (request["NotificationARNs"], request["RollbackConfiguration"], request["Tags"]) == (
        [],
        {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0},
        [],
    )


def test_minutes_are_sent_without_alarms(deployer: Deployer) -> None:
    """CloudFormation waits for them without triggers too (SDK RollbackConfiguration)."""
    deployer.deploy(target(rollback_minutes=5))
    [request] = deployer.fake.asked("CreateChangeSet")
    assert request["RollbackConfiguration"] == {"MonitoringTimeInMinutes": 5}


def test_an_alarm_that_does_not_exist_is_a_warning(deployer: Deployer) -> None:
    deployer.deploy(target(rollback_alarms=(ALARM,)))
    assert deployer.ui.plans[0].stacks[0].notices == (
        Notice(
            level=NoticeLevel.WARNING,
            logical_id="",
            text=f"The rollback alarm {ALARM} was not found. CloudFormation rolls the deployment "
            "back if it does not exist.",
        ),
    )


def test_alarms_that_may_not_be_read_keep_their_type(deployer: Deployer) -> None:
    composite = {"Arn": ALARM, "Type": "AWS::CloudWatch::CompositeAlarm"}
    rollback = {"RollbackTriggers": [composite]}
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True, rollback=rollback)
    deployer.fake.alarms_denied = True
    deployer.deploy(target(rollback_alarms=(ALARM, ALARM + "2")))
    [request] = deployer.fake.asked("CreateChangeSet")
    assert request["RollbackConfiguration"]["RollbackTriggers"] == [
        composite,
        {"Arn": ALARM + "2", "Type": "AWS::CloudWatch::Alarm"},
    ]
    assert [notice.text for notice in deployer.ui.plans[0].stacks[0].notices] == [
        "The types of the rollback alarms could not be read: not allowed"
    ]


def test_settings_that_no_change_set_carries_out_are_named(deployer: Deployer) -> None:
    """Unsure: whether a change set with other topics only has no changes. If so, it is reported."""
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True, notification_arns=[TOPIC])
    deployer.fake.settles = UNCHANGED
    [result] = deployer.deploy(target(notification_arns=()))
    assert (result.status, result.warnings) == (
        "unchanged",
        (
            (
                "CloudFormation sees no changes in the change set, so these settings change "
                "with the next update of the stack: notification ARNs"
            ),
        ),
    )


@pytest.mark.parametrize(
    ("configured", "desired", "impacts"),
    [
        pytest.param({}, {"stack_policy": NEW}, (), id="a first stack policy denies more"),
        pytest.param({}, {}, (), id="termination protection is enabled"),
        pytest.param(
            {"protected": True, "policy": OLD},
            {"stack_policy": NEW},
            (
                Impact(
                    risk=Risk.BROADEN,
                    logical_id="stack policy",
                    text="The stack policy is replaced: it may allow updates that it denied "
                    "before.",
                ),
            ),
            id="another stack policy",
        ),
        pytest.param(
            {"protected": True},
            {"termination_protection": False},
            (
                Impact(
                    risk=Risk.BROADEN,
                    logical_id="termination protection",
                    text="Everyone who may delete stacks can delete this one.",
                ),
            ),
            id="termination protection is disabled",
        ),
        pytest.param(
            {"protected": True, "role": ROLE},
            {"service_role": ROLE + "2"},
            (
                Impact(
                    risk=Risk.BROADEN,
                    logical_id="service role",
                    text="CloudFormation changes the resources with the permissions of another "
                    "role.",
                ),
            ),
            id="another service role",
        ),
    ],
)
def test_settings_that_allow_more_are_gated(
    deployer: Deployer,
    configured: dict[str, Any],
    desired: dict[str, Any],
    impacts: tuple[Impact, ...],
) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", template=dict(TEMPLATE), **configured)
    [result] = deployer.deploy(target(**desired), risks=frozenset({Risk.BROADEN}))
    [plan] = deployer.ui.plans[0].stacks
    assert (plan.impacts, result.status) == (impacts, "blocked" if impacts else "deployed")


def test_a_policy_that_may_not_be_read_is_unknown(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", template=dict(TEMPLATE), protected=True)
    deployer.fake.fault("GetStackPolicy", Fault.DENIED)
    [result] = deployer.deploy(target(stack_policy=NEW), risks=frozenset({Risk.REPLACE}))
    assert (result.status, result.text) == (
        "blocked",
        (
            "--fail-on blocks what is not known: The stack policy of the stack could not be "
            "read: User is not authorized to perform it"
        ),
    )
    assert deployer.fake.effects() == ["CreateChangeSet", "DeleteChangeSet"]


@pytest.mark.parametrize(
    ("operation", "settings_of_target", "setting"),
    [
        pytest.param("UpdateTerminationProtection", {}, "termination protection", id="protection"),
        pytest.param("SetStackPolicy", {"stack_policy": NEW}, "stack policy", id="policy"),
    ],
)
def test_a_setting_that_is_denied_after_a_success_is_a_warning(
    deployer: Deployer, operation: str, settings_of_target: dict[str, Any], setting: str
) -> None:
    deployer.fake.changes = [change("A")]
    deployer.fake.fault(operation, Fault.DENIED)
    dependencies = {"alerts": frozenset[str](), "more": frozenset({"alerts"})}
    results = deployer.deploy(
        target("alerts", **settings_of_target), target("more"), dependencies=dependencies
    )
    assert [result.status for result in results] == ["deployed", "deployed"]
    assert results[0].warnings == (
        f"The {setting} was not changed ({operation}: User is not authorized to perform it)",
    )
