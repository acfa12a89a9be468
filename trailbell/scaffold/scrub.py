"""
A CloudTrail record without what names its account, people and resources.

In:    a record.
Out:   a record of the same shape: the same members, lists of the same length, values of the same
       types. The same text has the same example everywhere, so relations stay: the caller's
       account is still that of the record, or another one.
Never: text that is not known to be harmless. Constants of AWS and the enumerations of the API
       models stay; any other text is replaced.

Scrubbing a scrubbed record changes nothing.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from trailbell.cloudtrail.operations import Operation, Shape, find_operation, has_member
from trailbell.pattern import NumberText
from trailbell.samples import Event
from trailbell.scaffold import harmless
from trailbell.scaffold.known_words import RECORD_MEMBERS
from trailbell.scaffold.member_names import is_defined_member
from trailbell.scaffold.replacements import Replacements, account_of
from trailbell.scaffold.scrub_text import is_action, scrub_text, scrub_user_agent

_MANY_DIGITS = 6
_LARGE_DIGITS = 10
"""Digits from which a number is a time or an account, whatever the model says."""
_NUMERIC = ("integer", "long", "float", "double")
_QUANTITIES = frozenset({"bytesTransferredIn", "bytesTransferredOut", "Content-Length"})
_NUMBERS = {10: 1_768_480_496, 12: int(harmless.ACCOUNT), 13: 1_768_480_496_000}

# The kinds of names, by a word in the name of the member that holds one.
_KINDS = (
    *(("bucket", "bucket"), ("sessionname", "session"), ("instanceprofile", "profile")),
    *(("rolename", "role"), ("groupname", "group"), ("policyname", "policy")),
    *(("functionname", "function"), ("tablename", "table"), ("trail", "trail")),
    *(("username", "user"), ("aliasname", "alias"), ("host", "host"), ("topic", "topic")),
    *(("queue", "queue"), ("stackname", "stack"), ("cluster", "cluster"), ("secret", "secret")),
    *(("dbinstance", "database"), ("loggroup", "log-group"), ("requestid", "request")),
    *(("rule", "rule"), ("domain", "domain"), ("description", "text"), ("message", "text")),
)


@dataclass(frozen=True)
class Scrubbed:
    """A record without names, and how many texts of each kind were replaced."""

    record: Event
    counts: Mapping[str, int]
    originals: frozenset[str]


@dataclass(frozen=True)
class _Place:
    """Where a value is: the members above it, and its shape if an API model has it."""

    path: tuple[str, ...]
    shape: Shape | None = None

    def below(self, name: str) -> "_Place":
        return _Place((*self.path, name), self.shape.below(name) if self.shape else None)

    def element(self) -> "_Place":
        is_list = self.shape and self.shape.kind == "list"
        return _Place(
            self.path, self.shape.inner("member") if self.shape and is_list else self.shape
        )

    @property
    def member(self) -> str:
        return self.path[-1] if self.path else ""


def scrub(record: Event) -> Scrubbed:
    """A record without what it names."""
    own = account_of(str(record.get("recipientAccountId") or ""))
    own = own or account_of(str(record.get("userIdentity") or {}))
    replacements = Replacements(json.dumps(record, default=str, ensure_ascii=False), own)
    source, event = str(record.get("eventSource")), str(record.get("eventName"))
    scrubber = _Scrubber(replacements, source, event, find_operation(source, event))
    scrubber.value(record, _Place(()))  # so that every name is known in keys and in free text
    scrubbed = scrubber.value(record, _Place(()))
    originals = frozenset({*replacements.examples, *replacements.words})
    return Scrubbed(scrubbed, Counter(replacements.counts), originals)


@dataclass(frozen=True)
class _Scrubber:
    replacements: Replacements
    source: str
    event: str
    operation: Operation | None

    def value(self, value: Any, place: _Place) -> Any:
        match value:
            case dict():
                return self._object(value, place)
            case list():
                return [self.value(element, place.element()) for element in value]
            case NumberText():
                return _NUMBERS[10]
            case str():
                return self._text(value, place)
            case bool() | None:
                return value
            case int() | float() if _names_something(value, place):
                return self._number(value)
            case _:
                return value

    def _object(self, value: Mapping[str, Any], place: _Place) -> dict[str, Any]:
        scrubbed = {}
        for name, member in value.items():
            scrubbed[self._key(name, place)] = self.value(member, self._below(place, name))
        return scrubbed

    def _below(self, place: _Place, name: str) -> _Place:
        if not place.path and self.operation and name == "requestParameters":
            return _Place((name,), self.operation.request())
        if not place.path and self.operation and name == "responseElements":
            return _Place((name,), self.operation.response())
        return place.below(name)

    def _key(self, name: str, place: _Place) -> str:
        """The name of a member: as it is, unless it is data, as in a map."""
        shape = place.shape
        if shape and shape.kind == "structure" and shape.member(name):
            return name
        if shape and shape.kind == "map":
            keys = shape.inner("key")
            is_known = bool(keys and name in keys.enumeration) or harmless.is_harmless(name)
            return name if is_known else self.replacements.key(name)
        if name in RECORD_MEMBERS or self._is_in_the_model(name) or harmless.is_harmless(name):
            return name
        return name if is_defined_member(name, self.event) else self.replacements.key(name)

    def _is_in_the_model(self, name: str) -> bool:
        """Whether the service has such a member; EC2 calls the list ``group`` a ``groupSet``."""
        return has_member(self.source, name) or has_member(self.source, name.removesuffix("Set"))

    def _text(self, text: str, place: _Place) -> str:
        if harmless.is_defined(place.path, text):
            return text
        if place.shape and text in place.shape.enumeration:
            return text
        if place.path == ("awsRegion",) and not harmless.is_harmless(text):
            return self.replacements.fixed(text, "us-east-1", "Region")
        if place.member.casefold() == "useragent":
            return scrub_user_agent(text, self.replacements)
        if place.member in ("Action", "NotAction", "action") and is_action(text):
            return text
        document = self._document(text, place)
        return document or scrub_text(text, _kind(place), self.replacements)

    def _document(self, text: str, place: _Place) -> str | None:
        """Text that is JSON, such as a policy, scrubbed inside; None for any other."""
        decoded = unquote(text) if text.startswith(("%7B", "%5B", "%7b", "%5b")) else text
        if not decoded.lstrip().startswith(("{", "[")):
            return None
        try:
            value = json.loads(decoded)
        except (ValueError, RecursionError):
            return None
        scrubbed = json.dumps(self.value(value, _Place((*place.path, "{}"))))
        return quote(scrubbed) if decoded != text else scrubbed

    def _number(self, number: float) -> float:
        """An example with about as many digits: of an account, of a time, or of a round number."""
        digits = len(str(int(abs(number)))) if abs(number) < 10**15 else 13
        if digits < _MANY_DIGITS:
            example: float = 0.5
        elif digits < _LARGE_DIGITS:
            example = 10 ** (digits - 1)
        else:
            example = _NUMBERS.get(digits, _NUMBERS[13] if digits > 13 else _NUMBERS[10])
        self.replacements.fixed(str(number), str(type(number)(example)), "number")
        return type(number)(example)


def _names_something(number: float, place: _Place) -> bool:
    """Whether it can be that of a person or an account: not a small number, nor a quantity."""
    if abs(number) >= 10 ** (_LARGE_DIGITS - 1):
        return True
    is_quantity = place.path[:1] == ("insightDetails",) or place.member in _QUANTITIES
    if is_quantity or (place.shape and place.shape.kind in _NUMERIC):
        return False
    mantissa = str(abs(number)).partition("e")[0].lstrip("0.")
    return abs(number) >= 10 ** (_MANY_DIGITS - 1) or (
        len(mantissa.replace(".", "").rstrip("0")) >= _MANY_DIGITS
    )


def _kind(place: _Place) -> str:
    """The kind of name that a member holds: ``bucket`` for ``bucketName``."""
    member = place.member.casefold()
    return next((kind for word, kind in _KINDS if word in member), "name")
