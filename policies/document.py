"""A policy document with statements that depend on a condition of a template."""

from collections.abc import Sequence
from typing import Any


def policy_document(statements: Sequence[Any]) -> dict[str, Any]:
    """A policy document of statements, and of ``Fn::If`` that return one.

    The class of awacs accepts no ``Fn::If`` among its statements.
    """
    return {"Version": "2012-10-17", "Statement": [*statements]}
