"""
TOML as a sequence of statements, so that one of them can be changed and no other.

In:    the text of a valid TOML file.
Out:   its `Statement` in order: headers of tables, keys with values, and what is neither. Their
       texts, joined, are the text.
Never: values. `tomllib` reads these, and tomlkit edits them.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

# https://toml.io/en/v1.0.0#string
_BASIC = r'"(?:\\.|[^"\\\n])*"'
_LITERAL = r"'[^'\n]*'"
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    rf"|{_BASIC}|{_LITERAL}|#[^\n]*|[\[\]{{}}]|\n|[^\"'#\[\]{{}}\n]+",
    re.DOTALL,
)
_PART = rf"(?:[A-Za-z0-9_-]+|{_BASIC}|{_LITERAL})"
_KEY = re.compile(rf"[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*[=\]]")
_BARE = re.compile(r"[A-Za-z0-9_-]+")

Path = tuple[str, ...]
"""The names of the tables above a key, and the key."""


class Kind(Enum):
    """What a statement is."""

    BLANK = "blank lines and comments"
    HEADER = "the header of a table"
    PAIR = "a key and its value"


@dataclass(frozen=True)
class Statement:
    """One statement with its line break. ``table`` is that of the header that it is or is below,
    ``key`` the dotted key of a pair.
    """

    kind: Kind
    text: str
    table: Path
    key: Path = ()

    @property
    def path(self) -> Path:
        """The address in the file."""
        return self.table + self.key


def statements_of(text: str) -> tuple[Statement, ...]:
    """The statements of a valid file. A comment on a line of its own is one."""
    statements = []
    table: Path = ()
    for piece in _pieces(text):
        content = piece.strip()
        if not content or content.startswith("#"):
            statements.append(Statement(Kind.BLANK, piece, table))
        elif content.startswith("["):
            table = _key_at_start(content.lstrip("["))
            statements.append(Statement(Kind.HEADER, piece, table))
        else:
            statements.append(Statement(Kind.PAIR, piece, table, _key_at_start(content)))
    return tuple(statements)


def quoted_key(path: Path) -> str:
    """A dotted key or the name of a table, with quotes where a part needs them."""
    return ".".join(part if _BARE.fullmatch(part) else quoted(part) for part in path)


def quoted(value: str) -> str:
    """A text as a basic string of TOML: control characters are escaped."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\u{ord(c[0]):04x}", escaped) + '"'


def _pieces(text: str) -> Iterator[str]:
    """Split after each line break that is in no string and no brackets."""
    start = depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and depth == 0:
            yield text[start : token.end()]
            start = token.end()
    if start < len(text):
        yield text[start:]


def _key_at_start(content: str) -> Path:
    """The key that a pair begins with, or the one in the brackets of a header."""
    key = _KEY.match(content)
    if key is None:
        raise ValueError(f"not valid TOML: {content}")
    value: Any = tomllib.loads(f"{key[1]} = 0")
    path = []
    while isinstance(value, dict):
        ((name, value),) = value.items()
        path.append(name)
    return tuple(path)
