"""
What became of a run, for people and machines.

In:    `Result`s.
Out:   text, JSON, Markdown.
Never: a secret: outputs are shown as CloudFormation shows them to everybody who may look.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from trailbell.aws.root_cause import Cause
from trailbell.deploy.execute import Result


def text(results: Sequence[Result]) -> str:
    """Each stack, its outputs, and why it failed."""
    return "\n".join(line for result in results for line in _lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    seconds = f" in {result.seconds:.0f} s" if result.seconds else ""
    state = f" ({result.state})" if result.state else ""
    yield f"{result.name}: {result.status}{state}{seconds}"
    if result.cause is not None:
        yield from (f"  {line}" for line in _cause(result.cause))
    elif result.text:
        yield from (f"  {line.strip()}" for line in result.text.splitlines())
    if result.console and not result.outputs:
        yield f"  {result.console}"
    width = max(map(len, result.outputs), default=0)
    for name, value in result.outputs.items():
        yield f"  {name:<{width}}  {value}"


def _cause(cause: Cause) -> Iterator[str]:
    yield f"{cause.logical_id} ({cause.type}): {cause.reason}"
    if cause.path:
        yield f"property {cause.path}"
    if cause.place is not None:
        yield f"built by {cause.place}"
    if cause.advice:
        yield f"what to do: {cause.advice}"
    if cause.others:
        yield f"{cause.others} more failed after it"
    if cause.warning:
        yield f"warning: {cause.warning}"


def as_json(results: Sequence[Result]) -> str:
    """The results as JSON."""
    return json.dumps({"stacks": [asdict(result) for result in results]}, indent=2) + "\n"


def markdown(results: Sequence[Result]) -> str:
    """The results for a pull request."""
    parts = []
    for result in results:
        first, *rest = _lines(result)
        parts.append(f"### {first}\n")
        if rest:
            parts += ["```", *(line.strip().replace("```", "'''") for line in rest), "```", ""]
    return "\n".join(parts)
