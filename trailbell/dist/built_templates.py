"""
Read templates to deploy.

In:    ``dist/``; a text in JSON or YAML.
Out:   a `BuiltTemplate` for each stack; a template.
Never: a template that was not reviewed. A file whose digest differs from its manifest is an error.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.dist import manifest
from trailbell.errors import ContentError, UnknownNameError, UnreadableFileError
from trailbell.source_location import SourceLocation
from trailbell.template import Template
from trailbell.template.parse import parse_template


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
    def stack(self) -> str:
        """The name in ``dist/``, which all commands accept; else the name in AWS."""
        return self.source.stack if self.source else self.name

    @property
    def source_lines(self) -> Mapping[str, SourceLocation]:
        """The line of Python of each resource, as far as it is known."""
        return self.source.source_lines if self.source else {}


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
            hint="run the build again: trailbell build",
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != entry.json.sha256:
        raise ContentError(
            location=str(path),
            problem="does not match the digest in manifest.json",
            hint="run the build again: trailbell build",
        )
    text = decode(content, str(path))
    return BuiltTemplate(
        stack=name,
        instead_of=entry.instead_of,
        text=text,
        document=parse_document(text, str(path)),
        sha256=digest,
        capabilities=entry.capabilities,
        source_lines={key: _parse_location(line) for key, line in entry.sources.items()},
    )


def decode(content: bytes, location: str) -> str:
    """The text of a file. Raises `ContentError` if it is not UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ContentError(location, text_files.not_utf8(error), TEMPLATE_HINT) from error


def _parse_location(line: str) -> SourceLocation:
    path, _, number = line.rpartition(":")
    return (
        SourceLocation(path, int(number)) if path and number.isdigit() else SourceLocation(line, 0)
    )


def parse_document(text: str, location: str) -> Template:
    """Parse a template in JSON or YAML. Raises `ContentError` if it is not valid.

    The output of ``aws cloudformation get-template`` is accepted too.
    """
    try:
        template: Any = parse_template(text)
    except UnreadableFileError as error:
        raise ContentError(location, error.reason, TEMPLATE_HINT) from error
    if isinstance(template, dict) and "TemplateBody" in template:
        body = template["TemplateBody"]
        template = parse_document(body, location) if isinstance(body, str) else body
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise ContentError(location, "is not a template", "add a section Resources")
    for path, value in _misshapen(template):
        raise ContentError(location, f"{path} is {_describe(value)}", _MAPPINGS)
    return template


TEMPLATE_HINT = "give a template as JSON or YAML"
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
