"""
The JSON Schema of ``trailbell.toml``, for editors.

In:    the description of the keys.
Out:   a schema in draft 7 of JSON Schema, as a dictionary or as the text of a file.
Never: a keyword that draft 4 does not have, apart from annotations: Taplo, which checks TOML in
       editors, documents support of that draft. No ``$ref`` either, next to which it ignores
       annotations. https://taplo.tamasfe.dev/configuration/developing-schemas.html
"""

import json
from collections.abc import Mapping
from typing import Any

from trailbell.settings.key_types import (
    Boolean,
    Choice,
    Decimal,
    Either,
    Key,
    ListOf,
    Named,
    Number,
    Section,
    Text,
    Type,
)
from trailbell.settings.keys import ROOT

FILE = "trailbell.schema.json"


def schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(build_schema(), indent=2) + "\n"


def build_schema() -> dict[str, Any]:
    """The schema of the whole file."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of Trailbell",
        **_schema(ROOT),
    }


def _schema(described: Type) -> dict[str, Any]:
    match described:
        case Section(keys=keys):
            return _section(keys)
        case Named():
            return _named(described)
        case Text(pattern=pattern):
            return {"type": "string"} | ({"pattern": f"^(?:{pattern})$"} if pattern else {})
        case Choice(values=values):
            return {"type": "string", "enum": list(values)}
        case Boolean():
            return {"type": "boolean"}
        case Decimal():
            return {"type": "number"}
        case Number():
            return _number(described)
        case ListOf():
            return _list(described)
        case Either(alternatives=alternatives):
            return {"anyOf": [_schema(each) for each in alternatives]}


def _section(keys: Mapping[str, Key]) -> dict[str, Any]:
    properties = {}
    for name, key in keys.items():
        properties[name] = _property(key)
        for former in key.former:
            properties[former] = _former(key, name)
    required = [name for name, key in keys.items() if key.required]
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _property(key: Key) -> dict[str, Any]:
    without = f" Default: {key.without}." if key.without else ""
    default = {} if key.default is None else {"default": key.default}
    return {"description": key.summary + without, **default, **_schema(key.type)}


def _former(key: Key, name: str) -> dict[str, Any]:
    """A former name: accepted, but not offered. Drafts that do not know "deprecated" ignore it."""
    return {
        "description": f"Former name of `{name}`.",
        "deprecated": True,
        "x-taplo": {"hidden": True},
        **_schema(key.former_type or key.type),
    }


def _named(described: Named) -> dict[str, Any]:
    each = _schema(described.type)
    count = {} if described.maximum is None else {"maxProperties": described.maximum}
    if not described.pattern:
        return {"type": "object", **count, "additionalProperties": each}
    patterns = {f"^(?:{described.pattern})$": each}
    return {
        "type": "object",
        **count,
        "patternProperties": patterns,
        "additionalProperties": False,
    }


def _number(described: Number) -> dict[str, Any]:
    bounds: dict[str, Any] = {"type": "integer"}
    if described.minimum is not None:
        bounds["minimum"] = described.minimum
    if described.maximum is not None:
        bounds["maximum"] = described.maximum
    if described.multiple_of != 1:
        bounds["multipleOf"] = described.multiple_of
    if not described.also:
        return bounds
    return {"anyOf": [{"type": "integer", "enum": list(described.also)}, bounds]}


def _list(described: ListOf) -> dict[str, Any]:
    return {
        "type": "array",
        "items": _schema(described.item),
        **({"minItems": 1} if described.if_empty else {}),
        **({} if described.maximum is None else {"maxItems": described.maximum}),
        **({"uniqueItems": True} if described.unique else {}),
    }
