"""Gates fail closed: what could not be read or judged blocks every ``--fail-on``."""

import json
from typing import Any

import pytest

from tests.deploy.conftest import TEMPLATE, Deployer, target
from tests.deploy.fake import Fault
from tests.deploy.test_apply import change
from trailbell.diff import report
from trailbell.diff.model import (
    ChangeAction,
    Impact,
    Notice,
    NoticeLevel,
    PolicyAction,
    Replacement,
    Risk,
    StackPlan,
)

GATE = frozenset({Risk.BROADEN})
"""A risk that none of these changes has."""


def planned(deployer: Deployer, *changes: dict[str, Any], **more: Any) -> StackPlan:
    """The plan that a deployment shows. The deployed template can be read."""
    if "alerts" not in deployer.fake.stacks:
        deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True, template=dict(TEMPLATE))
    deployer.fake.changes = list(changes)
    deployer.deploy(**more)
    return deployer.ui.plans[0].stacks[0]


def unknown(text: str) -> Notice:
    return Notice(level=NoticeLevel.UNKNOWN, logical_id="A", text=text)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        pytest.param(
            {"Action": "Defer"},
            'Action is "Defer", which this version does not know. It is read as "Remove".',
            id="an action",
        ),
        pytest.param(
            {"Action": "Modify", "Replacement": "Perhaps"},
            'Replacement is "Perhaps", which this version does not know. It is read as "True".',
            id="a replacement",
        ),
        pytest.param(
            {"Action": "Modify", "PolicyAction": "Shred"},
            'PolicyAction is "Shred", which this version does not know. It is read as "Delete".',
            id="a policy action",
        ),
        pytest.param(
            {
                "Action": "Modify",
                "Details": [{"Target": {"Name": "TopicName", "RequiresRecreation": "Rarely"}}],
            },
            'RequiresRecreation is "Rarely", which this version does not know. It is read as '
            '"Always".',
            id="a recreation",
        ),
        pytest.param(
            {"Action": "Dynamic"},
            "What happens to the resource is known only after apply.",
            id="what is known only later",
        ),
    ],
)
def test_a_value_that_cannot_be_judged_blocks_every_gate(
    deployer: Deployer, members: dict[str, Any], text: str
) -> None:
    """The values were added to the API over the years; the fake lists those of today."""
    deployer.fake.accepts_unknown = True
    plan = planned(deployer, change("A") | members, risks=GATE)
    assert plan.notices == (unknown(text),)
    assert deployer.fake.asked("ExecuteChangeSet") == []
    assert text in report.to_text(deployer.ui.plans[0])


def test_unknown_values_are_read_as_the_most_dangerous_ones(deployer: Deployer) -> None:
    deployer.fake.accepts_unknown = True
    odd = {"Action": "Defer", "Replacement": "Perhaps", "PolicyAction": "Shred"}
    [read] = planned(deployer, change("A") | odd).resource_changes
    assert (read.action, read.replacement, read.policy) == (
        ChangeAction.REMOVE,
        Replacement.YES,
        PolicyAction.DELETE,
    )


def test_a_change_of_an_unknown_type_blocks_every_gate(deployer: Deployer) -> None:
    deployer.fake.accepts_unknown = True
    deployer.fake.other_changes = [{"Type": "Invocation"}]
    plan = planned(deployer, change("A"), risks=GATE)
    assert [(notice.level, notice.text) for notice in plan.notices] == [
        (
            NoticeLevel.UNKNOWN,
            'A change of the type "Invocation", which this version does not know.',
        )
    ]
    assert deployer.fake.asked("ExecuteChangeSet") == []


def test_the_reason_of_a_nested_change_set_is_shown(deployer: Deployer) -> None:
    """Unsure: the words of the root's reason. It is enough that the ARN is among them."""
    deployer.fake.put("alerts-Nested-1", "REVIEW_IN_PROGRESS")
    nested = deployer.fake.review("alerts-Nested-1", "nested")
    nested.status, nested.reason = "FAILED", "Template error: no such attribute"
    reason = f"Nested change set {nested.id} was not successfully created: Currently in FAILED."
    deployer.fake.settles = ("FAILED", reason)
    deployer.deploy()
    [notice] = deployer.ui.plans[0].stacks[0].notices
    assert notice.text.splitlines() == [
        reason,
        "Nested stack alerts-Nested-1: Template error: no such attribute",
    ]


def test_a_change_set_that_is_deleted_meanwhile_is_named(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True)
    deployer.fake.hooks["DescribeChangeSet"] = deployer.fake.sets.clear
    [result] = deployer.deploy()
    assert (result.status, "was deleted by another process" in result.text) == ("failed", True)


def test_without_a_gate_an_unknown_value_is_only_reported(deployer: Deployer) -> None:
    deployer.fake.accepts_unknown = True
    planned(deployer, change("A", "Defer"))
    assert len(deployer.fake.asked("ExecuteChangeSet")) == 1


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(None, id="denied"),
        pytest.param("Resources: [unclosed", id="unparsable"),
    ],
)
@pytest.mark.parametrize("risk", [Risk.REMOVE, Risk.REPLACE, Risk.DETECTION_GAP])
def test_an_unreadable_template_blocks_every_gate(
    deployer: Deployer, template: str | None, risk: Risk
) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True, template=template)
    if template is None:
        deployer.fake.fault("GetTemplate", Fault.DENIED)
    removed = change("B", "Remove", PolicyAction="Delete")
    replaced = change("A", "Modify", Replacement="True", PolicyAction="ReplaceAndDelete")
    plan = planned(deployer, removed, replaced, risks=frozenset({risk}))
    assert plan.impacts == (
        Impact(risk=Risk.REMOVE, logical_id="B", text="is deleted"),
        Impact(risk=Risk.REPLACE, logical_id="A", text="is replaced; the old resource is deleted"),
    )
    assert plan.notices == (
        Notice(
            level=NoticeLevel.UNKNOWN,
            logical_id="",
            text="The deployed template could not be read (cloudformation:GetTemplate). Whether "
            "the changes broaden access or open a detection gap is not known.",
        ),
    )
    assert deployer.fake.asked("ExecuteChangeSet") == []


def test_the_reason_of_a_block_names_risks_and_what_is_not_known(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True)
    deployer.fake.fault("GetTemplate", Fault.DENIED)
    deployer.fake.changes = [change("A", "Remove", PolicyAction="Retain")]
    [result] = deployer.deploy(risks=frozenset({Risk.REMOVE}))
    assert result.text.splitlines() == [
        "The plan has risks of --fail-on: remove",
        (
            "--fail-on blocks what is not known: The deployed template could not be read "
            "(cloudformation:GetTemplate). Whether the changes broaden access or open a "
            "detection gap is not known."
        ),
    ]


def test_drift_is_shown_with_what_was_not_compared(deployer: Deployer) -> None:
    """StackDriftStatus, ResourceDriftStatus and BeforeValueFrom of a drift-aware change set (SDK
    DescribeChangeSetOutput, ResourceChange, ResourceTargetDefinition).
    """
    deployer.fake.drift_status = "DRIFTED"
    detail = {
        "Target": {
            "Name": "DisplayName",
            "BeforeValue": "a",
            "AfterValue": "b",
            "BeforeValueFrom": "ACTUAL_STATE",
            "Drift": {"PreviousValue": "b", "ActualValue": "a"},
        },
        "ChangeSource": "NoModification",
    }
    plan = planned(
        deployer,
        change("A", "Modify", ResourceDriftStatus="MODIFIED", Details=[detail]),
        change("B", "Modify", ResourceDriftStatus="UNSUPPORTED"),
        revert_drift=True,
    )
    assert [notice.text for notice in plan.notices] == ["The drift status of the stack is DRIFTED"]
    lines = [line.strip() for line in report.to_text(deployer.ui.plans[0]).splitlines()]
    assert lines[3:6] == [
        "~ A  AWS::SNS::Topic  change; drift: MODIFIED  stacks/alerts.py:7",
        "DisplayName: a → b  (drift is reverted; actual value a; before: actual state)",
        "~ B  AWS::SNS::Topic  change; drift not compared (UNSUPPORTED)",
    ]


@pytest.mark.parametrize("name", ["of-a-colleague", "trailbell-run-0"])
def test_change_sets_that_the_execution_deletes_are_part_of_the_plan(
    deployer: Deployer, name: str
) -> None:
    """ExecuteChangeSet deletes all other change sets of the stack (SDK ExecuteChangeSet)."""
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True)
    deployer.fake.review("alerts", name)
    deployer.deploy()
    assert deployer.ui.plans[0].stacks[0].notices == (
        Notice(
            level=NoticeLevel.WARNING,
            logical_id="",
            text=f"Executing this change set deletes the other change sets of alerts: {name}",
        ),
    )


def test_a_nested_stack_is_left_out_if_requested(deployer: Deployer) -> None:
    nested = {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": {}}}}
    deployer.deploy(target("alerts", nested), nested_stacks=False)
    assert "IncludeNestedStacks" not in deployer.fake.asked("CreateChangeSet")[0]


@pytest.mark.parametrize(
    ("state", "on_failure", "disable"),
    [
        pytest.param(None, "", False, id="a new stack is rolled back"),
        pytest.param(None, "DO_NOTHING", None, id="OnStackFailure says it for a new stack"),
        pytest.param("CREATE_COMPLETE", "", False, id="an update is rolled back"),
        pytest.param("CREATE_COMPLETE", "DO_NOTHING", True, id="an update keeps its resources"),
        pytest.param("CREATE_COMPLETE", "DELETE", False, id="delete is for new stacks only"),
        pytest.param("UPDATE_FAILED", "", True, id="a failed stack cannot be rolled back"),
    ],
)
def test_disable_rollback_is_always_sent_unless_on_stack_failure_is(
    deployer: Deployer, state: str | None, on_failure: str, *, disable: bool | None
) -> None:
    """The two exclude each other, and the documented defaults of DisableRollback differ between
    ExecuteChangeSet (true) and UpdateStack (false).
    """
    if state:
        deployer.fake.put("alerts", state)
    assert deployer.status(target(on_failure=on_failure)) == [("alerts", "deployed")]
    [execution] = deployer.fake.asked("ExecuteChangeSet")
    assert execution.get("DisableRollback") is disable
    assert json.loads(deployer.fake.asked("CreateChangeSet")[0]["TemplateBody"]) == TEMPLATE
