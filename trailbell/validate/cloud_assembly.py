"""
The templates that AWS CDK synthesized, and the constructs of their resources.

In:    a folder, such as ``cdk.out``.
Out:   its templates, those of nested stacks and stages included, each with the paths of constructs
       by logical ID: ``Stack/Topic/Resource``.
Never: an error. A folder without a manifest is no cloud assembly, and a resource without a path in
       its metadata has none.

https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.errors import UnreadableFileError
from trailbell.template.resources import resources

Constructs = Mapping[str, str]
"""The paths of constructs by logical ID."""

_MANIFEST = "manifest.json"
_NESTED = "*.nested.template.json"
_PATH = "aws:cdk:path"


def read_assembly(folder: Path) -> dict[str, Constructs] | None:
    """The templates of a cloud assembly by path; None if the folder has no manifest of one."""
    match _json(folder / _MANIFEST):
        case {"version": str(), "artifacts": dict() as artifacts}:
            pass
        case _:
            return None
    templates: dict[str, Constructs] = {}
    known: dict[str, str] = {}
    for artifact in artifacts.values():
        match artifact:
            case {"type": "aws:cloudformation:stack", "properties": {"templateFile": str(name)}}:
                constructs = dict(_of_artifact(artifact, folder))
                templates[str(folder / name)] = _of_template(folder / name) | constructs
                known |= constructs
            case {"type": "cdk:cloud-assembly", "properties": {"directoryName": str(name)}}:
                templates |= read_assembly(folder / name) or {}
            case _:
                pass
    # The manifest has the resources of nested stacks among those of their parent.
    nested = sorted(folder.glob(_NESTED))
    return templates | {str(path): _of_template(path) | known for path in nested}


def _of_artifact(artifact: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, str]]:
    """Logical IDs and construct paths of a stack, from the manifest or a file next to it."""
    metadata = artifact.get("metadata")
    if name := artifact.get("additionalMetadataFile"):
        metadata = _json(folder / str(name))
    for path, entries in metadata.items() if isinstance(metadata, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            match entry:
                case {"type": "aws:cdk:logicalId", "data": str(logical_id)}:
                    yield logical_id, str(path).removeprefix("/")
                case _:
                    pass


def _of_template(path: Path) -> dict[str, str]:
    """The same from the metadata of resources, which programs can switch off."""
    template = _json(path)
    return {
        logical_id: construct
        for logical_id, resource in resources(template or {}).items()
        if isinstance(metadata := resource.get("Metadata"), Mapping)
        and isinstance(construct := metadata.get(_PATH), str)
    }


def _json(path: Path) -> Any:
    try:
        return text_files.parse_json(text_files.read_text(path))
    except UnreadableFileError:
        return None
