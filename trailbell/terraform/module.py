"""
The blocks of a Terraform module: resources, data sources, variables, locals, outputs and calls.

In:    the decoded JSON of its files.
Out:   a `Module`.
Never: an expression that is evaluated. `trailbell.terraform.resolve` does that.

Wherever the syntax has an object with labels or with a body, an array of such objects is allowed:
https://developer.hashicorp.com/terraform/language/syntax/json#nested-block-mapping
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Block:
    """A resource or a data source: its file, its labels, and its arguments.

    ``label`` is the name as it was decoded, which knows its position in the file.
    """

    file: str
    type: str
    name: str
    arguments: Mapping[str, Any]
    label: str = ""

    @property
    def address(self) -> str:
        """``aws_sns_topic.alerts``."""
        return f"{self.type}.{self.name}"


@dataclass(frozen=True)
class Module:
    """Resources and data sources by their addresses; the defaults of variables, and locals.

    ``outputs`` and ``calls`` are the bodies of outputs, and of the blocks that call other modules.
    """

    resources: Mapping[str, Block]
    data: Mapping[str, Block]
    defaults: Mapping[str, Any]
    locals: Mapping[str, Any]
    outputs: tuple[Any, ...] = ()
    calls: tuple[Any, ...] = ()


def read_module(files: Mapping[str, Any]) -> Module:
    """The blocks of all files. What has another form than Terraform's is left out."""
    resources = list(_blocks(files, "resource"))
    data = list(_blocks(files, "data"))
    variables = [
        (name, body["default"])
        for name, body in _labeled(files, "variable")
        if isinstance(body, Mapping) and "default" in body
    ]
    return Module(
        resources={block.address: block for block in resources},
        data={block.address: block for block in data},
        defaults=dict(variables),
        locals=dict(_labeled(files, "locals")),
        outputs=tuple(body for _, body in _labeled(files, "output")),
        calls=tuple(body for _, body in _labeled(files, "module")),
    )


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a value that is one object, or an array of them."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, Mapping):
            yield each


def _labeled(files: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Any]]:
    for document in files.values():
        for top in objects(document):
            for group in objects(top.get(kind)):
                yield from _members(group)


def _blocks(files: Mapping[str, Any], kind: str) -> Iterator[Block]:
    for file, document in files.items():
        for type_, group in _labeled({file: document}, kind):
            for named in objects(group):
                for name, bodies in _members(named):
                    for body in objects(bodies):
                        yield Block(file, str(type_), str(name), body, label=name)


def _members(group: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of an object without comments."""
    return ((name, value) for name, value in group.items() if name != "//")
