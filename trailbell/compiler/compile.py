"""
From a stack to its template: built, checked by troposphere, rendered twice.

In:    a `Stack` and the `Catalogue`.
Out:   `Compiled`: the document, both texts, and the Python line of each part.
Never: an opinion on the document. `trailbell.validate` has those.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import troposphere

from trailbell import text_files
from trailbell.catalog.detection import Catalogue
from trailbell.compiler import provenance, render
from trailbell.compiler.content_errors import foreign
from trailbell.compiler.stack import Stack
from trailbell.errors import ContentError
from trailbell.source_location import Place


@dataclass(frozen=True)
class Compiled:
    """A stack's template. ``places`` maps a path in the document to the line that built it."""

    stack: Stack
    document: render.Document
    json: str
    yaml: str
    places: Mapping[provenance.Path, Place]

    def place(self, path: provenance.Path) -> Place | None:
        """The line that built what stands at a path, or the nearest thing around it."""
        for end in range(len(path), 1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return self.stack.place


def compiled(stack: Stack, catalogue: Catalogue) -> Compiled:
    """The template of a stack. Raises `ContentError` where its code or troposphere fails."""
    with foreign(f"stack {stack.name}", stack.place):
        template = stack.template(catalogue)
        if not isinstance(template, troposphere.Template):
            raise ContentError(
                location=str(stack.place),
                problem=f"the template function of stack {stack.name} returns a "
                f"{type(template).__name__}",
                hint="return a troposphere.Template",
            )
        # Through JSON and back: tuples become lists, and what JSON cannot say is told here.
        text = json.dumps(template.to_dict(), allow_nan=False, ensure_ascii=False)
        document = render.ordered(json.loads(text.encode()))
        places = provenance.places(template)
    if text_files.is_too_deep(document):
        raise ContentError(
            location=str(stack.place),
            problem=f"stack {stack.name} is {text_files.TOO_DEEP}",
            hint="no template that CloudFormation takes has a tenth of that",
        )
    if not document.get("Resources"):
        raise ContentError(
            location=str(stack.place),
            problem=f"stack {stack.name} has no resources",
            hint="its template function adds at least one",
        )
    return Compiled(
        stack=stack,
        document=document,
        json=render.as_json(document),
        yaml=render.as_yaml(document),
        places=places,
    )
