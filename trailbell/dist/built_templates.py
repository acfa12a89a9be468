"""
What is to be deployed, and what it is compared with.

In:    ``dist/``, a commit, a folder or a file.
Out:   a `BuiltTemplate` for each stack.
Never: a template that differs from what was reviewed: a file that does not have the digest
       of its manifest is refused.
"""

import hashlib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.dist import manifest
from trailbell.errors import ContentError, InputError, UnknownNameError, UnreadableFileError
from trailbell.source_location import SourceLocation
from trailbell.template.parse import parse_template
from trailbell.template import Template


@dataclass(frozen=True, kw_only=True)
class BuiltTemplate:
    """A template. ``read_text`` is sent as it stands; ``sha256`` is its digest.

    ``places`` maps a logical id to the Python line that built it; ``instead_of`` names the
    stack beside which this one never stands.
    """

    stack: str
    instead_of: str = ""
    text: str
    document: Template
    sha256: str
    capabilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source_lines: Mapping[str, SourceLocation] = field(default_factory=dict)


@dataclass(frozen=True)
class StackReference:
    """A stack by its name in AWS, and its template if ``dist/`` holds it."""

    name: str
    source: BuiltTemplate | None

    @property
    def source_lines(self) -> Mapping[str, SourceLocation]:
        """The Python line of each resource, as far as it is known."""
        return self.source.source_lines if self.source else {}


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What plans are compared with: ``name`` for people, templates by stack."""

    name: str
    documents: Mapping[str, Template]


class GitError(InputError):
    """A commit that cannot be read."""


def load_templates(folder: Path, stacks: Sequence[str]) -> tuple[BuiltTemplate, ...]:
    """The stacks of a folder, in its order; all of them if none is named.

    Raises `UnknownNameError`, and `ContentError` where a file is not what its manifest says.
    """
    stated = manifest.read(folder).stacks
    for name in stacks:
        if name not in stated:
            raise UnknownNameError("stack", name, stated)
    wanted = [name for name in stated if not stacks or name in stacks]
    return tuple(_source(folder, name, stated[name]) for name in wanted)


def _source(folder: Path, name: str, entry: manifest.StackEntry) -> BuiltTemplate:
    path = folder / entry.json.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ContentError(
            location=str(path), problem="cannot be read", hint="build again: python build.py"
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != entry.json.sha256:
        raise ContentError(
            location=str(path),
            problem="differs from what the manifest says was compiled",
            hint="build again: python build.py",
        )
    text = _decoded(content, str(path))
    return BuiltTemplate(
        stack=name,
        instead_of=entry.instead_of,
        text=text,
        document=parse_document(text, str(path)),
        sha256=digest,
        capabilities=entry.capabilities,
        source_lines={key: _place(line) for key, line in entry.sources.items()},
    )


def _decoded(content: bytes, place: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        found = f"not text in UTF-8 (byte {error.start + 1:,})"
        raise ContentError(place, found, _TEMPLATE) from error


def _place(line: str) -> SourceLocation:
    path, _, number = line.rpartition(":")
    return SourceLocation(path, int(number)) if path and number.isdigit() else SourceLocation(line, 0)


def parse_document(text: str, place: str) -> Template:
    """The template in a text, JSON or YAML. Raises `ContentError` if it is neither.

    What ``aws cloudformation get-template`` prints is taken for the template in it.
    """
    try:
        found: Any = parse_template(text)
    except UnreadableFileError as error:
        raise ContentError(place, error.reason, _TEMPLATE) from error
    if isinstance(found, dict) and "TemplateBody" in found:
        inner = found["TemplateBody"]
        found = parse_document(inner, place) if isinstance(inner, str) else inner
    if not isinstance(found, dict) or not isinstance(found.get("Resources"), dict):
        raise ContentError(place, "no template", "a template has a section Resources")
    for where, what in _misshapen(found):
        raise ContentError(place, f"{where} is {_named(what)}", _MAPPINGS)
    return found


_TEMPLATE = "give a template as JSON or YAML"
_MAPPINGS = "sections, resources and their properties are mappings, and a Type is text"
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Outputs")


def _misshapen(template: Template) -> Iterator[tuple[str, Any]]:
    """What stands where CloudFormation knows a mapping, or a type, and is none.

    Macros may stand among the resources in any shape: ``Fn::ForEach`` is a list.
    """
    for name in _SECTIONS:
        if not isinstance(template.get(name), dict | None):
            yield name, template[name]
    for name, resource in template["Resources"].items():
        place = f"Resources.{name}"
        if name.startswith("Fn::"):
            continue
        if not isinstance(resource, dict):
            yield place, resource
            continue
        if not isinstance(resource.get("Type", ""), str):
            yield f"{place}.Type", resource["Type"]
        if not isinstance(resource.get("Properties"), dict | None):
            yield f"{place}.Properties", resource["Properties"]


def _named(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool() | str() | int() | float():
            return "a single value"
        case list():
            return "a list"
        case _:
            return "a mapping"


def baseline(against: str, folder: Path, stacks: Sequence[str]) -> Baseline:
    """What ``--against`` names: a folder, a file (one stack), or a commit of git.

    Raises `GitError` for a commit that is not there, `ContentError` for what is no template.
    """
    path = Path(against)
    if path.is_dir():
        found = load_templates(path, [name for name in stacks if name in manifest.read(path).stacks])
        return Baseline(name=against, documents={each.stack: each.document for each in found})
    if path.is_file():
        if len(stacks) != 1:
            raise ContentError(
                location=against, problem="one template, to compare with several stacks",
                hint="name the stack that it belongs to",
            )  # fmt: skip
        return Baseline(name=against, documents={stacks[0]: parse_document(_text(path), against)})
    return _commit(against, folder, stacks)


def _text(path: Path) -> str:
    try:
        return text_files.read_text(path)
    except UnreadableFileError as error:
        raise ContentError(str(path), error.reason, "name a template") from error


def _commit(revision: str, folder: Path, stacks: Sequence[str]) -> Baseline:
    """The templates of a commit, read by one process of git."""
    commit = (
        _git(
            folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        .decode()
        .strip()
    )
    names = [f"{commit}:./{name}.json" for name in stacks]
    answer = _git(folder, "cat-file", "--batch", given="\n".join(names) + "\n")
    documents = {}
    for name, content in zip(stacks, _blobs(answer), strict=True):
        if content is not None:
            place = f"{revision}:{folder.name}/{name}.json"
            documents[name] = parse_document(_decoded(content, place), place)
    return Baseline(name=f"{revision} ({commit[:9]})", documents=documents)


def _blobs(data: bytes) -> list[bytes | None]:
    """What ``git cat-file --batch`` printed: for each name a header and a body, or "missing"."""
    found: list[bytes | None] = []
    while data:
        header, _, data = data.partition(b"\n")
        if header.endswith(b" missing"):
            found.append(None)
            continue
        size = int(header.rsplit(b" ", 1)[1])
        found.append(data[:size])
        data = data[size + 1 :]
    return found


def _git(folder: Path, *words: str, given: str = "") -> bytes:
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program; a revision cannot be an option here
            command, input=given.encode(), capture_output=True, check=True
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed; compare with a folder: --against DIR") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip() or "no such commit"
        raise GitError(
            f"{words[-1].removesuffix('^{commit}')}: {said}; --against takes a commit, a file or a "
            "folder"
        ) from error
    return done.stdout
