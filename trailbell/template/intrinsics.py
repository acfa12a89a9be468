"""
Intrinsic functions: the values that a template can have, and what it refers to.

In:    a value of a template in long form.
Out:   its branches, entries and strings, with their paths; the names that it refers to.
Never: the result of a function that only a deployment knows.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import re
from collections.abc import Iterator
from typing import Any

from trailbell.template import TemplatePath

SUB_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
"""A variable in the text of ``Fn::Sub``. ``${!x}`` is none: it becomes the text ``${x}``."""

_ONLY_VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)(\.[A-Za-z0-9.]+)?\}")


def is_intrinsic(value: Any) -> bool:
    """Whether a value is an intrinsic function, so that its text is not its value."""
    match value:
        case dict() if len(value) == 1:
            (name,) = value
            return name == "Ref" or str(name).startswith("Fn::")
        case _:
            return False


def is_always_set(value: Any) -> bool:
    """Whether a value is there in each branch of ``Fn::If``, and is not ``AWS::NoValue``."""
    match value:
        case None | {"Ref": "AWS::NoValue"}:
            return False
        case {"Fn::If": [_, yes, no]}:
            return is_always_set(yes) and is_always_set(no)
        case _:
            return True


def branches(value: Any, path: TemplatePath = ()) -> Iterator[tuple[Any, TemplatePath]]:
    """The values that a value can have, with their paths: both branches of every ``Fn::If``.

    ``AWS::NoValue`` is left out.
    """
    match value:
        case {"Fn::If": [_, yes, no]}:
            yield from branches(yes, (*path, "Fn::If", 1))
            yield from branches(no, (*path, "Fn::If", 2))
        case {"Ref": "AWS::NoValue"}:
            return
        case _:
            yield value, path


def entries(value: Any, path: TemplatePath = ()) -> Iterator[tuple[Any, TemplatePath]]:
    """The entries of a list in all its branches; a single value counts as a list of one."""
    for branch, branch_path in branches(value, path):
        if isinstance(branch, list):
            for index, entry in enumerate(branch):
                yield from branches(entry, (*branch_path, index))
        else:
            yield branch, branch_path


def outermost_functions(value: Any, path: TemplatePath = ()) -> Iterator[tuple[Any, TemplatePath]]:
    """The intrinsic functions in a value, with their paths, without those inside another one."""
    if is_intrinsic(value):
        yield value, path
        return
    match value:
        case dict():
            for name, member in value.items():
                yield from outermost_functions(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from outermost_functions(member, (*path, index))


def strings(value: Any, path: TemplatePath = ()) -> Iterator[tuple[str, TemplatePath]]:
    """Every string in a value, with its path."""
    match value:
        case str():
            yield value, path
        case dict():
            for name, member in value.items():
                yield from strings(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from strings(member, (*path, index))


def substitute(text: str, replacement: str) -> str:
    """The text of ``Fn::Sub`` with a replacement for each variable, and ``${!x}`` as ``${x}``."""
    return SUB_VARIABLE.sub(replacement, text).replace("${!", "${")


def text_length(value: Any) -> int:
    """The length of a text; of ``Fn::Sub`` without its variables; of any other value 0."""
    match value:
        case str(text):
            return len(text)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            return len(substitute(text, ""))
        case _:
            return 0


def referenced_id(value: Any) -> str | None:
    """The logical ID that a value refers to, if it is nothing but this reference."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(dotted)}:
            return dotted.split(".", 1)[0]
        case {"Fn::Sub": str(text)} if variable := _ONLY_VARIABLE.fullmatch(text):
            return variable[1]
        case _:
            return None


def references(value: Any) -> Iterator[str]:
    """The names that a value refers to by Ref, Fn::GetAtt and Fn::Sub, once per occurrence."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(dotted)}:
            yield dotted.split(".", 1)[0]
        case {"Fn::Sub": str(text)}:
            yield from _references_in_sub(text, frozenset())
        case {"Fn::Sub": [str(text), dict(variables)]}:
            yield from _references_in_sub(text, frozenset(variables))
            yield from references(variables)
        case dict():
            for member in value.values():
                yield from references(member)
        case list():
            for member in value:
                yield from references(member)


def _references_in_sub(text: str, variables: frozenset[str]) -> Iterator[str]:
    for name in SUB_VARIABLE.findall(text):
        if name not in variables:
            yield name.split(".", 1)[0]


def conditions(value: Any) -> Iterator[str]:
    """The conditions that a value depends on by Fn::If and Condition."""
    match value:
        case {"Fn::If": [str(name), *values]}:
            yield name
            yield from conditions(values)
        case {"Condition": str(name)}:
            yield name
        case dict():
            for member in value.values():
                yield from conditions(member)
        case list():
            for member in value:
                yield from conditions(member)


def mappings(value: Any) -> Iterator[str]:
    """The mappings in which a value looks something up by Fn::FindInMap."""
    match value:
        case {"Fn::FindInMap": [str(name), *_]}:
            yield name
        case dict():
            for member in value.values():
                yield from mappings(member)
        case list():
            for member in value:
                yield from mappings(member)


def normalize_get_att(value: Any) -> Any:
    """The value with the list form of Fn::GetAtt, which CloudFormation takes in two forms."""
    match value:
        case {"Fn::GetAtt": str(dotted)} if len(value) == 1:
            return {"Fn::GetAtt": dotted.split(".", 1)}
        case dict():
            return {name: normalize_get_att(member) for name, member in value.items()}
        case list():
            return [normalize_get_att(member) for member in value]
        case _:
            return value
