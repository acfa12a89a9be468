"""Deletion, following an operation, and reports."""

import pytest

from tests.deploy.conftest import Deployer, source
from tests.deploy.fake import ApiError, Ev, Fault, Frame, success
from tests.deploy.test_apply import HINT
from trailbell.deploy import deletion, follow, result_report
from trailbell.deploy.deletion import DeletionOptions, DeletionPlan
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
from trailbell.errors import AccessDeniedError, NotFoundError, PreconditionError
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


PLAIN = DeletionOptions()
UNPROTECT = DeletionOptions(unprotect=True)


def plan_of(deployer: Deployer, options: DeletionOptions = PLAIN) -> DeletionPlan:
    return deletion.plan_deletion(deployer.session, REFERENCE, options)


def put_failed_stack(deployer: Deployer) -> None:
    deployer.fake.put(
        "alerts",
        "DELETE_FAILED",
        template=RETAINED,
        resources=[
            ("Keep", "AWS::KMS::Key", "DELETE_SKIPPED"),
            ("Go", "AWS::S3::Bucket", "DELETE_FAILED"),
        ],
    )
    deployer.fake.reasons = {"Go": "The bucket is not empty"}


def put_exporting_stack(deployer: Deployer) -> None:
    """A protected stack with two exports, one of which tamper and identity import."""
    put_stack(deployer, protected=True)
    stack = deployer.fake.stacks["alerts"]
    stack.outputs = {"High": "arn:topic", "Low": "arn:low", "Plain": "x"}
    stack.exports = {"High": "alerts-HighTopic", "Low": "alerts-LowTopic"}
    deployer.fake.imports = {"alerts-HighTopic": ["tamper", "identity"]}


def test_deleted_and_retained_resources_are_listed(deployer: Deployer) -> None:
    put_stack(deployer)
    assert deletion.to_text(plan_of(deployer)).splitlines() == [
        "alerts (CREATE_COMPLETE): 2 resources",
        "    Keep  AWS::KMS::Key  is retained  Keep-1",
        "  - Go    AWS::SNS::Topic  is deleted  Go-1",
    ]
    assert deployer.fake.effects() == []


def test_an_unreadable_template_is_reported(deployer: Deployer) -> None:
    put_stack(deployer)
    deployer.fake.fault("GetTemplate", Fault.DENIED)
    text = deletion.to_text(plan_of(deployer))
    assert "The template could not be read. Deletion policies are not known." in text


def test_importing_stacks_are_listed_before_anything_happens(deployer: Deployer) -> None:
    put_exporting_stack(deployer)
    deletion_plan = plan_of(deployer, UNPROTECT)
    with pytest.raises(PreconditionError) as caught:
        deletion.check_deletable(deletion_plan)
    lines = deletion.to_text(deletion_plan).splitlines()
    assert [line for line in lines if "Export" in line] == [
        '  Export "alerts-HighTopic" is imported by tamper, identity.'
    ]
    assert str(caught.value) == (
        "stack alerts: Other stacks import from it: identity, tamper. AWS does not delete it as "
        "long as they do.\n  Delete them first, for example: trailbell delete identity"
    )
    assert deployer.fake.effects() == []


def test_importers_that_cannot_be_read_are_a_remark(deployer: Deployer) -> None:
    put_exporting_stack(deployer)
    deployer.fake.fault("ListImports", Fault.DENIED, Fault.DENIED)
    deletion_plan = plan_of(deployer, UNPROTECT)
    deletion.check_deletable(deletion_plan)
    assert deletion.to_text(deletion_plan).splitlines()[1] == (
        "  Whether other stacks import from it is not known (User is not authorized to perform it)."
    )


@pytest.mark.parametrize(
    ("protected", "state", "options"),
    [
        pytest.param(True, "CREATE_COMPLETE", PLAIN, id="a protected stack"),
        pytest.param(False, "UPDATE_IN_PROGRESS", PLAIN, id="an operation is in progress"),
        pytest.param(True, "UPDATE_IN_PROGRESS", UNPROTECT, id="in progress, and unprotected"),
        pytest.param(
            False, "CREATE_COMPLETE", DeletionOptions(retain=("Go",)),
            id="to retain a resource, no deletion must have failed",
        ),
        pytest.param(
            False, "UPDATE_ROLLBACK_FAILED", DeletionOptions(force=True),
            id="to force it, a deletion must have failed",
        ),
        pytest.param(
            False, "DELETE_FAILED", DeletionOptions(retain=("Other",)),
            id="there is no resource to retain",
        ),
    ],
)  # fmt: skip
def test_the_stack_cannot_be_deleted(
    deployer: Deployer, state: str, options: DeletionOptions, *, protected: bool
) -> None:
    put_stack(deployer, protected=protected, state=state)
    with pytest.raises(PreconditionError):
        deletion.check_deletable(plan_of(deployer, options))
    assert deployer.fake.effects() == []


def test_the_stack_is_deleted_and_retained_resources_are_reported(deployer: Deployer) -> None:
    put_stack(deployer, protected=True)
    deletion_plan = plan_of(deployer, UNPROTECT)
    deletion.check_deletable(deletion_plan)
    result = deletion.delete(deployer.session, deletion_plan, REFERENCE, deployer.ui)
    assert (result.status, result.text) == ("deleted", "retained: Keep (Keep-1)")


def test_a_busy_stack_is_deleted_after_the_other_operation(deployer: Deployer) -> None:
    put_stack(deployer)
    deletion_plan = plan_of(deployer)
    busy = "Stack:alerts is in UPDATE_IN_PROGRESS state and can not be deleted"

    def refuse() -> None:
        raise ApiError("ValidationError", busy)

    deployer.fake.hooks["DeleteStack"] = refuse
    result = deletion.delete(deployer.session, deletion_plan, REFERENCE, deployer.ui)
    assert (result.status, deployer.ui.messages) == (
        "deleted",
        ["Another operation on alerts is in progress. Waiting."],
    )


def test_a_refused_deletion_leaves_the_stack_protected(deployer: Deployer) -> None:
    put_stack(deployer, protected=True)
    deletion_plan = plan_of(deployer, UNPROTECT)
    deployer.fake.fault("DeleteStack", Fault.DENIED)
    with pytest.raises(AccessDeniedError):
        deletion.delete(deployer.session, deletion_plan, REFERENCE, deployer.ui)
    assert deployer.fake.stacks["alerts"].protected
    assert deployer.ui.messages == ["Termination protection of alerts is enabled again."]


def test_protection_that_cannot_be_enabled_again_is_reported(deployer: Deployer) -> None:
    put_stack(deployer, protected=True)
    deletion_plan = plan_of(deployer, UNPROTECT)
    deployer.fake.fault("DeleteStack", Fault.DENIED)

    def refuse() -> None:
        deployer.fake.fault("UpdateTerminationProtection", Fault.DENIED)

    deployer.fake.hooks["UpdateTerminationProtection"] = refuse
    with pytest.raises(AccessDeniedError):
        deletion.delete(deployer.session, deletion_plan, REFERENCE, deployer.ui)
    [message] = deployer.ui.messages
    assert message == (
        "warning: Termination protection of alerts was disabled and could not be enabled again "
        "(User is not authorized to perform it)."
    )


def test_a_failed_deletion_has_a_root_cause_and_the_stack_stays_protected(
    deployer: Deployer,
) -> None:
    put_stack(deployer, protected=True)
    deployer.fake.next = [
        Frame("DELETE_IN_PROGRESS", (Ev("DELETE_IN_PROGRESS"),)),
        Frame("DELETE_FAILED", (Ev("DELETE_FAILED", "Go", "BucketNotEmpty"), Ev("DELETE_FAILED"))),
    ]
    deletion_plan = plan_of(deployer, UNPROTECT)
    result = deletion.delete(deployer.session, deletion_plan, REFERENCE, deployer.ui)
    assert result.root_cause is not None
    assert (result.status, result.root_cause.logical_id, result.root_cause.hint) == (
        "failed",
        "Go",
        "Empty the bucket, then run the command again.",
    )
    assert deployer.fake.stacks["alerts"].protected


def test_ways_out_of_a_failed_deletion_are_shown(deployer: Deployer) -> None:
    put_failed_stack(deployer)
    assert deletion.to_text(plan_of(deployer)).splitlines() == [
        "alerts (DELETE_FAILED): 2 resources",
        "    Keep  AWS::KMS::Key  is retained  Keep-1",
        "  - Go    AWS::S3::Bucket  is deleted  Go-1",
        "      Its deletion failed: The bucket is not empty",
        "  The deletion is tried again. To keep these resources and delete the stack:",
        "    trailbell delete alerts --retain Go",
        "  To delete the stack, whichever resources cannot be deleted:",
        "    trailbell delete alerts --force",
    ]


@pytest.mark.parametrize(
    ("options", "members", "line"),
    [
        pytest.param(
            DeletionOptions(retain=("Go",)), {"RetainResources": ["Go"]},
            "    Go    AWS::S3::Bucket  is retained  Go-1", id="a resource is retained",
        ),
        pytest.param(
            DeletionOptions(force=True), {"DeletionMode": "FORCE_DELETE_STACK"},
            "  Resources that cannot be deleted stay in the account.", id="by force",
        ),
        pytest.param(
            DeletionOptions(role="arn:aws:iam::111122223333:role/r"),
            {"RoleARN": "arn:aws:iam::111122223333:role/r"},
            "  CloudFormation deletes with the role arn:aws:iam::111122223333:role/r.",
            id="with another role",
        ),
    ],
)  # fmt: skip
def test_a_failed_deletion_is_finished(
    deployer: Deployer, options: DeletionOptions, members: dict[str, str], line: str
) -> None:
    put_failed_stack(deployer)
    deletion_plan = plan_of(deployer, options)
    deletion.check_deletable(deletion_plan)
    assert line in deletion.to_text(deletion_plan).splitlines()
    deletion.delete(deployer.session, deletion_plan, REFERENCE, deployer.ui)
    [request] = deployer.fake.asked("DeleteStack")
    sent = {k: v for k, v in request.items() if k not in ("StackName", "ClientRequestToken")}
    assert sent == members


def test_a_missing_stack_is_an_error(deployer: Deployer) -> None:
    with pytest.raises(NotFoundError, match="Stack alerts does not exist in us-east-1"):
        plan_of(deployer)
    with pytest.raises(NotFoundError, match="Stack alerts does not exist in us-east-1"):
        follow.follow_stack(deployer.session, REFERENCE, deployer.ui)


def test_a_stack_that_vanishes_while_it_is_followed_was_deleted(deployer: Deployer) -> None:
    stack = deployer.fake.put("alerts", "UPDATE_IN_PROGRESS")

    def vanish() -> None:
        deployer.fake.stacks.pop("alerts", None)

    deployer.fake.hooks["DescribeStackEvents"] = vanish
    stack.events.clear()
    result = follow.follow_stack(deployer.session, REFERENCE, deployer.ui)
    assert (result.status, result.state) == ("deleted", "DELETE_COMPLETE")


@pytest.mark.parametrize(
    ("state", "frames", "ended"),
    [
        pytest.param("CREATE_COMPLETE", [], ("deployed", "CREATE_COMPLETE"), id="no operation"),
        pytest.param("X", success("UPDATE"), ("deployed", "UPDATE_COMPLETE"), id="an update"),
        pytest.param("X", success("DELETE"), ("deleted", "DELETE_COMPLETE"), id="a deletion"),
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
