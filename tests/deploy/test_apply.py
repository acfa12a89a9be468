"""Deployments: changes, failures, order, and what a deployment never does."""

from typing import Any

import pytest

from tests.deploy.conftest import TEMPLATE, Deployer, source, target
from tests.deploy.fake import Ev, Fault, Frame
from trailbell.aws.root_cause import RootCause
from trailbell.deploy.environment import StackOutput
from trailbell.diff import report
from trailbell.diff.model import ChangeAction, Notice, NoticeLevel, PolicyAction, Risk, ValueChange
from trailbell.source_location import SourceLocation


def change(name: str, action: str = "Add", **more: Any) -> dict[str, Any]:
    """A ResourceChange of the API."""
    return {
        "LogicalResourceId": name,
        "ResourceType": "AWS::SNS::Topic",
        "Action": action,
        **more,
    }


NOTHING = [
    pytest.param("The submitted information didn't contain changes. Submit different", id="old"),
    pytest.param("No updates are to be performed.", id="new"),
]


@pytest.mark.parametrize("reason", NOTHING)
def test_no_changes_succeeds_and_deletes_the_change_set(deployer: Deployer, reason: str) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True)
    deployer.fake.settles = ("FAILED", reason)
    assert deployer.status() == [("alerts", "unchanged")]
    assert deployer.fake.effects() == ["CreateChangeSet", "DeleteChangeSet"]
    assert deployer.fake.sets == {}


def test_a_failed_change_set_blocks_and_is_deleted(deployer: Deployer) -> None:
    deployer.fake.settles = ("FAILED", "Transform failed")
    assert deployer.status() == [("alerts", "blocked")]
    assert deployer.ui.plans[0].stacks[0].notices == (
        Notice(level=NoticeLevel.FAILURE, logical_id="", text="Transform failed"),
    )
    assert deployer.fake.stacks["alerts"].state == "DELETE_COMPLETE"


def test_all_pages_of_a_change_set_are_read(deployer: Deployer) -> None:
    deployer.fake.changes = [change(f"T{number}") for number in range(7)]
    deployer.fake.page = 3
    deployer.deploy()
    [plan] = deployer.ui.plans[0].stacks
    assert [c.logical_id for c in plan.resource_changes] == [f"T{number}" for number in range(7)]


def test_resources_omitted_with_values_are_read_without_values(deployer: Deployer) -> None:
    detail = {
        "Target": {
            "Attribute": "Properties",
            "Name": "DisplayName",
            "Path": "/Properties/DisplayName",
            "BeforeValue": "a",
            "AfterValue": "b",
        }
    }
    deployer.fake.changes = [
        change("Hidden", "Modify", Details=[detail]),
        change("Shown", "Modify", Details=[detail]),
    ]
    deployer.fake.hidden = {"Hidden"}
    deployer.deploy()
    [plan] = deployer.ui.plans[0].stacks
    assert [
        (c.logical_id, [(p.path, p.before) for p in c.properties]) for c in plan.resource_changes
    ] == [
        ("Hidden", [("DisplayName", None)]),
        ("Shown", [("DisplayName", "a")]),
    ]


def test_every_action_and_policy_action_is_reported(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE")
    deployer.fake.changes = [change(action.name, action.value) for action in ChangeAction]
    deployer.fake.changes += [
        change(policy.name, "Modify", PolicyAction=policy.value, Replacement="True")
        for policy in PolicyAction
    ]
    deployer.deploy()
    [plan] = deployer.ui.plans[0].stacks
    assert [c.action for c in plan.resource_changes[:6]] == list(ChangeAction)
    assert [c.policy for c in plan.resource_changes[6:]] == list(PolicyAction)
    text = report.to_text(deployer.ui.plans[0])
    assert [c.logical_id for c in plan.resource_changes if c.logical_id not in text] == []
    assert [report.describe_change(c) for c in plan.resource_changes] == [
        ("+", "add"),
        ("~", "change"),
        ("-", "remove"),
        ("<", "import"),
        ("?", "known after apply"),
        ("=", "updates the stack's record only"),
        ("±", "replace; is deleted"),
        ("±", "replace; is retained"),
        ("±", "replace; is deleted after a snapshot"),
        ("±", "replace; the old resource is deleted"),
        ("±", "replace; the old resource is retained"),
        ("±", "replace; the old resource is deleted after a snapshot"),
    ]


def test_early_validation_warnings_are_reported_for_a_valid_change_set(deployer: Deployer) -> None:
    deployer.fake.failed_events = [
        {
            "EventId": "1",
            "EventType": "VALIDATION_ERROR",
            "LogicalResourceId": "A",
            "ValidationFailureMode": "WARN",
            "ValidationStatus": "FAILED",
            "ValidationStatusReason": "the bucket is not empty",
            "ValidationPath": "/Resources/A",
            "Timestamp": "2026-01-01T00:00:00Z",
        }
    ]
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.ui.plans[0].stacks[0].notices == (
        Notice(
            level=NoticeLevel.WARNING,
            logical_id="A",
            text="the bucket is not empty",
            path="/Resources/A",
        ),
    )
    [request] = deployer.fake.asked("DescribeEvents")
    assert request["ChangeSetName"].startswith("arn:")


def test_early_validation_failures_block(deployer: Deployer) -> None:
    deployer.fake.settles = ("FAILED", "validation failed")
    deployer.fake.failed_events = [
        {
            "EventId": "1",
            "EventType": "VALIDATION_ERROR",
            "LogicalResourceId": "A",
            "ValidationFailureMode": "FAIL",
            "ValidationStatusReason": "a topic of that name exists",
            "ValidationPath": "/Resources/A/Properties/TopicName",
            "Timestamp": "2026-01-01T00:00:00Z",
        }
    ]
    assert deployer.status() == [("alerts", "blocked")]
    assert [notice.text for notice in deployer.ui.plans[0].stacks[0].notices] == [
        "a topic of that name exists"
    ]


def test_events_that_cannot_be_read_are_a_warning(deployer: Deployer) -> None:
    deployer.fake.fault("DescribeEvents", Fault.DENIED)
    assert deployer.status() == [("alerts", "deployed")]
    [notice] = deployer.ui.plans[0].stacks[0].notices
    assert notice.level is NoticeLevel.WARNING


def test_stale_reads_do_not_end_the_operation(deployer: Deployer) -> None:
    deployer.fake.stale = 5
    [result] = deployer.deploy()
    assert (result.status, result.state) == ("deployed", "CREATE_COMPLETE")


def test_an_earlier_success_is_not_reported_as_the_result(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "UPDATE_COMPLETE")
    deployer.fake.stale = 4
    deployer.fake.next = [
        Frame("UPDATE_IN_PROGRESS", (Ev("UPDATE_IN_PROGRESS"), Ev("UPDATE_FAILED", "A", "no"))),
        Frame("UPDATE_ROLLBACK_IN_PROGRESS", (Ev("UPDATE_ROLLBACK_IN_PROGRESS"),)),
        Frame("UPDATE_ROLLBACK_COMPLETE", (Ev("UPDATE_ROLLBACK_COMPLETE"),)),
    ]
    [result] = deployer.deploy()
    assert (result.status, result.state) == ("failed", "UPDATE_ROLLBACK_COMPLETE")


def test_each_event_is_reported_once_and_in_order(deployer: Deployer) -> None:
    deployer.deploy()
    assert deployer.ui.events == [
        ("alerts", "alerts", "CREATE_IN_PROGRESS"),
        ("alerts", "A", "CREATE_IN_PROGRESS"),
        ("alerts", "A", "CREATE_COMPLETE"),
        ("alerts", "alerts", "CREATE_COMPLETE"),
    ]


FAILURE = [
    Frame("UPDATE_IN_PROGRESS", (Ev("UPDATE_IN_PROGRESS", operation="op-1"),)),
    Frame(
        "UPDATE_IN_PROGRESS",
        (
            Ev("UPDATE_FAILED", "A", "Topic already exists", operation="op-1"),
            Ev("UPDATE_FAILED", "B", "Resource update cancelled", operation="op-1"),
        ),
    ),
    Frame(
        "UPDATE_ROLLBACK_IN_PROGRESS",
        (Ev("UPDATE_ROLLBACK_IN_PROGRESS", reason="[A, B]", operation="op-2"),),
    ),
    Frame(
        "UPDATE_ROLLBACK_COMPLETE",
        (
            Ev("UPDATE_FAILED", "C", "of the rollback", operation="op-2"),
            Ev("UPDATE_ROLLBACK_COMPLETE", operation="op-2"),
        ),
    ),
]
HINT = (
    "A resource with this name already exists. Rename it, delete it, or import it with "
    "--import-existing."
)


@pytest.mark.parametrize("denied", [False, True], ids=["by operation", "by plain events alone"])
def test_the_root_cause_is_the_first_failure_of_the_older_operation(
    deployer: Deployer, *, denied: bool
) -> None:
    stack = deployer.fake.put("alerts", "CREATE_COMPLETE")
    deployer.fake.next = FAILURE
    deployer.fake.failed_events = [
        {
            "EventId": "9",
            "EventType": "PROVISIONING_ERROR",
            "OperationId": "op-1",
            "LogicalResourceId": "A",
            "ResourceType": "AWS::SNS::Topic",
            "ResourceStatus": "UPDATE_FAILED",
            "ResourceStatusReason": "#/TopicName: Topic already exists",
            "Timestamp": "2026-01-01T00:00:00Z",
        }
    ]
    if denied:
        deployer.fake.fault("DescribeEvents", Fault.DENIED, Fault.DENIED)
    [result] = deployer.deploy()
    assert result.root_cause == RootCause(
        logical_id="A",
        type="AWS::SNS::Topic",
        reason="Topic already exists" if denied else "#/TopicName: Topic already exists",
        path="" if denied else "TopicName",
        source_location=SourceLocation("stacks/alerts.py", 7),
        hint=HINT,
        stack=stack.id,
        further_failures=1,
        warning=(
            "cloudformation:DescribeEvents is not allowed (User is not authorized to perform it)"
            if denied
            else ""
        ),
    )


def test_the_root_cause_of_a_rollback_by_alarm_is_the_event_of_the_stack(
    deployer: Deployer,
) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE")
    reason = "The following monitored alarm went to ALARM state: x"
    deployer.fake.next = [
        Frame("UPDATE_IN_PROGRESS", (Ev("UPDATE_IN_PROGRESS"),)),
        Frame(
            "UPDATE_ROLLBACK_COMPLETE",
            (Ev("UPDATE_ROLLBACK_IN_PROGRESS", reason=reason), Ev("UPDATE_ROLLBACK_COMPLETE")),
        ),
    ]
    [result] = deployer.deploy()
    assert result.root_cause is not None
    assert (result.root_cause.reason, result.root_cause.logical_id) == (reason, "alerts")


def test_a_stack_is_skipped_if_a_dependency_failed(deployer: Deployer) -> None:
    deployer.fake.next = [
        Frame("CREATE_IN_PROGRESS", (Ev("CREATE_IN_PROGRESS"), Ev("CREATE_FAILED", "A", "no"))),
        Frame("ROLLBACK_COMPLETE", (Ev("ROLLBACK_COMPLETE"),)),
    ]
    dependencies = {
        "trail": frozenset[str](),
        "alerts": frozenset({"trail"}),
        "more": frozenset({"alerts"}),
    }
    results = deployer.deploy(
        target("trail"), target("alerts"), target("more"), dependencies=dependencies
    )
    assert [(r.name, r.status, r.text) for r in results[1:]] == [
        ("alerts", "skipped", "needs trail"),
        ("more", "skipped", "needs alerts"),
    ]
    assert results[0].status == "failed"


def test_independent_stacks_are_deployed_together_despite_a_failure(deployer: Deployer) -> None:
    deployer.fake.put("two", "IMPORT_ROLLBACK_FAILED")
    stacks = [target("one"), target("two"), target("three")]
    assert deployer.status(*stacks) == [
        ("one", "deployed"),
        ("two", "refused"),
        ("three", "deployed"),
    ]
    assert [[s.stack for s in plan.stacks] for plan in deployer.ui.plans] == [["one", "three"]]


def test_an_output_of_one_stack_is_a_parameter_of_the_next(deployer: Deployer) -> None:
    deployer.fake.put("trail", "CREATE_COMPLETE", outputs={"Days": "90"})
    alerts = target("alerts", parameters={"Days": StackOutput("trail", "Days")})
    assert deployer.status(alerts) == [("alerts", "deployed")]
    [request] = deployer.fake.asked("CreateChangeSet")
    assert request["Parameters"] == [{"ParameterKey": "Days", "ParameterValue": "90"}]


def test_the_request_contains_all_settings(deployer: Deployer) -> None:
    alarm = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a"
    composite = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:b"
    deployer.fake.alarms = {alarm: "MetricAlarms", composite: "CompositeAlarms"}
    topic = "arn:aws:sns:us-east-1:111122223333:t"
    role = "arn:aws:iam::111122223333:role/CloudFormation"
    deployer.deploy(
        target(
            parameters={"Days": "60"},
            tags={"owner": "security"},
            notification_arns=(topic,),
            rollback_alarms=(alarm, composite),
            rollback_minutes=5,
            on_failure="DELETE",
            service_role=role,
            stack_policy='{"Statement": []}',
        ),
        import_existing=True,
    )
    [request] = deployer.fake.asked("CreateChangeSet")
    for name in ("ChangeSetName", "ClientToken", "TemplateBody", "Description"):
        assert request.pop(name)
    assert request == {
        "StackName": "alerts",
        "ChangeSetType": "CREATE",
        "Parameters": [{"ParameterKey": "Days", "ParameterValue": "60"}],
        "Tags": [{"Key": "owner", "Value": "security"}],
        "NotificationARNs": [topic],
        "RollbackConfiguration": {
            "RollbackTriggers": [
                {"Arn": alarm, "Type": "AWS::CloudWatch::Alarm"},
                {"Arn": composite, "Type": "AWS::CloudWatch::CompositeAlarm"},
            ],
            "MonitoringTimeInMinutes": 5,
        },
        "RoleARN": role,
        "OnStackFailure": "DELETE",
        "Capabilities": [],
        "ImportExistingResources": True,
    }
    assert deployer.fake.stacks["alerts"].policy == '{"Statement": []}'
    assert deployer.fake.asked("ExecuteChangeSet")[0].get("DisableRollback") is None


def test_on_failure_delete_applies_to_creation_only(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE")
    assert deployer.status(target(on_failure="DELETE")) == [("alerts", "deployed")]


def test_drift_is_reverted_if_requested(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE")
    deployer.deploy(revert_drift=True)
    assert deployer.fake.asked("CreateChangeSet")[0]["DeploymentMode"] == "REVERT_DRIFT"


def test_drift_of_a_new_stack_is_not_reverted(deployer: Deployer) -> None:
    deployer.deploy(revert_drift=True)
    assert "DeploymentMode" not in deployer.fake.asked("CreateChangeSet")[0]


def test_declining_deletes_change_set_and_new_stack(deployer: Deployer) -> None:
    deployer.ui.yes = False
    assert deployer.status() == [("alerts", "declined")]
    assert deployer.fake.effects() == ["CreateChangeSet", "DeleteChangeSet", "DeleteStack"]
    assert deployer.fake.stacks["alerts"].state == "DELETE_COMPLETE"


def test_stacks_after_a_declined_plan_have_a_result(deployer: Deployer) -> None:
    deployer.ui.yes = False
    dependencies = {"one": frozenset[str](), "two": frozenset({"one"})}
    results = deployer.deploy(target("one"), target("two"), dependencies=dependencies)
    assert [(result.name, result.status.value, result.text) for result in results] == [
        ("one", "declined", "nothing was changed"),
        ("two", "skipped", "an earlier plan was declined"),
    ]


def test_review_keeps_the_change_set_and_reports_its_url(deployer: Deployer) -> None:
    [result] = deployer.deploy(review=True)
    [change_set] = deployer.fake.sets.values()
    assert (result.status, result.change_set) == ("waiting for review", change_set.id)
    assert result.console_url.startswith(
        "https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/"
        "changesets/changes?stackId=arn%3Aaws%3Acloudformation"
    )
    assert deployer.fake.effects() == ["CreateChangeSet"]


def test_a_change_with_a_blocking_risk_is_not_executed(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", template=dict(TEMPLATE))
    deployer.fake.changes = [change("A", "Remove", PolicyAction="Delete")]
    assert deployer.status(risks=frozenset({Risk.REMOVE})) == [("alerts", "blocked")]
    assert deployer.fake.effects() == ["CreateChangeSet", "DeleteChangeSet"]


def test_changed_parameters_and_tags_are_reported_without_secrets(deployer: Deployer) -> None:
    document = {
        "Parameters": {
            "Days": {"Type": "Number"},
            "Secret": {"Type": "String", "NoEcho": True},
        },
        "Resources": TEMPLATE["Resources"],
    }
    deployer.fake.put(
        "alerts", "CREATE_COMPLETE", parameters={"Days": "30", "Secret": "****"}, tags={"a": "1"}
    )
    deployer.fake.changes = [
        change(
            "A",
            "Modify",
            Details=[{"Target": {"Name": "DisplayName", "AfterValue": "it is hunter2 indeed"}}],
        )
    ]
    to_deploy = target(
        document=document, parameters={"Days": "60", "Secret": "hunter2"}, tags={"a": "2"}
    )
    deployer.deploy(to_deploy)
    [plan] = deployer.ui.plans[0].stacks
    assert (plan.parameters, plan.tags) == (
        (ValueChange(name="Days", before="30", after="60", source="from the command line"),),
        (ValueChange(name="a", before="1", after="2"),),
    )
    assert "hunter2" not in report.to_text(deployer.ui.plans[0])


def test_nested_stacks_are_included_only_if_the_template_has_some(deployer: Deployer) -> None:
    nested = {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": {}}}}
    deployer.deploy(target("plain"), target("nested", nested))
    included = {
        request["StackName"]: request.get("IncludeNestedStacks")
        for request in deployer.fake.asked("CreateChangeSet")
    }
    assert included == {"plain": None, "nested": True}


def test_a_long_template_without_a_bucket_is_an_error_before_any_change(deployer: Deployer) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x" * 99}}
    long = {"Resources": {f"T{number}": topic for number in range(500)}}
    [result] = deployer.deploy(target("alerts", long))
    assert result.text.splitlines()[0] == (
        f"stack alerts: The template has {len(source('a', long).text):,} bytes. A request can "
        "carry at most 51,200."
    )
    assert deployer.fake.effects() == []


def test_the_cause_in_a_nested_stack_is_found(deployer: Deployer) -> None:
    nested = deployer.fake.put("alerts-Nested-1", "CREATE_FAILED")
    deployer.fake.count += 100  # during the operation of the parent
    deployer.fake._event(nested, Ev("CREATE_FAILED", "Deep", "Rate exceeded"))
    deployer.fake.count -= 100
    embedded = Ev(
        "CREATE_FAILED",
        "Nested",
        "Embedded stack was not successfully created",
        type="AWS::CloudFormation::Stack",
        physical_id=nested.id,
    )
    deployer.fake.next = [
        Frame("CREATE_IN_PROGRESS", (Ev("CREATE_IN_PROGRESS"), embedded)),
        Frame("ROLLBACK_COMPLETE", (Ev("ROLLBACK_COMPLETE"),)),
    ]
    [result] = deployer.deploy()
    assert result.root_cause is not None
    assert (result.root_cause.logical_id, result.root_cause.reason) == ("Deep", "Rate exceeded")


def test_late_events_are_awaited(deployer: Deployer) -> None:
    """The stack status is final while the last event of the stack is a start event."""
    deployer.fake.next = [
        Frame("CREATE_IN_PROGRESS", (Ev("CREATE_IN_PROGRESS"),)),
        Frame("CREATE_COMPLETE"),
        Frame("CREATE_COMPLETE"),
        Frame("CREATE_COMPLETE", (Ev("CREATE_COMPLETE", "A"), Ev("CREATE_COMPLETE"))),
    ]
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.ui.events[-1] == ("alerts", "alerts", "CREATE_COMPLETE")
