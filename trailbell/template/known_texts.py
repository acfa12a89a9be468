"""
The texts that a value of one template can be, as far as the template says.

In:    a value with intrinsic functions, and its template.
Out:   each text, with `UNKNOWN_TEXT` for a part that only the deployment knows.
Never: a guess: a parameter without default or allowed values, a resource, another stack and a
       dynamic reference can be any text.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from trailbell.template.intrinsics import SUB_VARIABLE, branches
from trailbell.template.resources import section

UNKNOWN_TEXT = "\ue001"
"""A private-use character, which no template contains."""

_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^{}]*\}\}")
_MOST_TEXTS = 64
_MAX_DEPTH = 16


def possible_texts(document: Any, value: Any) -> tuple[str, ...]:
    """The texts that a value can be, each once; `UNKNOWN_TEXT` if there are too many."""
    texts = [*islice(_texts(document, value, {}, _MAX_DEPTH), _MOST_TEXTS + 1)]
    return tuple(dict.fromkeys(texts)) if len(texts) <= _MOST_TEXTS else (UNKNOWN_TEXT,)


def _texts(document: Any, value: Any, variables: Mapping[str, Any], depth: int) -> Iterator[str]:
    """``variables`` are those of ``Fn::Sub``, which its text refers to."""
    if not depth:
        yield UNKNOWN_TEXT
        return
    for branch, _ in branches(value):
        match branch:
            case str(text):
                yield _DYNAMIC_REFERENCE.sub(UNKNOWN_TEXT, text)
            case bool():
                yield str(branch).lower()
            case int() | float():
                yield str(branch)
            case _:
                yield from _computed(document, branch, variables, depth)


def _computed(
    document: Any, function: Any, variables: Mapping[str, Any], depth: int
) -> Iterator[str]:
    """The texts that a function can return."""
    match function:
        case {"Ref": str(name)}:
            yield from _of_parameter(document, name)
        case {"Fn::Sub": str(text)}:
            yield from _substituted(document, text, variables, depth)
        case {"Fn::Sub": [str(text), dict(own)]}:
            yield from _substituted(document, text, own, depth)
        case {"Fn::Join": [str(separator), [*parts]]}:
            inner = [[*_some(document, part, variables, depth)] for part in parts]
            yield from (separator.join(chosen) for chosen in product(*inner))
        case {"Fn::FindInMap": [mapping, top, second, *_]}:
            yield from _mapped(document, mapping, top, second)
        case {"Fn::Select": [index, [*entries]]} if str(index).isdigit():
            if int(index) < len(entries):
                yield from _some(document, entries[int(index)], variables, depth)
        case _:
            yield UNKNOWN_TEXT


def _some(document: Any, value: Any, variables: Mapping[str, Any], depth: int) -> Iterator[str]:
    return islice(_texts(document, value, variables, depth - 1), _MOST_TEXTS + 1)


def _of_parameter(document: Any, name: str) -> Iterator[str]:
    """The allowed values of a parameter, or its default; any text if it has neither."""
    match section(document, "Parameters").get(name):
        # The value is the name of a parameter of Systems Manager, which has the text.
        case {"Type": str(kind)} if kind.startswith("AWS::SSM::"):
            yield UNKNOWN_TEXT
        case {"AllowedValues": [*allowed]} if allowed:
            yield from map(str, allowed)
        case {"Default": (str() | int() | float()) as default} if default != "":
            yield str(default)
        case _:
            yield UNKNOWN_TEXT


def _substituted(
    document: Any, text: str, variables: Mapping[str, Any], depth: int
) -> Iterator[str]:
    pieces: list[list[str]] = []
    end = 0
    for variable in SUB_VARIABLE.finditer(text):
        pieces.append([_literal(text[end : variable.start()])])
        end = variable.end()
        name = variable[1].strip()
        value = variables.get(name, {"Ref": name})
        pieces.append([*_some(document, value, {}, depth)])
    pieces.append([_literal(text[end:])])
    yield from ("".join(chosen) for chosen in product(*pieces))


def _literal(text: str) -> str:
    return _DYNAMIC_REFERENCE.sub(UNKNOWN_TEXT, text.replace("${!", "${"))


def _mapped(document: Any, mapping: Any, top: Any, second: Any) -> Iterator[str]:
    """The texts that a mapping has at keys; at each of its keys if one is not known."""
    if not isinstance(mapping, str):
        yield UNKNOWN_TEXT
        return
    for entries in _at(section(document, "Mappings").get(mapping), top):
        for entry in _at(entries, second):
            yield entry if isinstance(entry, str) else UNKNOWN_TEXT


def _at(value: Any, key: Any) -> list[Any]:
    if not isinstance(value, Mapping):
        return []
    if isinstance(key, str):
        return [value[key]] if key in value else []
    return [*value.values()]
