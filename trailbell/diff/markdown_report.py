"""
Report a plan as Markdown for a pull request.

In:    a `DeployPlan`.
Out:   Markdown that fits into one comment: detections first, then other risks, then resources.
Never: a comment that GitHub refuses. Property values are left out first, then rows of resources
       that change in place, and it says so.
"""

from collections.abc import Iterator

from trailbell.cost.change import costs_line
from trailbell.diff.model import (
    ChangeAction,
    DeployPlan,
    Impact,
    ResourceChange,
    Risk,
    StackPlan,
)
from trailbell.diff.report import (
    describe_change,
    property_lines,
    summary,
    title,
    value_lines,
)
from trailbell.markdown import MAX_COMMENT, Section, escape, fit_sections
from trailbell.text_files import printable
from trailbell.wording import capitalize

_HEAD = ("", "| | resource | type | change | defined at |", "|-|-|-|-|-|")
_DANGEROUS = (ChangeAction.REMOVE, ChangeAction.DYNAMIC)


def to_markdown(plan: DeployPlan, limit: int = MAX_COMMENT) -> str:
    """Return the plan as Markdown of at most this many characters, by default for a comment."""
    stacks = [stack for stack in plan.stacks if _has_content(stack)]
    unchanged = [code(stack.stack) for stack in plan.stacks if stack not in stacks]
    several = len(stacks) > 1
    detections = [line for stack in stacks for line in detection_lines(stack, named=several)]
    risks = [line for stack in stacks for line in risk_lines(stack, named=several)]
    sections = [
        Section(rank=1, lines=detections, opening=("", "### Detections", "")),
        Section(rank=2, lines=risks, opening=("", "### Risks", "")),
    ]
    for stack in stacks:
        sections += _sections(stack)
    if unchanged:
        sections.append(Section(rank=0, lines=["", f"No changes: {', '.join(unchanged)}"]))
    if costs := costs_line(plan.costs):
        sections.append(Section(rank=0, lines=["", capitalize(escape(costs))]))
    return fit_sections([section for section in sections if section.lines], limit).lstrip("\n")


def _has_content(stack: StackPlan) -> bool:
    return bool(not stack.empty or stack.notices or stack.impacts)


def _sections(stack: StackPlan) -> Iterator[Section]:
    """The heading of a stack, its resources, and the values of properties."""
    heading = ["", f"### {escape(printable(title(stack)))}", "", escape(summary(stack))]
    yield Section(rank=0, lines=heading)
    dangerous = [change for change in stack.resource_changes if _is_dangerous(change)]
    others = [change for change in stack.resource_changes if not _is_dangerous(change)]
    yield Section(rank=3, lines=list(map(_row, dangerous)), opening=_HEAD)
    yield Section(rank=4, lines=list(map(_row, others)), opening=() if dangerous else _HEAD)
    lines = [printable(line) for line in _details(stack)]
    fence = "`" * max(3, 1 + max(map(_longest_run, lines), default=0))
    yield Section(
        rank=5,
        lines=lines,
        opening=("", "<details><summary>properties</summary>", "", fence),
        closing=(fence, "", "</details>"),
    )


# ---------------------------------------------------------------- what the changes mean


def detection_lines(stack: StackPlan, *, named: bool) -> Iterator[str]:
    """One line for each detection that a change affects, then those that all alarms share."""
    where = f" of {code(stack.stack)}" if named else ""
    for verb, names in (("Removed", stack.removed_detections), ("Added", stack.added_detections)):
        if names and not stack.created:
            yield f"- {verb}{where}: {', '.join(map(code, names))}"
    by_detection: dict[tuple[str, str], list[Impact]] = {}
    for impact in stack.impacts:
        if _is_gap(impact) and impact.detection not in stack.removed_detections:
            by_detection.setdefault((impact.detection, impact.severity), []).append(impact)
    for (detection, severity), impacts in by_detection.items():
        if detection:
            notes = ", ".join([severity] * bool(severity) + [escape(stack.stack)] * named)
            texts = " ".join(dict.fromkeys(_text(impact.text) for impact in impacts))
            yield f"- **{_text(detection)}**{f' ({notes})' if notes else ''}: {texts}"
    for impact in by_detection.get(("", ""), ()):
        affected = code(impact.logical_id) if impact.logical_id else "the stack"
        yield f"- All detections{where}, {affected}: {_text(impact.text)}"


def risk_lines(stack: StackPlan, *, named: bool) -> Iterator[str]:
    """Return a line for each notice and each other risk, the most serious first."""
    where = f" ({escape(stack.stack)})" if named else ""
    for notice in stack.notices:
        lines = "<br>".join(_text(line.strip()) for line in str(notice).splitlines())
        yield f"- **{notice.level}**{where} {lines}"
    for impact in stack.impacts:
        if not _is_gap(impact):
            about = f" {code(impact.logical_id)}" if impact.logical_id else ""
            yield f"- **{impact.risk}**{where}{about}: {_text(impact.sentence)}"


def _is_gap(impact: Impact) -> bool:
    return impact.risk is Risk.DETECTION_GAP


def _text(text: str) -> str:
    return escape(printable(text))


def code(text: str) -> str:
    """Return a name as code."""
    return f"`{printable(text).replace('`', chr(39))}`"


# ---------------------------------------------------------------- what changes


def _is_dangerous(change: ResourceChange) -> bool:
    return change.replaced or change.action in _DANGEROUS


def _row(change: ResourceChange) -> str:
    sign, text = describe_change(change)
    location = code(str(change.source_location)) if change.source_location else ""
    return (
        f"| `{sign}` | {code(change.logical_id)} | {_text(change.type)} | {_text(text)} "
        f"| {location} |"
    )


def _details(stack: StackPlan) -> Iterator[str]:
    for change in stack.resource_changes:
        for line in map(str, property_lines(change)):
            yield line if line.startswith(" ") else f"{change.logical_id}.{line}"
    yield from map(str, value_lines(stack))


def _longest_run(line: str) -> int:
    """The length of the longest sequence of backticks."""
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
