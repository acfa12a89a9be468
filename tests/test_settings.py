"""``trailbell.toml``: what is wrong in it is told with the file, the key and the nearest word."""

from pathlib import Path

import pytest

from trailbell import settings
from trailbell.deploy.environment import (
    CommandLineSettings,
    Environment,
    StackOutput,
    StackSettings,
    environment,
    with_command_line,
)
from trailbell.errors import SettingsError, TrailbellError

STACKS = ("alerts", "trail")


def read(tmp_path: Path, text: str, name: str = "") -> Environment:
    path = tmp_path / "trailbell.toml"
    path.write_text(text)
    return environment(settings.read(path), name, STACKS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[enviroment.a]", 'enviroment; nothing reads it, did you mean "environment"?',
                     id="a table that nobody reads"),
        pytest.param("[environment.default]\nregoin = 'x'",
                     'environment.default.regoin; nothing reads it, did you mean "region"?',
                     id="a key that nobody reads"),
        pytest.param("[environment.default]\nregion = 1",
                     "environment.default.region: 1; a text in quotes", id="a number for a text"),
        pytest.param("[environment.default]\ntermination_protection = 'no'",
                     'environment.default.termination_protection: "no"; true or false',
                     id="a text for a switch"),
        pytest.param("[environment.default]\nrollback_minutes = true",
                     "environment.default.rollback_minutes: true; a whole number",
                     id="a switch for a number"),
        pytest.param("[environment.default]\nrollback_minutes = 181",
                     "environment.default.rollback_minutes: 181; 0 to 180", id="too long"),
        pytest.param("[environment.default]\non_failure = 'rolback'",
                     'environment.default.on_failure: "rolback"; one of them, did you mean '
                     '"rollback"?', id="a word that is none"),
        pytest.param("[environment.default]\naccount = '12'",
                     'environment.default.account: "12"; twelve digits in quotes', id="an account"),
        pytest.param("[environment.default]\nstack_name = '1x'",
                     'environment.default.stack_name: "1x"; a letter, then letters, digits or '
                     "'-', 128 at most; {stack} stands for the name in dist/", id="a stack's name"),
        pytest.param("[environment.default.stack.alert]\n",
                     'environment.default.stack.alert; no such stack, did you mean "alerts"?',
                     id="a stack that is not there"),
        pytest.param("[environment.default.stack.trail]\nregion = 'x'",
                     "environment.default.stack.trail.region; nothing reads it (after, "
                     "notification_arns, on_failure, parameters, rollback_alarms, "
                     "rollback_minutes, service_role, stack_name, stack_policy, tags, "
                     "template_bucket, termination_protection)",
                     id="a key of the environment on a stack"),
        pytest.param("[environment.default.parameters]\nA = {stack = 'trail'}",
                     'environment.default.parameters.A; a text, a number, a list, or { stack = '
                     '"...", output = "..." }', id="half an output"),
        pytest.param("[environment.default]\nstack_policy = 'none.json'",
                     "environment.default.stack_policy: no such file; name a file of JSON",
                     id="a policy that is not there"),
        pytest.param("[environment.default]\nnotification_arns = ['1','2','3','4','5','6']",
                     "environment.default.notification_arns: 6 of them; CloudFormation takes 5",
                     id="too many topics"),
        pytest.param("[environment.a]\n[environment.b]",
                     "environment: several; name it with --environment (a, b)", id="which one"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == f"{tmp_path}/trailbell.toml: {message}"


def test_what_is_no_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"trailbell\.toml: not TOML: .* \(at "):
        read(tmp_path, "[environment")


@pytest.mark.parametrize("name", ["prod", "x"])
def test_an_unknown_environment_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(TrailbellError, match=f'unknown environment "{name}"'):
        read(tmp_path, "[environment.production]", name)


def test_tables_of_others_are_left_to_them(tmp_path: Path) -> None:
    assert read(tmp_path, "[catalogue]\nx = 1\n[rollout.a]\ny = 2") == Environment()


def test_no_file_is_no_settings(tmp_path: Path) -> None:
    assert environment(settings.load(None, tmp_path), "", STACKS) == Environment()


FULL = """
[environment.production]
account = "111122223333"
region = "eu-central-1"
profile = "security"
role = "arn:aws:iam::111122223333:role/Deployer"
stack_name = "watch-{stack}"
tags = { owner = "security" }
termination_protection = true
rollback_alarms = ["arn:alarm"]
rollback_minutes = 5
on_failure = "rollback"
service_role = "arn:role"
template_bucket = "templates"
notification_arns = ["arn:topic"]
parameters = { RetentionInDays = 400, EncryptionKey = "none" }

[environment.production.stack.alerts]
stack_name = "alerts"
termination_protection = false
tags = { team = "blue" }
after = ["trail"]
parameters.LogGroupName = { stack = "trail", output = "LogGroupName" }
parameters.EncryptionKey = "create"
"""


def test_everything_is_read_and_stacks_differ_where_they_say(tmp_path: Path) -> None:
    found = read(tmp_path, FULL, "production")
    file = tmp_path / "trailbell.toml"
    assert found.settings_for("trail") == StackSettings(
        stack_name="watch-trail",
        parameters={"RetentionInDays": "400", "EncryptionKey": "none"},
        shared=frozenset({"RetentionInDays", "EncryptionKey"}),
        tags={"owner": "security"},
        notification_arns=("arn:topic",),
        rollback_alarms=("arn:alarm",),
        rollback_minutes=5,
        on_failure="ROLLBACK",
        service_role="arn:role",
        template_bucket="templates",
        defined_in=f"{file}: environment.production",
    )
    alerts = found.settings_for("alerts")
    assert (alerts.stack_name, alerts.termination_protection, alerts.after) == (
        "alerts",
        False,
        ("trail",),
    )
    assert alerts.parameters == {
        "RetentionInDays": "400",
        "EncryptionKey": "create",
        "LogGroupName": StackOutput("trail", "LogGroupName"),
    }
    assert (alerts.shared, alerts.tags) == (
        frozenset({"RetentionInDays"}),
        {"owner": "security", "team": "blue"},
    )


def test_the_command_line_wins(tmp_path: Path) -> None:
    found = with_command_line(
        read(tmp_path, FULL, "production"),
        CommandLineSettings(
            region="us-east-1",
            parameters={"EncryptionKey": "none"},
            termination_protection=False,
            on_failure="keep",
        ),
        ["alerts"],
    )
    options = found.settings_for("alerts")
    assert (found.region, options.parameters["EncryptionKey"], options.on_failure) == (
        "us-east-1",
        "none",
        "DO_NOTHING",
    )
    assert options.stack_name == "alerts"
