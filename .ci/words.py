"""
Search the texts of this project for words of the word list, ``.ci/words.toml``.

In:    the list, and the files that it names.
Out:   one line for each hit: file, line, word, what to write instead. Exit code 1 if there is one.
Never: silence about what was not read. The exit code is 2 if the list or a file cannot be read,
       or if a pattern of files matches none.

Documents are read whole. Of Python, only comments and strings are read: names in the code are
for reviewers. Used by ``.ci/run``, by pre-commit and by ``tests/test_words.py``.

    python .ci/words.py             every hit
    python .ci/words.py --count     the number of hits in each folder
"""

import argparse
import ast
import io
import re
import sys
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST = ".ci/words.toml"


class WordListError(Exception):
    """The check cannot be made: the list or a file cannot be used."""


@dataclass(frozen=True, eq=False)
class Word:
    """An entry of the list. ``allow`` maps a file, or a folder with a final "/", to a reason."""

    pattern: re.Pattern[str]
    write: str
    allow: Mapping[str, str]


@dataclass(frozen=True)
class Hit:
    """A word of the list in a file."""

    path: str
    line: int
    text: str
    write: str

    def __str__(self) -> str:
        return f'{self.path}:{self.line}: "{self.text}"; write {self.write}'


def read_list(root: Path) -> tuple[tuple[Word, ...], tuple[str, ...]]:
    """The words, and the patterns of the files to read. Raises `WordListError`."""
    try:
        content = tomllib.loads((root / LIST).read_text(encoding="utf-8"))
        words = tuple(_word(entry) for entry in content.pop("word"))
        patterns = tuple(map(str, content.pop("files")))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise WordListError(f"{LIST} cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise WordListError(f"{LIST} has an entry that cannot be used: {error!r}") from error
    if content or not words or not patterns:
        raise WordListError(f'{LIST} has unknown keys, or no "word", or no "files"')
    return words, patterns


def _word(entry: dict[str, Any]) -> Word:
    find, write, allow = entry.pop("find"), entry.pop("write"), entry.pop("allow", {})
    if entry or not (find and write and all(allow.values())):
        raise ValueError(f"{find!r} has unknown keys, or one without a value")
    pattern = find.replace(" ", r"\s+")
    # `\b` is not enough: a hyphen joins words, and a final full stop is part of some patterns.
    try:
        return Word(re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE), write, allow)
    except re.error as error:
        raise ValueError(f"{find!r} is not a regular expression: {error}") from error


def select_files(root: Path, patterns: tuple[str, ...]) -> list[Path]:
    """The files to read. Raises `WordListError` for a pattern that matches none."""
    files: set[Path] = set()
    for pattern in patterns:
        matches = [path for path in root.glob(pattern) if path.is_file()]
        if not matches:
            raise WordListError(f'{LIST}: the files "{pattern}" do not exist')
        files.update(matches)
    return sorted(files)


def check(root: Path) -> list[Hit]:
    """Every hit in the files below a folder. Raises `WordListError`."""
    words, patterns = read_list(root)
    hits = []
    unused = {(word, path) for word in words for path in word.allow}
    for file in select_files(root, patterns):
        path = file.relative_to(root).as_posix()
        for hit, word in _hits(path, _read(file, path), words):
            allowed_by = [entry for entry in word.allow if _is_in(path, entry)]
            unused -= {(word, entry) for entry in allowed_by}
            if not allowed_by:
                hits.append(hit)
    for word, entry in sorted(unused, key=lambda pair: pair[1]):
        raise WordListError(
            f'{LIST}: "{word.pattern.pattern}" does not occur in {entry}; remove it from "allow"'
        )
    return hits


def _is_in(path: str, entry: str) -> bool:
    return path.startswith(entry) if entry.endswith("/") else path == entry


def _read(file: Path, path: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise WordListError(f"{path} cannot be read: {error}") from error


def _hits(path: str, source: str, words: tuple[Word, ...]) -> Iterator[tuple[Hit, Word]]:
    lines = source.splitlines()
    for first, last, text in _texts(path, source):
        for word in words:
            for match in word.pattern.finditer(text):
                line = _line(lines, first, last, match)
                yield Hit(path, line, " ".join(match[0].split()), word.write), word


def _line(lines: list[str], first: int, last: int, match: re.Match[str]) -> int:
    """The line of a match: where the text is as it was written, the line that the count gives.

    A string of Python may be written in several pieces, or with escapes. Then it is the first
    of its lines with the first word of the match.
    """
    start = match[0].split()[0]
    before = match.string[: match.start()]
    candidates = (first + before.count("\n"), *range(first, last + 1))
    return next((n for n in candidates if n <= len(lines) and start in lines[n - 1]), first)


def _texts(path: str, source: str) -> Iterator[tuple[int, int, str]]:
    """What is read of a file: first line, last line, text. Raises `WordListError`."""
    if not path.endswith(".py"):
        yield 1, source.count("\n") + 1, source
        return
    try:
        tree = ast.parse(source)
        yield from _comments(source)
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise WordListError(f"{path} cannot be read: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.end_lineno or node.lineno, node.value


def _comments(source: str) -> Iterator[tuple[int, int, str]]:
    """Comments; those on consecutive lines are one text."""
    block: list[str] = []
    last = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if block and line != last + 1:
            yield last - len(block) + 1, last, "\n".join(block)
            block = []
        block.append(token.string.lstrip("#"))
        last = line
    if block:
        yield last - len(block) + 1, last, "\n".join(block)


def _folder(path: str) -> str:
    return path.split("/")[0] + "/" if "/" in path else path


def main(arguments: list[str] | None = None) -> int:
    """Print the hits. The exit code is 0 without hits, 1 with hits, 2 if the check failed."""
    parser = argparse.ArgumentParser(description="Search the texts for words of the word list.")
    parser.add_argument("--count", action="store_true", help="Print the number of hits by folder.")
    parser.add_argument(
        "--root", type=Path, default=Path(__file__).resolve().parent.parent, help=argparse.SUPPRESS
    )
    options = parser.parse_args(arguments)
    try:
        hits = check(options.root)
    except WordListError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.count:
        for folder, count in sorted(Counter(_folder(hit.path) for hit in hits).items()):
            print(f"{count:6,}  {folder}")
    else:
        print(*hits, sep="\n", end="\n" if hits else "")
    print(f"{len(hits):,} hit{'' if len(hits) == 1 else 's'}", file=sys.stderr)
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main())
