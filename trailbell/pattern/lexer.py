"""
The tokens of a pattern in braces or brackets.

In:    the text of a pattern and where to start.
Out:   tokens with their positions, the last one of kind `TokenKind.END`.
Never: an error. Text that no rule matches becomes a token of kind `TokenKind.UNKNOWN`, because
       only the parser knows what it expects and can write a helpful message.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto


class TokenKind(Enum):
    SELECTOR = auto()
    TEXT = auto()
    REGEX = auto()
    WORD = auto()
    OPERATOR = auto()
    AND = auto()
    OR = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    BRACE = auto()
    BRACKET = auto()
    UNKNOWN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


BLANKS = " \t\r\n"

# Eighteen digits are enough for any index; more would not fit into a 64-bit integer.
STEP = re.compile(
    r"""\.(?P<member>[A-Za-z0-9_-]+) | (?P<any_member>\.\*)
      | \[(?P<index>[0-9]{1,18})\] | (?P<any_element>\[\*\])
      | (?P<dot>\.?)\[(?: '(?P<single>[^']*)' | "(?P<double>[^"]*)" )\]""",
    re.VERBOSE,
)

_STEPS = re.sub(r"\?P<\w+>", "?:", STEP.pattern)
_TOKEN = re.compile(
    rf"""[{BLANKS}]*(?:
        (?P<SELECTOR>\$(?:{_STEPS})+)
      | (?P<TEXT>"(?:[^"\\]|\\.)*")
      | (?P<REGEX>%[^%]*%)
      | (?P<AND>&&) | (?P<OR>\|\|)
      | (?P<OPERATOR>!=|<=|>=|=|<|>)
      | (?P<WORD>[A-Za-z0-9_.*+/-]+)
      | (?P<OPEN>\() | (?P<CLOSE>\)) | (?P<COMMA>,) | (?P<BRACE>\}}) | (?P<BRACKET>\])
      | (?P<UNKNOWN>.) | (?P<END>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)


def tokens(text: str, start: int) -> list[Token]:
    """The tokens from ``start`` on. They and the whitespace between them cover the whole text."""
    result: list[Token] = []
    position = start
    while not result or result[-1].kind is not TokenKind.END:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:  # UNKNOWN and END match everything else
            raise AssertionError(text)
        result.append(
            Token(TokenKind[match.lastgroup], match[match.lastgroup], match.start(match.lastgroup))
        )
        position = match.end()
    return result
