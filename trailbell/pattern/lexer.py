"""
The words of a pattern in braces or brackets.

In:    the text of a pattern and where to start.
Out:   tokens with their places, the last one of kind `TokenKind.END`.
Never: an error. What no rule reads becomes a token of kind `TokenKind.UNKNOWN`, so that the
       parser, which knows what should stand there, words every message.
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

# Eighteen digits hold any index; more of them would not fit the integers of most programs.
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
    """The tokens from ``start`` on; their texts and the blanks between them are all of it."""
    found: list[Token] = []
    position = start
    while not found or found[-1].kind is not TokenKind.END:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:  # UNKNOWN and END leave nothing unread
            raise AssertionError(text)
        found.append(
            Token(TokenKind[match.lastgroup], match[match.lastgroup], match.start(match.lastgroup))
        )
        position = match.end()
    return found
