"""The folder dist/: all files are written or none, read back, and compared."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trailbell.dist import manifest
from trailbell.dist.manifest import Differences, Manifest, OutputFile, StackEntry
from trailbell.errors import ContentError, OutputError

_OLD = {"a.json": b"old a", "a.yaml": b"old A"}
_NEW = {"a.json": b"new a", "a.yaml": b"old A", "b.json": b"new b"}


def _entry(*names: str) -> StackEntry:
    json_file, yaml_file = (manifest.describe_file(name, name) for name in names)
    return StackEntry(
        summary="s",
        where="any Region",
        instead_of="",
        json=json_file,
        yaml=yaml_file,
        resources=1,
        parameters=2,
        outputs=3,
        capabilities={"CAPABILITY_IAM": ("Role is an AWS::IAM::Role",)},
        regions=("us-east-1", "eu-west-1"),
        sources={"Topic": "stacks/a.py:5"},
    )


def _manifest(*stacks: str) -> bytes:
    entries = {name: _entry(f"{name}.json", f"{name}.yaml") for name in stacks}
    return manifest.manifest_text(Manifest(stacks=entries)).encode()


def _filled(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def _content(folder: Path) -> dict[str, bytes | None]:
    return {p.name: p.read_bytes() if p.is_file() else None for p in sorted(folder.iterdir())}


# ------------------------------------------------------------------------------ the manifest


def test_a_file_is_described_by_its_bytes() -> None:
    digest = "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
    assert manifest.describe_file("a.json", "é") == OutputFile("a.json", 2, digest)


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = Manifest(stacks={"a": _entry("a.json", "a.yaml"), "b": _entry("b.json", "b.yaml")})
    (tmp_path / "manifest.json").write_text(manifest.manifest_text(written))
    assert manifest.read(tmp_path) == written


def test_the_text_of_a_manifest() -> None:
    assert json.loads(_manifest("a")) == {
        "format": 1,
        "stacks": {
            "a": {
                "summary": "s",
                "where": "any Region",
                "instead_of": "",
                "json": vars(manifest.describe_file("a.json", "a.json")),
                "yaml": vars(manifest.describe_file("a.yaml", "a.yaml")),
                "resources": 1,
                "parameters": 2,
                "outputs": 3,
                "capabilities": {"CAPABILITY_IAM": ["Role is an AWS::IAM::Role"]},
                "regions": ["us-east-1", "eu-west-1"],
                "sources": {"Topic": "stacks/a.py:5"},
            }
        },
    }


def _changed(**changes: Any) -> str:
    data = json.loads(_manifest("a"))
    data["stacks"]["a"] |= changes
    return json.dumps(data)


def _named(name: str) -> str:
    return _changed(json={"name": name, "bytes": 1, "sha256": "x"})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="no format"),
        pytest.param('{"format": 1}', id="no stacks"),
        pytest.param('{"format": 1, "stacks": []}', id="a list of stacks"),
        pytest.param(_changed(more=1), id="an unknown member"),
        pytest.param(_changed(json={}), id="a file without name"),
        pytest.param(_named("../a.json"), id="a file outside the folder"),
        pytest.param(_named("/etc/passwd"), id="a file somewhere else"),
        pytest.param(_named(".."), id="a folder"),
        pytest.param("\udcff", id="what is not UTF-8"),
    ],
)
def test_a_manifest_that_no_build_wrote(text: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ContentError) as raised:
        manifest.read(tmp_path)
    assert str(raised.value) == (
        f"{path}: is not a valid manifest; build all stacks again: trailbell build"
    )


def test_a_manifest_of_another_format(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{"format": 2}')
    with pytest.raises(ContentError) as raised:
        manifest.read(tmp_path)
    assert str(raised.value) == (
        f"{path}: has format 2 instead of 1; build all stacks again: trailbell build"
    )


def test_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as raised:
        manifest.read(tmp_path)
    path = tmp_path / "manifest.json"
    assert str(raised.value) == (
        f"{path}: manifest is missing (no such file or directory); run the build first: "
        "trailbell build"
    )


def test_a_folder_in_the_place_of_a_manifest(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.mkdir()
    with pytest.raises(ContentError) as raised:
        manifest.read(tmp_path)
    assert str(raised.value) == (
        f"{path}: manifest is missing (is a directory); run the build first: trailbell build"
    )


# ------------------------------------------------------------------------------ differences


@pytest.mark.parametrize(
    ("current", "files", "expected"),
    [
        pytest.param(_OLD, _OLD, Differences((), (), ()), id="none"),
        pytest.param({}, _OLD, Differences(("a.json", "a.yaml"), (), ()), id="all is missing"),
        pytest.param(_OLD, _NEW, Differences(("b.json",), ("a.json",), ()), id="new and changed"),
        pytest.param(
            _OLD | {"README.md": b"", "c.yaml": b""},
            _OLD,
            Differences((), (), ()),
            id="foreign files",
        ),
        pytest.param(
            {"manifest.json": _manifest("a", "z"), "a.json": b"", "a.yaml": b"", "z.yaml": b""},
            {"a.json": b"", "a.yaml": b"", "manifest.json": _manifest("a")},
            Differences((), ("manifest.json",), ("z.yaml",)),
            id="existing files of the last manifest",
        ),
        pytest.param(
            {"manifest.json": b"rubbish", "z.yaml": b""},
            {"manifest.json": _manifest()},
            Differences((), ("manifest.json",), ()),
            id="a manifest that is not valid",
        ),
    ],
)
def test_differences(
    current: dict[str, bytes], files: dict[str, bytes], expected: Differences, tmp_path: Path
) -> None:
    assert manifest.differences(_filled(tmp_path, current), files) == expected


def test_all_files_are_missing_in_a_missing_folder(tmp_path: Path) -> None:
    missing = manifest.differences(tmp_path / "nowhere", _OLD)
    assert missing == Differences(("a.json", "a.yaml"), (), ())


def test_no_difference_is_false() -> None:
    assert [bool(Differences((), (), ())), bool(Differences((), (), ("x",)))] == [False, True]


# ------------------------------------------------------------------------------ writing


def test_writing_makes_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    done = manifest.write(folder, _OLD)
    assert (done, _content(folder)) == (Differences(("a.json", "a.yaml"), (), ()), _OLD)


def test_writing_changes_what_differs_and_nothing_else(tmp_path: Path) -> None:
    _filled(tmp_path, _OLD | {"notes.txt": b"mine"})
    untouched = (tmp_path / "a.yaml").stat()
    manifest.write(tmp_path, _NEW)
    assert _content(tmp_path) == _NEW | {"notes.txt": b"mine"}
    assert (tmp_path / "a.yaml").stat() == untouched


def test_writing_the_same_files_changes_nothing(tmp_path: Path) -> None:
    before = _filled(tmp_path, _OLD).stat().st_mtime_ns
    assert (manifest.write(tmp_path, _OLD), tmp_path.stat().st_mtime_ns) == (
        Differences((), (), ()),
        before,
    )


def test_writing_deletes_the_files_of_removed_stacks(tmp_path: Path) -> None:
    gone = {"z.json": b"", "z.yaml": b""}
    _filled(tmp_path, _OLD | gone | {"manifest.json": _manifest("a", "z"), "y.yaml": b"mine"})
    now = _OLD | {"manifest.json": _manifest("a")}
    done = manifest.write(tmp_path, now)
    assert done == Differences((), ("manifest.json",), ("z.json", "z.yaml"))
    assert _content(tmp_path) == now | {"y.yaml": b"mine"}


def test_files_can_be_read_by_others(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        manifest.write(tmp_path / "dist", _OLD)
    finally:
        os.umask(mask)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "dist").iterdir()} == {0o644}


# ------------------------------------------------------------------------------ what goes wrong


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder in which the tests may read but not write, even if root runs them."""
    with tempfile.TemporaryDirectory() as name:
        folder = _filled(Path(name, "dist"), _OLD)
        Path(name).chmod(0o755)
        folder.chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)


def test_a_read_only_folder_is_not_changed(read_only_folder: Path) -> None:
    with pytest.raises(OutputError) as raised:
        manifest.write(read_only_folder, _NEW)
    assert (str(raised.value), _content(read_only_folder)) == (
        f"cannot write {read_only_folder}: permission denied; no files were changed",
        _OLD,
    )


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "dist"
    path.write_text("mine")
    with pytest.raises(OutputError) as raised:
        manifest.write(path, _NEW)
    assert (str(raised.value), path.read_text()) == (
        f"cannot write {path}: it is a file, not a directory; no files were changed",
        "mine",
    )


def test_a_folder_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    path = tmp_path / "file" / "dist"
    with pytest.raises(OutputError) as raised:
        manifest.write(path, _NEW)
    assert str(raised.value) == f"cannot write {path}: not a directory; no files were changed"


def test_a_folder_in_the_place_of_a_file_stops_before_anything_is_written(tmp_path: Path) -> None:
    _filled(tmp_path, {"a.yaml": b"old A"})
    (tmp_path / "b.json").mkdir()
    with pytest.raises(ContentError) as raised:
        manifest.write(tmp_path, _NEW)
    assert str(raised.value) == (
        f"{tmp_path / 'b.json'}: cannot be read (is a directory); move it, because the build "
        "writes a template there"
    )
    assert _content(tmp_path) == {"a.yaml": b"old A", "b.json": None}


def test_a_full_disk_does_not_change_the_old_files(tmp_path: Path) -> None:
    _filled(tmp_path, _OLD)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OutputError) as raised:
            manifest.write(tmp_path, {"a.json": b"fits", "a.yaml": b"x" * 1000, "b.json": b"fits"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (str(raised.value), _content(tmp_path)) == (
        f"cannot write {tmp_path}: file too large; no files were changed",
        _OLD,
    )


_KILLED = """
import os, sys
from pathlib import Path
from trailbell.dist import manifest

os.fsync = lambda handle: os.kill(os.getpid(), 9)
manifest.write(Path(sys.argv[1]), {"a.json": b"new a", "b.json": b"new b"})
"""


def test_a_killed_process_does_not_change_the_old_files(
    tmp_path: Path,
) -> None:
    _filled(tmp_path, _OLD)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], check=False)
    left = {name: content for name, content in _content(tmp_path).items() if name in _OLD}
    assert (done.returncode, left, len(list(tmp_path.iterdir()))) == (-signal.SIGKILL, _OLD, 3)
    manifest.write(tmp_path, _NEW)
    assert _content(tmp_path) == _NEW
