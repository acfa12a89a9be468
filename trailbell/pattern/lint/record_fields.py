"""
Fields and values that CloudTrail records do not have.

In:    a condition of a pattern for CloudTrail's events.
Out:   issues with misspelled fields, event sources and values, and with address ranges.
Never: an issue with a pattern for other logs: at least one field must be CloudTrail's own.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import difflib
import ipaddress
from collections.abc import Iterator

from trailbell.pattern.ast import (
    Clause,
    Comparison,
    Condition,
    Member,
    Operator,
    Selector,
    Span,
    Text,
    clauses,
)
from trailbell.pattern.lint.issue import PatternIssue
from trailbell.pattern.printer import selector_text
from trailbell.pattern.record_schema import (
    EVENT_SOURCE,
    FIELD_SCHEMAS,
    OWN_FIELDS,
    RECORD_FIELDS,
    SOURCE_ADDRESS,
    VALUES,
    normalized,
)

_SUFFIX = ".amazonaws.com"
_MIN_SIMILARITY = 0.85
_FREE = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")
"""Fields whose members depend on the API operation."""
_TOP_LEVEL = {normalized(name): name for name in RECORD_FIELDS}


def record_issues(condition: Condition, whole: Span) -> Iterator[PatternIssue]:
    """The issues of a condition; none if no field shows that it is for CloudTrail."""
    found = list(clauses(condition))
    if not any(_first(clause.selector) in OWN_FIELDS for clause in found):
        return
    for clause in found:
        start, end = clause.span or whole
        for id_, reason, fix in _problems(clause):
            yield PatternIssue(start, end, id_, reason, fix)


_Problem = tuple[str, str, str]


def _problems(clause: Clause) -> Iterator[_Problem]:
    if meant := _meant(clause.selector):
        reason = f"CloudTrail records have no field {selector_text(clause.selector)}"
        yield "misspelled-member", reason, f"write {meant}"
        return
    match clause:
        case Comparison(selector, operator, Text(text)) if operator in (
            Operator.EQUAL,
            Operator.NOT_EQUAL,
        ):
            result = "never" if operator is Operator.EQUAL else "always"
            if selector == EVENT_SOURCE:
                yield from _source_problems(text, result)
            elif selector == SOURCE_ADDRESS and _is_range(text):
                reason = f'patterns compare text, and no sourceIPAddress is "{text}"'
                yield "address-range", reason, "write the beginning and a star, such as 192.0.2.*"
            elif selector in VALUES:
                yield from _value_problems(selector, text, result)
        case _:
            pass


def _first(selector: Selector) -> str:
    match selector.steps:
        case (Member(name), *_):
            return name
        case _:
            return ""


def _meant(selector: Selector) -> str:
    """The selector that was probably meant by one that no record has; empty if it is right."""
    names = [step.name for step in selector.steps if isinstance(step, Member)]
    if len(names) < len(selector.steps) or not names:
        return ""
    known = _TOP_LEVEL.get(normalized(names[0]))
    if known is None or known == names[0]:
        return _meant_below(names) if known else ""
    return "$." + ".".join((known, *names[1:]))


def _meant_below(names: list[str]) -> str:
    """The same for the members of objects that are alike in all records, such as userIdentity."""
    if names[0] in _FREE or len(names) == 1:
        return ""
    parent, name = ".".join(names[:-1]), names[-1]
    below = (path[len(parent) + 1 :] for path in FIELD_SCHEMAS if path.startswith(f"{parent}."))
    siblings = {path.split(".")[0] for path in below}
    if not siblings or name in siblings:
        return ""
    by_form = {normalized(sibling): sibling for sibling in siblings}
    close = difflib.get_close_matches(normalized(name), by_form, n=1, cutoff=_MIN_SIMILARITY)
    return f"$.{parent}.{by_form[close[0]]}" if close else ""


def _source_problems(text: str, result: str) -> Iterator[_Problem]:
    """An event source without its suffix, or with another one; a star can replace it."""
    if "*" in text or text.endswith(_SUFFIX) or "." in text.removeprefix("aws."):
        return
    service = text.removeprefix("aws.")
    reason = f'no event has the eventSource "{text}", so this is {result} true'
    yield "unknown-event-source", reason, f'write "{service}{_SUFFIX}"'


def _value_problems(selector: Selector, text: str, result: str) -> Iterator[_Problem]:
    known = VALUES[selector]
    by_form = {value.casefold(): value for value in known}
    meant = by_form.get(text.casefold())
    if meant is not None and meant != text:
        reason = f'{selector_text(selector)} is never "{text}", so this is {result} true'
        yield "misspelled-value", reason, f'write "{meant}"'


def _is_range(text: str) -> bool:
    """Whether a text is a range of addresses, such as 192.0.2.0/24."""
    if "/" not in text:
        return False
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
