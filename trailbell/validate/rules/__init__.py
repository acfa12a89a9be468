"""
All rules for ``cfn-lint --append-rules trailbell.validate.rules``.

In:    the modules of `trailbell.validate.template_rules`.
Out:   their classes, as members of this module, because cfn-lint takes those of one module.
Never: a list of rules that is kept by hand.
"""

from pkgutil import iter_modules
from typing import Any

from trailbell.lazy_import import lazy_import
from trailbell.validate import template_rules

CLASSES: dict[str, Any] = {
    module.name: getattr(lazy_import(f"{template_rules.__name__}.{module.name}"), module.name)
    for module in iter_modules(template_rules.__path__)
}
"""The classes by their names."""

globals().update(CLASSES)
