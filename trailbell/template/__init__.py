"""
Templates as CloudFormation takes them, wherever they come from.

In:    text, or the template that it holds.
Out:   templates in long form; their resources, references and policies; capabilities and limits.
Never: how a template was created, or whether it is any good.
"""

from collections.abc import Mapping
from typing import Any

Template = Mapping[str, Any]
"""A template in long form, as `trailbell.template.parse` returns it."""

TemplatePath = tuple[str | int, ...]
"""Keys of mappings and indices of lists, from the outside in."""
