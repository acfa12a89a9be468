"""Comments on pull requests: the most important lines first, and never too many characters."""

from dataclasses import replace

import pytest

from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import (
    NEXT_COMMANDS,
    PROD,
    SERVICE,
    TEST,
    A,
    account,
    apply_rollout,
    built_template,
    make_plan,
    new_cloud,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.diff.model import Impact, Notice, NoticeLevel, Risk
from trailbell.markdown import MAX_COMMENT, Section, fit_sections
from trailbell.rollout.apply.failures import Failures, InstanceFailure
from trailbell.rollout.apply.result import RolloutResult, StageResult, StageStatus, StepResult
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.report import markdown_report

GITHUB_LIMIT = 65_536


def changed_plan(topics: int = 2) -> RolloutPlan:
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    text = SERVICE + 'template_bucket = "templates"\n'
    return make_plan(cloud, text, built_template(topics))


def failed_stage(failures: Failures) -> StageResult:
    step = StepResult(stack="alerts", status=StageStatus.FAILED, failures=failures)
    return StageResult(name="canary", steps=(step,))


def with_impacts(plan: RolloutPlan, number: int) -> RolloutPlan:
    (stack_set,) = plan.stack_sets
    assert stack_set.template_changes is not None
    impacts = tuple(
        Impact(risk=Risk.DETECTION_GAP, logical_id=f"Filter{n}", text="no longer fires")
        for n in range(number)
    )
    notice = Notice(level=NoticeLevel.UNKNOWN, logical_id="Key", text="cannot be compared")
    changes = replace(stack_set.template_changes, impacts=impacts, notices=(notice,))
    return replace(plan, stack_sets=(replace(stack_set, template_changes=changes),))


def test_a_plan_with_thousands_of_changes_fits_and_keeps_what_matters() -> None:
    plan = with_impacts(changed_plan(1_500), 300)
    text = markdown_report.plan_to_markdown(plan)
    lines = text.splitlines()
    assert len(text) <= MAX_COMMENT < GITHUB_LIMIT
    assert sum(line.startswith("- All detections, ") for line in lines) == 300
    assert any(line.startswith("UpdateStackSet: ") for line in (each.strip() for each in lines))
    assert any(
        line.startswith("Lines left out because the comment is too long: ") for line in lines
    )
    assert text.count("```") % 2 == 0


def test_what_a_change_means_is_before_how_it_is_done() -> None:
    text = markdown_report.plan_to_markdown(with_impacts(changed_plan(), 1))
    order = [
        text.index("| update | 15 |"),
        text.index("- All detections, `Filter0`: no longer fires"),
        text.index("- **unknown** Key: cannot be compared"),
        text.index("<details><summary>Changes in every stack"),
        text.index("UpdateStackSet"),
        text.index("<details><summary>Accounts and Regions"),
    ]
    assert order == sorted(order)


def test_what_is_unknown_is_with_what_a_change_means() -> None:
    plan = replace(changed_plan(), unknowns=("The template cannot be parsed.",))
    lines = markdown_report.plan_to_markdown(plan).splitlines()
    assert "- **unknown** The template cannot be parsed." in lines


def test_control_characters_and_fences_of_aws_are_escaped() -> None:
    failure = InstanceFailure(
        location=AccountRegion(A, "eu-central-1"), reason="\x1b[2J``` <script> \u202e"
    )
    result = RolloutResult(
        rollout="baseline",
        stack_sets={"alerts": "baseline"},
        stages=(failed_stage(Failures(failed=(failure,))),),
    )
    text = markdown_report.result_to_markdown(result)
    assert "    \\x1b[2J''' <script> \\u202e" in text.splitlines()
    assert (text.count("```"), "\x1b" in text) == (2, False)


def test_a_result_with_thousands_of_reasons_keeps_the_commands() -> None:
    failures = Failures(
        failed=tuple(
            InstanceFailure(
                location=AccountRegion(account(number), "eu-central-1"), reason=f"reason {number}"
            )
            for number in range(5_000)
        )
    )
    result = RolloutResult(
        rollout="baseline",
        stack_sets={"alerts": "baseline"},
        stages=(failed_stage(failures),),
        next_commands=NEXT_COMMANDS,
    )
    text = markdown_report.result_to_markdown(result)
    assert len(text) <= MAX_COMMENT
    assert text.splitlines()[0] == "### rollout baseline: **failed**"
    assert all(next_.command in text for next_ in NEXT_COMMANDS)


def test_a_plan_for_five_thousand_accounts_fits() -> None:
    accounts = [account(number) for number in range(10, 5_010)]
    cloud = Cloud(units={"r-ab12": [], PROD: accounts[:2_500], TEST: accounts[2_500:]}, page=100)
    assert len(markdown_report.plan_to_markdown(make_plan(cloud))) <= MAX_COMMENT


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        pytest.param([], "\n", id="nothing"),
        pytest.param(
            [
                Section(rank=2, lines=["x" * 100] * 1_000),
                Section(rank=1, lines=["last", "line"]),
            ],
            "last\nline\n",
            id="a long section of a lower rank is cut, wherever it is",
        ),
        pytest.param(
            [
                Section(rank=1, lines=["y" * (MAX_COMMENT - 200)]),
                Section(rank=2, lines=["z" * 300], opening=("```",), closing=("```",)),
            ],
            "y\nLines left out because the comment is too long: 1\n",
            id="a section of which nothing fits is a note, without its fences",
        ),
    ],
)
def test_sections(sections: list[Section], expected: str) -> None:
    text = fit_sections(sections)
    assert len(text) <= MAX_COMMENT
    assert text.endswith(expected)
