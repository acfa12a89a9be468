"""
Hits, for people and for machines.

In:    hits.
Out:   lines, dictionaries, or what ``aws logs test-metric-filter`` prints.
Never: a decision about what is a hit.
"""

import json
from collections.abc import Iterator

from trailbell.cloudtrail.evaluation import Evaluation
from trailbell.pattern import Outcome
from trailbell.pattern.ast import Field, JsonPattern, MatchAll, Terms, clauses
from trailbell.pattern.printer import selector_text
from trailbell.pattern.record import select
from trailbell.pattern.text_matching import align_fields, words

_WHO = ("arn", "userName", "invokedBy", "principalId", "type")


def who(record: dict[str, object]) -> str:
    """The ARN if there is one, or whatever else tells who it was."""
    identity = record.get("userIdentity")
    if isinstance(identity, dict):
        for name in _WHO:
            if value := identity.get(name):
                return str(value)
    return "unknown"


def as_line(hit: Evaluation) -> str:
    """One line, most of it the record's; what is no plain hit says so."""
    record = hit.record
    remarks = {"UNCERTAIN": f"  (uncertain: {hit.outcome.reason})", "NO_MATCH": "  (no match)"}
    shown = (
        f"{record.get('eventTime', 'no time')}  {hit.detection.id}",
        str(record.get("eventName", "no name")),
        f"by {who(record)}",
        f"from {record.get('sourceIPAddress', 'unknown')}",
        f"id {record.get('eventID', 'unknown')}",
        f"{hit.file}, record {hit.number}",
    )
    return _printable("  ".join(shown)) + remarks.get(hit.outcome.name, "")


def _printable(text: str) -> str:
    """A record is somebody else's text: what could steer a terminal is escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def why(hit: Evaluation) -> str:
    """Clause by clause, what held and what was found."""
    explained = str(hit.detection.filter_pattern.explain(hit.text.decode(errors="replace")))
    return "\n".join(map(_printable, explained.split("\n")))


def as_dict(hit: Evaluation, *, explained: bool) -> dict[str, object]:
    record = hit.record
    members = ("eventID", "eventTime", "eventName", "eventSource", "sourceIPAddress")
    told: dict[str, object] = {
        "detection": hit.detection.id,
        "outcome": hit.outcome.name,
        "file": hit.file,
        "record": hit.number,
        **{name: record.get(name) for name in members},
        "who": who(record),
    }
    if hit.outcome == Outcome.UNCERTAIN:
        told["reason"] = hit.outcome.reason
    if explained:
        told["why"] = why(hit).splitlines()
    return told


def as_match(hit: Evaluation) -> dict[str, object]:
    """
    One element of ``matches``.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricFilterMatchRecord.html
    """
    return {
        "eventNumber": hit.number,
        "eventMessage": hit.text.decode(errors="replace"),
        "extractedValues": dict(_extracted(hit)),
    }


def _extracted(hit: Evaluation) -> Iterator[tuple[str, str]]:
    """
    Text by text: fields as ``$name``, as the page of TestMetricFilter shows them; members as the
    selector that names them in a metric's value (``$.eventName``), which no page shows.
    """
    match hit.detection.filter_pattern.tree:
        case JsonPattern(condition=condition):
            for selector in dict.fromkeys(clause.selector for clause in clauses(condition)):
                nodes = select(hit.record, selector).nodes
                if len(nodes) == 1 and isinstance(nodes[0], str | int | float):
                    yield selector_text(selector), _text(nodes[0])
        case Terms() | MatchAll():
            return
        case space:
            message = hit.text.decode(errors="replace")
            for field, word in align_fields(space, words(message)) or ():
                if isinstance(field, Field):
                    yield f"${field.name}", word.text


def _text(node: str | float) -> str:
    return node if isinstance(node, str) else json.dumps(node)
