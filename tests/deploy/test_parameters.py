"""Parameters are validated before any call to AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from trailbell.deploy import parameters
from trailbell.deploy.environment import PreviousValue
from trailbell.errors import SettingsError

EXPECTED = {"A": "1", "B": "x,y"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            [
                {"ParameterKey": "A", "ParameterValue": "1"},
                {"ParameterKey": "B", "ParameterValue": "x,y"},
            ],
            id="keys and values",
        ),
        pytest.param(["A=1", "B=x,y"], id="assignments"),
        pytest.param({"Parameters": {"A": 1, "B": ["x", "y"]}, "Tags": {}}, id="a pipeline's"),
    ],
)
def test_each_format_of_parameter_file_is_read(tmp_path: Path, data: Any) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(data))
    assert parameters.from_file(path) == EXPECTED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "not JSON", id="no JSON"),
        pytest.param('{"A": "1"}', "not a parameter file", id="a plain object"),
        pytest.param(
            '[{"ParameterKey": "A", "UsePreviousValue": false}]',
            "A: ParameterValue is missing",
            id="no value",
        ),
        pytest.param(
            '[{"ParameterKey": "A", "ParameterValue": "1", "UsePreviousValue": true}]',
            "A: has both ParameterValue and UsePreviousValue; remove one of them",
            id="a value and the previous one",
        ),
        pytest.param('["A=1", "B=2", "A=3"]', "A: is given twice", id="a name twice"),
        pytest.param('[{"Key": "A"}]', "an entry has no ParameterKey", id="no key"),
        pytest.param(
            '{"Parameters": {"A": {}}}', "A: the value is not a string or number", id="an object"
        ),
    ],
)
def test_an_invalid_parameter_file_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        parameters.from_file(path)
    assert message in str(caught.value)


def test_a_previous_value_in_a_file_is_kept(tmp_path: Path) -> None:
    """A file that the AWS CLI takes: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/"""
    path = tmp_path / "p.json"
    path.write_text('[{"ParameterKey": "A", "UsePreviousValue": true}, "B=1"]')
    assert parameters.from_file(path) == {"A": PreviousValue(), "B": "1"}


def test_an_option_that_is_given_twice_is_an_error() -> None:
    with pytest.raises(SettingsError, match="--tag: a: is given twice; remove one of them"):
        parameters.parse_assignments(["a=1", "a=2"], "--tag")


def test_a_missing_parameter_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        parameters.from_file(tmp_path / "none")


DOCUMENT: dict[str, Any] = {
    "Parameters": {
        "Days": {"Type": "Number", "Default": 30, "MinValue": 1, "MaxValue": 90},
        "Name": {"Type": "String", "AllowedPattern": "[a-z]+", "MinLength": 2, "MaxLength": 4},
        "Kind": {"Type": "String", "Default": "a", "AllowedValues": ["a", "b"]},
        "Words": {
            "Type": "CommaDelimitedList",
            "Default": "ab",
            "AllowedPattern": "[a-z]+",
            "ConstraintDescription": "small letters",
        },
        "Secret": {"Type": "String", "Default": "", "MinLength": 8, "NoEcho": True},
        "Java": {"Type": "String", "Default": "a", "AllowedPattern": r"\p{Alpha}+"},
    }
}
VALID = {"Name": "abc"}


@pytest.mark.parametrize(
    ("values", "previous"),
    [
        pytest.param(VALID, (), id="required values"),
        pytest.param({}, ("Name",), id="previous value"),
        pytest.param(VALID | {"Words": "a, b ,c"}, (), id="a list"),
        pytest.param(VALID | {"Java": "x1"}, (), id="a pattern that Python cannot read"),
        pytest.param(VALID | {"Days": "90"}, (), id="the maximum"),
    ],
)
def test_valid_parameters(values: dict[str, str], previous: tuple[str, ...]) -> None:
    parameters.validate_parameters(values, DOCUMENT, previous, "here")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param(
            {},
            "here: Name: the parameter has no value and no default; use --parameter Name=VALUE",
            id="missing",
        ),
        pytest.param(
            VALID | {"Days": PreviousValue()},
            "here: Days: the deployed stack has no previous value; use --parameter Days=VALUE",
            id="no previous value",
        ),
        pytest.param(
            {"Nam": "x"},
            'here: Nam: does not exist in the template; correct the name, did you mean "Name"?',
            id="misspelled",
        ),
        pytest.param(
            VALID | {"Days": "x"},
            'here: Days: "x" is not valid; it must be a number',
            id="no number",
        ),
        pytest.param(
            VALID | {"Days": "0"},
            'here: Days: "0" is not valid; it must be at least 1',
            id="too small",
        ),
        pytest.param(
            VALID | {"Days": "91"},
            'here: Days: "91" is not valid; it must be at most 90',
            id="too large",
        ),
        pytest.param(
            {"Name": "A1"}, 'here: Name: "A1" is not valid; it must match [a-z]+', id="pattern"
        ),
        pytest.param(
            {"Name": "abcde"},
            'here: Name: "abcde" is not valid; it must have at most 4 characters',
            id="long",
        ),
        pytest.param(
            VALID | {"Kind": "c"},
            'here: Kind: "c" is not valid; it must be one of a, b',
            id="not an allowed value",
        ),
        pytest.param(
            VALID | {"Words": "a,B"},
            'here: Words: "a,B" is not valid; small letters',
            id="one entry",
        ),
        pytest.param(
            VALID | {"Secret": "hunter2"},
            "here: Secret: the value is not valid; it must have at least 8 characters",
            id="a secret is not shown",
        ),
    ],
)
def test_invalid_parameters(values: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parameters.validate_parameters(values, DOCUMENT, (), "here")
    assert str(caught.value) == message
