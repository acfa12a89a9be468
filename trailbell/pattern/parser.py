"""
The parser of filter patterns, and of conditions in braces.

In:    the text of a filter pattern.
Out:   its tree, and the spellings in it that AWS does not document.
Never: recursion over the text. For any depth of parentheses, the result is a tree of at most
       `MAX_DEPTH` levels or a `PatternError`; all code that walks a tree relies on it.

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
    Index,
    IsLiteral,
    JsonPattern,
    Literal,
    MatchAll,
    Member,
    NotExists,
    Or,
    Pattern,
    Selector,
    Step,
)
from trailbell.pattern.lexer import BLANKS, STEP, Token, TokenKind
from trailbell.pattern.parser_state import Ambiguity, ParserState, TokenStream
from trailbell.pattern.space_delimited import space
from trailbell.pattern.terms import terms

MAX_DEPTH = 100
"""Levels of nested ``&&`` and ``||``; parentheses that change nothing do not count."""

MAX_WILDCARDS = 3
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html

_COMPARE = "expected a comparison: = != < <= > >=, IS NULL, IS TRUE, IS FALSE or NOT EXISTS"
_JOIN = "join conditions with '&&' or '||', or close the pattern with '}'"


def tree(text: str) -> tuple[Pattern, tuple[Ambiguity, ...]]:
    """
    The tree of ``text`` of any length, and its ambiguities.

    Raises `PatternError` for text that CloudWatch Logs is known to reject.
    """
    state = ParserState(text)
    start = text.lstrip(BLANKS)[:1]
    if not start:
        if text:
            state.add_ambiguity(
                0, len(text), "AWS does not document a pattern that contains only whitespace"
            )
        return MatchAll(), tuple(state.ambiguities)
    if start in "{[" and text[0] != start:
        raise state.error(
            0,
            "the pattern starts with whitespace",
            "remove it; otherwise CloudWatch Logs reads the text as terms",
        )
    match start:
        case "{":
            pattern: Pattern = _json(state)
        case "[":
            pattern = space(state)
        case _:
            pattern = terms(state)
    return pattern, tuple(state.ambiguities)


@dataclass
class _Group:
    """An open pair of parentheses: its alternatives so far, each condition with its depth."""

    opened: Token | None
    alternatives: list[list[tuple[Condition, int]]] = field(default_factory=lambda: [[]])


def _json(state: ParserState) -> JsonPattern:
    tokens = TokenStream(state, 1)
    reader = _ClauseReader(tokens)
    groups = [_Group(None)]
    while True:
        while tokens.is_at(TokenKind.OPEN):
            groups.append(_Group(tokens.advance()))
        clause = reader.clause()
        groups[-1].alternatives[-1].append((clause, 0))
        while tokens.is_at(TokenKind.CLOSE) and len(groups) > 1:
            token = tokens.advance()
            closed = _joined(state, groups.pop(), token.end)
            groups[-1].alternatives[-1].append(closed)
        match tokens.current.kind:
            case TokenKind.AND:
                tokens.advance()
            case TokenKind.OR:
                tokens.advance()
                groups[-1].alternatives.append([])
            case TokenKind.BRACE:
                break
            case _:
                raise _missing_operator(tokens)
    if opened := groups[-1].opened:
        raise state.error(opened.start, "'(' is never closed", "close it with ')'")
    closing = tokens.advance()
    if not tokens.is_at(TokenKind.END):
        raise tokens.error("remove everything after the closing '}'")
    condition, _ = _joined(state, groups.pop(), closing.start)
    return JsonPattern(condition)


def _joined(state: ParserState, group: _Group, end: int) -> tuple[Condition, int]:
    """A group as one condition, and the number of its levels."""
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
    if depth > MAX_DEPTH:
        raise state.error(
            end - 1,
            "the conditions are nested too deep",
            f"use at most {MAX_DEPTH} levels of '&&' and '||'",
        )
    node = alternatives[0] if whole else Or(tuple(alternatives), span=_span(tuple(alternatives)))
    return node, depth


def _span(parts: tuple[Condition, ...]) -> tuple[int, int] | None:
    first, last = parts[0].span, parts[-1].span
    return (first[0], last[1]) if first and last else None


def _missing_operator(tokens: TokenStream) -> PatternError:
    current = tokens.current
    match current.kind, current.text:
        case TokenKind.UNKNOWN, ("&" | "|") as single:
            return tokens.error(f"use '{single * 2}'")
        case TokenKind.COMMA, _:
            return tokens.error("use '&&' or '||'")
        case TokenKind.WORD, word if word.upper() in ("AND", "OR"):
            return tokens.error("use '&&'" if word.upper() == "AND" else "use '||'")
        case TokenKind.CLOSE, _:
            return tokens.error("remove it; there is no '(' that it could close")
        case TokenKind.END, _:
            return tokens.error("close it with '}'")
        case _:
            return tokens.error(_JOIN)


class _ClauseReader:
    """Reads clauses, and counts the wildcards of the whole pattern."""

    def __init__(self, tokens: TokenStream) -> None:
        self.tokens = tokens
        self.state = tokens.state
        self.wildcards = 0

    def clause(self) -> Clause:
        start = self.tokens.current.start
        selector = self._selector()
        clause = self._condition(selector)
        return replace(clause, span=(start, self.tokens.previous.end))

    def _condition(self, selector: Selector) -> Clause:
        token = self.tokens.current
        if token.kind is not TokenKind.WORD:
            operator = self.tokens.operator(_COMPARE)
            return Comparison(selector, operator, self.tokens.value(operator))
        match token.text.upper():
            case "IS":
                self.tokens.advance()
                return IsLiteral(
                    selector, Literal(self._keyword("NULL", "TRUE", "FALSE", after=token))
                )
            case "NOT":
                self.tokens.advance()
                self._keyword("EXISTS", after=token)
                return NotExists(selector)
            case "EXISTS":
                raise self.tokens.error(
                    'there is no EXISTS without NOT; write = "*" for any text or number'
                )
            case "IN":
                raise self.tokens.error('there is no IN; write ($.a = "x") || ($.a = "y") instead')
            case _:
                raise self.tokens.error(_COMPARE)

    def _keyword(self, *allowed: str, after: Token) -> str:
        token = self.tokens.current
        word = token.text.upper()
        if token.kind is not TokenKind.WORD or word not in allowed:
            hint = "; there is no IS NOT" if word == "NOT" else ""
            raise self.tokens.error(f"write {' or '.join(allowed)} after '{after.text}'{hint}")
        self.tokens.advance()
        if not (token.text.isupper() and after.text.isupper()):
            self.state.add_ambiguity(
                after.start, token.end, "AWS documents keywords in upper case only"
            )
        return word

    def _selector(self) -> Selector:
        token = self.tokens.current
        if token.kind is not TokenKind.SELECTOR:
            raise self._invalid_selector()
        self.tokens.advance()
        self._check_end(token)
        steps: list[Step] = []
        for match in STEP.finditer(token.text, 1):
            steps.append(_step(match.groupdict()))
            self._check_step(token.start, match.start(), match.end(), match.groupdict())
        wildcards = sum(isinstance(step, AnyElement | AnyMember) for step in steps)
        self.wildcards += wildcards
        if wildcards > 1:
            raise self.state.error(
                token.start,
                "the selector has more than one wildcard",
                "keep one [*] or .*, and use indexes for the others",
            )
        if self.wildcards > MAX_WILDCARDS:
            raise self.state.error(
                token.start,
                f"the pattern has more than {MAX_WILDCARDS} selectors with a wildcard",
                "use an index instead of a wildcard",
            )
        return Selector(tuple(steps))

    def _check_step(self, base: int, start: int, end: int, step: dict[str, str | None]) -> None:
        reason = None
        if step["double"] is not None:
            reason = "AWS documents names in brackets with single quotes only: $.['a.b']"
        elif step["single"] is not None and not step["dot"]:
            reason = "AWS documents brackets only after a dot: $.['a.b']"
        elif start == 1 and (step["index"] is not None or step["any_element"] is not None):
            reason = "AWS documents array elements of a field only, not of the whole event"
        if reason:
            self.state.add_ambiguity(base + start, base + end, reason)

    def _check_end(self, token: Token) -> None:
        """Raise an error for other characters than whitespace or an operator after a selector."""
        match self.state.text[token.end : token.end + 1]:
            case "[":
                hint = "write an array element as [3] or [*], and a name in brackets as ['a.b']"
            case ".":
                hint = (
                    "write a name of letters, digits, '-' and '_', or ['any text'], after the dot"
                )
            case '"' | "'":
                hint = "write a name with other characters as $.['any text']"
            case _:
                return
        character = self.state.text[token.end]
        raise self.state.error(token.end, f"unexpected {character!r} in a selector", hint)

    def _invalid_selector(self) -> PatternError:
        current = self.tokens.current
        if current.kind is TokenKind.UNKNOWN and current.text == "$":
            return self.state.error(
                current.start,
                "the selector is not valid",
                "write $.name, or $.['any text'] if the name has other characters",
            )
        if current.kind is TokenKind.WORD and current.text.upper() == "NOT":
            return self.tokens.error(
                "a condition cannot start with NOT; use '!=' or NOT EXISTS after the selector"
            )
        if current.kind is TokenKind.BRACE:
            return self.tokens.error('expected a condition, such as $.eventName = "x"')
        return self.tokens.error("expected a selector, such as $.eventName")


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
