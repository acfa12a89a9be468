"""
The reference of the Python API: what a project imports from ``trailbell``.

In:    the public names, and the source in which they are defined.
Out:   the text of ``docs/reference/python-api.md``.
Never: text that is not in a docstring or in the source, except for headings.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from textwrap import dedent
from types import ModuleType
from typing import Any

from trailbell.markdown import table

GROUPS = {
    "Detections": (*("Detection", "Example", "Severity", "Timing", "Controls", "Pack", "Catalog"),),
    "Patterns": ("field", "all_of", "any_of", "Condition", "PLACEHOLDERS"),
    "Sample events": (
        *("api_call", "console_sign_in", "service_event", "insight_event"),
        *("assume_role_request", "iam_user", "assumed_role_identity", "identity_center_user"),
        *("federated_user", "cross_account_caller", "root", "aws_service", "service_linked_role"),
        *("Event", "Identity", "ACCOUNT", "OTHER_ACCOUNT"),
    ),
    "Stacks": (
        *("Stack", "RegionScope", "Piece", "ParameterInput", "assemble", "is_set", "rule"),
        *("suppress", "suppress_lint"),
    ),
    "Tests": ("use_project", "load_catalog", "compile_template", "fires"),
}
"""Every public name, under the heading at which a reader looks for it."""

_INTRODUCTION = """
<!-- Generated from the docstrings by `trailbell docs`. -->

The modules of a project import these names from `trailbell`. They are stable as
[Upgrade](../how-to/upgrade.md#what-is-stable) describes; everything else in the package is private
and can change in any version.
"""


def api_page(package: ModuleType) -> str:
    """The page of all public names of the package."""
    parts = ["# Python API", _INTRODUCTION.strip()]
    for heading, names in GROUPS.items():
        parts.append(f"## {heading}")
        for name in names:
            parts += [f"### {name}", *_entry(name, getattr(package, name))]
    return "\n\n".join(parts) + "\n"


def _entry(name: str, value: Any) -> Iterator[str]:
    if not inspect.isclass(value) and not inspect.isfunction(value):
        yield _code(f'{name} = "{value}"' if isinstance(value, str) else name)
        yield _CONSTANTS[name].strip()
        return
    yield _code(_signature(value))
    yield _markdown(inspect.getdoc(value) or "")
    if name == "field":
        yield _methods(inspect.signature(value, eval_str=True).return_annotation)


_CONSTANTS = {
    "Condition": "The type of a condition that `field`, `all_of` and `any_of` make.",
    "PLACEHOLDERS": """
The names of deployed resources that patterns and texts can contain, as `${LogGroupName}`, each with
the value that sample events use.
""",
    "Event": "A CloudTrail record, or a part of one: `dict[str, Any]`.",
    "Identity": "The member `userIdentity` of a record: `dict[str, Any]`.",
    "ACCOUNT": "The account of sample events.",
    "OTHER_ACCOUNT": "Another account, in sample events.",
}


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def _signature(value: Any) -> str:
    """The source of a function without its body, or of a class with its fields only."""
    source = dedent(inspect.getsource(value))
    (node,) = ast.parse(source).body
    lines = source.splitlines()
    if isinstance(node, ast.FunctionDef):
        return "\n".join(lines[node.lineno - 1 : node.body[0].lineno - 1]) + " ..."
    assert isinstance(node, ast.ClassDef)
    fields = (
        segment
        for member in node.body
        if isinstance(member, ast.AnnAssign | ast.Assign)
        and (segment := ast.get_source_segment(source, member))
        and "init=False" not in segment
    )
    return "\n".join([f"class {node.name}:", *(f"    {segment}" for segment in fields)])


def _methods(value: type) -> str:
    """The public methods of a class, each with the first paragraph of its docstring."""
    rows = []
    for name, method in vars(value).items():
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        signature = " ".join(_signature(method).split())
        call = re.sub(r"^def |\bself(, )?|\s*->.*$", "", signature)
        rows.append((f"`{call}`", " ".join(_markdown(inspect.getdoc(method) or "").split())))
    return table(("Method", "The condition that it makes"), rows)


def _markdown(docstring: str) -> str:
    """A docstring as Markdown: code has single backquotes, examples are code."""
    paragraphs = []
    for paragraph in docstring.replace("``", "`").split("\n\n"):
        if paragraph.startswith(">>>"):
            paragraphs.append(f"```pycon\n{paragraph}\n```")
        else:
            paragraphs.append(re.sub(r"^(https://\S+)$", r"<\1>", paragraph, flags=re.MULTILINE))
    return "\n\n".join(paragraphs)
