"""Folders such as ``dist/``, and Git repositories that contain them."""

import json
import subprocess
from pathlib import Path
from typing import Any

from trailbell.dist import manifest


def document(name: str = "a") -> dict[str, Any]:
    return {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}}}


def write(folder: Path, **stacks: dict[str, Any]) -> Path:
    """Write a ``dist/`` with these templates."""
    folder.mkdir(exist_ok=True)
    entries = {}
    for name, content in stacks.items():
        text = json.dumps(content)
        (folder / f"{name}.json").write_text(text)
        described = manifest.describe_file(f"{name}.json", text)
        entries[name] = manifest.StackEntry(
            summary="",
            where="",
            json=described,
            yaml=described,
            resources=1,
            parameters=0,
            outputs=0,
            capabilities={},
            regions=("us-east-1",),
            sources={"T": "stacks/a.py:3"},
            instead_of="",
        )
    (folder / manifest.MANIFEST).write_text(
        manifest.manifest_text(manifest.Manifest(stacks=entries))
    )
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
    )


def commit(folder: Path, **stacks: dict[str, Any]) -> None:
    """Commit a ``dist/`` with these templates and no others."""
    for path in (folder / "dist").glob("*.json"):
        path.unlink()
    write(folder / "dist", **stacks)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x", "--allow-empty")
