"""
Report a plan as text, or as Markdown for a pull request.

In:    a `DeployPlan`.
Out:   text, or Markdown for a comment.
Never: an omitted change. If a comment would be too long, it omits property values and says so.
"""

import difflib
from collections.abc import Iterator, Sequence

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
from trailbell.markdown import escape, fit_comment
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
    return "\n\n".join("\n".join(_stack(stack)) for stack in plan.stacks)


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
    if change.drift in _NOT_COMPARED:
        text += f"; drift not compared ({change.drift})"
    elif change.drift and change.drift != "IN_SYNC":
        text += f"; drift: {change.drift}"
    return sign, text


def _stack(stack: StackPlan) -> Iterator[str]:
    yield title(stack)
    yield f"  {summary(stack)}"
    for notice in stack.notices:
        yield f"  {notice.level}: {notice}"
    for change in stack.resource_changes:
        sign, text = describe_change(change)
        location = f"  {change.source_location}" if change.source_location else ""
        yield f"  {sign} {change.logical_id}  {change.type}  {text}{location}"
        for property_ in change.properties:
            yield from (f"      {line}" for line in _property(property_))
    for name, values in (("parameter", stack.parameters), ("output", stack.outputs)):
        for value in values:
            yield f"  {name} {_value_change(value)}"
    for name, values in (("tag", stack.tags), ("setting", stack.settings)):
        for value in values:
            yield f"  {name} {_value_change(value)}"
    for capability, reasons in stack.capabilities.items() if not stack.empty else ():
        yield f"  requires {capability}: {'; '.join(reasons)}"
    yield from (f"  {line}" for line in _risks(stack.impacts))


def _risks(impacts: Sequence[Impact]) -> Iterator[str]:
    if impacts:
        yield "risks"
    for impact in impacts:
        yield f"  {impact.risk:<15}{impact.logical_id}: {impact.text}"


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
        for line in difflib.ndiff(change.before.splitlines(), change.after.splitlines()):
            if line.startswith(("-", "+")):
                yield f"  {_line(line)}"


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
    return printable(value.replace(KNOWN_AFTER_APPLY, "(known after apply)"))


def to_markdown(plan: DeployPlan) -> str:
    """Return the plan as Markdown for a comment on a pull request."""
    note = "\nProperty values are omitted: the comment would be too long.\n"
    return fit_comment(_markdown(plan, values=True), lambda: _markdown(plan, values=False) + note)


def _markdown(plan: DeployPlan, *, values: bool) -> str:
    parts = []
    for stack in plan.stacks:
        parts.append(f"### {escape(title(stack))}\n\n{escape(summary(stack))}\n")
        parts += [
            f"- **{impact.risk}** `{impact.logical_id}`: {escape(impact.text)}"
            for impact in stack.impacts
        ]
        parts += [f"- **{notice.level}** {escape(str(notice))}" for notice in stack.notices]
        if stack.resource_changes:
            parts += ["", "| | resource | type | change | defined at |", "|-|-|-|-|-|"]
            parts += [_row(change) for change in stack.resource_changes]
        if values:
            parts += list(_details(stack))
        parts.append("")
    return "\n".join(parts)


def _row(change: ResourceChange) -> str:
    sign, text = describe_change(change)
    location = f"`{change.source_location}`" if change.source_location else ""
    return f"| `{sign}` | `{change.logical_id}` | {change.type} | {escape(text)} | {location} |"


def _details(stack: StackPlan) -> Iterator[str]:
    lines = [
        f"{change.logical_id}.{line}" if not line.startswith(" ") else line
        for change in stack.resource_changes
        for property_ in change.properties
        for line in _property(property_)
    ]
    named: tuple[tuple[str, tuple[ValueChange, ...]], ...] = (
        ("parameter", stack.parameters),
        ("output", stack.outputs),
        ("tag", stack.tags),
        ("setting", stack.settings),
    )
    lines += [f"{name} {_value_change(value)}" for name, values in named for value in values]
    if lines:
        fence = "`" * max(3, 1 + max(_longest_run(line) for line in lines))
        yield "\n<details><summary>properties</summary>\n"
        yield from (fence, *lines, fence)
        yield "\n</details>"


def _longest_run(line: str) -> int:
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
