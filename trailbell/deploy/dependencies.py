"""
The order in which stacks are deployed.

In:    templates (Fn::ImportValue, Export), and settings (dependencies, parameters from outputs).
Out:   the dependencies of each stack, and batches of stacks that can be deployed concurrently.
Never: an order where none is needed, or one that only the text of a template suggests: names of
       exports are evaluated with the parameters and stack names that they will have.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.deploy.environment import Environment, StackOutput, StackSettings
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import ContentError
from trailbell.template.evaluate import UNKNOWN, Evaluator, Scope
from trailbell.template.resources import resources, section


@dataclass(frozen=True, kw_only=True)
class ExportNames:
    """The names that a stack exports and imports. ``unknown_imports`` could not be evaluated."""

    exports: frozenset[str]
    imports: frozenset[str]
    unknown_imports: frozenset[str]


def export_names(
    source: BuiltTemplate, options: StackSettings, pseudo: Mapping[str, str]
) -> ExportNames:
    """Evaluate the names that a stack exports and imports.

    ``pseudo`` are the pseudo parameters that are known. A name that depends on anything else is
    compared by its text.
    """
    parameters = {
        name: value if isinstance(value, str) else UNKNOWN
        for name, value in options.parameters.items()
    }
    scope = Scope(parameters=parameters, pseudo={"AWS::StackName": options.stack_name, **pseudo})
    evaluator = Evaluator(source.document, scope)
    outputs = [
        output
        for output in section(source.document, "Outputs").values()
        if isinstance(output, Mapping) and evaluator.exists(output) is not False
    ]
    exports = [output.get("Export", {}).get("Name") for output in outputs]
    present = [
        resource
        for resource in resources(source.document).values()
        if evaluator.exists(resource) is not False
    ]
    imports = list(_imports(evaluator, [present, outputs]))
    texts = {str(name): evaluator.text(name) for name in imports}
    return ExportNames(
        exports=frozenset(evaluator.text(name) or str(name) for name in exports if name),
        imports=frozenset(text for text in texts.values() if text),
        unknown_imports=frozenset(raw for raw, text in texts.items() if not text),
    )


def dependencies(
    sources: tuple[BuiltTemplate, ...], environment: Environment
) -> Mapping[str, frozenset[str]]:
    """Return, for each of these stacks, the others that must be deployed before it."""
    pseudo = {"AWS::Region": environment.region, "AWS::AccountId": environment.account}
    known = {name: value for name, value in pseudo.items() if value}
    names = {
        source.stack: export_names(source, environment.settings_for(source.stack), known)
        for source in sources
    }
    exported_by = {name: stack for stack, each in names.items() for name in each.exports}
    by_stack = {}
    for source in sources:
        options, own = environment.settings_for(source.stack), names[source.stack]
        needed = {exported_by.get(name) for name in own.imports | own.unknown_imports}
        needed |= set(options.depends_on)
        needed |= {
            value.stack for value in options.parameters.values() if isinstance(value, StackOutput)
        }
        others = names.keys() - {source.stack}
        by_stack[source.stack] = frozenset(name for name in needed if name in others)
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


def _imports(evaluator: Evaluator, value: Any) -> Iterator[Any]:
    """Return the names of Fn::ImportValue, without branches of Fn::If that are not taken."""
    match value:
        case {"Fn::ImportValue": name}:
            yield name
        case {"Fn::If": [str(condition), yes, no]}:
            holds = evaluator.condition(condition)
            yield from _imports(evaluator, yes) if holds is not False else ()
            yield from _imports(evaluator, no) if holds is not True else ()
        case dict():
            for member in value.values():
                yield from _imports(evaluator, member)
        case list():
            for member in value:
                yield from _imports(evaluator, member)
