"""
Read templates to deploy, or to compare with.

In:    ``dist/``, a Git revision, a folder or a file.
Out:   a `BuiltTemplate` for each stack, or a `Baseline`.
Never: a template that was not reviewed. A file whose digest differs from its manifest is an error.
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
    """A template. CloudFormation receives ``text`` unchanged, and ``sha256`` is its digest.

    ``source_lines`` maps logical IDs to the line of Python that built the resource. ``instead_of``
    is the stack to which this one is an alternative.
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
    """The name of a stack in AWS, and its template if it is in ``dist/``."""

    name: str
    source: BuiltTemplate | None

    @property
    def source_lines(self) -> Mapping[str, SourceLocation]:
        """The line of Python of each resource, as far as it is known."""
        return self.source.source_lines if self.source else {}


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The templates by stack with which plans are compared, and where they are from."""

    name: str
    documents: Mapping[str, Template]


class GitError(InputError):
    """A Git revision that cannot be read."""


def load_templates(folder: Path, stacks: Sequence[str]) -> tuple[BuiltTemplate, ...]:
    """Read the templates of these stacks, or of all stacks, in the order of the manifest.

    Raises `UnknownNameError`, or `ContentError` if a file does not match the manifest.
    """
    entries = manifest.read(folder).stacks
    for name in stacks:
        if name not in entries:
            raise UnknownNameError("stack", name, entries)
    names = [name for name in entries if not stacks or name in stacks]
    return tuple(_load_template(folder, name, entries[name]) for name in names)


def _load_template(folder: Path, name: str, entry: manifest.StackEntry) -> BuiltTemplate:
    path = folder / entry.json.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ContentError(
            location=str(path),
            problem=f"cannot be read ({text_files.reason(error)})",
            hint="run the build again: python build.py",
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != entry.json.sha256:
        raise ContentError(
            location=str(path),
            problem="does not match the digest in manifest.json",
            hint="run the build again: python build.py",
        )
    text = _decode(content, str(path))
    return BuiltTemplate(
        stack=name,
        instead_of=entry.instead_of,
        text=text,
        document=parse_document(text, str(path)),
        sha256=digest,
        capabilities=entry.capabilities,
        source_lines={key: _parse_location(line) for key, line in entry.sources.items()},
    )


def _decode(content: bytes, location: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ContentError(location, text_files.not_utf8(error), _TEMPLATE) from error


def _parse_location(line: str) -> SourceLocation:
    path, _, number = line.rpartition(":")
    return SourceLocation(path, int(number)) if path and number.isdigit() else SourceLocation(line, 0)


def parse_document(text: str, location: str) -> Template:
    """Parse a template in JSON or YAML. Raises `ContentError` if it is not valid.

    The output of ``aws cloudformation get-template`` is accepted too.
    """
    try:
        template: Any = parse_template(text)
    except UnreadableFileError as error:
        raise ContentError(location, error.reason, _TEMPLATE) from error
    if isinstance(template, dict) and "TemplateBody" in template:
        body = template["TemplateBody"]
        template = parse_document(body, location) if isinstance(body, str) else body
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise ContentError(location, "is not a template", "add a section Resources")
    for path, value in _misshapen(template):
        raise ContentError(location, f"{path} is {_describe(value)}", _MAPPINGS)
    return template


_TEMPLATE = "give a template as JSON or YAML"
_MAPPINGS = "sections, resources and properties must be mappings, and a Type must be text"
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Outputs")


def _misshapen(template: Template) -> Iterator[tuple[str, Any]]:
    """The path and value of everything that must be a mapping or a type and is not.

    Macros among the resources can have any value: ``Fn::ForEach`` is a list.
    """
    for name in _SECTIONS:
        if not isinstance(template.get(name), dict | None):
            yield name, template[name]
    for name, resource in template["Resources"].items():
        path = f"Resources.{name}"
        if name.startswith("Fn::"):
            continue
        if not isinstance(resource, dict):
            yield path, resource
            continue
        if not isinstance(resource.get("Type", ""), str):
            yield f"{path}.Type", resource["Type"]
        if not isinstance(resource.get("Properties"), dict | None):
            yield f"{path}.Properties", resource["Properties"]


def _describe(value: Any) -> str:
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
    """Read the templates of ``--against``: a folder, a file (for one stack), or a Git revision.

    Raises `GitError` for an unknown revision, and `ContentError` for a file without a template.
    """
    path = Path(against)
    if path.is_dir():
        names = [name for name in stacks if name in manifest.read(path).stacks]
        templates = load_templates(path, names)
        return Baseline(name=against, documents={t.stack: t.document for t in templates})
    if path.is_file():
        if len(stacks) != 1:
            raise ContentError(
                location=against,
                problem="is one template, but several stacks are compared",
                hint="give the name of its stack",
            )
        return Baseline(name=against, documents={stacks[0]: parse_document(_text(path), against)})
    return _read_revision(against, folder, stacks)


def _text(path: Path) -> str:
    try:
        return text_files.read_text(path)
    except UnreadableFileError as error:
        raise ContentError(str(path), error.reason, _TEMPLATE) from error


def _read_revision(revision: str, folder: Path, stacks: Sequence[str]) -> Baseline:
    """The templates of a Git revision, read with one git process."""
    commit = (
        _git(
            folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        .decode()
        .strip()
    )
    names = [f"{commit}:./{name}.json" for name in stacks]
    output = _git(folder, "cat-file", "--batch", stdin="\n".join(names) + "\n")
    documents = {}
    for name, content in zip(stacks, _parse_blobs(output), strict=True):
        if content is not None:
            location = f"{revision}:{folder.name}/{name}.json"
            documents[name] = parse_document(_decode(content, location), location)
    return Baseline(name=f"{revision} ({commit[:9]})", documents=documents)


def _parse_blobs(data: bytes) -> list[bytes | None]:
    """The output of ``git cat-file --batch``: for each name a header and a body, or "missing"."""
    blobs: list[bytes | None] = []
    while data:
        header, _, data = data.partition(b"\n")
        if header.endswith(b" missing"):
            blobs.append(None)
            continue
        size = int(header.rsplit(b" ", 1)[1])
        blobs.append(data[:size])
        data = data[size + 1 :]
    return blobs


def _git(folder: Path, *arguments: str, stdin: str = "") -> bytes:
    command = ["git", "-C", str(folder), *arguments]
    try:
        process = subprocess.run(  # noqa: S603 - a fixed program; a revision cannot be an option here
            command, input=stdin.encode(), capture_output=True, check=True
        )
    except FileNotFoundError as error:
        raise GitError("git is not installed; use --against with a directory") from error
    except subprocess.CalledProcessError as error:
        message = error.stderr.decode(errors="replace").strip()
        raise GitError(
            f'--against "{arguments[-1].removesuffix("^{commit}")}" is not a Git revision, file or '
            f"directory{f' ({message})' if message else ''}"
        ) from error
    return process.stdout
