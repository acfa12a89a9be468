"""
The one place where something is imported while the program runs.

In:    the name of a module that is slow to import and often not needed: a subcommand, cfn-lint.
Out:   the module.
Never: a way around a circle of imports. ``tests/test_architecture.py`` lists who may use it.
"""

import importlib
from types import ModuleType


def lazy_import(name: str) -> ModuleType:
    """The module of that name, imported now if it was not before."""
    return importlib.import_module(name)
