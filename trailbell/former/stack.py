"""`trailbell.compiler.stack` under the names that it had before."""

from typing import Any

from trailbell.compiler import stack as current
from trailbell.compiler.stack import ParameterInput as Input
from trailbell.compiler.stack import Piece, assemble
from trailbell.compiler.stack import RegionScope as Where
from trailbell.compiler.stack import is_set as given

__all__ = ["Input", "Piece", "Stack", "Where", "assemble", "given"]

_STACK = {"where": "region_scope", "instead_of": "alternative_to"}


def Stack(**fields: Any) -> current.Stack:  # noqa: N802 - the name of the class
    """A stack whose fields may have their former names."""
    return current.Stack(**{_STACK.get(name, name): value for name, value in fields.items()})
