"""Where templates come from: dist/, a commit, a folder, a file."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from trailbell import dist
from trailbell.deploy import order, source
from trailbell.deploy.environment import Environment, FromOutput, Options
from trailbell.errors import ContentError, InputError, UnknownName


def document(name: str = "a") -> dict[str, Any]:
    return {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}}}


def write(folder: Path, **stacks: dict[str, Any]) -> Path:
    """A ``dist/`` with these templates, written by hand."""
    folder.mkdir(exist_ok=True)
    entries = {}
    for name, content in stacks.items():
        text = json.dumps(content)
        (folder / f"{name}.json").write_text(text)
        described = dist.file(f"{name}.json", text)
        entries[name] = dist.Entry(
            summary="", where="", json=described, yaml=described, resources=1, parameters=0,
            outputs=0, capabilities={}, regions=("us-east-1",), sources={"T": "stacks/a.py:3"},
            instead_of="",
        )  # fmt: skip
    (folder / dist.MANIFEST).write_text(dist.manifest_text(dist.Manifest(stacks=entries)))
    return folder


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder), *words],
        check=True,
        capture_output=True,
    )


def test_stacks_are_read_with_the_lines_that_built_them(tmp_path: Path) -> None:
    [found] = source.sources(write(tmp_path / "dist", one=document()), ["one"])
    assert (found.document, str(found.places["T"]), found.sha256) == (
        document(),
        "stacks/a.py:3",
        hashlib.sha256(found.text.encode()).hexdigest(),
    )


def test_an_edited_template_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "dist", one=document())
    (folder / "one.json").write_text(json.dumps(document("edited")))
    with pytest.raises(ContentError, match="differs from what the manifest says"):
        source.sources(folder, [])


def test_an_unknown_stack_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'one'"):
        source.sources(write(tmp_path / "dist", one=document()), ["on"])


def test_a_commit_is_compared_with(tmp_path: Path) -> None:
    folder = write(tmp_path / "dist", one=document("old"))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    write(folder, one=document("new"), two=document())
    found = source.baseline("HEAD", folder, ["one", "two"])
    assert found.documents == {"one": document("old")}


@pytest.mark.parametrize("revision", ["no-such", "-x", "--help"])
def test_a_commit_that_is_not_there_is_told(tmp_path: Path, revision: str) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(InputError, match=f"{revision}: .*--against takes a commit, a file or"):
        source.baseline(revision, tmp_path, ["one"])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(document()), id="JSON"),
        pytest.param(json.dumps({"TemplateBody": document()}), id="what the AWS CLI prints"),
        pytest.param(json.dumps({"TemplateBody": json.dumps(document())}), id="as a text in it"),
        pytest.param(
            "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: a\n",
            id="YAML",
        ),
    ],
)
def test_a_file_is_compared_with(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t"
    path.write_text(text)
    assert source.baseline(str(path), tmp_path, ["one"]).documents == {"one": document()}


@pytest.mark.parametrize("text", ["", "[]", "{}", "a: [", '{"TemplateBody": "x"}'])
def test_what_is_no_template_is_told(text: str) -> None:
    with pytest.raises(ContentError):
        source.document(text, "here")


def _source(name: str, **sections: Any) -> source.Source:
    return source.Source(stack=name, text="", document=sections, sha256="")


def test_stacks_wait_for_what_they_import_take_or_are_told_to_follow() -> None:
    exports = {"X": {"Value": "1", "Export": {"Name": "shared"}}}
    found = order.dependencies(
        (
            _source("imports", Resources={"R": {"A": [{"Fn::ImportValue": "shared"}]}}),
            _source("exports", Outputs=exports),
            _source("takes"),
            _source("told"),
        ),
        Environment(
            stacks={
                "takes": Options(parameters={"P": FromOutput("exports", "X")}),
                "told": Options(after=("takes", "not-among-these")),
            }
        ),
    )
    assert order.waves(found) == (("exports",), ("imports", "takes"), ("told",))


def test_a_circle_is_told() -> None:
    circle = {"a": frozenset({"b"}), "b": frozenset({"a"})}
    with pytest.raises(ContentError, match="a, b wait for each other"):
        order.waves(circle)
