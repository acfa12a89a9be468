"""
A few members of each record, decoded without the rest.

In:    members that detections ask for; JSON arrays of records.
Out:   for each record the values of those members, as one tuple.
Never: a member that can have very many values: tuples are looked up, and are worth it because
       few of them are different.

msgspec decodes into classes that are made here, and passes over all other members: a tenth of
the time that decoding everything takes.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from trailbell.pattern.ast import Member, Selector

Key = tuple[object, ...]

_FEW_VALUED = """
eventSource eventName errorCode eventType eventCategory awsRegion readOnly managementEvent
recipientAccountId userIdentity.type userIdentity.accountId userIdentity.invokedBy
userIdentity.sessionContext.attributes.mfaAuthenticated
userIdentity.sessionContext.sessionIssuer.type
"""
# Nothing below requestParameters, responseElements or additionalEventData: those are often null,
# which has no members to get at.


def _selector(path: str) -> Selector:
    return Selector(tuple(map(Member, path.split("."))))


_KNOWN: Mapping[Selector, str] = {_selector(path): path for path in _FEW_VALUED.split()}

ALWAYS = (_selector("eventSource"), _selector("eventName"))


class KeyFields:
    """The members that are decoded: those of ``wanted`` that have few values, and `ALWAYS`."""

    def __init__(self, wanted: Iterable[Selector]) -> None:
        asked = set(wanted) | set(ALWAYS)
        self.selectors = tuple(selector for selector in _KNOWN if selector in asked)
        paths = [_KNOWN[selector].split(".") for selector in self.selectors]
        self._paths = paths
        self._decoder = msgspec.json.Decoder(list[_structure(paths)])  # type: ignore[misc] # made here
        self._key = attrgetter(*(".".join(map(_attribute, path)) for path in paths))

    def keys(self, array: bytes) -> list[Key]:
        """
        One tuple a record, `msgspec.UNSET` where nothing is.

        Raises `msgspec.DecodeError` (and `RecursionError`) for what is no JSON,
        `msgspec.ValidationError` or `AttributeError` when a member has a shape that CloudTrail
        does not give it, `UnicodeDecodeError` when it is no UTF-8.
        """
        return list(map(self._key, self._decoder.decode(array)))

    def record(self, key: Key) -> dict[str, object]:
        """The record that has these members and no other."""
        record: dict[str, object] = {}
        for path, value in zip(self._paths, key, strict=True):
            if value is not msgspec.UNSET:
                place: dict[str, Any] = record
                for name in path[:-1]:
                    place = place.setdefault(name, {})
                place[path[-1]] = value
        return record


class TopLevelFields:
    """Some members at the top of a record, whatever they are, with all that is in them."""

    def __init__(self, names: Iterable[str]) -> None:
        asked = set(names)
        self.quoted = tuple(f'"{name}"'.encode() for name in sorted(asked))
        self._names = sorted(asked | {"eventSource", "eventName"})
        attributes = [f"m{place}" for place in range(len(self._names))]
        structure = msgspec.defstruct(
            "TopMembers",
            [(attribute, Any, msgspec.UNSET) for attribute in attributes],
            rename=dict(zip(attributes, self._names, strict=True)),
        )
        self._decoder = msgspec.json.Decoder(structure)
        self._values = attrgetter(*attributes)

    def record(self, text: bytes) -> dict[str, object]:
        """Raises `msgspec.DecodeError`, `UnicodeDecodeError` and `RecursionError`."""
        values = self._values(self._decoder.decode(text))
        return {
            name: value
            for name, value in zip(self._names, values, strict=True)
            if value is not msgspec.UNSET
        }


def _attribute(name: str) -> str:
    """Names of members are not attributes: ``type`` would be fine, ``class`` would not."""
    return f"m_{name}"


def _structure(paths: Sequence[Sequence[str]]) -> type[msgspec.Struct]:
    """
    A class with these members, each text, a boolean, null or missing.

    An object that is missing reads as an empty one: nothing is in either.
    """
    fields: list[tuple[str, Any, Any]] = []
    for name in dict.fromkeys(path[0] for path in paths):
        inner = [path[1:] for path in paths if path[0] == name and path[1:]]
        if inner:
            structure = _structure(inner)
            fields.append((_attribute(name), structure | None, structure()))
        else:
            kind = str | bool | None | msgspec.UnsetType
            fields.append((_attribute(name), kind, msgspec.UNSET))
    names = {attribute: attribute.removeprefix("m_") for attribute, _, _ in fields}
    return msgspec.defstruct("Members", fields, frozen=True, gc=False, rename=names)
