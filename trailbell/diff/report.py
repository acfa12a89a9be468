"""
Report a plan as text.

In:    a `DeployPlan`.
Out:   text for a terminal, without control characters.
Never: an omitted change. Of a dashboard, it shows how many widgets differ, not its text.
"""

import difflib
from collections.abc import Iterator, Sequence

from trailbell.diff import dashboard
from trailbell.diff.model import (
    KNOWN_AFTER_APPLY,
    ChangeAction,
    DeployPlan,
    Impact,
    PropertyChange,
    Replacement,
    ResourceChange,
    StackPlan,
    ValueChange,
)
from trailbell.text_files import printable

_MAX_INLINE_LENGTH = 160

_SIGNS_AND_VERBS = {
    ChangeAction.ADD: ("+", "add"),
    ChangeAction.MODIFY: ("~", "change"),
    ChangeAction.REMOVE: ("-", "remove"),
    ChangeAction.IMPORT: ("<", "import"),
    ChangeAction.DYNAMIC: ("?", "known after apply"),
    ChangeAction.SYNC: ("=", "updates the stack's record only"),
}

_NOT_COMPARED = ("NOT_CHECKED", "UNKNOWN", "UNSUPPORTED")
"""StackResourceDriftStatus values that say nothing about the resource."""


def to_text(plan: DeployPlan) -> str:
    """Return the plan as text for a terminal."""
    return "\n\n".join("\n".join(map(printable, _stack(stack))) for stack in plan.stacks)


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


def _stack(stack: StackPlan) -> Iterator[str]:
    yield title(stack)
    yield f"  {summary(stack)}"
    for notice in stack.notices:
        first, *rest = f"{notice.level}: {notice}".splitlines()
        yield f"  {first}"
        yield from (f"    {line}" for line in rest)
    for change in stack.resource_changes:
        sign, text = describe_change(change)
        location = f"  {change.source_location}" if change.source_location else ""
        yield f"  {sign} {change.logical_id}  {change.type}  {text}{location}"
        yield from (f"      {line}" for line in property_lines(change))
    yield from (f"  {line}" for line in value_lines(stack))
    for capability, reasons in stack.capabilities.items() if not stack.empty else ():
        yield f"  requires {capability}: {'; '.join(reasons)}"
    yield from (f"  {line}" for line in _risks(stack.impacts))


def _risks(impacts: Sequence[Impact]) -> Iterator[str]:
    if impacts:
        yield "risks"
    for impact in impacts:
        yield f"  {impact.risk:<15}{impact.logical_id}: {impact.text}"


def value_lines(stack: StackPlan) -> Iterator[str]:
    """Return a line for each parameter, output, tag and setting that changes."""
    named = (
        ("parameter", stack.parameters),
        ("output", stack.outputs),
        ("tag", stack.tags),
        ("setting", stack.settings),
    )
    for name, values in named:
        for value in values:
            yield f"{name} {_value_change(value)}"


def property_lines(change: ResourceChange) -> Iterator[str]:
    """Return the lines of all property changes of a resource."""
    for property_ in change.properties:
        if change.type != dashboard.TYPE or property_.path != dashboard.BODY:
            yield from _property(property_)


def _property(change: PropertyChange) -> Iterator[str]:
    """Return a property change as one line, or as the differing lines of two long values."""
    notes = _notes(change)
    tail = f"  ({'; '.join(notes)})" if notes else ""
    if change.before is not None and change.before == change.after:
        yield f"{change.path}: {_line(change.after)}{tail}"
    elif (
        change.before is None
        or change.after is None
        or len(change.before + change.after) < _MAX_INLINE_LENGTH
    ):
        yield f"{change.path}: {_arrow(change.before, change.after)}{tail}"
    else:
        yield f"{change.path}:{tail}"
        yield from _differing_lines(change.before.splitlines(), change.after.splitlines())


def _differing_lines(before: list[str], after: list[str]) -> Iterator[str]:
    """Return the lines that are only in one of two texts."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield from (f"  - {_line(line)}" for line in before[start:end])
            yield from (f"  + {_line(line)}" for line in after[new_start:new_end])


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


def _value_change(value: ValueChange) -> str:
    source = f"  ({_line(value.source)})" if value.source else ""
    return f"{value.name}: {_arrow(value.before, value.after)}{source}"


def _arrow(before: str | None, after: str | None) -> str:
    if before is None and after is None:
        return "changes"
    if before is None:
        return f"+ {_line(after)}"
    return f"- {_line(before)}" if after is None else f"{_line(before)} → {_line(after)}"


def _line(value: str | None) -> str:
    """Return a value on one line, without control characters."""
    if value is None:
        return "(none)"
    if not value:
        return '""'
    return printable(value.replace(KNOWN_AFTER_APPLY, "(known after apply)"))
