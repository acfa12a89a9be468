"""
The API operation that an event records, and the types of its parameters.

In:    an ``eventSource`` and an ``eventName``; the name of a member in the record.
Out:   `Shape`: the type of the value, its enumeration, and the shapes of what is in it.
Never: a guess. An operation or a member that the service models of botocore do not have is None.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from trailbell.cloudtrail.event_names import models_of, names_of_operation
from trailbell.cloudtrail.service_models import load_model

_ITEMS = "items"
"""The member in which events of EC2 hold the elements of a list."""
_SET = "Set"
"""The end of the names that events of EC2 give to lists: ``tagSpecificationSet``."""


@dataclass(frozen=True)
class Shape:
    """A type of a service model: ``kind`` is structure, list, map, string, integer, boolean ..."""

    model: str
    name: str

    @property
    def _definition(self) -> Mapping[str, Any]:
        definition: Mapping[str, Any] = _model(self.model)["shapes"][self.name]
        return definition

    @property
    def kind(self) -> str:
        return str(self._definition["type"])

    @property
    def enumeration(self) -> tuple[str, ...]:
        """The values of text, in the order of the model; empty if any text is allowed."""
        return tuple(self._definition.get("enum", ()))

    @property
    def required(self) -> tuple[str, ...]:
        """The members that a request must have, named as in the model."""
        return tuple(self._definition.get("required", ()))

    def member(self, name: str) -> "Shape | None":
        """The shape of a member, named as in a record: ``keyId`` for ``KeyId``."""
        members = {
            _key(known): member["shape"]
            for model_name, member in self._definition.get("members", {}).items()
            for known in (member.get("locationName", ""), model_name)
        }
        if self.kind != "structure":
            return None
        shape = members.get(_key(name)) or members.get(_key(name.removesuffix(_SET)))
        return Shape(self.model, shape) if shape else None

    def members(self) -> Iterator["ShapeMember"]:
        """The members of a structure."""
        for name, reference in self._definition.get("members", {}).items():
            yield ShapeMember(
                name,
                Shape(self.model, reference["shape"]),
                reference.get("locationName", ""),
                reference.get("queryName", ""),
                reference.get("location", ""),
            )

    def allows(self, text: str) -> bool:
        """Whether a text can be a value: by its length and the regular expression of the model.

        Expressions that only Java has, such as ``\\p{L}``, allow any text.
        """
        definition = self._definition
        if not definition.get("min", 0) <= len(text) <= definition.get("max", len(text)):
            return False
        try:
            return bool(re.fullmatch(definition.get("pattern", ".*"), text, re.DOTALL))
        except re.error:
            return True

    @property
    def is_opaque(self) -> bool:
        """Whether records need not have the type: sensitive values, and values of any type."""
        return any(map(self._definition.get, ("sensitive", "document", "jsonvalue")))

    @property
    def is_flattened(self) -> bool:
        """Whether the XML of a list has its elements without an element around them."""
        return bool(self._definition.get("flattened"))

    @property
    def element_name(self) -> str:
        """The name that elements of a list have in XML."""
        return str(self._definition.get("member", {}).get("locationName") or "member")

    def inner(self, part: str) -> "Shape | None":
        """The shape of the ``member`` of a list, or of the ``key`` or ``value`` of a map."""
        shape = self._definition.get(part)
        return Shape(self.model, shape["shape"]) if shape else None

    def below(self, name: str) -> "Shape | None":
        """The shape of what a record has under ``name`` in a value of this shape."""
        if self.kind == "map":
            return self.inner("value")
        if self.kind == "list" and name == _ITEMS:
            return self
        return self.member(name)


@dataclass(frozen=True)
class ShapeMember:
    """
    A member of a structure: its names in the model, on the wire and in a query.

    ``location`` is ``uri``, ``header`` or ``querystring``; empty for the body of a request.
    """

    name: str
    shape: Shape
    location_name: str
    query_name: str
    location: str


@dataclass(frozen=True)
class Operation:
    """An operation of a service: the names of its model and of itself."""

    model: str
    name: str

    @property
    def definition(self) -> Mapping[str, Any]:
        definition: Mapping[str, Any] = _model(self.model)["operations"][self.name]
        return definition

    @property
    def protocol(self) -> str:
        """``json``, ``query``, ``ec2``, ``rest-xml`` ..."""
        return str(_model(self.model)["metadata"]["protocol"])

    def request(self) -> Shape | None:
        return self._shape("input")

    def response(self) -> Shape | None:
        return self._shape("output")

    def _shape(self, direction: str) -> Shape | None:
        reference = self.definition.get(direction)
        return Shape(self.model, reference["shape"]) if reference else None


def find_operation(source: str, event_name: str) -> Operation | None:
    """The operation that an event records; the one of the same name, if several could be."""
    candidates = operations_by_event_name(source).get(event_name, ())
    same = (operation for operation in candidates if operation.name == event_name)
    return next(same, next(iter(candidates), None))


@cache
def operations_by_event_name(source: str) -> Mapping[str, tuple[Operation, ...]]:
    """The operations that an event of each name can record."""
    by_name: dict[str, list[Operation]] = {}
    for operation in operations_of(source):
        for name in names_of_operation(source, operation.name, operation.definition):
            by_name.setdefault(name, []).append(operation)
    return {name: tuple(operations) for name, operations in by_name.items()}


def operations_of(source: str) -> Iterator[Operation]:
    """All operations of an event source, in the order of their models."""
    for model in models_of(source):
        for name in _model(model)["operations"]:
            yield Operation(model, name)


def has_member(source: str, name: str) -> bool:
    """Whether some structure of a service has a member of this name."""
    return any(_key(name) in _members(model) for model in models_of(source))


@cache
def _members(model: str) -> frozenset[str]:
    return frozenset(
        _key(known)
        for shape in _model(model)["shapes"].values()
        for name, member in shape.get("members", {}).items()
        for known in (name, member.get("locationName", ""))
    )


def _key(name: str) -> str:
    return name.casefold()


_model = cache(load_model)
"""A model that was read once is kept: its shapes are looked up again and again."""
