"""
Fields that CloudTrail records do not have, and texts that their fields never are.

In:    the names of a field of a record, and a text that it is compared with.
Out:   what is wrong, and what was probably meant. The lints of filter patterns and of event
       patterns both ask here.
Never: a verdict on members that depend on the API operation: `trailbell.cloudtrail` knows those.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import difflib
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trailbell.pattern.record_schema import (
    EVENT_SOURCE,
    FIELD_SCHEMAS,
    RECORD_FIELDS,
    SOURCE_ADDRESS,
    VALUES,
    field_path,
    normalized,
)

_SUFFIX = ".amazonaws.com"
_MIN_SIMILARITY = 0.85
_FREE = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")
"""Fields whose members depend on the API operation."""
_TOP_LEVEL = {normalized(name): name for name in RECORD_FIELDS}
_VALUES: Mapping[str, frozenset[str]] = {
    path: values for selector, values in VALUES.items() if (path := field_path(selector))
}


_MESSAGES = {normalized(text): text for text in ("Failed authentication",)}
"""Texts that patterns seek, by their letters: the CIS benchmark prints one without its space.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
"""
SIGN_IN_EVENTS = frozenset({"ConsoleLogin", "SwitchRole"})
"""Events whose type is AwsConsoleSignIn.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
"""


@dataclass(frozen=True, slots=True)
class UnequalText:
    """A text that a field never is.

    ``fix`` is what to write instead. It is empty for a range of addresses, which each language
    writes in another way.
    """

    id: str
    reason: str
    fix: str = ""


def meant_field(names: Sequence[str]) -> str:
    """The field that was probably meant by one that no record has; empty if it is right.

    >>> meant_field(["userIdentity", "typ"]), meant_field(["requestParameters", "username"])
    ('userIdentity.type', '')
    """
    known = _TOP_LEVEL.get(normalized(names[0]))
    if known is None or known == names[0]:
        return _meant_below(names) if known else ""
    return ".".join((known, *names[1:]))


def _meant_below(names: Sequence[str]) -> str:
    """The same for the members of objects that are alike in all records, such as userIdentity."""
    if names[0] in _FREE or len(names) == 1:
        return ""
    parent, name = ".".join(names[:-1]), names[-1]
    below = (path[len(parent) + 1 :] for path in FIELD_SCHEMAS if path.startswith(f"{parent}."))
    siblings = {path.split(".")[0] for path in below}
    if not siblings or name in siblings:
        return ""
    by_form = {normalized(sibling): sibling for sibling in siblings}
    close = difflib.get_close_matches(normalized(name), by_form, n=1, cutoff=_MIN_SIMILARITY)
    return f"{parent}.{by_form[close[0]]}" if close else ""


def unequal_text(names: Sequence[str], text: str, shown: str) -> UnequalText | None:
    """Why a field is never equal to a text, as far as CloudTrail's documentation says it.

    ``shown`` is the field as the language writes it, such as ``$.eventType``.
    """
    path = ".".join(names)
    if path == field_path(EVENT_SOURCE):
        return _unequal_source(text)
    if path == field_path(SOURCE_ADDRESS):
        reason = f'{shown} is one address, and never "{text}"'
        return UnequalText("address-range", reason) if _is_range(text) else None
    if path == "errorMessage":
        meant = _MESSAGES.get(normalized(text), "")
        return misspelled_value(shown, text, "" if "*" in text else meant)
    by_form = {value.casefold(): value for value in _VALUES.get(path, ())}
    return misspelled_value(shown, text, by_form.get(text.casefold(), ""))


def misspelled_value(shown: str, text: str, meant: str) -> UnequalText | None:
    """The problem with a text if another one was meant, which is empty if none was."""
    if meant in ("", text):
        return None
    return UnequalText("misspelled-value", f'{shown} is never "{text}"', f'write "{meant}"')


def unequal_type(event_type: str, other: str, name: str) -> UnequalText | None:
    """The problem with the type of the events of a name, which all have another one.

    That is empty if it is not known.
    """
    if other in ("", event_type) or event_type not in _VALUES["eventType"]:
        return None
    reason = f'"{name}" never has the eventType "{event_type}"'
    return UnequalText("wrong-event-type", reason, f'write "{other}"')


def _unequal_source(text: str) -> UnequalText | None:
    """An event source without its suffix, or with another one; a star can replace it."""
    service = text.removeprefix("aws.")
    if not text or "*" in text or text.endswith(_SUFFIX) or "." in service:
        return None
    reason = f'no event has the eventSource "{text}"'
    return UnequalText("unknown-event-source", reason, f'write "{service}{_SUFFIX}"')


def _is_range(text: str) -> bool:
    """Whether a text is a range of addresses, such as 192.0.2.0/24."""
    if "/" not in text:
        return False
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
