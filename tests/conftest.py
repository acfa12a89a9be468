"""Fixtures that tests of several packages share."""

import gc
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from tests import PROJECT
from tests.emulator import reset
from trailbell.demo.emulator import running, variables
from trailbell.project.root import use_project

use_project(PROJECT)

# No test fails because the machine is busy.
settings.register_profile("trailbell", deadline=None)
settings.load_profile("trailbell")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without garbage collection, which then leaves out the thousands of tests."""
    gc.disable()
    collected = yield
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)
    return collected


@pytest.fixture(scope="session")
def _emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("emulator")
    with running(folder, server="tests.emulator_server") as address:
        yield address


@pytest.fixture
def emulator(_emulator: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty emulator; boto3 in this process speaks to it."""
    reset(_emulator)
    for name, value in variables(_emulator).items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return _emulator
