"""
Report a plan as text.

In:    a `DeployPlan`.
Out:   lines that say what is added, removed, changed and at risk; the same as text.
Never: an omitted change. Of a dashboard, it shows how many widgets differ, not its text.
"""

from collections.abc import Iterator, Sequence

from trailbell.cost.change import costs_line
from trailbell.diff import dashboard
from trailbell.diff.differing_lines import differing_lines
from trailbell.diff.model import (
    KNOWN_AFTER_APPLY,
    ChangeAction,
    DeployPlan,
    Impact,
    NoticeLevel,
    PropertyChange,
    Replacement,
    ResourceChange,
    StackPlan,
)
from trailbell.styled_text import (
    Line,
    Part,
    Span,
    Style,
    indented,
    labeled,
    line,
    plain_text,
    styled,
)

_MAX_INLINE_LENGTH = 160

_SIGNS_AND_VERBS = {
    ChangeAction.ADD: ("+", "add"),
    ChangeAction.MODIFY: ("~", "change"),
    ChangeAction.REMOVE: ("-", "remove"),
    ChangeAction.IMPORT: ("<", "import"),
    ChangeAction.DYNAMIC: ("?", "known after apply"),
    ChangeAction.SYNC: ("=", "updates the stack's record only"),
}

_STYLES = {"+": Style.ADDED, "<": Style.ADDED, "-": Style.REMOVED, "±": Style.REMOVED}
"""The style of a change by its sign. All others change a resource in place."""

_NOTICE_STYLES = {
    NoticeLevel.FAILURE: Style.ERROR,
    NoticeLevel.UNKNOWN: Style.WARNING,
    NoticeLevel.WARNING: Style.WARNING,
}

_NOT_COMPARED = ("NOT_CHECKED", "UNKNOWN", "UNSUPPORTED")
"""StackResourceDriftStatus values that say nothing about the resource."""


def to_text(plan: DeployPlan) -> str:
    """Return the plan as text."""
    return plain_text(to_lines(plan))


def to_lines(plan: DeployPlan) -> Iterator[Line]:
    """Return the plan as lines. A blank line is between two stacks, and before the costs."""
    for number, stack in enumerate(plan.stacks):
        if number:
            yield line()
        yield from _stack(stack)
    if costs := costs_line(plan.costs):
        yield line()
        yield line(costs)


def title(stack: StackPlan) -> str:
    """Return which stack is compared with what, and where it is deployed."""
    location = ", ".join(part for part in (stack.region, stack.account) if part)
    name = "" if stack.name == stack.stack else f" as {stack.name}"
    suffix = f" ({location})" if location else ""
    return f"{stack.stack}{name}{suffix}, against {stack.compared_with}"


def summary(stack: StackPlan) -> str:
    """Count the changes, in one line."""
    if stack.empty and not stack.notices:
        return "no changes"
    changes = stack.resource_changes
    counts = {
        "to add": sum(change.action is ChangeAction.ADD for change in changes),
        "to change": sum(_in_place(change) for change in changes),
        "to replace": sum(change.replaced for change in changes),
        "to remove": sum(change.action is ChangeAction.REMOVE for change in changes),
        "to import": sum(change.action is ChangeAction.IMPORT for change in changes),
    }
    parts = [f"{count} {phrase}" for phrase, count in counts.items() if count]
    return f"{'new stack: ' if stack.created else ''}{', '.join(parts) or 'no resource changes'}"


def _in_place(change: ResourceChange) -> bool:
    return (
        change.action in (ChangeAction.MODIFY, ChangeAction.DYNAMIC, ChangeAction.SYNC)
        and not change.replaced
    )


def describe_change(change: ResourceChange) -> tuple[str, str]:
    """Return the sign of a change, and the change in words."""
    sign, text = _SIGNS_AND_VERBS[change.action]
    match change.replacement:
        case Replacement.YES:
            sign, text = "±", "replace"
        case Replacement.MAYBE:
            sign, text = "±", "may be replaced"
        case Replacement.NO:
            pass
    if change.policy is not None:
        text += f"; {change.policy.phrase}"
    if change.type == dashboard.TYPE:
        text += dashboard.describe_change(change)
    if change.drift in _NOT_COMPARED:
        text += f"; drift not compared ({change.drift})"
    elif change.drift and change.drift != "IN_SYNC":
        text += f"; drift: {change.drift}"
    return sign, text


def _stack(stack: StackPlan) -> Iterator[Line]:
    yield styled(title(stack), Style.HEADING)
    yield line(f"  {summary(stack)}")
    for notice in stack.notices:
        first, *rest = str(notice).splitlines() or [""]
        yield from indented([labeled(notice.level, first, _NOTICE_STYLES[notice.level])])
        yield from (line(f"    {text}") for text in rest)
    for change in stack.resource_changes:
        yield _resource_change(change)
        yield from indented(property_lines(change), 6)
    yield from indented(value_lines(stack))
    for capability, reasons in stack.capabilities.items() if not stack.empty else ():
        yield line(f"  requires {capability}: {'; '.join(reasons)}")
    yield from indented(_risks(stack.impacts))


def _resource_change(change: ResourceChange) -> Line:
    sign, text = describe_change(change)
    style = _STYLES.get(sign, Style.CHANGED)
    location = f"  {change.source_location}" if change.source_location else ""
    return line(
        "  ",
        Span(f"{sign} {change.logical_id}", style),
        f"  {change.type}  ",
        Span(text, style),
        Span(location, Style.NOTE),
        hanging=4,
    )


def _risks(impacts: Sequence[Impact]) -> Iterator[Line]:
    if impacts:
        yield styled("risks", Style.RISK)
    for impact in impacts:
        risk = Span(f"{impact.risk:<15}", Style.RISK)
        yield line(
            "  ",
            risk,
            f"{impact.logical_id}: {impact.sentence}" if impact.logical_id else impact.sentence,
            hanging=15,
        )


def value_lines(stack: StackPlan) -> Iterator[Line]:
    """Return a line for each parameter, output, tag and setting that changes."""
    named = (
        ("parameter", stack.parameters),
        ("output", stack.outputs),
        ("tag", stack.tags),
        ("setting", stack.settings),
    )
    for name, values in named:
        for value in values:
            source = f"  ({_line(value.source)})" if value.source else ""
            arrow = _arrow(value.before, value.after)
            yield line(f"{name} {value.name}: ", *arrow, Span(source, Style.NOTE))


def property_lines(change: ResourceChange) -> Iterator[Line]:
    """Return the lines of all property changes of a resource."""
    for property_ in change.properties:
        if change.type != dashboard.TYPE or property_.path != dashboard.BODY:
            yield from _property(property_)


def _property(change: PropertyChange) -> Iterator[Line]:
    """Return a property change as one line, or as the differing lines of two long values."""
    notes = _notes(change)
    tail = Span(f"  ({'; '.join(notes)})" if notes else "", Style.NOTE)
    if change.before is not None and change.before == change.after:
        yield line(f"{change.path}: {_line(change.after)}", tail)
    elif (
        change.before is None
        or change.after is None
        or len(change.before + change.after) < _MAX_INLINE_LENGTH
    ):
        yield line(f"{change.path}: ", *_arrow(change.before, change.after), tail)
    else:
        yield line(f"{change.path}:", tail)
        before, after = _shown_lines(change.before), _shown_lines(change.after)
        yield from differing_lines(before, after)


def _shown_lines(value: str) -> list[str]:
    return [_line(text) for text in value.splitlines()]


def _notes(change: PropertyChange) -> list[str]:
    notes = [change.cause] if change.cause else []
    if change.drifted is not None:
        notes.append(f"actual value {_line(change.drifted)}")
    if change.before_from:
        notes.append(f"before: {change.before_from.lower().replace('_', ' ')}")
    match change.replacement:
        case Replacement.YES:
            notes.append("requires replacement")
        case Replacement.MAYBE:
            notes.append("may require replacement")
        case Replacement.NO:
            pass
    return notes


def _arrow(before: str | None, after: str | None) -> tuple[Part, ...]:
    if before is None and after is None:
        return ("changes",)
    if before is None:
        return (Span(f"+ {_line(after)}", Style.ADDED),)
    if after is None:
        return (Span(f"- {_line(before)}", Style.REMOVED),)
    return (Span(_line(before), Style.REMOVED), " → ", Span(_line(after), Style.ADDED))


def _line(value: str | None) -> str:
    """Return a value on one line."""
    if value is None:
        return "(none)"
    if not value:
        return '""'
    return value.replace(KNOWN_AFTER_APPLY, "(known after apply)")
