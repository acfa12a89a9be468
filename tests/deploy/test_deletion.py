"""Deleting, watching and reporting."""

import pytest

from tests.deploy.conftest import Deployer, source
from tests.deploy.fake import Ev, Fault, Frame, well
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

NAMED = StackReference("alerts", source())
RETAINED = {
    "Resources": {
        "Keep": {"Type": "AWS::KMS::Key", "DeletionPolicy": "RetainExceptOnCreate"},
        "Go": {"Type": "AWS::SNS::Topic"},
    }
}


def stand(deployer: Deployer, *, protected: bool = False, state: str = "CREATE_COMPLETE") -> None:
    deployer.fake.put(
        "alerts", state, protected=protected, template=RETAINED,
        resources=[("Keep", "AWS::KMS::Key", "CREATE_COMPLETE"),
                   ("Go", "AWS::SNS::Topic", "CREATE_COMPLETE"),
                   ("Gone", "AWS::SNS::Topic", "DELETE_COMPLETE")],
    )  # fmt: skip


def test_what_goes_and_what_stays_is_shown(deployer: Deployer) -> None:
    stand(deployer)
    found = deletion.plan_deletion(deployer.desk, "alerts")
    assert deletion.to_text(found).splitlines() == [
        "alerts (CREATE_COMPLETE): 2 resources",
        "    Keep  AWS::KMS::Key  is retained  Keep-1",
        "  - Go    AWS::SNS::Topic  is deleted  Go-1",
    ]
    assert deployer.fake.effects() == []


def test_a_template_that_may_not_be_read_is_told(deployer: Deployer) -> None:
    stand(deployer)
    deployer.fake.fault("GetTemplate", Fault.DENIED)
    told = deletion.to_text(deletion.plan_deletion(deployer.desk, "alerts"))
    assert "The template could not be read. Deletion policies are not known." in told


@pytest.mark.parametrize(
    ("protected", "state", "unprotect"),
    [
        pytest.param(True, "CREATE_COMPLETE", False, id="a protected stack"),
        pytest.param(False, "UPDATE_IN_PROGRESS", False, id="a moving stack"),
        pytest.param(True, "UPDATE_IN_PROGRESS", True, id="a moving stack, unprotected"),
    ],
)
def test_it_is_refused(deployer: Deployer, state: str, *, protected: bool, unprotect: bool) -> None:
    stand(deployer, protected=protected, state=state)
    found = deletion.plan_deletion(deployer.desk, "alerts")
    with pytest.raises(PreconditionError):
        deletion.check_deletable(found, unprotect=unprotect)
    assert deployer.fake.effects() == []


def test_it_is_deleted_and_what_stays_is_named(deployer: Deployer) -> None:
    stand(deployer, protected=True)
    found = deletion.plan_deletion(deployer.desk, "alerts")
    deletion.check_deletable(found, unprotect=True)
    result = deletion.delete(deployer.desk, found, NAMED, deployer.listener)
    assert (result.status, result.text) == ("deleted", "retained: Keep (Keep-1)")


def test_a_deletion_that_fails_says_why(deployer: Deployer) -> None:
    stand(deployer)
    deployer.fake.next = [
        Frame("DELETE_IN_PROGRESS", (Ev("DELETE_IN_PROGRESS"),)),
        Frame("DELETE_FAILED", (Ev("DELETE_FAILED", "Go", "BucketNotEmpty"), Ev("DELETE_FAILED"))),
    ]
    found = deletion.plan_deletion(deployer.desk, "alerts")
    result = deletion.delete(deployer.desk, found, NAMED, deployer.listener)
    assert result.root_cause is not None
    assert (result.status, result.root_cause.logical_id, result.root_cause.hint) == (
        "failed",
        "Go",
        "Empty the bucket, then run the command again.",
    )


def test_what_is_not_there_is_told(deployer: Deployer) -> None:
    with pytest.raises(NotFoundError, match="Stack alerts does not exist in us-east-1"):
        deletion.plan_deletion(deployer.desk, "alerts")
    with pytest.raises(NotFoundError, match="Stack alerts does not exist in us-east-1"):
        follow.follow_stack(deployer.desk, NAMED, deployer.listener)


@pytest.mark.parametrize(
    ("state", "frames", "ended"),
    [
        pytest.param("CREATE_COMPLETE", [], ("deployed", "CREATE_COMPLETE"), id="at rest"),
        pytest.param("X", well("UPDATE"), ("deployed", "UPDATE_COMPLETE"), id="an update"),
        pytest.param("X", well("DELETE"), ("deployed", "DELETE_COMPLETE"), id="a deletion"),
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
)  # fmt: skip
def test_what_goes_on_is_followed(
    deployer: Deployer, state: str, frames: list[Frame], ended: tuple[str, str]
) -> None:
    stack = deployer.fake.put("alerts", state, frames=frames)
    deployer.fake._step(stack)
    result = follow.follow_stack(deployer.desk, NAMED, deployer.listener)
    assert (result.status, result.state) == ended
    assert deployer.fake.effects() == []


def test_a_failure_is_told_with_its_place_and_what_to_do(deployer: Deployer) -> None:
    deployer.fake.next = [
        Frame("CREATE_IN_PROGRESS", (Ev("CREATE_IN_PROGRESS"),
                                     Ev("CREATE_FAILED", "A", "Topic already exists"))),
        Frame("ROLLBACK_COMPLETE", (Ev("ROLLBACK_COMPLETE"),)),
    ]  # fmt: skip
    told = result_report.to_text(deployer.deploy()).splitlines()
    assert told[0].startswith("alerts: failed (ROLLBACK_COMPLETE)")
    assert told[1:4] == [
        "  A (AWS::SNS::Topic): Topic already exists",
        "  defined at stacks/alerts.py:7",
        f"  Suggestion: {HINT}",
    ]


def plan(*properties: PropertyChange) -> DeployPlan:
    return DeployPlan(
        (
            StackPlan(
                stack="alerts", name="watch", region="us-east-1", basis=PlanBasis.OFFLINE,
                compared_with="HEAD", created=False, based_on=PlanFingerprint(template="0"),
                resource_changes=(
                    ResourceChange(logical_id="A", type="AWS::SNS::Topic",
                           action=ChangeAction.MODIFY,
                           replacement=Replacement.YES, properties=properties,
                           source_location=SourceLocation("stacks/a.py", 1)),
                ),
                impacts=(Impact(risk=Risk.DETECTION_GAP, logical_id="A", text="a <gap> | here"),),
            ),
        )
    )  # fmt: skip


def test_a_plan_reads_like_this() -> None:
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


def test_long_values_are_told_by_the_lines_that_differ() -> None:
    same = "the same line in both, which says nothing about what is different\n" * 2
    shown = plan(PropertyChange(path="AlarmDescription", before=f"{same}old", after=f"{same}new"))
    assert report.to_text(shown).splitlines()[3:6] == [
        "      AlarmDescription:",
        "        - old",
        "        + new",
    ]


def test_a_comment_reads_like_this() -> None:
    shown = plan(PropertyChange(path="DisplayName", before="a", after="```b"))
    assert report.to_markdown(shown).splitlines() == [
        "### alerts as watch (us-east-1), against HEAD",
        "",
        "1 to replace",
        "",
        "- **detection-gap** `A`: a \\<gap\\> \\| here",
        "",
        "| | resource | type | change | defined at |",
        "|-|-|-|-|-|",
        "| `±` | `A` | AWS::SNS::Topic | replace | `stacks/a.py:1` |",
        "",
        "<details><summary>properties</summary>",
        "",
        "````",
        "A.DisplayName: a → ```b",
        "````",
        "",
        "</details>",
    ]


def test_a_long_comment_loses_values_and_no_change() -> None:
    shown = plan(PropertyChange(path="DisplayName", before="a", after="b" * 70_000))
    told = report.to_markdown(shown)
    assert told.splitlines()[-1] == ("Property values are omitted: the comment would be too long.")
    assert "| `±` | `A` |" in told
