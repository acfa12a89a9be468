"""Stacks, change sets and events, read from responses; values of a newer API among them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from trailbell.aws.change_set import ChangeSet, parse_change_set
from trailbell.aws.event import parse_operation_event
from trailbell.aws.stack import RollbackConfiguration, Stack, parse_stack
from trailbell.aws.stack_status import StackStatus

_ARN = "arn:aws:cloudformation:us-east-1:111122223333:stack/alerts/1"
_ALARM = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:x"


def test_a_stack_has_all_its_settings() -> None:
    data = {
        "StackId": _ARN,
        "StackName": "alerts",
        "StackStatus": "UPDATE_COMPLETE",
        "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
        "Parameters": [
            {"ParameterKey": "Days", "ParameterValue": "30"},
            {"ParameterKey": "Ami", "ParameterValue": "/a/key", "ResolvedValue": "ami-1"},
        ],
        "Capabilities": ["CAPABILITY_IAM"],
        "NotificationARNs": ["arn:topic"],
        "RollbackConfiguration": {
            "RollbackTriggers": [{"Arn": _ALARM, "Type": "AWS::CloudWatch::CompositeAlarm"}],
            "MonitoringTimeInMinutes": 5,
        },
        "RoleARN": "arn:role",
        "DisableRollback": True,
        "EnableTerminationProtection": True,
    }
    assert parse_stack(data) == Stack(
        id=_ARN,
        name="alerts",
        status=StackStatus.UPDATE_COMPLETE,
        parameters={"Days": "30", "Ami": "/a/key"},
        resolved_parameters={"Ami": "ami-1"},
        capabilities=("CAPABILITY_IAM",),
        notification_arns=("arn:topic",),
        rollback=RollbackConfiguration(((_ALARM, "AWS::CloudWatch::CompositeAlarm"),), 5),
        role_arn="arn:role",
        disable_rollback=True,
        termination_protection=True,
        last_updated="2026-01-01T00:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("status", "in_progress"),
    [
        pytest.param("REFACTOR_COMPLETE", False, id="named like a final status"),
        pytest.param("REFACTOR_FAILED", False, id="named like a failure"),
        pytest.param("REFACTOR_IN_PROGRESS", True, id="named like an operation"),
        pytest.param("PAUSED", True, id="unclear"),
    ],
)
def test_a_status_of_a_newer_api_is_kept(status: str, *, in_progress: bool) -> None:
    read = parse_stack({"StackId": _ARN, "StackName": "alerts", "StackStatus": status}).status
    assert (str(read), read.is_known, read.in_progress) == (status, False, in_progress)


def test_a_change_set_has_the_settings_that_the_stack_will_have() -> None:
    first: dict[str, Any] = {
        "ChangeSetId": "arn:set",
        "ChangeSetName": "set",
        "StackId": _ARN,
        "StackName": "alerts",
        "Status": "CREATE_COMPLETE",
        "ExecutionStatus": "AVAILABLE",
        "NotificationARNs": [],
        "RollbackConfiguration": {"MonitoringTimeInMinutes": 7},
        "Capabilities": ["CAPABILITY_IAM"],
        "IncludeNestedStacks": True,
        "OnStackFailure": "DO_NOTHING",
        "DeploymentMode": "REVERT_DRIFT",
        "Changes": [{"Type": "Resource", "ResourceChange": {"LogicalResourceId": "A"}}],
    }
    second = {"Changes": [{"Type": "Hook"}, {"ResourceChange": {"LogicalResourceId": "B"}}]}
    assert parse_change_set([first, second]) == ChangeSet(
        id="arn:set",
        name="set",
        stack_id=_ARN,
        stack_name="alerts",
        status="CREATE_COMPLETE",
        execution="AVAILABLE",
        reason="",
        rollback=RollbackConfiguration((), 7),
        changes=({"LogicalResourceId": "A"}, {"LogicalResourceId": "B"}),
        unknown_changes=("Hook",),
        capabilities=("CAPABILITY_IAM",),
        include_nested_stacks=True,
        on_stack_failure="DO_NOTHING",
        deployment_mode="REVERT_DRIFT",
    )


@pytest.mark.parametrize(
    ("status", "finished"),
    [
        pytest.param("CREATE_PENDING", False, id="pending"),
        pytest.param("CREATE_IN_PROGRESS", False, id="in progress"),
        pytest.param("CREATE_QUEUED_IN_PROGRESS", False, id="unknown, and in progress by its name"),
        pytest.param("QUEUED", True, id="unknown, and unclear"),
        pytest.param("CREATE_COMPLETE", True, id="created"),
        pytest.param("FAILED", True, id="failed"),
        pytest.param("DELETE_PENDING", True, id="about to be deleted"),
        pytest.param("VALIDATION_FAILED", True, id="unknown, and named like a failure"),
    ],
)
def test_a_change_set_is_finished_by_its_status(status: str, *, finished: bool) -> None:
    first = {
        "ChangeSetId": "1",
        "ChangeSetName": "s",
        "StackId": _ARN,
        "StackName": "a",
        "Status": status,
    }
    assert parse_change_set([first]).is_finished is finished


@pytest.mark.parametrize(
    ("members", "failed", "finding"),
    [
        pytest.param({"EventType": "STACK_EVENT", "ResourceStatus": "CREATE_COMPLETE"}, False,
                     False, id="a success"),
        pytest.param({"EventType": "PROGRESS_EVENT"}, False, False, id="progress"),
        pytest.param({"EventType": "CHECK", "ValidationStatus": "SKIPPED"}, False, False,
                     id="a validation that was skipped"),
        pytest.param({"EventType": "CHECK", "ValidationStatus": "FAILED",
                      "ValidationFailureMode": "WARN"}, False, True,
                     id="a validation that warns, in an event of an unknown type"),
        pytest.param({"EventType": "NEW_ERROR"}, True, True, id="an unknown type of error"),
        pytest.param({"EventType": "VALIDATION_ERROR"}, True, True, id="a validation"),
        pytest.param({"EventType": "STACK_EVENT", "HookStatus": "HOOK_FAILED"}, True, True,
                     id="a hook"),
    ],
)  # fmt: skip
def test_an_event_is_a_failure_or_a_finding(
    members: dict[str, str], *, failed: bool, finding: bool
) -> None:
    event = parse_operation_event(members)
    assert (event.failed, event.is_finding) == (failed, finding)
