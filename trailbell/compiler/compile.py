"""
Compile a stack to its template.

In:    a `Stack` and the `Catalog`.
Out:   a `CompiledStack`: the template, its JSON and YAML, and the line of Python of each part.
Never: a finding. `trailbell.validate` validates.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import troposphere

from trailbell import text_files
from trailbell.catalog.detection import Catalog
from trailbell.compiler import provenance, render
from trailbell.compiler.content_errors import as_content_errors
from trailbell.compiler.stack import Stack
from trailbell.errors import ContentError
from trailbell.source_location import SourceLocation
from trailbell.template import TemplatePath


@dataclass(frozen=True)
class CompiledStack:
    """The template of a stack. ``source_lines`` has the line of Python of each path in it."""

    stack: Stack
    document: dict[str, Any]
    json: str
    yaml: str
    source_lines: Mapping[TemplatePath, SourceLocation]

    def source_of(self, path: TemplatePath) -> SourceLocation | None:
        """The line that built the value at a path, or the nearest value around it."""
        for end in range(len(path), 1, -1):
            if path[:end] in self.source_lines:
                return self.source_lines[path[:end]]
        return self.stack.location


def compile_stack(stack: Stack, catalog: Catalog) -> CompiledStack:
    """Compile a stack. Raises `ContentError` if its code or troposphere raises an exception."""
    with as_content_errors(f"stack {stack.name}", stack.location):
        template = stack.template(catalog)
        if not isinstance(template, troposphere.Template):
            raise ContentError(
                location=str(stack.location),
                problem=f"the template function of stack {stack.name} returns "
                f"{type(template).__name__}",
                hint="return a troposphere.Template",
            )
        # Through JSON and back, so that tuples become lists, and other types raise an error.
        text = json.dumps(template.to_dict(), allow_nan=False, ensure_ascii=False)
        document = render.in_template_order(json.loads(text.encode()))
        source_lines = provenance.source_lines(template)
    if text_files.is_too_deep(document):
        raise ContentError(
            location=str(stack.location),
            problem=f"stack {stack.name} is {text_files.TOO_DEEP}",
            hint="remove levels of lists and mappings",
        )
    if not document.get("Resources"):
        raise ContentError(
            location=str(stack.location),
            problem=f"stack {stack.name} has no resources",
            hint="add at least one in its template function",
        )
    return CompiledStack(
        stack=stack,
        document=document,
        json=render.to_json(document),
        yaml=render.to_yaml(document),
        source_lines=source_lines,
    )
