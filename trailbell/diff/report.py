"""
A plan and its results, for people and for pull requests.

In:    a `DeployPlan`, or results.
Out:   text, or Markdown for a comment.
Never: a change left out. Where a comment would be too long, values go, and it says so.
"""

import difflib
from collections.abc import Iterator, Sequence

from trailbell.diff.model import (
    KNOWN_AFTER_APPLY,
    ChangeAction,
    DeployPlan,
    Impact,
    PolicyAction,
    PropertyChange,
    Replacement,
    ResourceChange,
    StackPlan,
    ValueChange,
)
from trailbell.markdown import escape, fit_comment

_LONG = 160

_WORDS = {
    ChangeAction.ADD: ("+", "add"),
    ChangeAction.MODIFY: ("~", "change"),
    ChangeAction.REMOVE: ("-", "remove"),
    ChangeAction.IMPORT: ("<", "import"),
    ChangeAction.DYNAMIC: ("?", "known when it is deployed"),
    ChangeAction.SYNC: ("=", "record what it really is; the resource stays as it is"),
}
_FATES = {
    PolicyAction.DELETE: "it is deleted",
    PolicyAction.RETAIN: "it stays in the account",
    PolicyAction.SNAPSHOT: "it is deleted after a snapshot",
    PolicyAction.REPLACE_AND_DELETE: "the old one is deleted",
    PolicyAction.REPLACE_AND_RETAIN: "the old one stays in the account",
    PolicyAction.REPLACE_AND_SNAPSHOT: "the old one is deleted after a snapshot",
}


def to_text(plan: DeployPlan) -> str:
    """The plan for a terminal."""
    return "\n\n".join("\n".join(_stack(stack)) for stack in plan.stacks)


def title(stack: StackPlan) -> str:
    """Which stack, where, compared with what."""
    where = ", ".join(part for part in (stack.region, stack.account) if part)
    name = "" if stack.name == stack.stack else f" as {stack.name}"
    return f"{stack.stack}{name}{f' ({where})' if where else ''}, against {stack.compared_with}"


def summary(stack: StackPlan) -> str:
    """How much changes, in one line."""
    if stack.empty and not stack.notices:
        return "no changes"
    counts = {
        "to add": sum(c.action is ChangeAction.ADD for c in stack.resource_changes),
        "to change": sum(_in_place(c) for c in stack.resource_changes),
        "to replace": sum(c.replaced for c in stack.resource_changes),
        "to remove": sum(c.action is ChangeAction.REMOVE for c in stack.resource_changes),
        "to import": sum(c.action is ChangeAction.IMPORT for c in stack.resource_changes),
    }
    told = [f"{count} {word}" for word, count in counts.items() if count]
    return f"{'new stack: ' if stack.created else ''}{', '.join(told) or 'no resource changes'}"


def _in_place(change: ResourceChange) -> bool:
    return (
        change.action in (ChangeAction.MODIFY, ChangeAction.DYNAMIC, ChangeAction.SYNC)
        and not change.replaced
    )


def describe_change(change: ResourceChange) -> tuple[str, str]:
    """The sign of a change, and what happens in words."""
    sign, word = _WORDS[change.action]
    match change.replacement:
        case Replacement.YES:
            sign, word = "±", "replace"
        case Replacement.MAYBE:
            sign, word = "±", "perhaps replace"
        case Replacement.NO:
            pass
    if change.policy is not None:
        word += f"; {_FATES[change.policy]}"
    if change.drift and change.drift != "IN_SYNC":
        word += f"; drift: {change.drift}"
    return sign, word


def _stack(stack: StackPlan) -> Iterator[str]:
    yield title(stack)
    yield f"  {summary(stack)}"
    for remark in stack.notices:
        yield f"  {remark.level}: {_about(remark.logical_id, remark.path)}{remark.text}"
    for change in stack.resource_changes:
        sign, word = describe_change(change)
        place = f"  {change.source_location}" if change.source_location else ""
        yield f"  {sign} {change.logical_id}  {change.type}  {word}{place}"
        for each in change.properties:
            yield from (f"      {line}" for line in _property(each))
    for name, values in (("parameter", stack.parameters), ("output", stack.outputs)):
        for value in values:
            yield f"  {name} {value.name}: {_arrow(value.before, value.after)}"
    for value in stack.tags:
        yield f"  tag {value.name}: {_arrow(value.before, value.after)}"
    for capability, reasons in stack.capabilities.items() if not stack.empty else ():
        yield f"  needs {capability}: {'; '.join(reasons)}"
    yield from (f"  {line}" for line in _risks(stack.impacts))


def _risks(effects: Sequence[Impact]) -> Iterator[str]:
    if effects:
        yield "risks"
    for effect in effects:
        yield f"  {effect.risk:<8}{effect.logical_id}: {effect.text}"


def _about(logical_id: str, path: str) -> str:
    about = " ".join(part for part in (logical_id, path) if part)
    return f"{about}: " if about else ""


def _property(each: PropertyChange) -> Iterator[str]:
    """A property in one line; two long values as the lines in which they differ."""
    notes = _notes(each)
    tail = f"  ({'; '.join(notes)})" if notes else ""
    if each.before is not None and each.before == each.after:
        yield f"{each.path}: {_line(each.after)}{tail}"
    elif each.before is None or each.after is None or len(each.before + each.after) < _LONG:
        yield f"{each.path}: {_arrow(each.before, each.after)}{tail}"
    else:
        yield f"{each.path}:{tail}"
        for line in difflib.ndiff(each.before.splitlines(), each.after.splitlines()):
            if line.startswith(("-", "+")):
                yield f"  {_line(line)}"


def _notes(each: PropertyChange) -> list[str]:
    notes = [each.cause] if each.cause else []
    if each.drifted is not None:
        notes.append(f"really {_line(each.drifted)}")
    match each.replacement:
        case Replacement.YES:
            notes.append("needs a new resource")
        case Replacement.MAYBE:
            notes.append("perhaps needs a new resource")
        case Replacement.NO:
            pass
    return notes


def _arrow(before: str | None, after: str | None) -> str:
    if before is None and after is None:
        return "changes"
    if before is None:
        return f"+ {_line(after)}"
    return f"- {_line(before)}" if after is None else f"{_line(before)} → {_line(after)}"


def _line(value: str | None) -> str:
    """A value on one line, without anything that moves a terminal's cursor."""
    if value is None:
        return "(none)"
    if value == KNOWN_AFTER_APPLY:
        return "(known once it is deployed)"
    known = value.replace(KNOWN_AFTER_APPLY, "(known once it is deployed)")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in known)


def to_markdown(plan: DeployPlan) -> str:
    """The plan as a comment on a pull request."""
    note = "\nValues of properties are left out: the comment would be too long.\n"
    return fit_comment(_markdown(plan, values=True), lambda: _markdown(plan, values=False) + note)


def _markdown(plan: DeployPlan, *, values: bool) -> str:
    parts = []
    for stack in plan.stacks:
        parts.append(f"### {escape(title(stack))}\n\n{escape(summary(stack))}\n")
        parts += [
            f"- **{effect.risk}** `{effect.logical_id}`: {escape(effect.text)}"
            for effect in stack.impacts
        ]
        parts += [
            f"- **{remark.level}** {escape(_about(remark.logical_id, remark.path) + remark.text)}"
            for remark in stack.notices
        ]
        if stack.resource_changes:
            parts += ["", "| | resource | type | what happens | source |", "|-|-|-|-|-|"]
            parts += [_row(change) for change in stack.resource_changes]
        if values:
            parts += list(_details(stack))
        parts.append("")
    return "\n".join(parts)


def _row(change: ResourceChange) -> str:
    sign, word = describe_change(change)
    place = f"`{change.source_location}`" if change.source_location else ""
    return f"| `{sign}` | `{change.logical_id}` | {change.type} | {escape(word)} | {place} |"


def _details(stack: StackPlan) -> Iterator[str]:
    lines = [
        f"{change.logical_id}.{line}" if not line.startswith(" ") else line
        for change in stack.resource_changes
        for each in change.properties
        for line in _property(each)
    ]
    named: tuple[tuple[str, tuple[ValueChange, ...]], ...] = (
        ("parameter", stack.parameters), ("output", stack.outputs), ("tag", stack.tags),
    )  # fmt: skip
    lines += [f"{kind} {v.name}: {_arrow(v.before, v.after)}" for kind, vs in named for v in vs]
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
