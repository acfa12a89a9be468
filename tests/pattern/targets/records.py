"""
Records and conditions that conform to `trailbell.pattern.record_schema`.

In:    nothing.
Out:   hypothesis strategies: records in which a field of a known type has that type (or null, if
       it is nullable), and conditions that are mostly on such fields.
Never: a record that CloudTrail cannot send; `tests.pattern.strategies` has those.
"""

from hypothesis import strategies as st

from tests.pattern.strategies import (
    Event,
    JsonValue,
    conditions,
    equality,
    ordering,
)
from trailbell.pattern.ast import (
    AnyElement,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    Literal,
    Member,
    NotExists,
    Number,
    Or,
    Regex,
    Selector,
    Step,
    Text,
)
from trailbell.pattern.record_schema import FIELD_SCHEMAS, FieldType

WORDS = (
    "",
    "ConsoleLogin",
    "Console",
    "IAMUser",
    "iam.amazonaws.com",
    "Yes",
    "123456789012",
    "203.0.113.203.0.113",
    'say "hi" \\ there',
    "it's 50%_",
    "a/b",
    "é日本😀",
)

_NAMES = (
    "eventName",
    "eventSource",
    "sourceIPAddress",
    "errorCode",
    "readOnly",
    "userIdentity",
    "userIdentity.type",
    "userIdentity.invokedBy",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "additionalEventData.MFAUsed",
    "additionalEventData.bytesTransferredIn",
    "requestParameters",
    "requestParameters.bucketName",
    "resources",
    "resources[*].ARN",
    "resources[*].type",
)


def selector(path: str) -> Selector:
    """
    >>> selector("resources[*].ARN").steps
    (Member(name='resources'), AnyElement(), Member(name='ARN'))
    """
    steps: list[Step] = []
    for word in path.split("."):
        steps.append(Member(word.removesuffix("[*]")))
        if word.endswith("[*]"):
            steps.append(AnyElement())
    return Selector(tuple(steps))


_words = st.sampled_from(WORDS)


@st.composite
def _starred(draw: st.DrawFn) -> Text:
    word = draw(_words)
    cut = draw(st.integers(0, len(word)))
    shapes = (word, word, word[:cut] + "*", "*" + word[cut:], "*", f"{word[:cut]}*{word[cut:]}")
    return Text(draw(st.sampled_from(shapes)))


_selectors = st.sampled_from([selector(name) for name in _NAMES])
_odd_selectors = st.sampled_from(
    [
        selector(name)
        for name in (
            "requestParameters.items.name",
            "requestParameters.odd-name",
            "requestParameters.items[*].name",
            "x",
        )
    ]
)
_numbers = st.sampled_from(("0", "5", "12", "12.5", "-3", "123456789012")).map(Number)
_regexes = st.sampled_from(("^Console", "[Ll]ogin$", r"\d{3}", r"amazonaws\.com")).map(Regex)

_chosen = st.one_of(_selectors, _selectors, _selectors, _odd_selectors)


@st.composite
def _absent_or_null(draw: st.DrawFn) -> Condition:
    chosen = draw(_selectors.filter(lambda it: AnyElement() not in it.steps))
    return Or((NotExists(chosen), IsLiteral(chosen, Literal.NULL)))


clauses: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Comparison, _selectors, equality, _starred()),
    st.builds(Comparison, _selectors, equality, _starred()),
    st.builds(Comparison, _chosen, equality, st.one_of(_starred(), _numbers, _regexes)),
    st.builds(Comparison, _chosen, ordering, _numbers),
    st.builds(IsLiteral, _chosen, st.sampled_from(Literal)),
    st.builds(NotExists, _chosen),
    _absent_or_null(),
)


def trees(*, leaves: int = 5) -> st.SearchStrategy[JsonPattern]:
    return st.builds(JsonPattern, conditions(clauses, leaves=leaves))


def _value(field_type: FieldType) -> st.SearchStrategy[JsonValue]:
    match field_type:
        case FieldType.TEXT:
            return _words
        case FieldType.BOOLEAN:
            return st.booleans()
        case FieldType.NUMBER:
            return st.sampled_from((0, 5, 12, 12.5, 3000000))
        case FieldType.OBJECT | FieldType.ARRAY:
            raise AssertionError(field_type)


def _member(name: str) -> st.SearchStrategy[JsonValue]:
    known = FIELD_SCHEMAS[name]
    return _value(known.type) | st.none() if known.nullable else _value(known.type)


def _object(
    prefix: str, *names: str, **others: st.SearchStrategy[JsonValue]
) -> st.SearchStrategy[JsonValue]:
    members = {name: _member(f"{prefix}{name}") for name in names}
    return st.fixed_dictionaries({}, optional={**members, **others})


_anything: st.SearchStrategy[JsonValue] = st.one_of(
    _words,
    st.none(),
    st.integers(0, 20),
    st.sampled_from((0.5, 12.5, 1e21, 3e-7, 123456789012)),
    st.lists(_words, max_size=2),
)

_identity = _object(
    "userIdentity.",
    "type",
    "invokedBy",
    "arn",
    sessionContext=_object(
        "userIdentity.sessionContext.",
        attributes=_object("userIdentity.sessionContext.attributes.", "mfaAuthenticated"),
    ),
)

_items: st.SearchStrategy[JsonValue] = st.one_of(
    _anything,
    st.fixed_dictionaries({"name": _anything}),
    st.lists(st.fixed_dictionaries({"name": _anything}), max_size=2),
)

_parameters = _object(
    "requestParameters.", "bucketName", **{"odd-name": _anything, "items": _items}
)

_resources = st.lists(_object("resources[*].", "ARN", "type"), max_size=2)


def records() -> st.SearchStrategy[Event]:
    return st.fixed_dictionaries(
        {},
        optional={
            **{
                name: _member(name)
                for name in ("eventName", "eventSource", "sourceIPAddress", "errorCode", "readOnly")
            },
            "userIdentity": _identity,
            "additionalEventData": _object("additionalEventData.", "MFAUsed", "bytesTransferredIn"),
            "requestParameters": st.none() | _parameters,
            "resources": _resources,
            "x": _anything,
        },
    )
