"""
Exports and imports: the names by which stacks use values of each other, and the order that follows.

In:    a template, and the `Scope` in which it will be deployed.
Out:   `ExportNames`; batches of stacks, each after those that it depends on.
Never: an order that only the text of a template suggests: names of exports are evaluated with the
       parameters and pseudo parameters that they will have.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.errors import ContentError
from trailbell.template import Template
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.resources import resources, section


@dataclass(frozen=True, kw_only=True)
class ExportNames:
    """The names that a stack exports and imports.

    ``unknown_exports`` and ``unknown_imports`` could not be evaluated and have the text of the
    template. ``uncertain`` are evaluated names whose condition is not known: the stack may neither
    export nor import them.
    """

    exports: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    unknown_exports: frozenset[str] = frozenset()
    unknown_imports: frozenset[str] = frozenset()
    uncertain: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Name:
    """A name as the template has it, and whether it is certain that the stack uses it."""

    value: Any
    certain: bool


def export_names(template: Template, scope: Scope) -> ExportNames:
    """Evaluate the names that a stack exports and imports."""
    evaluator = Evaluator(template, scope)
    outputs = list(_existing(evaluator, _outputs(template)))
    importing = list(_existing(evaluator, _importing(template)))
    exports = [
        _Name(name, certain)
        for output, certain in outputs
        if (name := section(output, "Export").get("Name"))
    ]
    imports = [
        name for each, certain in importing for name in _imports(evaluator, each, certain=certain)
    ]
    texts = {id(name): evaluator.text(name.value) for name in (*exports, *imports)}

    def evaluated(names: list[_Name]) -> frozenset[str]:
        return frozenset(text for name in names if (text := texts[id(name)]))

    def unknown(names: list[_Name]) -> frozenset[str]:
        return frozenset(str(name.value) for name in names if not texts[id(name)])

    used = evaluated([name for name in (*exports, *imports) if name.certain])
    return ExportNames(
        exports=evaluated(exports),
        imports=evaluated(imports),
        unknown_exports=unknown(exports),
        unknown_imports=unknown(imports),
        uncertain=evaluated([*exports, *imports]) - used,
    )


def _outputs(template: Template) -> Iterator[Mapping[str, Any]]:
    for output in section(template, "Outputs").values():
        if isinstance(output, Mapping):
            yield output


def _existing(
    evaluator: Evaluator, entries: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Resources or outputs that the stack may have, and whether that is certain."""
    for entry in entries:
        exists = evaluator.exists(entry)
        if exists is not False:
            yield entry, exists is True


def _imports(evaluator: Evaluator, value: Any, *, certain: bool) -> Iterator[_Name]:
    """The names of Fn::ImportValue, without branches of Fn::If that are not taken."""
    match value:
        case {"Fn::ImportValue": name}:
            yield _Name(name, certain)
        case {"Fn::If": [str(condition), yes, no]}:
            holds = evaluator.condition(condition)
            sure = certain and holds is not None
            yield from _imports(evaluator, yes, certain=sure) if holds is not False else ()
            yield from _imports(evaluator, no, certain=sure) if holds is not True else ()
        case Mapping():
            for member in value.values():
                yield from _imports(evaluator, member, certain=certain)
        case list():
            for member in value:
                yield from _imports(evaluator, member, certain=certain)


def export_expressions(template: Template) -> Iterator[Any]:
    """The names that a template exports, as they are written."""
    for output in _outputs(template):
        if name := section(output, "Export").get("Name"):
            yield name


def import_expressions(template: Template) -> Iterator[Any]:
    """The names that a template imports, in whatever branch, as they are written."""
    return _all_imports(_importing(template))


def imports_anything(template: Template) -> bool:
    """Whether any resource or output has an import, in whatever branch."""
    return bool(_importing(template))


def names_depend_on(template: Template, pseudo: str) -> bool:
    """Whether a pseudo parameter can change what the template exports or imports."""
    exporting = [output for output in _outputs(template) if "Export" in output]
    importing = _importing(template)
    conditions = section(template, "Conditions")
    used = {*_conditions(importing), *(str(output.get("Condition")) for output in exporting)}
    while more := set(_conditions([conditions.get(name) for name in used])) - used:
        used |= more
    names = [*(section(each, "Export") for each in exporting), *_all_imports(importing)]
    texts = [conditions.get(name) for name in sorted(used)]
    return pseudo in json.dumps([names, texts], default=str)


def _importing(template: Template) -> list[Mapping[str, Any]]:
    """The resources and outputs with an import, in whatever branch."""
    entries = (*resources(template).values(), *_outputs(template))
    return [entry for entry in entries if any(True for _ in _all_imports(entry))]


def _conditions(value: Any) -> Iterator[str]:
    """The names of conditions that a value refers to."""
    match value:
        case {"Fn::If": [str(name), *branches]}:
            yield name
            yield from _conditions(branches)
        case Mapping():
            for key, member in value.items():
                if key == "Condition" and isinstance(member, str):
                    yield member
                yield from _conditions(member)
        case list():
            for member in value:
                yield from _conditions(member)


def _all_imports(value: Any) -> Iterator[Any]:
    """The arguments of Fn::ImportValue, in all branches."""
    match value:
        case {"Fn::ImportValue": name}:
            yield name
        case Mapping():
            for member in value.values():
                yield from _all_imports(member)
        case list():
            for member in value:
                yield from _all_imports(member)


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
