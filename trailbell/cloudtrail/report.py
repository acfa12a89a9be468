"""
Evaluations as text and as JSON.

In:    an evaluation.
Out:   a line, an explanation, a JSON object, or what ``aws logs test-metric-filter`` prints.
Never: a decision about what matches.
"""

import json
from collections.abc import Iterator

from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.pattern import Outcome
from trailbell.pattern.ast import Field, JsonPattern, MatchAll, Terms, clauses
from trailbell.pattern.printer import selector_text
from trailbell.pattern.record import select
from trailbell.pattern.text_matching import align_fields, words
from trailbell.styled_text import Line, Span, Style, line

_CALLER_FIELDS = ("arn", "userName", "invokedBy", "principalId", "type")


def caller(record: dict[str, object]) -> str:
    """The caller's ARN, or the most specific other field that identifies the caller."""
    identity = record.get("userIdentity")
    if isinstance(identity, dict):
        for name in _CALLER_FIELDS:
            if value := identity.get(name):
                return str(value)
    return "unknown"


def to_line(evaluation: Evaluation) -> Line:
    """Format an evaluation as one line, with a note unless it is a match."""
    record = evaluation.record
    notes = {
        "UNCERTAIN": Span(f"  (uncertain: {evaluation.outcome.reason})", Style.WARNING),
        "NO_MATCH": Span("  (no match)", Style.NOTE),
    }
    parts = (
        str(record.get("eventName", "no name")),
        f"by {caller(record)}",
        f"from {record.get('sourceIPAddress', 'unknown')}",
        f"id {record.get('eventID', 'unknown')}",
        f"{evaluation.file}, record {evaluation.number}",
    )
    return line(
        f"{record.get('eventTime', 'no time')}  ",
        Span(evaluation.detection.id, Style.HEADING),
        "  " + "  ".join(parts),
        notes.get(evaluation.outcome.name, ""),
    )


_OUTCOME_STYLES = {"MATCH": Style.SUCCESS, "NO_MATCH": Style.NOTE, "UNCERTAIN": Style.WARNING}


def explanation(evaluation: Evaluation) -> list[Line]:
    """Explain an evaluation clause by clause: the result, and the value in the record."""
    text = evaluation.text.decode(errors="replace")
    lines = str(evaluation.detection.filter_pattern.explain(text)).split("\n")
    return [_clause(each) for each in lines]


def _clause(text: str) -> Line:
    """A line of an explanation, which begins with the outcome."""
    outcome = text.split()[0] if text.strip() else ""
    before, _, after = text.partition(outcome)
    return line(before, Span(outcome, _OUTCOME_STYLES.get(outcome)), after, hanging=10)


def to_json(evaluation: Evaluation, *, explained: bool) -> dict[str, object]:
    """Convert an evaluation to a JSON object, with ``explained`` including the explanation."""
    record = evaluation.record
    members = ("eventID", "eventTime", "eventName", "eventSource", "sourceIPAddress")
    document: dict[str, object] = {
        "detection": evaluation.detection.id,
        "outcome": evaluation.outcome.name,
        "file": evaluation.file,
        "record": evaluation.number,
        **{name: record.get(name) for name in members},
        "who": caller(record),
    }
    if evaluation.outcome == Outcome.UNCERTAIN:
        document["reason"] = evaluation.outcome.reason
    if explained:
        document["why"] = [str(each) for each in explanation(evaluation)]
    return document


def to_test_metric_filter_match(evaluation: Evaluation) -> dict[str, object]:
    """
    Convert an evaluation to an element of ``matches`` in the response of TestMetricFilter.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricFilterMatchRecord.html
    """
    return {
        "eventNumber": evaluation.number,
        "eventMessage": evaluation.text.decode(errors="replace"),
        "extractedValues": dict(_extracted_values(evaluation)),
    }


def _extracted_values(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """
    Yield the values that a pattern extracts: fields as ``$name``, as the page of TestMetricFilter
    shows them; members as the selector that a metric value uses (``$.eventName``), which no page
    shows.
    """
    match evaluation.detection.filter_pattern.tree:
        case JsonPattern(condition=condition):
            for selector in dict.fromkeys(clause.selector for clause in clauses(condition)):
                nodes = select(evaluation.record, selector).nodes
                if len(nodes) == 1 and isinstance(nodes[0], str | int | float):
                    yield selector_text(selector), _to_text(nodes[0])
        case Terms() | MatchAll():
            return
        case space:
            message = evaluation.text.decode(errors="replace")
            for field, word in align_fields(space, words(message)) or ():
                if isinstance(field, Field):
                    yield f"${field.name}", word.text


def _to_text(node: str | float) -> str:
    return node if isinstance(node, str) else json.dumps(node)
