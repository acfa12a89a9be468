"""
The files that ``trailbell lint`` reads, from files and folders that are named.

In:    paths, as on the command line.
Out:   `Sources`: templates, and files of Terraform. Those in HCL are there only if they are named,
       for a message.
Never: a file in a folder that tools make: hidden folders, ``node_modules``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trailbell import text_files
from trailbell.errors import UnreadableFileError
from trailbell.terraform import JSON_SYNTAX, NATIVE_SYNTAX
from trailbell.validate.cloud_assembly import Constructs, read_assembly

_SECTIONS = ("Resources", "AWSTemplateFormatVersion")
_SECTION = re.compile(
    r"""^(?:["']?(?:Resources|AWSTemplateFormatVersion)["']?)\s*:""", re.MULTILINE
)
_MEMBER = re.compile(r'"(?:Resources|AWSTemplateFormatVersion)"\s*:')
_SUFFIXES = (".json", ".template", ".yaml", ".yml")


@dataclass(frozen=True)
class Sources:
    """Paths in order. ``constructs`` has the templates that AWS CDK synthesized."""

    templates: tuple[str, ...]
    terraform: tuple[str, ...]
    constructs: Mapping[str, Constructs]


def find_sources(paths: Sequence[str], *, templates_only: bool) -> Sources:
    """The files of paths. ``templates_only`` skips named files that are no templates."""
    templates: dict[str, None] = {}
    terraform: dict[str, None] = {}
    constructs: dict[str, Constructs] = {}
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for found in _in_folder(path, constructs):
                (terraform if found.endswith(JSON_SYNTAX) else templates)[found] = None
        elif given.endswith(JSON_SYNTAX) or (given.endswith(NATIVE_SYNTAX) and not templates_only):
            terraform[given] = None
        elif not templates_only or is_template(path):
            templates[given] = None
    return Sources(tuple(templates), tuple(terraform), constructs)


def _in_folder(folder: Path, constructs: dict[str, Constructs]) -> Iterator[str]:
    """The templates and files of Terraform in a folder. ``constructs`` gets those of CDK."""
    assembly = read_assembly(folder)
    if assembly is not None:
        constructs |= assembly
        yield from assembly
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if not path.name.startswith(".") and path.name != "node_modules":
                yield from _in_folder(path, constructs)
        elif path.name.endswith(JSON_SYNTAX) or (path.suffix in _SUFFIXES and is_template(path)):
            yield str(path)


def is_template(path: Path) -> bool:
    """Whether a file has a section that only templates have.

    A template with a syntax error and a file that cannot be read count, because cfn-lint reports
    the error.
    """
    try:
        text = text_files.read_text(path)
    except UnreadableFileError:
        return True
    if not text.lstrip().startswith("{"):
        return bool(_SECTION.search(text))
    try:
        document = text_files.parse_json(text)
    except UnreadableFileError:
        return bool(_MEMBER.search(text))
    return isinstance(document, dict) and any(section in document for section in _SECTIONS)
