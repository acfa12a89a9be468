"""
How CloudTrail spells fields and values, for rules that compare without case.

In:    the field of a rule; the events that a part of it is about; text with wildcards.
Out:   the selector, and the text in the spelling of CloudTrail, where it has one.
Never: another spelling for text that people choose, such as names and user agents.
"""

import difflib
import re
from collections.abc import Iterable

from trailbell.cloudtrail.event_names import BotocoreEventNames
from trailbell.cloudtrail.operations import Shape, find_operation, operations_by_event_name
from trailbell.errors import PatternError
from trailbell.pattern import constructors
from trailbell.pattern.ast import AnyElement, Index, Member, Selector
from trailbell.pattern.event_scope import EventScope
from trailbell.pattern.record_schema import (
    EVENT_NAME,
    FIELD_SCHEMAS,
    IDENTITY_TYPES,
    QUOTED_BOOLEANS,
    field_path,
)
from trailbell.sigma.glob import Glob, has_case, normalize
from trailbell.sigma.refused import RefusedError

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
_MEMBERS = frozenset(
    {path.partition(".")[0].partition("[")[0] for path in FIELD_SCHEMAS}
    | {"addendum", "edgeDeviceDetails", "insightDetails", "eventContext"}
)
_YES_OR_NO = frozenset(("Yes", "No"))
_VALUES = {
    "eventType": frozenset(
        (
            *("AwsApiCall", "AwsServiceEvent", "AwsConsoleAction", "AwsConsoleSignIn"),
            *("AwsVpceEvent", "AwsCloudTrailInsight"),
        )
    ),
    "eventCategory": frozenset(("Management", "Data", "Insight", "NetworkActivity")),
    "userIdentity.type": IDENTITY_TYPES,
    "userIdentity.sessionContext.sessionIssuer.type": IDENTITY_TYPES,
    "responseElements.ConsoleLogin": frozenset(("Success", "Failure")),
    "additionalEventData.MFAUsed": _YES_OR_NO,
    "additionalEventData.MobileVersion": _YES_OR_NO,
}
_LOWERCASE = frozenset(("eventSource", "awsRegion"))
# Text that AWS gives, with one spelling that rules copy from records.
_GIVEN_BY_AWS = frozenset(
    (
        *("errorCode", "eventVersion", "eventID", "requestID", "apiVersion", "eventTime"),
        *("sourceIPAddress", "userIdentity.accessKeyId", "userIdentity.accountId"),
        *("recipientAccountId", "userIdentity.invokedBy"),
        *("userIdentity.sessionContext.attributes.creationDate", "vpcEndpointId"),
        *("tlsDetails.tlsVersion", "tlsDetails.cipherSuite"),
    )
)
_MAX_SPELLINGS = 8
# Names that rules take from other tools, and those of CloudTrail.
_OTHER_NAMES = {
    "status": "errorCode",
    "src_ip": "sourceIPAddress",
    "user_agent": "userAgent",
    "event_name": "eventName",
    "event_source": "eventSource",
}


def selector_of(field: str) -> Selector:
    """The selector of a field of a rule. Raises `RefusedError` if no record has it."""
    try:
        reference = constructors.field(field)
    except PatternError:
        raise RefusedError(
            f'"{field}" is no path to a member of a record',
            'separate names with dots, like "userIdentity.arn"',
        ) from None
    first = reference.selector.steps[0]
    if isinstance(first, Member) and first.name in _MEMBERS:
        return reference.selector
    name = first.name if isinstance(first, Member) else field
    same = next((known for known in _MEMBERS if known.lower() == name.lower()), "")
    if same:
        return Selector((Member(same), *reference.selector.steps[1:]))
    raise RefusedError(f'records of CloudTrail have no member "{name}"', _suggestion(field))


def _suggestion(field: str) -> str:
    if field in _OTHER_NAMES:
        return f'did you mean "{_OTHER_NAMES[field]}"?'
    ending = [
        path for path in FIELD_SCHEMAS if path.rpartition(".")[2].lower() == field.lower()
    ] or difflib.get_close_matches(field, FIELD_SCHEMAS, n=1)
    if ending:
        return f'did you mean "{min(ending, key=len)}"?'
    return 'name the field as CloudTrail does, like "sourceIPAddress"'


def spellings(selector: Selector, scope: EventScope, glob: Glob) -> tuple[tuple[Glob, ...], bool]:
    """The spellings of text, and whether CloudTrail has no other one for it.

    There is no spelling of a value that no record can have.
    """
    path = field_path(selector) or ""
    if path in _LOWERCASE or selector in QUOTED_BOOLEANS:
        return (_mapped(glob),), True
    if closed := _VALUES.get(path):
        return _variants(glob, closed), True
    values = _event_names(scope) if selector == EVENT_NAME else _enumeration(selector, scope)
    if values:
        variants = _variants(glob, values)
        return (variants or (glob,)), bool(variants) or selector == EVENT_NAME
    texts = (part for part in glob if isinstance(part, str))
    return (glob,), path in _GIVEN_BY_AWS or not any(map(has_case, texts))


def _mapped(glob: Glob) -> Glob:
    return tuple(part.lower() if isinstance(part, str) else part for part in glob)


def _event_names(scope: EventScope) -> frozenset[str]:
    sources = {source for source, _ in scope.events if source and "*" not in source}
    known = BotocoreEventNames()
    names = [
        known.event_names(source) or operations_by_event_name(source).keys() for source in sources
    ]
    signing_in = ("ConsoleLogin", "GetSigninToken", "SwitchRole", "ExitRole", "CheckMfa")
    return frozenset(name for group in names for name in group) | frozenset(signing_in)


def _enumeration(selector: Selector, scope: EventScope) -> frozenset[str]:
    """The values of a parameter that all calls of a scope limit to the same list."""
    first, *steps = selector.steps
    if first != Member("requestParameters"):
        return frozenset()
    shapes = {_parameter(source, name, steps) for source, name in scope.events}
    shape = shapes.pop() if len(shapes) == 1 else None
    return frozenset(shape.enumeration) if shape else frozenset()


def _parameter(source: str | None, name: str | None, steps: Iterable[object]) -> Shape | None:
    operation = find_operation(source, name) if source and name else None
    shape = operation.request() if operation else None
    for step in steps:
        match step:
            case Member(member) if shape:
                shape = shape.below(member)
            case AnyElement() | Index() if shape and shape.kind == "list":
                shape = shape.inner("member")
            case _:
                return None
    return shape


def _variants(glob: Glob, values: Iterable[str]) -> tuple[Glob, ...]:
    """The text as the values that match without case spell it; none if none matches."""
    expression = re.compile(
        "".join(f"({re.escape(part)})" if isinstance(part, str) else part.value for part in glob),
        re.IGNORECASE | re.DOTALL,
    )
    variants: dict[Glob, None] = {}
    for value in sorted(values):
        if match := expression.fullmatch(value):
            texts = iter(match.groups())
            spelled = (next(texts) if isinstance(part, str) else part for part in glob)
            variants[normalize(tuple(spelled))] = None
    return tuple(variants) if len(variants) <= _MAX_SPELLINGS else ()
