"""
The parts of the documentation that are true because they are generated.

In:    the catalogue, the compiled templates, our rules; and a page with marked blocks.
Out:   the page with its blocks made anew.
Never: prose. A page outside its blocks is left as it is.

A block stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trailbell.detection import Catalogue
from trailbell.errors import UnknownName
from trailbell.stack import Stack

_BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(\n<!-- end -->)", re.DOTALL)


def page(text: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """The page with each block made anew. Raises `UnknownName` for a block of no known name."""

    def made(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in blocks:
            raise UnknownName("generated block", name, blocks)
        return f"{found[1]}\n{blocks[name]().strip()}\n{found[3]}"

    return _BLOCK.sub(made, text)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; a ``|`` in a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )


def detections(catalogue: Catalogue) -> str:
    """Each detection: id, severity, what it tells, what is different from the original."""
    return table(
        ("Detection", "Severity", "Tells you that", "Stands for", "What changed"),
        (
            (f"`{d.id}`", d.severity, _lower(d.title), d.original or "—", d.changed or "—")
            for d in catalogue
        ),
    )


def _lower(title: str) -> str:
    """A title in mid-sentence: ``a network ACL …``, but ``KMS …`` as it is."""
    first, *_ = title.split(" ", 1)
    return title if len(first) > 1 and first.isupper() else title[0].lower() + title[1:]


def stacks(known: Iterable[Stack], documents: Mapping[str, dict[str, Any]]) -> str:
    """Each stack: name, what it is, where it goes, how many resources."""
    return table(
        ("Stack", "What", "Where", "Resources"),
        (
            (f"`{s.name}`", s.summary, s.where, str(len(documents[s.name]["Resources"])))
            for s in known
        ),
    )


def parameters(documents: Mapping[str, dict[str, Any]]) -> str:
    """Each parameter of any stack: name, default, what it is, and the stacks that have it."""
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for stack, document in documents.items():
        for name, parameter in document["Parameters"].items():
            found.setdefault(name, (parameter, []))[1].append(stack)
    return table(
        ("Parameter", "Default", "What", "Stacks"),
        (
            (f"`{name}`", _default(parameter), parameter["Description"], _code(where))
            for name, (parameter, where) in found.items()
        ),
    )


def _default(parameter: dict[str, Any]) -> str:
    if "Default" not in parameter:
        return "required"
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def rules(known: Iterable[Any]) -> str:
    """Each rule of ours: id, name, what it wants, where AWS says so."""
    return table(
        ("Rule", "Name", "What it wants"),
        (
            (rule.id, f"`{rule.shortdesc}`", f"[{rule.description}]({rule.source_url})")
            for rule in known
        ),
    )
