"""
A few fields of each record, decoded without the rest.

In:    the fields that detections select; JSON arrays of records.
Out:   for each record the values of these fields, as one tuple.
Never: a field with very many different values in these tuples. They are keys of a cache, which is
       useful because few of them are different.

msgspec decodes into classes that are generated here, and skips all other fields. That takes a
tenth of the time of decoding the whole record.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from trailbell.pattern.ast import Member, Selector

Key = tuple[object, ...]

_LOW_CARDINALITY = """
eventSource eventName errorCode eventType eventCategory awsRegion readOnly managementEvent
recipientAccountId userIdentity.type userIdentity.accountId userIdentity.invokedBy
userIdentity.sessionContext.attributes.mfaAuthenticated
userIdentity.sessionContext.sessionIssuer.type
"""
# Nothing in requestParameters, responseElements or additionalEventData: they are often null, which
# has no members.


def _selector(path: str) -> Selector:
    return Selector(tuple(map(Member, path.split("."))))


_KNOWN: Mapping[Selector, str] = {_selector(path): path for path in _LOW_CARDINALITY.split()}

ALWAYS = (_selector("eventSource"), _selector("eventName"))


_ARN = "userIdentity.arn"
_ROLE_NAME = "userIdentity.sessionContext.sessionIssuer.userName"
_REQUEST = "requestParameters"
_TIME = "eventTime"
_TRAIL_ACCOUNT = "recipientAccountId"
_CALLER_ACCOUNT = "userIdentity.accountId"

Fields = Any
"""The decoded fields of one record: an object of a class that `_build_class` generates."""


def caller_arn(record: Fields) -> object:
    """The ``userIdentity.arn``; None or `msgspec.UNSET` if there is none."""
    identity = record.m_userIdentity
    return None if identity is None else identity.m_arn


def role_name(record: Fields) -> object:
    """The name of the role of the caller's session; None or `msgspec.UNSET` if there is none."""
    try:
        return record.m_userIdentity.m_sessionContext.m_sessionIssuer.m_userName
    except AttributeError:  # null
        return None


def caller_account(record: Fields) -> object:
    """The ``userIdentity.accountId``; None or `msgspec.UNSET` if there is none."""
    identity = record.m_userIdentity
    return None if identity is None else identity.m_accountId


def request_json(record: Fields) -> bytes | None:
    """The JSON of the ``requestParameters``; `None` if they are missing."""
    raw = record.m_requestParameters
    return None if raw is msgspec.UNSET else bytes(raw)


class KeyFields:
    """
    The decoded fields: those of ``selectors`` that have few different values, and `ALWAYS`.

    In addition, each record has what `caller_arn`, `role_name` and `request_json` return, and with
    ``times`` what `time`, `trail_account` and `caller_account` do.
    """

    def __init__(self, selectors: Iterable[Selector], *, times: bool = False) -> None:
        requested = set(selectors) | set(ALWAYS)
        self.selectors = tuple(selector for selector in _KNOWN if selector in requested)
        self._paths = [_KNOWN[selector].split(".") for selector in self.selectors]
        others = {_ARN: _KEY_TYPE, _ROLE_NAME: _KEY_TYPE, _REQUEST: msgspec.Raw}
        if times:
            others |= {_TIME: Any, _TRAIL_ACCOUNT: _KEY_TYPE, _CALLER_ACCOUNT: _KEY_TYPE}
        types = others | {".".join(path): _KEY_TYPE for path in self._paths}
        structure = _build_class([(path.split("."), kind) for path, kind in types.items()])
        self._decoder = msgspec.json.Decoder(list[structure])  # type: ignore[valid-type] # generated
        self._several = msgspec.json.Decoder(list[list[structure]])  # type: ignore[valid-type] # as above
        self.key: Callable[[Fields], Key] = attrgetter(
            *map(_attributes, map(".".join, self._paths))
        )
        """The values of the fields in ``selectors``, as a tuple."""
        self.time: Callable[[Fields], object] = attrgetter(_attributes(_TIME))
        self.trail_account: Callable[[Fields], object] = attrgetter(_attributes(_TRAIL_ACCOUNT))

    def decode(self, array: bytes) -> list[Fields]:
        """
        Decode the fields of each record, with `msgspec.UNSET` for a field that is missing.

        Raises `msgspec.DecodeError` or `RecursionError` for invalid JSON,
        `msgspec.ValidationError` for a field of another type than in CloudTrail's records, and
        `UnicodeDecodeError` for invalid UTF-8. `key` raises `AttributeError` for null instead of
        an object.
        """
        fields: list[Fields] = self._decoder.decode(array)
        return fields

    def decode_several(self, arrays: Iterable[bytes]) -> list[list[Fields]]:
        """Decode several arrays at once, which costs less if they are small. Raises the same."""
        fields: list[list[Fields]] = self._several.decode(b"[" + b",".join(arrays) + b"]")
        return fields

    def keys(self, array: bytes) -> list[Key]:
        """Decode one tuple for each record. Raises what `decode` and `key` raise."""
        return list(map(self.key, self.decode(array)))

    def record(self, key: Key) -> dict[str, object]:
        """Build the record that has these fields and no others."""
        record: dict[str, object] = {}
        for path, value in zip(self._paths, key, strict=True):
            if value is not msgspec.UNSET:
                parent: dict[str, Any] = record
                for name in path[:-1]:
                    parent = parent.setdefault(name, {})
                parent[path[-1]] = value
        return record


class TopLevelFields:
    """Some top-level fields of a record, of any type, with everything in them."""

    def __init__(self, names: Iterable[str]) -> None:
        requested = set(names)
        self._names = sorted(requested | {"eventSource", "eventName"})
        attributes = [f"m{index}" for index in range(len(self._names))]
        structure = msgspec.defstruct(
            "TopLevelFields",
            [(attribute, Any, msgspec.UNSET) for attribute in attributes],
            rename=dict(zip(attributes, self._names, strict=True)),
        )
        self._decoder = msgspec.json.Decoder(structure)
        self._values = attrgetter(*attributes)

    def record(self, text: bytes) -> dict[str, object]:
        """
        Decode these fields of a record.

        Raises `msgspec.DecodeError`, `UnicodeDecodeError` and `RecursionError`.
        """
        values = self._values(self._decoder.decode(text))
        return {
            name: value
            for name, value in zip(self._names, values, strict=True)
            if value is not msgspec.UNSET
        }


def _attribute(name: str) -> str:
    """The attribute for a field. A field may have the name of a keyword, such as ``class``."""
    return f"m_{name}"


def _attributes(path: str) -> str:
    return ".".join(map(_attribute, path.split(".")))


_KEY_TYPE = str | bool | None | msgspec.UnsetType


def _build_class(members: Sequence[tuple[Sequence[str], Any]]) -> type[msgspec.Struct]:
    """
    Build a class with these members, of these types or missing.

    A missing object is decoded as an empty one: neither has any fields.
    """
    fields: list[tuple[str, Any, Any]] = []
    for name in dict.fromkeys(path[0] for path, _ in members):
        inner = [(path[1:], kind) for path, kind in members if path[0] == name and path[1:]]
        if inner:
            structure = _build_class(inner)
            fields.append((_attribute(name), structure | None, structure()))
        else:
            (kind,) = (kind for path, kind in members if [*path] == [name])
            fields.append((_attribute(name), kind, msgspec.UNSET))
    names = {attribute: attribute.removeprefix("m_") for attribute, _, _ in fields}
    return msgspec.defstruct("KeyFields", fields, frozen=True, gc=False, rename=names)
