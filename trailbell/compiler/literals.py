"""
Which literals stand in a module of content: ``Detection(id="root-account-use", ...)``.

In:    the text of a module, and for one of them a line.
Out:   their ids.
Never: a run of the module. It is asked about modules that cannot be run.
"""

import ast
import re

_ID = re.compile(r"""\bid\s*=\s*["']([a-z0-9-]+)["']""")


def id_at(text: str, line: int, kind: str) -> str:
    """The id of the literal of that kind on a line; empty if there is none, or no text for an id.

    Raises `SyntaxError` and `ValueError` for what is no Python.
    """
    found = ""
    for node in ast.walk(ast.parse(text)):  # outer ones come first
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name),
                lineno=first,
                end_lineno=int(last),
                keywords=keywords,
            ) if name == kind and first <= line <= last:
                found = _id(keywords) or found
    return found


def _id(keywords: list[ast.keyword]) -> str:
    for keyword in keywords:
        match keyword:
            case ast.keyword(arg="id", value=ast.Constant(value=str(identifier))):
                return identifier
    return ""


def ids(text: str) -> tuple[str, ...]:
    """Whatever is written as an id, each once, also in a text that is no Python."""
    return tuple(dict.fromkeys(_ID.findall(text)))
