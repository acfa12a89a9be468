"""
The order in which stacks are deployed.

In:    templates (Fn::ImportValue, Export), and settings (dependencies, parameters from outputs).
Out:   the dependencies of each stack, and batches of stacks that can be deployed concurrently.
Never: an order where none is needed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.deploy.environment import Environment, StackOutput
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import ContentError
from trailbell.template.resources import section


def dependencies(
    sources: tuple[BuiltTemplate, ...], environment: Environment
) -> Mapping[str, frozenset[str]]:
    """Return, for each of these stacks, the others that must be deployed before it."""
    exported_by = {name: source.stack for source in sources for name in _exports(source)}
    selected = {source.stack for source in sources}
    by_stack = {}
    for source in sources:
        options = environment.settings_for(source.stack)
        names = {exported_by[name] for name in _imports(source.document) if name in exported_by}
        names |= set(options.depends_on)
        names |= {
            value.stack for value in options.parameters.values() if isinstance(value, StackOutput)
        }
        by_stack[source.stack] = frozenset(names & selected - {source.stack})
    return by_stack


def batches(by_stack: Mapping[str, frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    """Group stacks so that each depends only on stacks of earlier groups.

    Raises `ContentError` for circular dependencies.
    """
    remaining, done, ordered = dict(by_stack), set[str](), []
    while remaining:
        ready = tuple(stack for stack, needed in remaining.items() if needed <= done)
        if not ready:
            raise ContentError(
                location="stacks",
                problem=f"circular dependency: {', '.join(remaining)}",
                hint="remove one of the dependencies",
            )
        ordered.append(ready)
        done.update(ready)
        remaining = {stack: needed for stack, needed in remaining.items() if stack not in ready}
    return tuple(ordered)


def _exports(source: BuiltTemplate) -> Iterator[str]:
    for output in section(source.document, "Outputs").values():
        name = output.get("Export", {}).get("Name") if isinstance(output, Mapping) else None
        if name is not None:
            yield str(name)


def _imports(value: Any) -> Iterator[str]:
    match value:
        case {"Fn::ImportValue": name}:
            yield str(name)
        case dict():
            for member in value.values():
                yield from _imports(member)
        case list():
            for member in value:
                yield from _imports(member)
