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
from trailbell.deploy.environment import DEFAULT
from trailbell.deploy.result import StackResult, TopicSubscribers
from trailbell.styled_text import (
    Line,
    Span,
    Style,
    as_lines,
    indented,
    labeled,
    line,
    plain_text,
)
from trailbell.wording import pluralize


def to_text(results: Sequence[StackResult]) -> str:
    """Report each stack, its outputs, and why it failed."""
    return plain_text(to_lines(results)) + "\n"


def to_lines(results: Sequence[StackResult]) -> Iterator[Line]:
    """The report as lines for a terminal."""
    of_stacks = (each for result in results for each in _lines(result))
    return as_lines([*of_stacks, *_notified_twice(results)])


def _lines(result: StackResult) -> Iterator[str | Line]:
    seconds = f" in {result.seconds:.0f} s" if result.seconds else ""
    state = f" ({result.state})" if result.state else ""
    style = Style.SUCCESS if result.status.succeeded else Style.ERROR
    yield line(f"{result.name}: ", Span(result.status, style), f"{state}{seconds}")
    if result.root_cause is not None:
        for text in _root_cause_lines(result.root_cause):
            yield from (f"  {each}" for each in text.split("\n"))
    elif result.text:
        yield from (f"  {text.strip()}" for text in result.text.splitlines())
    yield from indented(labeled("warning", text, Style.WARNING) for text in result.warnings)
    if result.console_url and not result.outputs:
        yield f"  {result.console_url}"
    width = max(map(len, result.outputs), default=0)
    for name, value in result.outputs.items():
        yield f"  {name:<{width}}  {value}"
    yield from _notified(result.topics)


def _notified(topics: Sequence[TopicSubscribers]) -> Iterator[Line]:
    """Who is notified, what has to be confirmed, and which topics notify no one."""
    for topic in topics:
        label = f"  {topic.topic or 'Topics'}: "
        if topic.unread:
            yield line(
                label, Span("subscriptions could not be read", Style.NOTE), f": {topic.unread}"
            )
        for each in topic.confirmed:
            yield line(label, f"notifies {each}")
        for each in topic.pending:
            to_do = Span("to confirm", Style.WARNING)
            yield line(label, to_do, f": {each}; open the link in the message that SNS sent")
        if not (topic.confirmed or topic.pending or topic.unread):
            how = f"set {' or '.join(topic.parameters)}, or " if topic.parameters else ""
            no_one = Span("notifies no one", Style.WARNING)
            yield line(label, no_one, f": {how}subscribe an endpoint")


def _notified_twice(results: Sequence[StackResult]) -> Iterator[Line]:
    """Endpoints of topics with the same name in two stacks: of alarms and of rules."""
    stacks: dict[tuple[str, str], list[str]] = {}
    for result in results:
        for topic in result.topics:
            for endpoint in (*topic.confirmed, *topic.pending):
                stacks.setdefault((topic.topic, endpoint), []).append(result.stack)
    for (topic_name, endpoint), names in stacks.items():
        if len(names) > 1:
            yield line(
                Span("note", Style.NOTE),
                f": {endpoint} is subscribed to {topic_name} of {' and of '.join(names)}, so that "
                "it is notified of the same event twice; keep one of them",
            )


def drill_lines(results: Sequence[StackResult], environment: str = "") -> Iterator[Line]:
    """The command that proves that people are notified, if a stack has a detection to drill."""
    topics = [topic for result in results for topic in result.topics]
    detection = next((result.detection for result in results if result.detection), "")
    if not detection:
        return
    option = f" --environment {environment}" if environment not in ("", DEFAULT) else ""
    when = "" if not topics or any(topic.confirmed for topic in topics) else " after that"
    yield line(f"Prove that people are notified{when}: trailbell drill {detection}{option}")


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
        first, *rest = map(str, _lines(result))
        parts.append(f"### {first}\n")
        if rest:
            parts += ["```", *(line.strip().replace("```", "'''") for line in rest), "```", ""]
    return "\n".join(parts)
