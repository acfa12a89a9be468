"""Plans as Markdown: detections first, and always short enough for a comment."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.diff.mutations import plan_of_change, put, remove, rewrite
from trailbell.diff import markdown_report, report
from trailbell.diff.model import (
    ChangeAction,
    DeployPlan,
    Impact,
    Notice,
    NoticeLevel,
    PlanBasis,
    PlanFingerprint,
    PropertyChange,
    Replacement,
    ResourceChange,
    Risk,
    StackPlan,
)
from trailbell.source_location import SourceLocation

GITHUB_LIMIT = 65_536
"""GitHub refuses more: ``Body is too long (maximum is 65536 characters)``."""


_CHANGE = ResourceChange(
    logical_id="",
    type="AWS::SNS::Topic",
    action=ChangeAction.MODIFY,
    source_location=SourceLocation("stacks/a.py", 1),
)
_PLAN = StackPlan(
    stack="",
    name="watch",
    region="us-east-1",
    basis=PlanBasis.OFFLINE,
    compared_with="HEAD",
    created=False,
    based_on=PlanFingerprint(template="0"),
    resource_changes=(),
)


def resource(logical_id: str, **more: Any) -> ResourceChange:
    return replace(_CHANGE, logical_id=logical_id, **more)


def stack_plan(stack: str = "alerts", **more: Any) -> StackPlan:
    return replace(_PLAN, stack=stack, **more)


def gap(logical_id: str, text: str, detection: str = "", severity: str = "") -> Impact:
    return Impact(
        risk=Risk.DETECTION_GAP,
        logical_id=logical_id,
        text=text,
        detection=detection,
        severity=severity,
    )


def lines(*stacks: StackPlan) -> list[str]:
    return markdown_report.to_markdown(DeployPlan(stacks)).splitlines()


def test_detections_are_first_then_risks_then_resources() -> None:
    plan = stack_plan(
        resource_changes=(
            resource("Changed", properties=(PropertyChange(path="P", before="a", after="```b"),)),
            resource("Replaced", replacement=Replacement.YES),
        ),
        impacts=(
            Impact(risk=Risk.REPLACE, logical_id="Replaced", text="is replaced"),
            gap("IamFilter", "No longer fires on eventName A.", "iam-changes", "high"),
            gap("Trail", "The trail stops logging."),
            gap("IamAlarm", "The alarm fires at 5 events.", "iam-changes", "high"),
            gap("OldAlarm", "The alarm is deleted.", "old", "low"),
        ),
        notices=(Notice(level=NoticeLevel.UNKNOWN, logical_id="N", text="Not <compared>."),),
        removed_detections=("old",),
        added_detections=("new-one", "new-two"),
    )
    assert lines(plan) == [
        "### Detections",
        "",
        "- Removed: `old`",
        "- Added: `new-one`, `new-two`",
        "- **iam-changes** (high): No longer fires on eventName A. The alarm fires at 5 events.",
        "- All detections, `Trail`: The trail stops logging.",
        "",
        "### Risks",
        "",
        "- **unknown** N: Not \\<compared\\>.",
        "- **replace** `Replaced`: is replaced",
        "",
        "### alerts as watch (us-east-1), against HEAD",
        "",
        "1 to change, 1 to replace",
        "",
        "| | resource | type | change | defined at |",
        "|-|-|-|-|-|",
        "| `±` | `Replaced` | AWS::SNS::Topic | replace | `stacks/a.py:1` |",
        "| `~` | `Changed` | AWS::SNS::Topic | change | `stacks/a.py:1` |",
        "",
        "<details><summary>properties</summary>",
        "",
        "````",
        "Changed.P: a → ```b",
        "````",
        "",
        "</details>",
    ]


def test_several_stacks_are_named_and_those_without_changes_are_one_line() -> None:
    impacts = (gap("A", "Fires less.", "x", "low"), gap("Trail", "Stops."))
    changes = (resource("A"),)
    text = lines(
        stack_plan("one", impacts=impacts, resource_changes=changes),
        stack_plan("same"),
        stack_plan("two", impacts=impacts, resource_changes=changes),
    )
    assert [line for line in text if line.startswith(("- ", "No changes"))] == [
        "- **x** (low, one): Fires less.",
        "- All detections of `one`, `Trail`: Stops.",
        "- **x** (low, two): Fires less.",
        "- All detections of `two`, `Trail`: Stops.",
        "No changes: `same`",
    ]


def test_nothing_changes() -> None:
    assert lines(stack_plan("a"), stack_plan("b")) == ["No changes: `a`, `b`"]


def large(name: str) -> StackPlan:
    """500 changes, of which two are replacements and one is a gap, with long values."""
    value = "x" * 300
    changes = tuple(
        resource(
            f"Resource{number}", properties=(PropertyChange(path="P", before=value, after="y"),)
        )
        for number in range(498)
    )
    replaced = tuple(resource(f"R{number}", replacement=Replacement.YES) for number in range(2))
    return stack_plan(
        name,
        resource_changes=(*changes, *replaced),
        impacts=(
            gap("A", "Fires less.", "x", "low"),
            *(
                Impact(risk=Risk.REPLACE, logical_id=r.logical_id, text="is replaced")
                for r in replaced
            ),
        ),
    )


@pytest.mark.parametrize(
    "stacks",
    [
        pytest.param(tuple(map(large, ("one", "two", "three"))), id="3 stacks with 500 changes"),
        pytest.param(
            (stack_plan(resource_changes=(resource("A", properties=(
                PropertyChange(path="P", before="a", after="b" * 70_000),)),)),),
            id="one long value",
        ),
        pytest.param(
            tuple(
                stack_plan(name, impacts=tuple(
                    gap(f"F{number}", "No longer fires. " * 20, f"d{number}", "high")
                    for number in range(500)))
                for name in ("one", "two", "three")
            ),
            id="3 stacks with 500 gaps",
        ),
        pytest.param(
            tuple(
                stack_plan(name, notices=tuple(
                    Notice(level=NoticeLevel.FAILURE, logical_id="A", text="Fails. " * 100)
                    for _ in range(500)))
                for name in ("one", "two", "three")
            ),
            id="3 stacks with 500 failures",
        ),
    ],
)  # fmt: skip
def test_a_comment_is_never_too_long_and_says_what_is_left_out(
    stacks: tuple[StackPlan, ...],
) -> None:
    text = markdown_report.to_markdown(DeployPlan(stacks))
    assert len(text.encode("utf-16-le")) // 2 < GITHUB_LIMIT
    assert "left out because the comment is too long" in text


@pytest.mark.parametrize(
    ("limit", "complete"),
    [
        pytest.param(1_000_000, True, id="room for all of it"),
        pytest.param(20_000, False, id="room for less than in a comment"),
    ],
)
def test_the_length_can_be_another_than_that_of_a_comment(limit: int, *, complete: bool) -> None:
    text = markdown_report.to_markdown(DeployPlan((large("one"), large("two"))), limit)
    assert len(text) <= limit
    assert ("left out because the comment is too long" not in text) is complete


def test_the_least_important_lines_are_left_out_first() -> None:
    text = lines(*map(large, ("one", "two", "three")))
    kept = [line for line in text if line.startswith(("- ", "### ", "| `±`"))]
    assert kept == [
        "### Detections",
        *(f"- **x** (low, {name}): Fires less." for name in ("one", "two", "three")),
        "### Risks",
        *(
            f"- **replace** ({name}) `R{number}`: is replaced"
            for name in ("one", "two", "three")
            for number in (0, 1)
        ),
        *(
            line
            for name in ("one", "two", "three")
            for line in (
                f"### {name} as watch (us-east-1), against HEAD",
                "| `±` | `R0` | AWS::SNS::Topic | replace | `stacks/a.py:1` |",
                "| `±` | `R1` | AWS::SNS::Topic | replace | `stacks/a.py:1` |",
            )
        ),
    ]
    assert "xxx" not in "".join(text)


_ESCAPES = "a\x1b[2J\r\x07\u202eb"


def test_control_characters_are_escaped_everywhere() -> None:
    plan = stack_plan(
        name=_ESCAPES,
        compared_with=_ESCAPES,
        resource_changes=(
            resource(
                _ESCAPES,
                type=_ESCAPES,
                drift=_ESCAPES,
                properties=(
                    PropertyChange(
                        path=_ESCAPES, before=_ESCAPES, after="b", cause=_ESCAPES, drifted=_ESCAPES
                    ),
                ),
            ),
        ),
        impacts=(gap(_ESCAPES, _ESCAPES, _ESCAPES, "low"), gap(_ESCAPES, _ESCAPES)),
        notices=(Notice(level=NoticeLevel.WARNING, logical_id=_ESCAPES, text=_ESCAPES),),
        removed_detections=(_ESCAPES + "x",),
    )
    for text in (
        report.to_text(DeployPlan((plan,))),
        markdown_report.to_markdown(DeployPlan((plan,))),
    ):
        assert all(line.isprintable() for line in text.split("\n"))


# -- with built templates ----------------------------------------------------------------------


def test_a_detection_is_one_line_with_its_severity() -> None:
    plan = plan_of_change(
        "security-alerts",
        rewrite("IamChangesFilter", "FilterPattern", old=' && ($.eventName = "*")', new=""),
    )
    moved = plan_of_change(
        "security-alerts", put("KmsKeyDestroyedAlarm", "AlarmActions", to=[{"Ref": "LowTopic"}])
    )
    assert [line for line in lines(plan, moved) if line.startswith("- ")] == [
        (
            "- **kms-key-destroyed** (high, security-alerts): Notifications move from topic "
            "HighTopic (no subscriber unless HighEndpoint or NotificationEmail is set) to topic "
            "LowTopic (no subscriber unless LowEndpoint is set)."
        )
    ]


def test_removed_detections_are_named_once() -> None:
    plan = plan_of_change("security-alerts", remove("KmsKeyDestroyedAlarm"))
    assert (plan.removed_detections, plan.added_detections) == (("kms-key-destroyed",), ())
    assert [line for line in lines(plan) if line.startswith("- ")] == [
        "- Removed: `kms-key-destroyed`",
        "- **remove** `KmsKeyDestroyedAlarm`: is deleted",
    ]


def test_a_dashboard_is_one_line() -> None:
    body = {"widgets": [{"type": "text", "x": number} for number in range(5)]}
    changed = {"widgets": [*body["widgets"][:3], {"type": "log"}, {"type": "alarm"}]}
    plan = stack_plan(
        resource_changes=(
            resource(
                "Dashboard",
                type="AWS::CloudWatch::Dashboard",
                properties=(
                    PropertyChange(
                        path="DashboardBody",
                        before=json.dumps({"Fn::Sub": [json.dumps(body), {}]}),
                        after=json.dumps(changed),
                    ),
                ),
            ),
        )
    )
    assert report.to_text(DeployPlan((plan,))).splitlines()[2:] == [
        (
            "  ~ Dashboard  AWS::CloudWatch::Dashboard  change; dashboard changes: 2 widgets"
            "  stacks/a.py:1"
        )
    ]
    assert [line for line in lines(plan) if "ashboard" in line] == [
        (
            "| `~` | `Dashboard` | AWS::CloudWatch::Dashboard | change; dashboard changes: 2 "
            "widgets | `stacks/a.py:1` |"
        )
    ]


def test_a_dashboard_that_cannot_be_read_is_one_line() -> None:
    plan = plan_of_change("dashboard", put("Dashboard", "DashboardBody", to="not JSON"))
    assert report.to_text(DeployPlan((plan,))).splitlines()[2:] == [
        "  ~ Dashboard  AWS::CloudWatch::Dashboard  change; dashboard changes"
    ]


def test_a_notice_of_several_lines() -> None:
    notice = Notice(level=NoticeLevel.FAILURE, logical_id="", text="exports it\nChange:\n  A name")
    plan = stack_plan(notices=(notice,))
    assert report.to_text(DeployPlan((plan,))).splitlines()[2:] == [
        "  failure: exports it",
        "    Change:",
        "      A name",
    ]
    assert (
        "- **failure** exports it<br>Change:<br>A name"
        in markdown_report.to_markdown(DeployPlan((plan,))).splitlines()
    )
