"""Results that are kept from one build to the next."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from trailbell import cache

_VALUE = [{"message": "does not set é to true", "path": ["Resources", 0]}]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    cache.folder.cache_clear()
    yield tmp_path / "trailbell" / "verdicts"
    cache.folder.cache_clear()


def test_what_is_stored_is_loaded(folder: Path) -> None:
    cache.store("name", _VALUE)
    assert (cache.load("name"), [path.name for path in folder.iterdir()]) == (
        _VALUE,
        ["name.json"],
    )


def test_what_was_never_stored_is_not_known() -> None:
    assert cache.load("name") is None


@pytest.mark.parametrize(
    "text",
    ["", "[", "{", "\xff", "[" * 100_000],
)
def test_what_cannot_be_read_is_not_known(text: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "name.json").write_bytes(text.encode("latin-1"))
    assert cache.load("name") is None


def test_a_cache_that_is_a_file_fails_no_build(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("")
    cache.store("name", _VALUE)
    assert cache.load("name") is None


def test_a_full_disk_fails_no_build_and_leaves_no_part(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        cache.store("name", _VALUE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (cache.load("name"), list(folder.iterdir())) == (None, [])


def test_the_order_of_regions_makes_no_other_verdict() -> None:
    assert cache.validation_key(["a"], ["x", "y"]) == cache.validation_key(["a"], ["y", "x"])


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
    assert cache.validation_key(texts, regions) != cache.validation_key(["a", "b"], ["x"])
