"""
What stacks import from stacks of the baseline that are not built.

In:    the compiled stacks; the stacks that ``[baseline]`` leaves out.
Out:   an error for each stack that nothing built can serve, with the stacks that could.
Never: an import that the baseline does not export. Other projects export, too.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from trailbell.catalog.detection import Catalog
from trailbell.compiler.compile import CompiledStack, compile_stack
from trailbell.compiler.stack import Stack
from trailbell.errors import ContentError
from trailbell.template.exports import export_expressions, import_expressions


def omitted_exports(
    compiled: Iterable[CompiledStack],
    omitted: Iterable[Stack],
    catalog: Catalog,
    deployed_elsewhere: Collection[str] = (),
) -> Iterator[ContentError]:
    """An error for each stack with an import that only omitted stacks export.

    Another project deploys some of them.
    """
    compiled = tuple(compiled)
    exported = {name for each in compiled for name in _texts(export_expressions(each.document))}
    missing = {
        each.stack: names
        for each in compiled
        if (names := _texts(import_expressions(each.document)) - exported)
    }
    exporting = _exporting(omitted, catalog) if missing else {}
    for stack, names in missing.items():
        exporters = [exporting.get(name, ()) for name in names]
        sources = sorted(
            {name for each in exporters if not {*each} & {*deployed_elsewhere} for name in each}
        )
        if sources:
            yield ContentError(
                location=str(stack.location),
                problem=(
                    f"stack {stack.name} imports from {' or '.join(sources)}, which [baseline] in "
                    "trailbell.toml leaves out"
                ),
                hint=(
                    "add one of them to [baseline] stacks; or, if another project deploys it, to "
                    "[baseline] deployed_elsewhere"
                ),
            )


def _exporting(omitted: Iterable[Stack], catalog: Catalog) -> Mapping[str, list[str]]:
    """The stacks that export each name. Those of a pack without detections would be empty."""
    stacks: dict[str, list[str]] = {}
    for stack in omitted:
        if stack.pack and not stack.without_detections and not catalog.in_pack(stack.pack.name):
            continue
        for name in _texts(export_expressions(compile_stack(stack, catalog).document)):
            stacks.setdefault(name, []).append(stack.name)
    return stacks


def _texts(expressions: Iterable[Any]) -> set[str]:
    """The names as they are written, with the functions that compute them."""
    return {json.dumps(expression, sort_keys=True) for expression in expressions}
