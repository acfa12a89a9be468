"""Errors about parameters name the place where they were given, and what may have happened."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.deploy.conftest import source
from trailbell import settings
from trailbell.deploy.command_line import CommandLineSettings, with_command_line
from trailbell.deploy.environment import read_environment
from trailbell.deploy.target import resolve_stacks
from trailbell.errors import SettingsError

DOCUMENT = {
    "Parameters": {
        "BucketName": {"Type": "String", "Default": ""},
        "Days": {"Type": "Number", "Default": 30},
    },
    "Resources": {},
}
CHANGELOG = (
    "correct the name, or see the changelog for renamed and removed parameters (BucketName, Days)"
)


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        pytest.param(
            'parameters.Days = "x"',
            {},
            'FILE: environment.default: Days: "x" is not valid; it must be a number',
            id="a value of the environment",
        ),
        pytest.param(
            'parameters.Days = "1"\nstack.alerts.parameters.Days = "x"',
            {},
            'FILE: environment.default.stack.alerts: Days: "x" is not valid; it must be a number',
            id="a value of the stack",
        ),
        pytest.param(
            'parameters.Days = "1"\nstack.alerts.parameters.BucketName = "b"',
            {"Days": "x"},
            'command line: Days: "x" is not valid; it must be a number',
            id="a value of the command line",
        ),
        pytest.param(
            'parameters.Dayz = "1"\nstack.alerts.parameters.BucketName = "b"',
            {},
            "FILE: environment.default: Dayz: does not exist in any template; correct the name, "
            "or see the changelog for renamed and removed parameters (BucketName, Days)",
            id="an unknown name of the environment, for a stack with settings of its own",
        ),
        pytest.param(
            "",
            {"BuketName": "1"},
            "command line: BuketName: does not exist in the template; correct the name, did you "
            'mean "BucketName"?',
            id="a misspelled name",
        ),
        pytest.param(
            "",
            {"BaseStackName": "b"},
            f"command line: BaseStackName: does not exist in the template; {CHANGELOG}",
            id="a removed name that is a little like another one",
        ),
        pytest.param(
            "",
            {"HighProtocol": "b"},
            f"command line: HighProtocol: does not exist in the template; {CHANGELOG}",
            id="a removed name that is like no other one",
        ),
    ],
)
def test_errors_name_where_a_parameter_was_given(
    tmp_path: Path, text: str, given: Mapping[str, str], message: str
) -> None:
    path = tmp_path / "trailbell.toml"
    path.write_text(f"[environment.default]\n{text}\n")
    environment = read_environment(settings.read(path), "", ["alerts"])
    command_line = CommandLineSettings(parameters=given)
    environment = with_command_line(environment, command_line, ["alerts"])
    sources = (source("alerts", DOCUMENT),)
    with pytest.raises(SettingsError) as raised:
        resolve_stacks(sources, sources, environment)
    assert str(raised.value) == message.replace("FILE", str(path))
