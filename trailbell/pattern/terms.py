"""
The parser of patterns of terms, which occur anywhere in a log event.

In:    a pattern that starts with neither ``{`` nor ``[``.
Out:   `Terms`, or `MatchAll` for a space in quotes.
Never: a guess about a character that the service rejects outside of quotes.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html
"""

import re

from trailbell.errors import PatternError
from trailbell.pattern.ast import MatchAll, Phrase, Regex, Role, Term, Terms
from trailbell.pattern.lexer import BLANKS
from trailbell.pattern.parser_state import ParserState

_TERM = re.compile(
    rf"""[{BLANKS}]* (?P<role>[-?]?) (?P<gap>[{BLANKS}]*)
    (?: (?P<phrase>"(?:[^"\\]|\\.)*") | (?P<regex>%[^%]*%)
      | (?P<word>(?=[.*+/=@#-]*\w)[\w.*+/=@#-]+) )""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[A-Za-z0-9_]+")
_MATCH_ALL = (Term(Role.REQUIRED, Phrase("")), Term(Role.REQUIRED, Phrase(" ")))


def terms(state: ParserState) -> Terms | MatchAll:
    result: list[Term] = []
    position = 0
    end = len(state.text.rstrip(BLANKS))
    while position < end:
        match = _TERM.match(state.text, position, end)
        if match is None:
            raise _error(state, position)
        result.append(_term(state, match))
        position = match.end()
        if position < end and state.text[position] not in BLANKS:
            raise _error(state, position, joined=True)
    if len(result) == 1 and result[0] in _MATCH_ALL:
        return MatchAll()
    if len(result) > 1 and any(isinstance(term.sought, Regex) for term in result):
        state.add_ambiguity(
            0, end, "AWS documents a regular expression as the only term, not among others"
        )
    return Terms(tuple(result))


def _term(state: ParserState, match: re.Match[str]) -> Term:
    role = Role(match["role"])
    start = match.start("role")
    if role and match["gap"]:
        state.add_ambiguity(start, match.end(), f"AWS does not document a space after '{role}'")
    if phrase := match["phrase"]:
        return Term(role, Phrase(state.unquote(match.start("phrase"), phrase)))
    if regex := match["regex"]:
        if role:
            state.add_ambiguity(
                start, match.end(), f"AWS does not document '{role}' before a regular expression"
            )
        return Term(role, state.regex(match.start("regex"), regex))
    if not _PLAIN.fullmatch(match["word"]):
        reason = "AWS documents only letters, digits and '_' in a term without quotes"
        state.add_ambiguity(match.start("word"), match.end(), reason)
    return Term(role, Phrase(match["word"], quoted=False))


def _error(state: ParserState, position: int, *, joined: bool = False) -> PatternError:
    rest = state.text[position:].lstrip(BLANKS if joined else BLANKS + "-?")
    if not rest:
        return state.error(position, "the sign has no term", "write a term after it")
    position = len(state.text) - len(rest)
    problem = f"unexpected {rest[0]!r}"
    if joined and (rest[0] in '"%-?' or rest[0].isalnum()):
        return state.error(position, problem, "separate terms with a space")
    if unclosed := state.unclosed_error(position):
        return unclosed
    return state.error(position, f"{problem} in a term", 'put the whole term in quotes: "..."')
