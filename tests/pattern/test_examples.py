"""The examples in docstrings of the pattern languages."""

import doctest
import importlib
import pkgutil

import pytest

from trailbell import event_pattern, pattern

MODULES = [
    module.name
    for package in (pattern, event_pattern)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_right(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
