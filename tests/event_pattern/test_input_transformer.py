"""
Input transformers: what EventBridge delivers, and what it refuses.

Each row of what is delivered is a sentence of AWS's page, or what the emulator, which was written
from this page, delivers as well:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.services import eventbridge as referee

from trailbell.event_pattern.input_transformer import (
    MAX_TEMPLATE,
    InputTransformer,
    faults,
    render,
    unsafe_variables,
)

_RULE = "arn:aws:events:us-east-1:111122223333:rule/root-account-use"
_EVENT: dict[str, Any] = {
    "version": "0",
    "source": "aws.iam",
    "account": "111122223333",
    "time": "2026-01-15T12:34:56Z",
    "detail": {
        "name": "alice",
        "quote": 'say "hi" \\ back',
        "line": "first\nsecond",
        "object": {"a": "b", "c": [1, True, None]},
        "list": ["x", "y"],
        "objects": [{"id": "1"}, {"id": "2"}],
        "number": 300,
        "yes": True,
        "nothing": None,
        "who": "<name>",
        "dash-ed": "d",
    },
}
_PATHS = {
    "name": "$.detail.name",
    "quote": "$.detail.quote",
    "line": "$.detail.line",
    "object": "$.detail.object",
    "list": "$.detail.list",
    "number": "$.detail.number",
    "yes": "$.detail.yes",
    "nothing": "$.detail.nothing",
    "missing": "$.detail.unset",
    "who": "$.detail.who",
    "dashed": "$.detail.dash-ed",
}


def _render(template: str, paths: dict[str, str] | None = None) -> str:
    transformer = InputTransformer(_PATHS if paths is None else paths, template)
    return render(transformer, _EVENT, rule_arn=_RULE)


def _render_in_emulator(template: str, paths: dict[str, str]) -> str:
    view = referee._pattern_event_view(
        {
            "Source": _EVENT["source"],
            "DetailType": "x",
            "Detail": json.dumps(_EVENT["detail"]),
            "Account": _EVENT["account"],
        }
    )
    transformer = {"InputPathsMap": paths, "InputTemplate": template}
    rule = {"Name": "root-account-use", "Arn": _RULE}
    text: str = referee._apply_input_transformer(transformer, rule, view)
    return text


_DELIVERED = [
    pytest.param('"a <missing> b"', '"a  b"', id="a path that is not there is empty in text"),
    pytest.param('"<who>"', '"<name>"', id="a value is not expanded again"),
    pytest.param('"Hi <name>"', '"Hi alice"', id="text in quotes"),
    pytest.param('"<quote>"', '"say "hi" \\ back"', id="nothing is escaped"),
    pytest.param('"<line>"', '"first\nsecond"', id="a line break stays one"),
    pytest.param('"<name>"\n"<dashed>"', '"alice"\n"d"', id="each line has its quotes"),
    pytest.param('{"n": <name>}', '{"n": "alice"}', id="EventBridge adds the quotes of text"),
    pytest.param('{"n": <quote>}', '{"n": "say \\"hi\\" \\\\ back"}', id="a bare value is JSON"),
    pytest.param('"<object>"', '"{a: b, c: [1, true, null]}"', id="an object loses its quotes"),
    pytest.param(
        '{"o": <object>}', '{"o": {"a": "b", "c": [1, true, null]}}', id="a bare object stays JSON"
    ),
    pytest.param('{"l": <list>}', '{"l": ["x", "y"]}', id="a bare array stays JSON"),
    pytest.param('"<number> <yes>"', '"300 true"', id="a number and a boolean in text"),
    pytest.param('{"r": <aws.events.rule-arn>}', f'{{"r": "{_RULE}"}}', id="the ARN of the rule"),
    pytest.param('"<aws.events.rule-name>"', '"root-account-use"', id="the name of the rule"),
]


@pytest.mark.parametrize(("template", "message"), _DELIVERED)
def test_a_message_is_what_the_page_says(template: str, message: str) -> None:
    assert _render(template) == message


@pytest.mark.parametrize(("template", "message"), _DELIVERED)
def test_the_emulator_delivers_the_same(template: str, message: str) -> None:
    assert _render_in_emulator(template, _PATHS) == message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("$.detail.list[1]", "y", id="an index"),
        pytest.param("$.detail.list[9]", "", id="an index that is not there"),
        pytest.param("$.detail.list[*]", ["x", "y"], id="all entries of an array"),
        pytest.param("$.detail.objects[*].id", ["1", "2"], id="a member of all entries"),
        pytest.param("$.detail.name.first", "", id="a member of a text"),
        pytest.param("$.detail.object.c[0]", 1, id="an index below a member"),
    ],
)
def test_a_path_selects(path: str, value: Any) -> None:
    """The page supports array indices and wildcards; the emulator does not."""
    assert json.loads(_render('{"v": <v>}', {"v": path})) == {"v": value}


def test_the_whole_event_is_a_value() -> None:
    message = '{"event":<aws.events.event.json>,"envelope":<aws.events.event>}'
    envelope = {name: value for name, value in _EVENT.items() if name != "detail"}
    assert json.loads(_render(message)) == {"event": _EVENT, "envelope": envelope}


@pytest.mark.parametrize(
    ("paths", "template", "ids"),
    [
        pytest.param({}, "", ["empty-template"], id="no template"),
        pytest.param({}, "Hello", ["unquoted-text"], id="text without quotes"),
        pytest.param({"a": "$.a"}, "<a> is here", ["unquoted-text"], id="text after a variable"),
        pytest.param({"a": "$.a"}, '"A" is <a>', ["unquoted-text"], id="text between quotes"),
        pytest.param({}, '"<nope>"', ["undeclared-variable"], id="a variable without a path"),
        pytest.param({"Nope": "$.a"}, '"<nope>"', ["undeclared-variable"], id="another case"),
        pytest.param({"a-b_c": "$.a"}, '"<a-b_c>"', [], id="a name with a hyphen, as by CDK"),
        pytest.param({"a.b": "$.a"}, '"<a.b>"', ["bad-name"], id="a name with a dot"),
        pytest.param({"aws.events.rule-arn": "$.a"}, '"x"', ["reserved-name"], id="reserved"),
        pytest.param({"a": "detail.name"}, '"<a>"', ["bad-path"], id="a path without $"),
        pytest.param({"a": "$.detail['x']"}, '"<a>"', ["bad-path"], id="a name in brackets"),
        pytest.param({"a": "$.detail.xsi:type"}, '"<a>"', ["bad-path"], id="a colon in a name"),
        pytest.param({"a": "$.a"}, '{"x": <a>', ["not-json"], id="an open bracket"),
        pytest.param({"a": "$.a"}, '{<a>: "x"}', ["not-json"], id="a variable as a member's name"),
        pytest.param({}, '"<aws.events.event.json>"', ["event-in-text"], id="the event in text"),
        pytest.param({}, f'"{"x" * MAX_TEMPLATE}"', ["long-template"], id="too long"),
        pytest.param(
            {f"a{n}": "$.a" for n in range(101)}, '"x"', ["too-many-paths"], id="too many paths"
        ),
        pytest.param({"a": "$"}, '{"x": <a>, "y": "<a>", "z": [<a>]}', [], id="JSON"),
        pytest.param({"a": "$.a.b[0].c-d/e[*]"}, '"<a>"\n"b"', [], id="lines of text"),
        pytest.param({}, '{"x": <aws.events.event.json>}', [], id="the event as a value"),
        pytest.param({"a": "$.a"}, "<a>", [], id="one variable"),
        pytest.param({"a": "$.a"}, '"100 % of \\"<a>\\""', [], id="an escaped quote"),
    ],
)
def test_faults(paths: dict[str, str], template: str, ids: list[str]) -> None:
    assert [fault.id for fault in faults(paths, template)] == ids


def test_a_fault_says_what_would_be_right() -> None:
    (fault,) = faults({"eventName": "$.detail.eventName"}, '"<eventname>"')
    assert str(fault) == (
        'the template has <eventname>, but InputPathsMap has no "eventname"; add it to '
        'InputPathsMap, or remove it; "eventName" differs in case only'
    )


@pytest.mark.parametrize(
    ("path", "template", "names"),
    [
        pytest.param("$.detail.userAgent", '{"x": "<v>"}', ("v",), id="a user agent in a text"),
        pytest.param("$.detail.requestParameters", '{"x": "<v>"}', ("v",), id="an object"),
        pytest.param("$.detail.userIdentity.userName", '{"x": "<v>"}', ("v",), id="a user's name"),
        pytest.param("$.detail.userIdentity.arn", '{"x": "<v>"}', ("v",), id="an ARN with a path"),
        pytest.param("$.detail.userAgent", '{"x": <v>}', (), id="a bare value is escaped"),
        pytest.param("$.detail.userAgent", '"<v>"', (), id="a line of text is not JSON"),
        pytest.param("$.detail.eventName", '{"x": "<v>"}', (), id="a name of an API call"),
    ],
)
def test_a_value_that_can_break_json(path: str, template: str, names: tuple[str, ...]) -> None:
    assert unsafe_variables({"v": path}, template) == names


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_JSON)
def test_a_bare_value_never_breaks_json(value: Any) -> None:
    message = render(InputTransformer({"v": "$.detail.v"}, '{"v": <v>}'), {"detail": {"v": value}})
    assert json.loads(message) == {"v": value}


@given(_JSON.filter(lambda value: not isinstance(value, str)))
def test_an_object_in_text_never_ends_a_line(value: Any) -> None:
    message = render(InputTransformer({"v": "$.v"}, '"<v>"'), {"v": value})
    assert not {"\n", "\r"} & set(message)
    assert message.count('"') == 2


@given(st.text(), st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3))
def test_any_transformer_has_faults_or_none_but_no_error(
    template: str, paths: dict[str, str]
) -> None:
    faults(paths, template)
    unsafe_variables(paths, template)
    render(InputTransformer(paths, template), _EVENT)
