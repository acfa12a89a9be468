"""One template in two texts: each exact, and both the same."""

import json
from typing import Any

import pytest
from cfnlint.decode.decode import decode_str
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.compiler import render
from trailbell.template.limits import BODY_BYTES
from trailbell.template.parse import _InPython, _parse, parse_yaml

# ------------------------------------------------------------------------------ order


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({}, "{}", id="an empty document stays empty"),
        pytest.param(
            {"Zebra": 1, "Outputs": {}, "Alpha": 2, "Resources": {}},
            '{"Resources": {}, "Outputs": {}, "Zebra": 1, "Alpha": 2}',
            id="unknown sections are last, in their order",
        ),
        pytest.param(
            {
                "Outputs": {"O": {"Value": 1, "Export": 2, "Description": 3, "Condition": 4}},
                "Resources": {"R": {"Properties": {"B": 1, "A": 2}, "Type": "T", "DependsOn": []}},
                "Rules": {"R": {"Assertions": [], "RuleCondition": 1}},
                "Parameters": {"P": {"Description": "d", "Default": 1, "Type": "Number"}},
                "AWSTemplateFormatVersion": "2010-09-09",
            },
            '{"AWSTemplateFormatVersion": "2010-09-09",'
            ' "Parameters": {"P": {"Type": "Number", "Default": 1, "Description": "d"}},'
            ' "Rules": {"R": {"RuleCondition": 1, "Assertions": []}},'
            ' "Resources": {"R": {"Type": "T", "DependsOn": [], "Properties": {"B": 1, "A": 2}}},'
            ' "Outputs": {"O": {"Condition": 4, "Description": 3, "Value": 1, "Export": 2}}}',
            id="sections and their entries are in the conventional order, properties as built",
        ),
    ],
)
def test_order(document: dict[str, Any], expected: str) -> None:
    assert json.dumps(render.in_template_order(document)) == expected


def test_order_does_not_change_its_argument() -> None:
    document = {"Outputs": {}, "Resources": {"R": {"Properties": {}, "Type": "T"}}}
    before = json.dumps(document)
    render.in_template_order(document)
    assert json.dumps(document) == before


# ------------------------------------------------------------------------------ JSON


_WIDE = "x" * 125
_JSON = [
    pytest.param({}, "{}\n", id="nothing"),
    pytest.param({"A": ["é", 1, None]}, '{"A": ["é", 1, null]}\n', id="what fits on a line"),
    pytest.param(
        {"é": [_WIDE, {}], "B": {}},
        f'{{\n "é": [\n  "{_WIDE}",\n  {{}}\n ],\n "B": {{}}\n}}\n',
        id="what is too long for one, over several",
    ),
    pytest.param(
        {"A": {_WIDE: 1}}, f'{{\n "A": {{\n  "{_WIDE}": 1\n }}\n}}\n', id="a key that is too long"
    ),
]


@pytest.mark.parametrize(("document", "text"), _JSON)
def test_json(document: dict[str, Any], text: str) -> None:
    assert (render.to_json(document), json.loads(text)) == (text, document)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1}, b"x"], ids=repr)
def test_values_that_json_does_not_have(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        render.to_json({"A": value})


# ------------------------------------------------------------------------------ YAML, to the byte

_LONG_FORM = [
    pytest.param({"Ref": 5}, "Ref: 5\n", id="a Ref to a number"),
    pytest.param({"Ref": {"Ref": "A"}}, "Ref: !Ref A\n", id="a Ref to a Ref"),
    pytest.param({"Ref": "A", "B": 1}, "Ref: A\nB: 1\n", id="a member called Ref next to another"),
    pytest.param({"Fn::Sub": 5}, "Fn::Sub: 5\n", id="a number, which a tag would make text"),
    pytest.param({"Fn::Sub": None}, "Fn::Sub: null\n", id="null, which a tag would make text"),
    pytest.param({"Fn::GetAtt": "A.Arn"}, "Fn::GetAtt: A.Arn\n", id="a dotted Fn::GetAtt"),
    pytest.param({"Fn::Own": "x"}, "Fn::Own: x\n", id="an unknown function"),
    pytest.param({"Fn::": "x"}, "'Fn::': x\n", id="a function without a name"),
    pytest.param(
        {"Fn::ForEach::Loop": ["I", ["a"], {}]},
        "Fn::ForEach::Loop: [I, [a], {}]\n",
        id="Fn::ForEach, which has no short form",
    ),
    pytest.param(
        {"Fn::Contains": [["a"], {"Ref": "A"}]},
        "Fn::Contains: [[a], !Ref A]\n",
        id="a function of Rules",
    ),
    pytest.param(
        {"Fn::Base64": {"Fn::Sub": "x"}},
        "Fn::Base64: !Sub x\n",
        id="a function directly around a short form: YAML has no place for two tags",
    ),
    pytest.param(
        {"Condition": {"StringEquals": {"a": "b"}}},
        "Condition:\n  StringEquals:\n    a: b\n",
        id="the Condition of an IAM statement, alone",
    ),
]
_SHORT_FORM = [
    pytest.param({"Ref": "A"}, "!Ref A\n", id="Ref"),
    pytest.param({"Ref": "AWS::NoValue"}, "!Ref AWS::NoValue\n", id="Ref to a pseudo parameter"),
    pytest.param({"Condition": "HasA"}, "!Condition HasA\n", id="Condition inside Conditions"),
    pytest.param({"Fn::GetAtt": ["A", "Arn"]}, "!GetAtt A.Arn\n", id="GetAtt"),
    pytest.param(
        {"Fn::GetAtt": ["A", "Outputs.B"]}, "!GetAtt A.Outputs.B\n", id="GetAtt of a nested stack"
    ),
    pytest.param(
        {"Fn::GetAtt": ["A", {"Ref": "P"}]},
        "!GetAtt [A, !Ref P]\n",
        id="GetAtt of a part that is not text",
    ),
    pytest.param(
        {"Fn::GetAtt": ["A.B", "C"]},
        "!GetAtt [A.B, C]\n",
        id="GetAtt whose first part holds a dot",
    ),
    pytest.param({"Fn::GetAZs": ""}, "!GetAZs ''\n", id="GetAZs of nothing"),
    pytest.param({"Fn::Join": []}, "!Join []\n", id="a function of an empty list"),
    pytest.param({"Fn::Sub": "a: b"}, "!Sub 'a: b'\n", id="text that would begin a mapping"),
    pytest.param({"Fn::Sub": "a\\b"}, "!Sub a\\b\n", id="text with a backslash"),
    pytest.param({"Fn::Sub": "a\nb"}, "!Sub |-\n  a\n  b\n", id="text of several lines"),
    pytest.param(
        {"Fn::Transform": {"Name": "AWS::Include"}},
        "!Transform\n  Name: AWS::Include\n",
        id="a function of a mapping",
    ),
]
_NESTED = [
    pytest.param(
        {
            "Key": {
                "Fn::If": [
                    "A",
                    {"Fn::If": ["B", {"Fn::GetAtt": ["K", "Arn"]}, {"Ref": "P"}]},
                    {"Ref": "AWS::NoValue"},
                ]
            }
        },
        "Key: !If [A, !If [B, !GetAtt K.Arn, !Ref P], !Ref AWS::NoValue]\n",
        id="If in If",
    ),
    pytest.param(
        {"L": {"Fn::If": ["A", [{"x": 1, "z": [2]}], []]}},
        "L: !If\n- A\n- - x: 1\n    z: [2]\n- []\n",
        id="If of lists",
    ),
    pytest.param(
        {"S": {"Fn::Sub": ["${A}/x", {"A": {"Fn::If": ["C", {"Fn::Sub": "${B}/"}, ""]}}]}},
        "S: !Sub ['${A}/x', {A: !If [C, !Sub '${B}/', '']}]\n",
        id="Sub with variables",
    ),
    pytest.param(
        {"UserData": {"Fn::Base64": {"Fn::Sub": "#!/bin/sh\necho ${A}\n"}}},
        "UserData:\n  Fn::Base64: !Sub |\n    #!/bin/sh\n    echo ${A}\n",
        id="Base64 of Sub over several lines",
    ),
    pytest.param(
        {"Conditions": {"Both": {"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Ref": "B"}]}]}}},
        "Conditions:\n  Both: !And [!Condition A, !Not [!Ref B]]\n",
        id="Condition inside Conditions",
    ),
    pytest.param(
        {
            "Statement": [
                {"Effect": "Allow", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
            ]
        },
        "Statement:\n- Effect: Allow\n  Condition:\n    Bool:\n      aws:SecureTransport: 'true'\n",
        id="Condition inside an IAM statement",
    ),
    pytest.param(
        {"L": [_WIDE, {"Ref": "A"}]}, f"L:\n- {_WIDE}\n- !Ref A\n", id="a list too long for a line"
    ),
    pytest.param(
        {"L": ["a,b", "[c]", "d{}", "it's, so"]},
        "L: ['a,b', '[c]', 'd{}', 'it''s, so']\n",
        id="text with what ends an entry of a list on a line",
    ),
    pytest.param(
        {"L": ["a", {"x": 1, "z": 2}]},
        "L:\n- a\n- x: 1\n  z: 2\n",
        id="a list with a mapping of two entries, over several lines",
    ),
    pytest.param(
        {"L": ["a", {"x, y": "1, 2"}]},
        "L: [a, {'x, y': '1, 2'}]\n",
        id="a list with a mapping of one entry, on one line",
    ),
    pytest.param(
        {"R": {"T": {"Properties": {"P": {"Q": [1]}}}}},
        "R:\n  T:\n    Properties:\n      P: {Q: [1]}\n",
        id="mappings of one entry, from the properties of a resource on one line",
    ),
    pytest.param(
        {"R": {"T": {"Properties": {"P": {"Q": "a" * 120}}}}},
        f"R:\n  T:\n    Properties:\n      P:\n        Q: {'a' * 120}\n",
        id="a mapping of one entry that does not fit on one line",
    ),
    pytest.param({"L": [[1, [2, []]], {}]}, "L: [[1, [2, []]], {}]\n", id="lists"),
]
_SCALARS = [
    ({"a": 5, "b": -1.5, "c": True, "d": None}, "a: 5\nb: -1.5\nc: true\nd: null\n"),
    ({"a": 1e16, "b": 1e-7, "c": 1.0}, "a: 1.0e+16\nb: 1.0e-07\nc: 1.0\n"),
    ({"a": "plain text, with [marks] & \\"}, "a: plain text, with [marks] & \\\n"),
    ({"a": "on"}, "a: 'on'\n"),
    ({"a": "No"}, "a: 'No'\n"),
    ({"a": "y"}, "a: 'y'\n"),
    ({"a": "~"}, "a: '~'\n"),
    ({"a": "NULL"}, "a: 'NULL'\n"),
    ({"a": "2012-10-17"}, "a: '2012-10-17'\n"),
    ({"a": "0123"}, "a: '0123'\n"),
    ({"a": "0x1F"}, "a: '0x1F'\n"),
    ({"a": "0o17"}, "a: '0o17'\n"),
    ({"a": "1e3"}, "a: '1e3'\n"),
    ({"a": "1_000"}, "a: '1_000'\n"),
    ({"a": "1:30"}, "a: '1:30'\n"),
    ({"a": "+1.5"}, "a: '+1.5'\n"),
    ({"a": ".5"}, "a: '.5'\n"),
    ({"a": ".inf"}, "a: '.inf'\n"),
    ({"a": "111122223333"}, "a: '111122223333'\n"),
    ({"a": ""}, "a: ''\n"),
    ({"a": " x"}, "a: ' x'\n"),
    ({"a": "x "}, "a: 'x '\n"),
    ({"a": "\xa0"}, "a: \xa0\n"),
    ({"a": "a: b"}, "a: 'a: b'\n"),
    ({"a": "a:"}, "a: 'a:'\n"),
    ({"a": "a:b"}, "a: a:b\n"),
    ({"a": "a #b"}, "a: 'a #b'\n"),
    ({"a": "a#b"}, "a: a#b\n"),
    ({"a": "it's"}, "a: it's\n"),
    ({"a": "'it's'"}, "a: '''it''s'''\n"),
    ({"a": "- x"}, "a: '- x'\n"),
    ({"a": "---"}, "a: '---'\n"),
    ({"a": "*"}, "a: '*'\n"),
    ({"a": "="}, "a: '='\n"),
    ({"<<": "x"}, "'<<': x\n"),
    ({"on": "x"}, "'on': x\n"),
    ({"": "x"}, "'': x\n"),
    ({"a\nb": "x"}, '"a\\nb": x\n'),
    ({"a": "é, 漢字, 😀"}, "a: é, 漢字, 😀\n"),
    ({"a": "tab\there"}, 'a: "tab\\there"\n'),
    ({"a": 'bell \x07 "\\'}, 'a: "bell \\u0007 \\"\\\\"\n'),
    ({"a": "next\x85line\u2028s\ufeff"}, 'a: "next\\u0085line\\u2028s\\ufeff"\n'),
    ({"a": "x\ny"}, "a: |-\n  x\n  y\n"),
    ({"a": "x\n\n  y\n"}, "a: |\n  x\n\n    y\n"),
    ({"a": "x\n\n", "b": 1}, "a: |+\n  x\n\nb: 1\n"),
    ({"a": "x  \ny"}, 'a: "x  \\ny"\n'),
    ({"a": " x\ny"}, 'a: " x\\ny"\n'),
    ({"a": "\nx"}, 'a: "\\nx"\n'),
    ({"a": ["x\ny", "z"]}, "a:\n- |-\n  x\n  y\n- z\n"),
]


@pytest.mark.parametrize(("document", "text"), [*_LONG_FORM, *_SHORT_FORM, *_NESTED])
def test_yaml_of_functions(document: dict[str, Any], text: str) -> None:
    assert (render.to_yaml(document), parse_yaml(text)) == (text, document)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        pytest.param({}, "{}\n", id="nothing"),
        pytest.param({"A": "x"}, "A: x\n", id="a scalar is written as always"),
        pytest.param(
            {"A": {"Fn::Sub": "${B}"}},
            "A: !Sub ${B}\n",
            id="a function of a scalar is written as always",
        ),
        pytest.param({"A": {"B": "x\ny"}}, "A:\n  B: |-\n    x\n    y\n", id="and a block"),
        pytest.param({"A": {"B": _WIDE * 5}}, f"A:\n  B: {_WIDE * 5}\n", id="what is too long"),
        pytest.param({"A": {"B": 1, "C": {}}}, "A: {B: 1, C: {}}\n", id="a mapping"),
        pytest.param({"A": {"?": "a?"}}, "A: {'?': 'a?'}\n", id="what ends an entry"),
        pytest.param(
            {"A": {"Fn::ImportValue": {"Fn::Sub": "${B}-C"}}},
            "A: {Fn::ImportValue: !Sub '${B}-C'}\n",
            id="a function of a function",
        ),
        pytest.param(
            {"A": [{"B": 1}, {"C": "x\ny"}]}, "A:\n- {B: 1}\n- C: |-\n    x\n    y\n", id="items"
        ),
    ],
)
def test_dense_yaml(document: dict[str, Any], text: str) -> None:
    assert (render.to_dense_yaml(document), parse_yaml(text)) == (text, document)


@pytest.mark.parametrize(("document", "text"), _SCALARS, ids=lambda value: repr(value))
def test_yaml_of_scalars(document: dict[str, Any], text: str) -> None:
    assert (render.to_yaml(document), parse_yaml(text)) == (text, document)


# ------------------------------------------------------------------------------ properties

_SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
_FUNCTION = st.sampled_from(["Ref", "Condition", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::GetAZs"])
_ANYTHING = st.recursive(
    _SCALAR.filter(lambda value: value not in (float("inf"), float("-inf"))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=20), inner, max_size=4)
        | st.dictionaries(_FUNCTION, inner, min_size=1, max_size=1)
    ),
    max_leaves=12,
)
_DOCUMENTS = st.dictionaries(st.text(max_size=20), _ANYTHING, max_size=5)


@given(_DOCUMENTS)
@settings(max_examples=300)
def test_yaml_reads_back_as_the_same_template(document: dict[str, Any]) -> None:
    assert parse_yaml(render.to_yaml(document)) == document


@given(_DOCUMENTS)
@settings(max_examples=100)
def test_dense_yaml_reads_back_as_the_same_template(document: dict[str, Any]) -> None:
    text = render.to_dense_yaml(document)
    assert (parse_yaml(text), _parse(text, _InPython)) == (document, document)


@given(_DOCUMENTS)
@settings(max_examples=100)
def test_yaml_reads_the_same_with_pyyaml_in_c_and_in_python(document: dict[str, Any]) -> None:
    assert _parse(render.to_yaml(document), _InPython) == document


@given(_DOCUMENTS)
@settings(max_examples=100)
def test_json_reads_back_as_the_same_template(document: dict[str, Any]) -> None:
    assert json.loads(render.to_json(document)) == document


_CFN_LINT_READS = st.recursive(
    _SCALAR.filter(lambda value: value not in (float("inf"), float("-inf"), None)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=20), inner, max_size=4)
        | st.builds(lambda name: {"Ref": name}, st.text())
        | st.builds(lambda *parts: {"Fn::GetAtt": list(parts)}, st.text(), st.text())
        | st.builds(lambda text: {"Fn::Sub": text}, st.text())
        | st.builds(lambda *parts: {"Fn::If": list(parts)}, st.text(), inner, inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=20), _CFN_LINT_READS, min_size=1, max_size=4))
@settings(max_examples=100)
def test_yaml_reads_the_same_with_cfn_lint(document: dict[str, Any]) -> None:
    template, faults = decode_str(render.to_yaml(document))
    assert (template, faults) == (document, [])


def test_a_value_that_occurs_twice_is_written_twice_without_an_anchor() -> None:
    shared = {"x": ["z"]}
    assert render.to_yaml({"a": shared, "b": shared}) == "a:\n  x: [z]\nb:\n  x: [z]\n"


def test_json_that_would_be_too_large_has_no_white_space() -> None:
    names = [{"Name": "x" * 90, "Value": {"Ref": "y" * 20}} for _ in range(330)]
    large = render.to_json({"Resources": names})
    assert large == json.dumps({"Resources": names}, separators=(",", ":")) + "\n"
    assert render.to_json({"Resources": names[:2]}).count("\n") > 2


def test_yaml_that_would_be_too_large_is_dense() -> None:
    tags = [{"Tags": {"Name": "x" * 30, "Value": "y" * 30}} for _ in range(575)]
    large = render.to_yaml({"Resources": tags})
    assert large == render.to_dense_yaml({"Resources": tags})
    assert len(large.encode()) <= BODY_BYTES
    assert render.to_yaml({"Resources": tags[:1]}) == (
        f"Resources:\n- Tags:\n    Name: {'x' * 30}\n    Value: {'y' * 30}\n"
    )


def test_yaml_that_is_too_large_in_any_case_is_indented() -> None:
    tags = [{"Tags": {"Name": "x" * 90}} for _ in range(620)]
    assert render.to_yaml({"A": tags}) == "A:\n" + f"- Tags:\n    Name: {'x' * 90}\n" * 620
