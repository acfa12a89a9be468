"""
Import a module when it is needed.

In:    the name of a module that is slow to import and often not needed: a subcommand, cfn-lint.
Out:   the module.
Never: a way around circular imports. ``tests/test_architecture.py`` lists the modules that use it.
"""

import importlib
from types import ModuleType


def lazy_import(name: str) -> ModuleType:
    """Import a module by its name, unless it is already imported."""
    return importlib.import_module(name)
