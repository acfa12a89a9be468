"""Each rule has templates that nearly have a finding: as many as say that it has few false ones."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.validate import template_rules
from trailbell.validate.rules import CLASSES

_NEAR_MISSES = 5


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(template_rules.__path__):
        if module.name != "test_near_misses":
            yield importlib.import_module(f"{template_rules.__name__}.{module.name}")


def _cases(module: ModuleType, kind: str) -> int:
    """The number of cases of `silent` or `fires` in a module of tests."""
    return sum(
        str(case.id).startswith(f"{kind}: ")
        for test in vars(module).values()
        for mark in getattr(test, "pytestmark", ())
        if mark.name == "parametrize"
        for case in mark.args[1]
        if hasattr(case, "id")
    )


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.shortdesc) for rule in CLASSES.values()]
)
def test_each_rule_has_near_misses(rule: type) -> None:
    tests = [module for module in _modules() if rule in vars(module).values()]
    assert sum(_cases(module, "silent") for module in tests) >= _NEAR_MISSES
    assert sum(_cases(module, "fires") for module in tests) > 0
