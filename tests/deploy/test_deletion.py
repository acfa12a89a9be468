"""Deletion, following an operation, and reports."""

import pytest

from tests.deploy.conftest import Deployer, source
from tests.deploy.fake import Ev, Fault, Frame, success
from tests.deploy.test_apply import HINT
from trailbell.deploy import deletion, follow, result_report
from trailbell.diff import report
from trailbell.diff.model import (
    KNOWN_AFTER_APPLY,
    ChangeAction,
    DeployPlan,
    Impact,
    PlanBasis,
    PlanFingerprint,
    PropertyChange,
    Replacement,
    ResourceChange,
    Risk,
    StackPlan,
)
from trailbell.dist.built_templates import StackReference
from trailbell.errors import NotFoundError, PreconditionError
from trailbell.source_location import SourceLocation

REFERENCE = StackReference("alerts", source())
RETAINED = {
    "Resources": {
        "Keep": {"Type": "AWS::KMS::Key", "DeletionPolicy": "RetainExceptOnCreate"},
        "Go": {"Type": "AWS::SNS::Topic"},
    }
}


def put_stack(
    deployer: Deployer, *, protected: bool = False, state: str = "CREATE_COMPLETE"
) -> None:
    deployer.fake.put(
        "alerts",
        state,
        protected=protected,
        template=RETAINED,
        resources=[
            ("Keep", "AWS::KMS::Key", "CREATE_COMPLETE"),
            ("Go", "AWS::SNS::Topic", "CREATE_COMPLETE"),
            ("Gone", "AWS::SNS::Topic", "DELETE_COMPLETE"),
        ],
    )


def test_deleted_and_retained_resources_are_listed(deployer: Deployer) -> None:
    put_stack(deployer)
    deletion_plan = deletion.plan_deletion(deployer.session, "alerts")
    assert deletion.to_text(deletion_plan).splitlines() == [
        "alerts (CREATE_COMPLETE): 2 resources",
        "    Keep  AWS::KMS::Key  is retained  Keep-1",
        "  - Go    AWS::SNS::Topic  is deleted  Go-1",
    ]
    assert deployer.fake.effects() == []


def test_an_unreadable_template_is_reported(deployer: Deployer) -> None:
    put_stack(deployer)
    deployer.fake.fault("GetTemplate", Fault.DENIED)
    text = deletion.to_text(deletion.plan_deletion(deployer.session, "alerts"))
    assert "The template could not be read. Deletion policies are not known." in text


@pytest.mark.parametrize(
    ("protected", "state", "unprotect"),
    [
        pytest.param(True, "CREATE_COMPLETE", False, id="a protected stack"),
        pytest.param(False, "UPDATE_IN_PROGRESS", False, id="an operation is in progress"),
        pytest.param(
            True, "UPDATE_IN_PROGRESS", True, id="an operation is in progress, with --unprotect"
        ),
    ],
)
def test_the_stack_cannot_be_deleted(
    deployer: Deployer, state: str, *, protected: bool, unprotect: bool
) -> None:
    put_stack(deployer, protected=protected, state=state)
    deletion_plan = deletion.plan_deletion(deployer.session, "alerts")
    with pytest.raises(PreconditionError):
        deletion.check_deletable(deletion_plan, unprotect=unprotect)
    assert deployer.fake.effects() == []


def test_the_stack_is_deleted_and_retained_resources_are_reported(deployer: Deployer) -> None:
    put_stack(deployer, protected=True)
    deletion_plan = deletion.plan_deletion(deployer.session, "alerts")
    deletion.check_deletable(deletion_plan, unprotect=True)
    result = deletion.delete(deployer.session, deletion_plan, REFERENCE, deployer.ui)
    assert (result.status, result.text) == ("deleted", "retained: Keep (Keep-1)")


def test_a_failed_deletion_has_a_root_cause(deployer: Deployer) -> None:
    put_stack(deployer)
    deployer.fake.next = [
        Frame("DELETE_IN_PROGRESS", (Ev("DELETE_IN_PROGRESS"),)),
        Frame("DELETE_FAILED", (Ev("DELETE_FAILED", "Go", "BucketNotEmpty"), Ev("DELETE_FAILED"))),
    ]
    deletion_plan = deletion.plan_deletion(deployer.session, "alerts")
    result = deletion.delete(deployer.session, deletion_plan, REFERENCE, deployer.ui)
    assert result.root_cause is not None
    assert (result.status, result.root_cause.logical_id, result.root_cause.hint) == (
        "failed",
        "Go",
        "Empty the bucket, then run the command again.",
    )


def test_a_missing_stack_is_an_error(deployer: Deployer) -> None:
    with pytest.raises(NotFoundError, match="Stack alerts does not exist in us-east-1"):
        deletion.plan_deletion(deployer.session, "alerts")
    with pytest.raises(NotFoundError, match="Stack alerts does not exist in us-east-1"):
        follow.follow_stack(deployer.session, REFERENCE, deployer.ui)


@pytest.mark.parametrize(
    ("state", "frames", "ended"),
    [
        pytest.param("CREATE_COMPLETE", [], ("deployed", "CREATE_COMPLETE"), id="no operation"),
        pytest.param("X", success("UPDATE"), ("deployed", "UPDATE_COMPLETE"), id="an update"),
        pytest.param("X", success("DELETE"), ("deployed", "DELETE_COMPLETE"), id="a deletion"),
        pytest.param(
            "X",
            [
                Frame("CREATE_IN_PROGRESS", (Ev("CREATE_IN_PROGRESS"),)),
                Frame("ROLLBACK_IN_PROGRESS", (Ev("CREATE_FAILED", "A", "no"),)),
                Frame("ROLLBACK_COMPLETE", (Ev("ROLLBACK_COMPLETE"),)),
            ],
            ("failed", "ROLLBACK_COMPLETE"),
            id="a failure",
        ),
    ],
)
def test_an_operation_in_progress_is_followed(
    deployer: Deployer, state: str, frames: list[Frame], ended: tuple[str, str]
) -> None:
    stack = deployer.fake.put("alerts", state, frames=frames)
    deployer.fake._step(stack)
    result = follow.follow_stack(deployer.session, REFERENCE, deployer.ui)
    assert (result.status, result.state) == ended
    assert deployer.fake.effects() == []


def test_a_failure_is_reported_with_location_and_suggestion(deployer: Deployer) -> None:
    deployer.fake.next = [
        Frame(
            "CREATE_IN_PROGRESS",
            (Ev("CREATE_IN_PROGRESS"), Ev("CREATE_FAILED", "A", "Topic already exists")),
        ),
        Frame("ROLLBACK_COMPLETE", (Ev("ROLLBACK_COMPLETE"),)),
    ]
    lines = result_report.to_text(deployer.deploy()).splitlines()
    assert lines[0].startswith("alerts: failed (ROLLBACK_COMPLETE)")
    assert lines[1:4] == [
        "  A (AWS::SNS::Topic): Topic already exists",
        "  defined at stacks/alerts.py:7",
        f"  Suggestion: {HINT}",
    ]


def plan(*properties: PropertyChange) -> DeployPlan:
    return DeployPlan(
        (
            StackPlan(
                stack="alerts",
                name="watch",
                region="us-east-1",
                basis=PlanBasis.OFFLINE,
                compared_with="HEAD",
                created=False,
                based_on=PlanFingerprint(template="0"),
                resource_changes=(
                    ResourceChange(
                        logical_id="A",
                        type="AWS::SNS::Topic",
                        action=ChangeAction.MODIFY,
                        replacement=Replacement.YES,
                        properties=properties,
                        source_location=SourceLocation("stacks/a.py", 1),
                    ),
                ),
                impacts=(Impact(risk=Risk.DETECTION_GAP, logical_id="A", text="a <gap> | here"),),
            ),
        )
    )


def test_a_plan_as_text() -> None:
    shown = plan(
        PropertyChange(path="TopicName", before="a", after="b", replacement=Replacement.YES),
        PropertyChange(path="DisplayName", before=None, after="x\x1b[2J\ny"),
        PropertyChange(
            path="KmsMasterKeyId", before="k", after=KNOWN_AFTER_APPLY, cause="Key changes"
        ),
    )
    assert report.to_text(shown).splitlines() == [
        "alerts as watch (us-east-1), against HEAD",
        "  1 to replace",
        "  ± A  AWS::SNS::Topic  replace  stacks/a.py:1",
        "      TopicName: a → b  (requires replacement)",
        "      DisplayName: + x\\x1b[2J\\ny",
        "      KmsMasterKeyId: k → (known after apply)  (Key changes)",
        "  risks",
        "    detection-gap  A: a <gap> | here",
    ]


def test_long_values_are_reported_by_the_differing_lines() -> None:
    same = "the same line in both values, which is long enough to be omitted\n" * 2
    shown = plan(PropertyChange(path="AlarmDescription", before=f"{same}old", after=f"{same}new"))
    assert report.to_text(shown).splitlines()[3:6] == [
        "      AlarmDescription:",
        "        - old",
        "        + new",
    ]
