"""
The parameters that decide about the names of exports and imports.

In:    an `Evaluator` of a template, and the name of an import.
Out:   names of parameters; parameters with value and description, as text.
Never: the value of a NoEcho parameter.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trailbell.template.evaluate import Evaluator, as_text, is_unknown
from trailbell.template.intrinsics import conditions, references
from trailbell.template.resources import resources, secret_parameters, section


def export_parameters(evaluator: Evaluator) -> tuple[str, ...]:
    """The parameters in the names of all exports, in the order of the template."""
    outputs = section(evaluator.template, "Outputs")
    names = [section(section(outputs, output), "Export").get("Name") for output in outputs]
    return _declared(evaluator, references(names))


def import_parameters(evaluator: Evaluator, name: str) -> tuple[str, ...]:
    """The parameters in the name of an import, and in conditions without which it is not used."""
    template = evaluator.template
    parts = [*resources(template).values(), *section(template, "Outputs").values()]
    uses = [use for part in parts for use in _uses(evaluator, part, name, frozenset())]
    return _declared(evaluator, frozenset.intersection(*uses) if uses else ())


def describe_parameter(evaluator: Evaluator, name: str) -> str:
    """A parameter with its value and description: ``Base "alerts": Name of the base stack.``"""
    declared = section(section(evaluator.template, "Parameters"), name)
    value = evaluator.value({"Ref": name})
    hidden = is_unknown(value) or name in secret_parameters(evaluator.template)
    text = ",".join(value) if isinstance(value, list) else as_text(value)
    shown = name if hidden else f'{name} "{text}"'
    description = declared.get("Description")
    return f"{shown}: {description}" if description else shown


def _declared(evaluator: Evaluator, names: Iterable[str]) -> tuple[str, ...]:
    used = frozenset(names)
    return tuple(name for name in section(evaluator.template, "Parameters") if name in used)


def _uses(
    evaluator: Evaluator, value: Any, name: str, depends_on: frozenset[str]
) -> Iterator[frozenset[str]]:
    """What each use of an import in a value refers to. ``depends_on`` are conditions."""
    match value:
        case {"Fn::ImportValue": text}:
            if evaluator.text(text) == name:
                yield frozenset((*references(text), *_used_by_conditions(evaluator, depends_on)))
        case {"Fn::If": [str(condition), *branches]}:
            yield from _uses(evaluator, branches, name, depends_on | {condition})
        case Mapping():
            own = value.get("Condition")
            also = {own} if isinstance(own, str) else set[str]()
            for member in value.values():
                yield from _uses(evaluator, member, name, depends_on | also)
        case list():
            for member in value:
                yield from _uses(evaluator, member, name, depends_on)


def _used_by_conditions(evaluator: Evaluator, names: Iterable[str]) -> Iterator[str]:
    """What conditions refer to, also through other conditions."""
    declared = section(evaluator.template, "Conditions")
    remaining, known = list(names), set[str]()
    while remaining:
        name = remaining.pop()
        if name not in known:
            known.add(name)
            yield from references(declared.get(name))
            remaining += conditions(declared.get(name))
