"""
The documents in YAML files, each with the lines of its names.

In:    paths of files and folders.
Out:   `Document` for each mapping, and an error for everything else.
Never: the loss of a document because another one is wrong, or of a value because its name is there
       twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from trailbell import text_files
from trailbell.errors import ContentError, UnreadableFileError

FIX = "correct the rule; https://sigmahq.io/docs/ describes the format"
_ENDINGS = (".yml", ".yaml")


@dataclass(frozen=True)
class Document:
    """A document: its content, the line where it begins, and those of its names."""

    file: str
    line: int
    content: dict[str, Any]
    lines: Mapping[str, int]

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


def files_of(paths: Iterable[str]) -> tuple[str, ...]:
    """The files at the paths; of a folder all YAML files in it, in their order."""
    files: dict[str, None] = {}
    for path in paths:
        if Path(path).is_dir():
            inner = (p for p in Path(path).rglob("*") if p.suffix in _ENDINGS)
            files |= dict.fromkeys(map(str, sorted(inner)))
        else:
            files[path] = None
    return tuple(files)


def read_documents(files: Iterable[str]) -> tuple[list[Document], list[ContentError]]:
    """The documents of all files, and the errors."""
    documents: list[Document] = []
    errors: list[ContentError] = []
    for file in files:
        try:
            nodes = list(_nodes(file))
            if not nodes:
                errors.append(ContentError(file, "there is no Sigma rule in it", FIX))
        except ContentError as error:
            errors.append(error)
            continue
        for node, content in nodes:
            try:
                documents.append(_document(file, node, content))
            except ContentError as error:
                errors.append(error)
    return documents, errors


def _nodes(file: str) -> Iterator[tuple[yaml.Node, Any]]:
    """The documents of a file as nodes and as values. Raises `ContentError`."""
    try:
        loader = yaml.CSafeLoader(text_files.read_text(Path(file)))
        while loader.check_node():
            node = loader.get_node()
            content = loader.construct_document(node)
            if node is not None and content is not None:
                yield node, content
    except UnreadableFileError as error:
        raise ContentError(file, str(error), "name a file with Sigma rules") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark else file
        problem = str(getattr(error, "problem", "") or error)
        raise ContentError(place, f"this is no YAML: {problem}", "correct it") from error
    except (ValueError, RecursionError) as error:
        raise ContentError(file, f"this is no Sigma rule: {error}", FIX) from error


def _document(file: str, node: yaml.Node, content: Any) -> Document:
    line = node.start_mark.line + 1
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise ContentError(
            f"{file}:{line}", "this is no Sigma rule", "a rule has title, logsource and detection"
        )
    lines: dict[str, int] = {}
    for number, name in _names(file, node):
        lines.setdefault(name.partition("|")[0], number)
    return Document(file, line, content, lines)


def _names(file: str, root: yaml.Node) -> Iterator[tuple[int, str]]:
    """The names in all mappings, with their lines. Raises `ContentError` for a duplicate."""
    nodes, seen = [root], {id(root)}
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.MappingNode):
            yield from _names_of(file, node)
            inner = [value for _, value in node.value]
        else:
            inner = node.value if isinstance(node, yaml.SequenceNode) else []
        new = [each for each in inner if id(each) not in seen]  # an alias is a node seen before
        seen.update(map(id, new))
        nodes += new[::-1]


def _names_of(file: str, node: yaml.MappingNode) -> Iterator[tuple[int, str]]:
    names: set[str] = set()
    for key, _ in node.value:
        number = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value in names:
            problem = f'the name "{key.value}" occurs twice, and only one of them counts'
            raise ContentError(f"{file}:{number}", problem, "remove or rename one")
        names.add(key.value)
        yield number, key.value
