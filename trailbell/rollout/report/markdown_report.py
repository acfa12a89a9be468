"""
A rollout plan and its result as Markdown for a pull request.

In:    a `RolloutPlan`, a `RolloutResult`.
Out:   Markdown that fits into one comment: what the change means first, then where, then how.
Never: a comment that GitHub refuses. The least important lines are left out, and it says so.
"""

from collections.abc import Iterable, Iterator, Sequence

from trailbell.cost.change import costs_line
from trailbell.diff import report as diff_report
from trailbell.diff.markdown_report import detection_lines, risk_lines
from trailbell.markdown import Section, escape, fit_sections
from trailbell.rollout.apply.result import RolloutResult
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.report import report, result_report
from trailbell.styled_text import Line
from trailbell.text_files import printable
from trailbell.wording import capitalize

_CLOSING = ("```", "")


def plan_to_markdown(plan: RolloutPlan) -> str:
    """The plan as a comment on a pull request."""
    sections = [
        Section(rank=0, lines=list(_summary(plan))),
        Section(rank=1, lines=list(_meaning(plan))),
        Section(rank=2, lines=[f"- {escape(printable(notice))}" for notice in plan.notices]),
        _details("Changes in every stack", list(_changes(plan)), rank=4),
        _code_block(list(report.operation_lines(plan)) if not plan.empty else [], rank=3),
        _details("Accounts and Regions", list(report.location_lines(plan)), rank=5),
    ]
    return fit_sections([section for section in sections if section.lines])


def _summary(plan: RolloutPlan) -> Iterator[str]:
    yield f"### {escape(report.title(plan))}"
    yield ""
    if len(plan.stack_sets) == 1:
        yield "| action | stack instances |"
        yield "| --- | ---: |"
        for action, count in plan.counts().items():
            yield f"| {action} | {count:,} |"
    else:
        yield from _table_of_stacks(plan)
    yield ""
    if costs := costs_line(plan.costs):
        yield capitalize(escape(costs))
        yield ""


def _table_of_stacks(plan: RolloutPlan) -> Iterator[str]:
    """A row for each stack in deployment order, a column for each action."""
    actions = tuple(plan.counts())
    yield f"| stack | {''.join(f'{action} | ' for action in actions)}risks |"
    yield f"| --- | {'---: | ' * len(actions)}--- |"
    rows = [(each.stack, each.counts(), plan.risks(each.stack)) for each in plan.stack_sets]
    for stack, counts, risks in (*rows, ("total", plan.counts(), plan.risks())):
        cells = "".join(f"{counts.get(action, 0):,} | " for action in actions)
        yield f"| {escape(stack)} | {cells}{', '.join(sorted(risks))} |"


def _meaning(plan: RolloutPlan) -> Iterator[str]:
    """What the changes mean, and what could not be judged, before the resources."""
    named = len(plan.stack_sets) > 1
    for changes in plan.template_plans:
        yield from detection_lines(changes, named=named)
        yield from risk_lines(changes, named=named)
    for unknown in plan.unknowns:
        yield f"- **unknown** {escape(printable(unknown))}"


def _changes(plan: RolloutPlan) -> Iterator[str]:
    for stack_set in plan.stack_sets:
        lines = [*map(str, report.value_lines(stack_set))]
        if stack_set.template_changes is not None:
            changes = report.without_costs(stack_set.template_changes)
            lines += diff_report.to_text(changes).splitlines()
        if lines and len(plan.stack_sets) > 1:
            yield f"{stack_set.stack}:"
        yield from lines


def _code_block(lines: Iterable[str | Line], *, rank: int) -> Section:
    return Section(
        rank=rank,
        lines=[printable(str(line)).replace("```", "'''") for line in lines],
        opening=("", "```text"),
        closing=_CLOSING,
    )


def _details(summary: str, lines: Sequence[str | Line], *, rank: int) -> Section:
    block = _code_block(lines, rank=rank)
    return Section(
        rank=rank,
        lines=block.lines,
        opening=(f"<details><summary>{summary}</summary>", *block.opening),
        closing=(*block.closing, "</details>", ""),
    )


def result_to_markdown(result: RolloutResult) -> str:
    """The result of a plan as a comment on a pull request."""
    status = "succeeded" if result.succeeded else "**failed**"
    title = Section(rank=0, lines=[f"### rollout {escape(result.rollout)}: {status}"])
    stages = _code_block(result_report.stage_lines(result), rank=2)
    ending = _code_block(result_report.ending_lines(result), rank=1)
    return fit_sections([section for section in (title, stages, ending) if section.lines])
