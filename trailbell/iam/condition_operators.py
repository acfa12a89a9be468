"""
Condition operators: their parts, the types of keys they compare, and the values they accept.

In:    the name of an operator, the text of a value.
Out:   its parts; whether a key or a value has the type that it compares.
Never: an evaluation of a condition.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_network

_FAMILIES = {
    "String": (
        *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase"),
        *("StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"),
    ),
    "Numeric": (
        *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
        *("NumericGreaterThan", "NumericGreaterThanEquals"),
    ),
    "Date": (
        *("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals"),
        *("DateGreaterThan", "DateGreaterThanEquals"),
    ),
    "Bool": ("Bool",),
    "Binary": ("BinaryEquals",),
    "IPAddress": ("IpAddress", "NotIpAddress"),
    "ARN": ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    "Null": ("Null",),
}
_FAMILY_OF = {name.lower(): (family, name) for family, names in _FAMILIES.items() for name in names}
_KEY_TYPES = {
    "String": {"String", "ARN"},
    "Numeric": {"Numeric"},
    "Date": {"Date"},
    "Bool": {"Bool"},
    "IPAddress": {"IPAddress"},
    "ARN": {"ARN"},
}
_DATE = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?|\d{5,}"
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


@dataclass(frozen=True)
class Operator:
    """An operator without its parts. ``quantifier`` is ``forallvalues``, ``foranyvalue`` or empty.

    ``family`` is the type of values that it compares, or ``Null``.
    """

    name: str
    family: str
    quantifier: str
    if_exists: bool

    @property
    def is_negated(self) -> bool:
        return "Not" in self.name

    @property
    def needs_key(self) -> bool:
        """Whether no request without the key meets a condition. Of ``Null``, the value decides.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
        """
        if self.family == "Null" or self.if_exists or self.quantifier == "forallvalues":
            return False
        return self.quantifier == "foranyvalue" or not self.is_negated


@cache
def parse_operator(text: str) -> Operator | None:
    """The parts of an operator; None if IAM has no such operator."""
    quantifier, colon, name = text.rpartition(":")
    if colon and quantifier.lower() not in ("forallvalues", "foranyvalue"):
        return None
    lower = name.lower()
    if_exists = lower.endswith("ifexists")
    family = _FAMILY_OF.get(lower.removesuffix("ifexists") if if_exists else lower)
    return Operator(family[1], family[0], quantifier.lower(), if_exists) if family else None


def compares(operator: Operator, key_type: str, key: str) -> bool:
    """Whether an operator compares keys of a type. ``aws:EpochTime`` can be a number, too."""
    if operator.family not in _KEY_TYPES:
        return True
    if key.lower() == "aws:epochtime" and operator.family == "Numeric":
        return True
    return key_type in _KEY_TYPES[operator.family]


def accepts(operator: Operator, value: str) -> bool:
    """Whether a text is a value that the operator can compare."""
    match operator.family:
        case "Numeric":
            return bool(_NUMBER.fullmatch(value))
        case "Date":
            return bool(_DATE.fullmatch(value))
        case "Bool" | "Null":
            return value.lower() in ("true", "false")
        case "IPAddress":
            return _is_network(value)
        case "ARN":
            return _may_be_arn(value)
        case "Binary":
            return len(value) % 4 == 0 and bool(_BASE64.fullmatch(value))
        case _:
            return True


def _is_network(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _may_be_arn(value: str) -> bool:
    """Whether a text is an ARN, or a pattern that can match one."""
    parts = value.split(":")
    has_wildcard = "*" in value or "?" in value
    return has_wildcard or (parts[0] == "arn" and len(parts) >= 6)
