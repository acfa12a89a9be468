"""The files in ``dist/`` are what the sources compile to, on any machine, without findings."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT
from trailbell.dist import manifest
from trailbell.template.capabilities import required_capabilities
from trailbell.template.limits import BODY_BYTES
from trailbell.template.parse import parse_yaml
from trailbell.validate.lint import Linter
from trailbell.validate.regions import DEFAULT, known_regions

_DIST = PROJECT / "dist"
_MANIFEST = manifest.read(_DIST)
_STACKS = sorted(_MANIFEST.stacks)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Build into a folder, with other environment variables. All builds share one cache."""
    cache = tmp_path_factory.mktemp("cache")

    def run(folder: Path, cwd: Path, **variables: str) -> dict[str, bytes]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
        process = subprocess.run(
            [sys.executable, str(PROJECT / "build.py"), "build", "-o", str(folder)],
            cwd=cwd,
            env=environment | {"XDG_CACHE_HOME": str(cache)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stdout + process.stderr
        return _bytes(folder)

    return run


@pytest.mark.slow
def test_dist_is_what_the_sources_compile_to_in_any_environment(
    build: object, tmp_path: Path
) -> None:
    assert callable(build)
    first = build(tmp_path / "first", PROJECT, PYTHONHASHSEED="1", LC_ALL="C", TZ="UTC")
    second = build(
        tmp_path / "second", tmp_path, PYTHONHASHSEED="4242", LC_ALL="C.UTF-8", TZ="Asia/Tokyo"
    )
    assert first == _bytes(_DIST)
    assert second == first


@pytest.mark.parametrize("stack", _STACKS)
def test_json_and_yaml_are_the_same_template(stack: str) -> None:
    text = (_DIST / f"{stack}.yaml").read_text(encoding="utf-8")
    assert parse_yaml(text) == json.loads((_DIST / f"{stack}.json").read_bytes())


@pytest.mark.parametrize("stack", _STACKS)
def test_a_file_can_be_deployed_without_a_bucket(stack: str) -> None:
    sizes = [(_DIST / f"{stack}.{kind}").stat().st_size for kind in ("json", "yaml")]
    assert [size for size in sizes if size > BODY_BYTES] == []


@pytest.mark.parametrize("stack", _STACKS)
def test_the_manifest_describes_the_files(stack: str) -> None:
    entry = _MANIFEST.stacks[stack]
    document = json.loads((_DIST / f"{stack}.json").read_bytes())
    for described, name in ((entry.json, f"{stack}.json"), (entry.yaml, f"{stack}.yaml")):
        content = (_DIST / name).read_bytes()
        assert described == manifest.OutputFile(
            name, len(content), hashlib.sha256(content).hexdigest()
        )
    assert (
        entry.resources,
        entry.parameters,
        entry.outputs,
        entry.capabilities,
        entry.regions,
        set(entry.sources),
    ) == (
        len(document["Resources"]),
        len(document.get("Parameters", {})),
        len(document.get("Outputs", {})),
        required_capabilities(document),
        DEFAULT,
        set(document["Resources"]),
    )


@pytest.mark.parametrize("stack", _STACKS)
def test_a_source_in_the_manifest_is_a_line_of_content(stack: str) -> None:
    for source in _MANIFEST.stacks[stack].sources.values():
        path, _, line = source.rpartition(":")
        lines = (PROJECT / path).read_text(encoding="utf-8").splitlines()
        assert "(" in lines[int(line) - 1], source


def test_the_folder_contains_only_the_files_of_the_manifest() -> None:
    files = {f"{stack}.{kind}" for stack in _STACKS for kind in ("json", "yaml")}
    assert {path.name for path in _DIST.iterdir()} == files | {"manifest.json"}


@pytest.fixture(scope="module")
def linter_of_all_regions() -> Linter:
    """cfn-lint for all Regions in its schemas, except for those of the ISO partitions."""
    excluded = ("us-iso", "eu-iso")
    return Linter(tuple(region for region in known_regions() if not region.startswith(excluded)))


@pytest.mark.slow
@pytest.mark.parametrize("stack", _STACKS)
def test_a_template_is_valid_in_all_regions(stack: str, linter_of_all_regions: Linter) -> None:
    text = (_DIST / f"{stack}.yaml").read_text(encoding="utf-8")
    assert linter_of_all_regions.findings(stack, parse_yaml(text), text) == ()


@pytest.mark.slow
def test_each_suppression_of_cfn_lint_is_needed(tmp_path: Path) -> None:
    suppressed = set()
    for stack in _STACKS:
        document = json.loads((_DIST / f"{stack}.json").read_text(encoding="utf-8"))
        for part in (document, *document["Resources"].values()):
            lint = part.get("Metadata", {}).pop("cfn-lint", {"config": {"ignore_checks": ()}})
            suppressed |= {(stack, rule) for rule in lint["config"]["ignore_checks"]}
        (tmp_path / f"{stack}.json").write_text(json.dumps(document), encoding="utf-8")
    options = [
        "--append-rules",
        "trailbell/validate/rules",
        "--include-checks",
        "I",
        "--include-experimental",
        "--format",
        "json",
        "--regions",
        *DEFAULT,
        "--",
    ]
    done = subprocess.run(
        [
            Path(sys.executable).with_name("cfn-lint"),
            *options,
            *map(str, sorted(tmp_path.iterdir())),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    matches = json.loads(done.stdout)
    reported = {(Path(each["Filename"]).stem, each["Rule"]["Id"]) for each in matches}
    # Exclusions in the settings can name a principal by its ARN.
    assert suppressed - reported - {("dashboard", "I3042")} == set()
    assert suppressed
