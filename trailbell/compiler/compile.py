"""
From a stack to its template: built, checked by troposphere, rendered twice.

In:    a `Stack` and the `Catalog`.
Out:   `CompiledStack`: the document, both texts, and the Python line of each part.
Never: an opinion on the document. `trailbell.validate` has those.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import troposphere

from trailbell import text_files
from trailbell.catalog.detection import Catalog
from trailbell.compiler import provenance, render
from trailbell.compiler.content_errors import as_content_errors
from trailbell.compiler.stack import Stack
from trailbell.errors import ContentError
from trailbell.source_location import SourceLocation


@dataclass(frozen=True)
class CompiledStack:
    """A stack's template. ``source_lines`` maps a path in the document to the line that
    built it.
    """

    stack: Stack
    document: render.Document
    json: str
    yaml: str
    source_lines: Mapping[provenance.Path, SourceLocation]

    def source_of(self, path: provenance.Path) -> SourceLocation | None:
        """The line that built what stands at a path, or the nearest thing around it."""
        for end in range(len(path), 1, -1):
            if path[:end] in self.source_lines:
                return self.source_lines[path[:end]]
        return self.stack.location


def compile_stack(stack: Stack, catalogue: Catalog) -> CompiledStack:
    """The template of a stack. Raises `ContentError` where its code or troposphere fails."""
    with as_content_errors(f"stack {stack.name}", stack.location):
        template = stack.template(catalogue)
        if not isinstance(template, troposphere.Template):
            raise ContentError(
                location=str(stack.location),
                problem=f"the template function of stack {stack.name} returns a "
                f"{type(template).__name__}",
                hint="return a troposphere.Template",
            )
        # Through JSON and back: tuples become lists, and what JSON cannot say is told here.
        text = json.dumps(template.to_dict(), allow_nan=False, ensure_ascii=False)
        document = render.in_template_order(json.loads(text.encode()))
        places = provenance.source_lines(template)
    if text_files.is_too_deep(document):
        raise ContentError(
            location=str(stack.location),
            problem=f"stack {stack.name} is {text_files.TOO_DEEP}",
            hint="no template that CloudFormation takes has a tenth of that",
        )
    if not document.get("Resources"):
        raise ContentError(
            location=str(stack.location),
            problem=f"stack {stack.name} has no resources",
            hint="its template function adds at least one",
        )
    return CompiledStack(
        stack=stack,
        document=document,
        json=render.to_json(document),
        yaml=render.to_yaml(document),
        source_lines=places,
    )
