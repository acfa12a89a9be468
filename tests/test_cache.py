"""Verdicts from one build to the next."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from trailbell.finding import Finding, Level
from trailbell.validate import cache

_FINDINGS = (
    Finding(
        stack="trail",
        rule="E9809",
        name="bucket-without-public-access-block",
        level=Level.ERROR,
        message="does not set é to true",
        path=("Resources", "B", "Properties", 0),
        url="https://docs.aws.amazon.com/",
    ),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.folder.cache_clear()
    yield tmp_path / "trailbell" / "verdicts"
    cache.folder.cache_clear()


@pytest.mark.parametrize("findings", [(), _FINDINGS], ids=["none", "one"])
def test_what_is_saved_is_loaded(findings: tuple[Finding, ...], folder: Path) -> None:
    cache.save("name", findings)
    assert (cache.load("name"), [path.name for path in folder.iterdir()]) == (
        findings,
        ["name.json"],
    )


def test_what_was_never_saved_is_not_known() -> None:
    assert cache.load("name") is None


@pytest.mark.parametrize(
    "text",
    ["", "[", "5", "null", "[5]", '[{"path": []}]', '[{"path": [], "level": "odd"}]', "\xff"],
)
def test_what_cannot_be_read_is_not_known(text: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "name.json").write_bytes(text.encode("latin-1"))
    assert cache.load("name") is None


def test_a_cache_that_is_a_file_fails_no_build(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("")
    cache.save("name", _FINDINGS)
    assert cache.load("name") is None


def test_a_full_disk_fails_no_build_and_leaves_no_part(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        cache.save("name", _FINDINGS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (cache.load("name"), list(folder.iterdir())) == (None, [])


def test_the_order_of_regions_makes_no_other_verdict() -> None:
    assert cache.key(["a"], ["x", "y"]) == cache.key(["a"], ["y", "x"])


@pytest.mark.parametrize(
    ("texts", "regions"),
    [
        pytest.param(["b", "a"], ["x"], id="the order of texts"),
        pytest.param(["a", "c"], ["x"], id="a text"),
        pytest.param(["ab"], ["x"], id="where a text ends"),
        pytest.param(["a", "b"], ["y"], id="a Region"),
        pytest.param(["a", "b"], ["x", "y"], id="a further Region"),
    ],
)
def test_another_verdict_is_made_by(texts: list[str], regions: list[str]) -> None:
    assert cache.key(texts, regions) != cache.key(["a", "b"], ["x"])
