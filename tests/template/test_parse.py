"""What others write, read as CloudFormation reads it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.errors import UnreadableFileError
from trailbell.template.parse import _InPython, _Loader, _parse, parse_template
from trailbell.text_files import TOO_DEEP

# Both parsers of PyYAML: which one is there depends on how it was installed.
BOTH = pytest.mark.parametrize(
    "loader", [pytest.param(_Loader, id="C"), pytest.param(_InPython, id="Python")]
)
_IS_NO_JSON_NUMBER = "contains a number that is not valid in JSON"
_IS_NO_NUMBER = "the number at line 1 is not valid in JSON"


@BOTH
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            "a: *b", "CloudFormation does not support the YAML alias at line 1", id="an alias"
        ),
        pytest.param(
            "a: 1\n<<: {b: 1}",
            "CloudFormation does not support the YAML merge (<<) at line 2",
            id="a merge of mappings",
        ),
        *(
            pytest.param(
                f"a: 1\nb: !!{tag} {value}",
                f"CloudFormation does not support the YAML tag !!{tag} at line 2",
                id=f"the tag {tag}",
            )
            for tag, value in {
                "binary": "aGk=",
                "omap": "[a: 1]",
                "pairs": "[a: 1]",
                "set": "{a, b}",
                "timestamp": "2012-10-17",
            }.items()
        ),
        pytest.param("a: .inf", _IS_NO_NUMBER, id="infinity"),
        pytest.param("a: -.Inf", _IS_NO_NUMBER, id="infinity below zero"),
        pytest.param("a: .nan", _IS_NO_NUMBER, id="no number"),
        pytest.param("a: 1.0e+999", _IS_NO_NUMBER, id="a number beyond a double"),
        pytest.param(f"a: {'1:' * 300}1.5", _IS_NO_NUMBER, id="three hundred sexagesimal places"),
        pytest.param(f"a: {'1' * 5_000}", "not YAML at line 1", id="thousands of digits"),
        pytest.param(f"a: 0x{'f' * 5_000}", "not YAML at line 1", id="thousands in base sixteen"),
        pytest.param("a: !!int x", "not YAML at line 1", id="text that is tagged a number"),
        pytest.param("a: !!python/name:os.system x", "not YAML at line 1", id="Python's own"),
        pytest.param("? [a]\n: b", "not YAML at line 1", id="a list for a key"),
        pytest.param("!Ref a: b", "not YAML at line 1", id="a function for a key"),
        pytest.param("a: 1\n\tb: 2", "not YAML at line 2", id="a tab to indent"),
        pytest.param(
            "a: 1\n---\nb: 2", "a second YAML document begins at line 2", id="two documents"
        ),
        pytest.param(
            "a: 1\nb: \x07", "not YAML at line 2: a character that is not allowed", id="a bell"
        ),
        pytest.param(
            "a: 1\nb: \ud800", "not YAML at line 2: a character that is not allowed",
            id="half of a pair of UTF-16",
        ),
        pytest.param("a: " + "[" * 100_000, TOO_DEEP, id="lists without an end"),
        pytest.param("{a: " * 100_000, TOO_DEEP, id="mappings without an end"),
        pytest.param("a: " + "[" * 100 + "]" * 100, TOO_DEEP, id="101 levels in brackets"),
        pytest.param("- " * 101 + "a", TOO_DEEP, id="101 levels of dashes"),
        pytest.param(
            "\n".join(" " * level + "a:" for level in range(1_500)), TOO_DEEP,
            id="1,500 levels by indentation",
        ),
    ],
)  # fmt: skip
def test_yaml_that_cannot_be_read(text: str, reason: str, loader: Any) -> None:
    with pytest.raises(UnreadableFileError) as found:
        _parse(text, loader)
    assert found.value.reason == reason


@BOTH
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("# a\n# b", None, id="comments alone"),
        pytest.param("\ufeffa: 1", {"a": 1}, id="a byte order mark"),
        pytest.param("Version: 2012-10-17", {"Version": "2012-10-17"}, id="a date"),
        pytest.param("- 2012-10-17T00:00:00Z", ["2012-10-17T00:00:00Z"], id="a time"),
        pytest.param("- 2001-12-14 21:59:43.10 -5", ["2001-12-14 21:59:43.10 -5"], id="with zone"),
        pytest.param("!Sub 2012-10-17", {"Fn::Sub": "2012-10-17"}, id="a date in a function"),
        pytest.param("2012-10-17: 2012-99-99", {"2012-10-17": "2012-99-99"}, id="a date as a key"),
        pytest.param("[=, <<]", ["=", "<<"], id="signs with a meaning elsewhere"),
        pytest.param("[y, n, yes, No, on, OFF, true]",
                     ["y", "n", True, False, True, False, True], id="truths of YAML 1.1"),
        pytest.param("[0123, 0o17, 0x1F, 0b11, 1_000]", [83, "0o17", 31, 3, 1000],
                     id="numbers in other bases, as YAML 1.1 has them"),
        pytest.param("[012345678901, 111122223333]", ["012345678901", 111122223333],
                     id="account ids that are no octal numbers"),
        pytest.param("[12:30:00, 1:30.5, 1e3]", [45_000, 90.5, "1e3"], id="sixties"),
        pytest.param("{on: 1, 0123: 2, ~: 3, true: 4, 1.5: 5}",
                     {"on": 1, "0123": 2, "~": 3, "true": 4, "1.5": 5}, id="keys are text"),
        pytest.param("a: 1\na: 2", {"a": 2}, id="of two equal keys the last"),
        pytest.param("a: &b 1", {"a": 1}, id="an anchor that is not referred to"),
        pytest.param("- " * 99 + "a: b", json.loads("[" * 99 + '{"a": "b"}' + "]" * 99),
                     id="100 levels"),
    ],
)  # fmt: skip
def test_yaml_is_read_as_cloudformation_reads_it(text: str, expected: Any, loader: Any) -> None:
    assert _parse(text, loader) == expected


_PIECES = st.sampled_from(
    [
        *("a", "on", "~", "=", "<<", "0123", "0x1F", "1:30", "1:1.5", ".inf", ".nan", "1.0e+999"),
        *("2012-10-17", "!Ref ", "!GetAtt ", "!Sub ", "!! ", "! ", "!!int ", "!!set ", "!!str "),
        *("!!float ", "!!binary ", "!!merge ", "!!null ", "!!bool ", "!!map ", "!!seq ", "!!omap "),
        *("&x ", "*x ", "? ", ": ", "- ", ", ", "{", "}", "[", "]", "'", '"', "#", "|", ">", "%"),
        *("\n", "\n  ", "\n    ", "\t", "---\n", "...\n", "\ufeff", "\\ud800", "_", "\x00"),
    ]
)


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=30).map("".join)))
@settings(max_examples=1000)
def test_any_text_is_what_json_can_hold_or_unreadable(text: str) -> None:
    for loader in (_Loader, _InPython):
        try:
            found = _parse(text, loader)
        except UnreadableFileError:
            continue
        assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"a": NaN}', _IS_NO_JSON_NUMBER, id="no number"),
        pytest.param('{"a": 1e999}', _IS_NO_JSON_NUMBER, id="beyond a double"),
        pytest.param('{"a": "\\ud800"}', "contains half of a surrogate pair", id="surrogate"),
        pytest.param('{"a": 1', "not JSON at line 1, column 8", id="neither JSON nor YAML"),
    ],
)
def test_json_that_cannot_be_read(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFileError) as found:
        parse_template(text)
    assert found.value.reason == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('\ufeff{"a": 1}', {"a": 1}, id="JSON after a byte order mark"),
        pytest.param("{a: 2012-10-17}", {"a": "2012-10-17"}, id="YAML that begins like JSON"),
    ],
)
def test_either_format(text: str, expected: Any) -> None:
    assert parse_template(text) == expected
