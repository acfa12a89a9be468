"""
Which KMS key of a template a property names.

In:    a template, and the value of a property such as `KmsMasterKeyId`.
Out:   the logical ID of the key, also if the value is an alias of the template.
Never: a key of another template.
"""

from typing import Any

from trailbell.template.intrinsics import referenced_id
from trailbell.template.resources import resources_of_type


def key_of(document: Any, value: Any) -> str | None:
    """The logical ID of the key that a value names, directly or by an alias of the template."""
    name = referenced_id(value)
    for logical_id, properties in resources_of_type(document, "AWS::KMS::Alias"):
        if name == logical_id or (isinstance(value, str) and value == properties.get("AliasName")):
            return referenced_id(properties.get("TargetKeyId"))
    return name
