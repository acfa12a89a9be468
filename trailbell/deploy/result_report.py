"""
The results of a deployment, for people and programs.

In:    `StackResult`s.
Out:   text, JSON, Markdown.
Never: a value that CloudFormation does not show: outputs are printed as it returns them.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from trailbell.aws.root_cause import RootCause
from trailbell.deploy.result import StackResult
from trailbell.wording import pluralize


def to_text(results: Sequence[StackResult]) -> str:
    """Report each stack, its outputs, and why it failed."""
    return "\n".join(line for result in results for line in _lines(result)) + "\n"


def _lines(result: StackResult) -> Iterator[str]:
    seconds = f" in {result.seconds:.0f} s" if result.seconds else ""
    state = f" ({result.state})" if result.state else ""
    yield f"{result.name}: {result.status}{state}{seconds}"
    if result.root_cause is not None:
        yield from (f"  {line}" for line in _root_cause_lines(result.root_cause))
    elif result.text:
        yield from (f"  {line.strip()}" for line in result.text.splitlines())
    yield from (f"  warning: {warning}" for warning in result.warnings)
    if result.console_url and not result.outputs:
        yield f"  {result.console_url}"
    width = max(map(len, result.outputs), default=0)
    for name, value in result.outputs.items():
        yield f"  {name:<{width}}  {value}"


def _root_cause_lines(cause: RootCause) -> Iterator[str]:
    yield f"{cause.logical_id} ({cause.type}): {cause.reason}"
    if cause.path:
        yield f"property {cause.path}"
    if cause.source_location is not None:
        yield f"defined at {cause.source_location}"
    if cause.hint:
        yield f"Suggestion: {cause.hint}"
    if cause.further_failures:
        yield f"{pluralize(cause.further_failures, 'more resource')} failed"
    if cause.warning:
        yield f"warning: {cause.warning}"


def to_json(results: Sequence[StackResult]) -> str:
    """Return the results as JSON."""
    return json.dumps({"stacks": [asdict(result) for result in results]}, indent=2) + "\n"


def to_markdown(results: Sequence[StackResult]) -> str:
    """Return the results as Markdown for a pull request."""
    parts = []
    for result in results:
        first, *rest = _lines(result)
        parts.append(f"### {first}\n")
        if rest:
            parts += ["```", *(line.strip().replace("```", "'''") for line in rest), "```", ""]
    return "\n".join(parts)
