"""
Find the IDs of literals in a module: ``Detection(id="root-account-use", ...)``.

In:    the text of a module, and the line of a literal.
Out:   its ID, or the IDs of all literals.
Never: the execution of the module. These functions are for modules that cannot be executed.
"""

import ast
import re

_ID = re.compile(r"""\bid\s*=\s*["']([a-z0-9-]+)["']""")


def id_at(text: str, line: int, type_name: str) -> str:
    """The ID of the literal of this type on a line; empty if there is none.

    Raises `SyntaxError` and `ValueError` if the text is not Python.
    """
    identifier = ""
    for node in ast.walk(ast.parse(text)):  # from the outside in
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name),
                lineno=first,
                end_lineno=int(last),
                keywords=keywords,
            ) if name == type_name and first <= line <= last:
                identifier = _id(keywords) or identifier
    return identifier


def _id(keywords: list[ast.keyword]) -> str:
    for keyword in keywords:
        match keyword:
            case ast.keyword(arg="id", value=ast.Constant(value=str(identifier))):
                return identifier
    return ""


def ids(text: str) -> tuple[str, ...]:
    """Everything written as an ID, each once, even if the text is not valid Python."""
    return tuple(dict.fromkeys(_ID.findall(text)))
