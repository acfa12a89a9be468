"""The policies as documents: their number and length, and the command that prints them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.deploy.permissions.stacks import ALL, built, policies
from trailbell.command import permissions as command
from trailbell.deploy.permissions.deployer import Policies
from trailbell.deploy.permissions.policy import Policy, Scope, characters, split, statement
from trailbell.deploy.target import StackToDeploy
from trailbell.errors import SettingsError


def test_one_managed_policy_is_enough_for_the_default_stack() -> None:
    assert len(policies(built("security-alerts"), scope=Scope()).policies) == 1


@pytest.mark.parametrize(
    "targets",
    [
        *(pytest.param((each,), id=each.stack) for each in ALL),
        pytest.param(ALL, id="all stacks"),
    ],
)
@pytest.mark.parametrize("for_service_role", [False, True])
def test_every_policy_fits_a_managed_policy(
    targets: tuple[StackToDeploy, ...], *, for_service_role: bool
) -> None:
    result = policies(*targets, for_service_role=for_service_role)
    lengths = [characters(policy.document()) for policy in result.policies]
    assert max(lengths) <= 6_144
    assert len(lengths) <= 10, "a role has at most 10 managed policies"


_LONG = tuple(f"arn:aws:s3:::{'b' * 50}{number:02}" for number in range(80))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param((), ["p"], id="nothing is an empty policy"),
        pytest.param((statement("A", ["s3:Get"], ["a"]),), ["p"], id="one that fits has the name"),
        pytest.param(
            (statement("A", ["s3:Get"], _LONG[:60]), statement("B", ["s3:Get"], _LONG[60:])),
            ["p"],
            id="several that fit together",
        ),
        pytest.param(
            (statement("A", ["s3:Get"], _LONG), statement("B", ["s3:Get"], _LONG)),
            ["p-1", "p-2"],
            id="two that do not fit together are numbered",
        ),
        pytest.param(
            (statement("A", ["s3:Get"], [arn * 2 for arn in _LONG]),),
            ["p-1", "p-2"],
            id="the resources of a statement that is too long are divided",
        ),
    ],
)
def test_split(given: Any, expected: list[str]) -> None:
    result = split("p", given)
    assert [policy.name for policy in result] == expected
    resources = [arn for policy in result for each in policy.statements for arn in each.resources]
    assert resources == [arn for each in given for arn in each.resources]


def test_several_policies_are_a_list_of_names_and_documents() -> None:
    parts = (Policy("p-1", ()), Policy("p-2", ()))
    assert Policies(parts).to_json() == [
        {"PolicyName": "p-1", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
        {"PolicyName": "p-2", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    ]


def test_the_command_prints_one_document() -> None:
    result = CliRunner().invoke(command.command, ["trail", "--region", "us-east-1"])
    assert (result.exit_code, set(json.loads(result.stdout))) == (0, {"Version", "Statement"})
    assert result.stderr.startswith("note: The policy does not allow deleting")


def test_the_command_writes_each_policy_to_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    result = CliRunner().invoke(command.command, ["--output-dir", str(folder)])
    paths = sorted(folder.iterdir())
    assert sorted(result.stdout.split()) == [str(path) for path in paths]
    assert {path.name for path in paths} == {
        f"trailbell-deployer-{number}.json" for number in range(1, len(paths) + 1)
    }
    for path in paths:
        assert characters(json.loads(path.read_text())) <= 6_144


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param(
            (),
            ["VALUE-OF-LogGroupName", "security-alerts-LogGroup-*"],
            id="a stack that the pack can import from has no value",
        ),
        pytest.param(
            ("--parameter", "LogGroupName=trails"),
            ["security-alerts-LogGroup-*", "trails"],
            id="a value for that stack, as the note advises",
        ),
        pytest.param(
            ("--parameter", "LogGroupName=trails", "--parameter", "LogBucketName="),
            ["security-alerts-LogGroup-*", "trails"],
            id="a value of the pack that another stack does not accept",
        ),
        pytest.param(
            ("--parameter", "LogGroupName=trails", "--stack-name", "watch"),
            ["security-alerts-LogGroup-*", "trails"],
            id="a name of the selected stack only",
        ),
    ],
)
def test_the_log_group_of_a_pack(tmp_path: Path, words: tuple[str, ...], names: list[str]) -> None:
    (tmp_path / "none.toml").write_text("")
    options = ("--settings", str(tmp_path / "none.toml"))
    result = CliRunner().invoke(command.command, ["tamper", *words, *options])
    groups = re.findall(r'arn:aws:logs:\*:\*:log-group:([^":]+)"', result.stdout)
    assert (result.exit_code, sorted(set(groups))) == (0, names)
    assert ("--parameter LogGroupName=VALUE" in result.stderr) is (not words)


def test_a_parameter_that_no_template_has() -> None:
    with pytest.raises(SettingsError, match='any template; correct the name, did you mean "LogGr'):
        CliRunner().invoke(
            command.command, ["tamper", "--parameter", "LogGroupNam=x"], catch_exceptions=False
        )
