"""
A rule and its pattern match the same records: for generated rules, and records made from them.

The reading of a rule, `trailbell.sigma.reading`, is written from the specification and knows
nothing of filter patterns. The records hold the values of the rule, near misses of them, values of
null, and none.
"""

import ipaddress
from typing import Any

from hypothesis import HealthCheck, event, given, reject, settings
from hypothesis import strategies as st

from tests.sigma.rules import roots_of
from trailbell.errors import PatternError
from trailbell.pattern import FilterPattern, Outcome
from trailbell.sigma.convert import convert
from trailbell.sigma.glob import Style
from trailbell.sigma.reading import matches
from trailbell.sigma.refused import RefusedError

_MISSING = object()
# Each letter in one case only: without it, the pattern compares with case, and the rule does not.
_TEXT = st.text('aBc-. :/$"é', min_size=1, max_size=5)
_CASES = st.text("aAbB- ", min_size=1, max_size=4)
_NAMES = ["CreateUser", "DeleteUser", "CreateAccessKey", "PutUserPolicy", "GetUser"]
_ADDRESSES = ["10.0.0.1", "10.1.2.3", "10.10.0.1", "192.0.2.1", "2001:db8::1", "AWS Internal"]
_NETWORKS = ["10.0.0.0/8", "10.0.0.0/15", "10.1.2.3/32", "192.0.2.0/28", "2001:db8::/32"]


def _wild(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Text with wildcards at any place, some of them escaped."""
    parts = texts | st.sampled_from(["*", "?", "\\*", "*"])
    return st.lists(parts, min_size=1, max_size=3).map("".join)


def _compared(field: str, texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """A field of free text with a modifier and a value, or with several."""
    plain = st.sampled_from(["", "|contains", "|startswith", "|endswith", "|cased"])
    values = st.lists(texts, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda m, v: {f"{field}{m}": v}, plain, values),
        st.builds(lambda v: {field: v}, st.lists(_wild(texts), min_size=1, max_size=2)),
        st.builds(lambda v: {f"{field}|contains|all": v}, st.lists(texts, min_size=2, max_size=3)),
        st.builds(lambda v: {field: v}, st.sampled_from([None, "", "*", True, "true", 12])),
        st.builds(lambda v: {f"{field}|exists": v}, st.booleans()),
        st.builds(lambda v: {f"{field}|neq": v}, texts),
    )


_NAME = st.sampled_from(_NAMES)
_SPELLED = st.builds(lambda name, spell: spell(name), _NAME, st.sampled_from([str, str.lower]))
_KNOWN = st.one_of(
    st.builds(lambda v: {"eventName": v}, st.lists(_SPELLED, min_size=1, max_size=3)),
    st.builds(lambda v: {"eventName|startswith": v}, st.sampled_from(["create", "Delete", "G"])),
    st.builds(lambda v: {"eventName|contains": v}, st.sampled_from(["user", "Key", "policy"])),
    st.builds(lambda v: {"readOnly": v}, st.sampled_from([True, False, "true", "False"])),
    st.builds(lambda v: {"userIdentity.type": v}, st.sampled_from(["root", "IAMUser", "Other"])),
    st.builds(lambda v: {"sourceIPAddress|cidr": v}, st.sampled_from(_NETWORKS)),
    st.builds(
        lambda m, v: {f"requestParameters.maxItems|{m}": v},
        st.sampled_from(["lt", "lte", "gt", "gte"]),
        st.integers(0, 3),
    ),
    st.builds(lambda v: {"requestParameters.maxItems": v}, st.integers(0, 3)),
)
_CONDITIONS = [
    "a",
    "not a",
    "a and b",
    "a or b",
    "a and not b",
    "not a and not b",
    "not (a and b)",
    "not (a or c) and b",
    "(a or b) and not c",
    "1 of them",
    "all of them",
    "a and not 1 of b*",
]


def _detections(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    item = (
        _compared("userAgent", texts)
        | _compared("requestParameters.name", texts)
        | _compared("errorMessage", texts)
        | _KNOWN
    )
    selection = st.lists(item, min_size=1, max_size=2).map(
        lambda items: {name: value for each in items for name, value in each.items()}
    )
    either = selection | st.lists(selection, min_size=1, max_size=2)
    conditions = st.sampled_from(_CONDITIONS)
    return st.fixed_dictionaries({"a": either, "b": either, "c": either, "condition": conditions})


def _texts_of(node: Any) -> list[str]:
    """All texts in a rule."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts_of(value)]
    if isinstance(node, list):
        return [text for value in node for text in _texts_of(value)]
    return [node] if isinstance(node, str) else []


def _text_values(detection: dict[str, Any], extra: list[str]) -> st.SearchStrategy[Any]:
    """Values of the rule, shorter and longer ones, other text, null, and no value."""
    selections = {name: each for name, each in detection.items() if name != "condition"}
    texts = [text.replace("\\*", "*") for text in _texts_of(selections)] or ["x"]
    filled = [text.replace("*", "-").replace("?", "c") for text in texts]
    base = st.sampled_from([*texts, *filled, *extra])
    changed = st.builds(
        lambda before, text, after, cut: f"{before}{text[cut:]}{after}",
        st.sampled_from(["", "-", "a"]),
        base,
        st.sampled_from(["", ".", "c"]),
        st.integers(0, 1),
    )
    return st.one_of(base, changed, st.sampled_from([_MISSING, None, "", "12", "zzz"]))


def _record(data: st.DataObject, detection: dict[str, Any], extra: list[str]) -> dict[str, Any]:
    texts = _text_values(detection, extra)
    identity = st.sampled_from(["Root", "IAMUser", "AssumedRole"])
    request = {
        "name": data.draw(texts),
        "maxItems": data.draw(st.sampled_from([_MISSING, 0, 1, 2, 3])),
    }
    record = {
        "eventSource": "iam.amazonaws.com",
        "eventName": data.draw(_NAME),
        "readOnly": data.draw(st.booleans()),
        "userIdentity": {"type": data.draw(identity)},
        "sourceIPAddress": data.draw(st.sampled_from(_ADDRESSES)),
        "userAgent": data.draw(texts),
        "errorMessage": data.draw(texts),
        "requestParameters": {k: v for k, v in request.items() if v is not _MISSING} or None,
    }
    return {name: value for name, value in record.items() if value is not _MISSING}


def _check(detection: dict[str, Any], style: Style, data: st.DataObject, extra: list[str]) -> None:
    source = {"eventSource": "iam.amazonaws.com"}
    condition = f"({detection['condition'].replace('them', '[abc]')}) and s"
    condition = condition.replace("1 of [abc]", "(a or b or c)")
    condition = condition.replace("all of [abc]", "(a and b and c)")
    try:
        roots = roots_of({**detection, "s": source, "condition": condition})
        conversion = convert(roots, style)
        pattern = FilterPattern.of(conversion.condition)
    except (RefusedError, PatternError) as refused:
        event(f"refused: {type(refused).__name__}")
        reject()
    assert not conversion.left_out
    for _ in range(5):
        record = _record(data, detection, extra)
        outcome = pattern.test_record(record)
        if outcome == Outcome.UNCERTAIN:
            event("uncertain")
            continue
        expected = any(matches(root, record) for root in roots)
        event(f"matches: {expected}")
        assert (outcome == Outcome.MATCH) is expected, f"{pattern}\n{record}"


_SETTINGS = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@_SETTINGS
@given(detection=_detections(_TEXT), data=st.data())
def test_a_rule_and_its_pattern_agree(detection: dict[str, Any], data: st.DataObject) -> None:
    _check(detection, Style(), data, ["aBc"])


@_SETTINGS
@given(detection=_detections(_CASES), data=st.data())
def test_they_agree_without_case(detection: dict[str, Any], data: st.DataObject) -> None:
    texts = [text for text in _texts_of(detection) if text.lower() not in ("true", "false")]
    swapped = [text.swapcase() for text in texts]
    _check(detection, Style(ignore_case=True), data, ["aBc", *swapped])


@_SETTINGS
@given(
    network=st.sampled_from(_NETWORKS),
    address=st.ip_addresses(network="10.0.0.0/13").map(str)
    | st.ip_addresses(network="2001:db8::/31").map(str)
    | st.sampled_from(_ADDRESSES),
)
def test_a_range_of_addresses_has_exactly_its_addresses(network: str, address: str) -> None:
    roots = roots_of({"a": {"sourceIPAddress|cidr": network}, "condition": "a"})
    pattern = FilterPattern.of(convert(roots).condition)
    try:
        expected = ipaddress.ip_address(address) in ipaddress.ip_network(network)
    except ValueError:
        expected = False
    outcome = pattern.test_record({"sourceIPAddress": address})
    assert outcome == (Outcome.MATCH if expected else Outcome.NO_MATCH)
