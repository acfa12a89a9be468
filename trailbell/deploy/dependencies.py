"""
Which stack goes first.

In:    templates (Fn::ImportValue, Export), and settings (``after``, parameters from outputs).
Out:   for each stack those that it waits for, and waves of stacks that can go at once.
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
    """The stacks among these that each of them waits for."""
    exported = {name: s.stack for s in sources for name in _exports(s)}
    chosen = {source.stack for source in sources}
    found = {}
    for source in sources:
        options = environment.settings_for(source.stack)
        waits = {exported[name] for name in _imports(source.document) if name in exported}
        waits |= set(options.after)
        waits |= {each.stack for each in options.parameters.values()
                  if isinstance(each, StackOutput)}  # fmt: skip
        found[source.stack] = frozenset(waits & chosen - {source.stack})
    return found


def batches(found: Mapping[str, frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    """Stacks in waves: each waits only for earlier ones. Raises `ContentError` for a circle."""
    left, done, ordered = dict(found), set[str](), []
    while left:
        ready = tuple(name for name, waits in left.items() if waits <= done)
        if not ready:
            raise ContentError(
                location="stacks", problem=f"{', '.join(left)} wait for each other",
                hint="break the circle",
            )  # fmt: skip
        ordered.append(ready)
        done.update(ready)
        left = {name: waits for name, waits in left.items() if name not in ready}
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
