"""
Values for sample records: one that meets the clauses on a field, and one that does not.

In:    the clauses on one selector, and the value that the record has there.
Out:   a value; `MISSING` for none.
Never: a value that was not tested with the clauses.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from trailbell.pattern.ast import (
    Clause,
    Comparison,
    IsLiteral,
    Literal,
    Member,
    NotExists,
    Number,
    Operator,
    Regex,
    Selector,
    Text,
)
from trailbell.pattern.evaluate import clause_outcome
from trailbell.pattern.outcome import Outcome
from trailbell.pattern.record import SelectedValues

MISSING = object()
"""There is no value."""

EXAMPLE = "example"
_ERROR_CODE = Selector((Member("errorCode"),))
_LITERALS = {Literal.TRUE: True, Literal.FALSE: False, Literal.NULL: None}
_TOKEN = re.compile(
    r"(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|\\x(?P<hex>[0-9A-Fa-f]{2})|\\(?P<escape>.)|(?P<plain>.)",
    re.DOTALL,
)
_REPETITION = re.compile(r"[*?]|\+|\{(\d+),?\d*\}")
_SAMPLES = {"d": "1", "D": "x", "s": " ", "S": "x", "w": "x", "W": "-"}
_NETWORK = re.compile(r"(\d+\.){1,3}\*|([0-9a-f]+:){1,7}\*")
"""A range of addresses, as `trailbell.sigma.comparison` writes it."""
_PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]


def value_for(clauses: Sequence[Clause], current: object) -> object:
    """A value that meets all clauses: ``current`` if it does. Raises `LookupError` if none does."""
    for value in (current, *_candidates(clauses)):
        if meets(value, clauses):
            return value
    raise LookupError


def other_values(clauses: Sequence[Clause]) -> Iterator[object]:
    """Values that a near miss can have: first those that the clauses exclude."""
    for clause in clauses:
        if isinstance(clause, Comparison) and clause.operator is Operator.NOT_EQUAL:
            yield from _samples(clause)
    for clause in clauses:
        match clause:
            case IsLiteral(_, (Literal.TRUE | Literal.FALSE) as literal):
                yield not _LITERALS[literal]
            case Comparison(_, _, Number(literal)):
                yield from (int(float(literal)) + 1, int(float(literal)) - 1)
            case _:
                pass
    is_error = any(clause.selector == _ERROR_CODE for clause in clauses)
    yield from (("AccessDenied",) if is_error else (f"{EXAMPLE}-1",))
    yield from (MISSING, EXAMPLE)


def meets(value: object, clauses: Iterable[Clause]) -> bool:
    """Whether a record with this value meets all the clauses on it."""
    nodes = () if value is MISSING else (value,)
    found = SelectedValues(nodes, some_missing=value is MISSING)
    return all(clause_outcome(clause, found) == Outcome.MATCH for clause in clauses)


def _candidates(clauses: Sequence[Clause]) -> Iterator[object]:
    yield from (sample for clause in clauses for sample in _samples(clause, positive=True))
    texts = [
        clause.value.text
        for clause in clauses
        if isinstance(clause, Comparison)
        and clause.operator is Operator.EQUAL
        and isinstance(clause.value, Text)
    ]
    first = max((t.rstrip("*") for t in texts if t[:1] not in ("*", "")), key=len, default="")
    last = max((t.lstrip("*") for t in texts if t[-1:] not in ("*", "")), key=len, default="")
    inner = [text.strip("*") for text in texts if text[:1] == text[-1:] == "*"]
    inner += [
        sample_of_regex(clause.value.source)
        for clause in clauses
        if isinstance(clause, Comparison)
        and clause.operator is Operator.EQUAL
        and isinstance(clause.value, Regex)
    ]
    for middle in ((), inner, [EXAMPLE, *inner, EXAMPLE]):
        yield first + " ".join(middle) + last
    yield from (EXAMPLE, MISSING, None, True, False)


def _samples(clause: Clause, *, positive: bool = False) -> Iterator[object]:
    """Values that a clause compares with; with ``positive`` only those that it requires."""
    match clause:
        case IsLiteral(_, literal):
            yield _LITERALS[literal]
        case NotExists():
            yield MISSING
        case Comparison(_, Operator.NOT_EQUAL) if positive:
            pass
        case Comparison(_, _, Text(text)) if _NETWORK.fullmatch(text):
            rest = ":1" if ":" in text else ".".join("1" * (4 - text.count(".")))
            yield text.removesuffix("*") + rest
        case Comparison(_, _, Text(text)):
            yield from (text.replace("*", f"-{EXAMPLE}-").strip("-"), text.replace("*", ""))
        case Comparison(_, _, Regex(source)):
            yield sample_of_regex(source)
        case Comparison(_, _, Number(literal)):
            number = float(literal)
            whole = int(number) if number.is_integer() else number
            yield from (whole, whole + 1, whole - 1)


def sample_of_regex(source: str) -> str:
    """A text for the first alternative of a regular expression of CloudWatch Logs."""
    sample, position = "", 0
    while position < len(source):
        token = _TOKEN.match(source, position)
        if token is None or token["plain"] == "|":
            break
        position = token.end()
        if token["plain"] in ("^", "$"):
            continue
        repetition = _REPETITION.match(source, position)
        position = repetition.end() if repetition else position
        count = int(repetition[1]) if repetition and repetition[1] else 1
        sample += _character(token) * count
    return sample


def _character(token: re.Match[str]) -> str:
    if token["set"]:
        characters = (c for c in _PRINTABLE if re.fullmatch(token["set"], c, re.ASCII))
        return next(characters, "x")
    if token["hex"]:
        return chr(int(token["hex"], 16))
    if token["escape"]:
        return _SAMPLES.get(token["escape"], token["escape"])
    return "x" if token["plain"] == "." else token["plain"]
