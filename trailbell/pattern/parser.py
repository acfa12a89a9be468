"""
Text to tree: which of the four languages it is, and the one in braces.

In:    the text of a filter pattern.
Out:   its tree, and the spellings in it of which nobody knows what the service does.
Never: recursion over the text. However deep the parentheses, the answer is a tree of at most
       `DEEPEST` levels or a `PatternError`; everything that walks a tree relies on it.

The language: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
"""

from dataclasses import dataclass, field, replace

from trailbell.errors import PatternError
from trailbell.pattern.ast import (
    And,
    AnyElement,
    AnyMember,
    Clause,
    Comparison,
    Condition,
    Everything,
    Index,
    Is,
    Json,
    Literal,
    Member,
    NotExists,
    Or,
    Pattern,
    Selector,
    Step,
)
from trailbell.pattern.lexer import BLANKS, STEP, Kind, Token
from trailbell.pattern.parser_state import Cursor, Doubt, Source
from trailbell.pattern.space_delimited import space
from trailbell.pattern.terms import terms

LONGEST = 1_024
"""Characters. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"""

DEEPEST = 100
"""Levels of ``&&`` and ``||`` within each other; parentheses that change nothing do not count."""

MOST_WILDCARDS = 3
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html

_COMPARE = "a comparison should follow: = != < <= > >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS"
_JOIN = "join conditions with '&&' or '||', or close the pattern with '}'"


def tree(text: str) -> tuple[Pattern, tuple[Doubt, ...]]:
    """
    The tree of ``text``, however long it is, and what is doubtful about its spelling.

    Raises `PatternError` for what CloudWatch Logs is known to refuse.
    """
    source = Source(text)
    start = text.lstrip(BLANKS)[:1]
    if not start:
        if text:
            source.doubt(0, len(text), "a pattern of blanks only; write nothing at all")
        return Everything(), tuple(source.doubts)
    if start in "{[" and text[0] != start:
        raise source.fault(
            0, "a blank before the pattern", "remove it; with it the text is read as terms"
        )
    match start:
        case "{":
            pattern: Pattern = _json(source)
        case "[":
            pattern = space(source)
        case _:
            pattern = terms(source)
    return pattern, tuple(source.doubts)


@dataclass
class _Group:
    """What stands between two parentheses: alternatives, the last of them still growing."""

    opened: Token | None
    alternatives: list[list[tuple[Condition, int]]] = field(default_factory=lambda: [[]])


def _json(source: Source) -> Json:
    cursor = Cursor(source, 1)
    reader = _ClauseReader(cursor)
    groups = [_Group(None)]
    while True:
        while cursor.at(Kind.OPEN):
            groups.append(_Group(cursor.take()))
        clause = reader.clause()
        groups[-1].alternatives[-1].append((clause, 0))
        while cursor.at(Kind.CLOSE) and len(groups) > 1:
            token = cursor.take()
            closed = _joined(source, groups.pop(), token.end)
            groups[-1].alternatives[-1].append(closed)
        match cursor.here.kind:
            case Kind.AND:
                cursor.take()
            case Kind.OR:
                cursor.take()
                groups[-1].alternatives.append([])
            case Kind.BRACE:
                break
            case _:
                raise _unjoined(cursor)
    if opened := groups[-1].opened:
        raise source.fault(opened.start, "unclosed '('", "close it with ')'")
    closing = cursor.take()
    if not cursor.at(Kind.END):
        raise cursor.fault("nothing may follow the closing '}'")
    condition, _ = _joined(source, groups.pop(), closing.start)
    return Json(condition)


def _joined(source: Source, group: _Group, end: int) -> tuple[Condition, int]:
    """A group as one condition, and how many levels it has."""
    whole = len(group.alternatives) == 1
    alternatives: list[Condition] = []
    depth = 0
    for parts in group.alternatives:
        conditions = tuple(condition for condition, _ in parts)
        level = max(level for _, level in parts) + (len(parts) > 1)
        depth = max(depth, level)
        alternatives.append(
            conditions[0]
            if len(parts) == 1
            else And(conditions, span=_span(conditions), grouped=whole)
        )
    if not whole:
        depth += 1
    if depth > DEEPEST:
        raise source.fault(
            end - 1, "conditions nested too deep", f"{DEEPEST} levels of '&&' and '||' are read"
        )
    node = alternatives[0] if whole else Or(tuple(alternatives), span=_span(tuple(alternatives)))
    return node, depth


def _span(parts: tuple[Condition, ...]) -> tuple[int, int] | None:
    first, last = parts[0].span, parts[-1].span
    return (first[0], last[1]) if first and last else None


def _unjoined(cursor: Cursor) -> PatternError:
    here = cursor.here
    match here.kind, here.text:
        case Kind.UNKNOWN, ("&" | "|") as single:
            return cursor.fault(f"use '{single * 2}'")
        case Kind.COMMA, _:
            return cursor.fault("use '&&' or '||'")
        case Kind.WORD, word if word.upper() in ("AND", "OR"):
            return cursor.fault("use '&&'" if word.upper() == "AND" else "use '||'")
        case Kind.CLOSE, _:
            return cursor.fault("remove it; no '(' is open")
        case Kind.END, _:
            return cursor.fault("close it with '}'")
        case _:
            return cursor.fault(_JOIN)


class _ClauseReader:
    """Conditions on one member each. Counts the wildcards of the whole pattern."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.source = cursor.source
        self.wildcards = 0

    def clause(self) -> Clause:
        start = self.cursor.here.start
        selector = self._selector()
        clause = self._condition(selector)
        return replace(clause, span=(start, self.cursor.before.end))

    def _condition(self, selector: Selector) -> Clause:
        token = self.cursor.here
        if token.kind is not Kind.WORD:
            operator = self.cursor.operator(_COMPARE)
            return Comparison(selector, operator, self.cursor.value(operator))
        match token.text.upper():
            case "IS":
                self.cursor.take()
                return Is(selector, Literal(self._keyword("NULL", "TRUE", "FALSE", after=token)))
            case "NOT":
                self.cursor.take()
                self._keyword("EXISTS", after=token)
                return NotExists(selector)
            case "EXISTS":
                raise self.cursor.fault('there is no EXISTS; a string or number is there if = "*"')
            case "IN":
                raise self.cursor.fault('there is no IN; write ($.a = "x") || ($.a = "y")')
            case _:
                raise self.cursor.fault(_COMPARE)

    def _keyword(self, *allowed: str, after: Token) -> str:
        token = self.cursor.here
        word = token.text.upper()
        if token.kind is not Kind.WORD or word not in allowed:
            hint = "; IS NOT is not in the language" if word == "NOT" else ""
            raise self.cursor.fault(
                f"'{after.text}' should be followed by {' or '.join(allowed)}{hint}"
            )
        self.cursor.take()
        if not (token.text.isupper() and after.text.isupper()):
            self.source.doubt(
                after.start, token.end, "the guide writes keywords in upper case only"
            )
        return word

    def _selector(self) -> Selector:
        token = self.cursor.here
        if token.kind is not Kind.SELECTOR:
            raise self._no_selector()
        self.cursor.take()
        self._check_end(token)
        steps: list[Step] = []
        for match in STEP.finditer(token.text, 1):
            steps.append(_step(match.groupdict()))
            self._doubt_step(token.start, match.start(), match.end(), match.groupdict())
        wildcards = sum(isinstance(step, AnyElement | AnyMember) for step in steps)
        self.wildcards += wildcards
        if wildcards > 1:
            raise self.source.fault(
                token.start,
                "a second wildcard in one selector",
                "one [*] or .* is read; use an index",
            )
        if self.wildcards > MOST_WILDCARDS:
            raise self.source.fault(
                token.start,
                "a fourth selector with a wildcard",
                f"a pattern holds {MOST_WILDCARDS} at most; use an index",
            )
        return Selector(tuple(steps))

    def _doubt_step(self, base: int, start: int, end: int, step: dict[str, str | None]) -> None:
        reason = None
        if step["double"] is not None:
            reason = "the guide writes a name in brackets with single quotes: $.['a.b']"
        elif step["single"] is not None and not step["dot"]:
            reason = "the guide writes a dot before the brackets: $.['a.b']"
        elif start == 1 and (step["index"] is not None or step["any_element"] is not None):
            reason = "an element of the whole event; the guide shows elements of a member only"
        if reason:
            self.source.doubt(base + start, base + end, reason)

    def _check_end(self, token: Token) -> None:
        """A selector ends at a blank or an operator; what else touches it is wrong."""
        match self.source.text[token.end : token.end + 1]:
            case "[":
                expected = "an element is [3] or [*], a name in brackets ['a.b']"
            case ".":
                expected = "a name of letters, digits, '-' and '_' should follow, or ['any text']"
            case '"' | "'":
                expected = "a name with other characters is written $.['any text']"
            case _:
                return
        found = self.source.text[token.end]
        raise self.source.fault(token.end, f"unexpected {found!r} in a selector", expected)

    def _no_selector(self) -> PatternError:
        here = self.cursor.here
        if here.kind is Kind.UNKNOWN and here.text == "$":
            return self.source.fault(
                here.start,
                "a selector that cannot be read",
                "write $.name, with quotes $.['any text'], and a blank only at its end",
            )
        if here.kind is Kind.WORD and here.text.upper() == "NOT":
            return self.cursor.fault(
                "there is no negation; use '!=' or NOT EXISTS after the selector"
            )
        if here.kind is Kind.BRACE:
            return self.cursor.fault('a condition should stand here, such as $.eventName = "x"')
        return self.cursor.fault("a condition starts with a selector such as $.eventName")


def _step(groups: dict[str, str | None]) -> Step:
    match groups:
        case {"member": str(name)} | {"single": str(name)} | {"double": str(name)}:
            return Member(name)
        case {"index": str(digits)}:
            return Index(int(digits))
        case {"any_element": str()}:
            return AnyElement()
        case _:
            return AnyMember()
