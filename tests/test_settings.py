"""``trailbell.toml``: errors name the file, the key and the nearest known word."""

from dataclasses import replace
from pathlib import Path

import pytest

from trailbell import settings
from trailbell.catalog.selection import read_selection
from trailbell.command.project import load_project
from trailbell.deploy.command_line import CommandLineSettings, with_command_line
from trailbell.deploy.environment import (
    Environment,
    StackOutput,
    StackSettings,
    read_environment,
    read_environments,
)
from trailbell.errors import SettingsError, TrailbellError
from trailbell.project import root
from trailbell.rollout.configuration.operation_preferences import (
    OperationPreferences,
    read_operation_preferences,
)
from trailbell.rollout.configuration.settings import read_rollouts

STACKS = ("alerts", "trail")


def read(tmp_path: Path, text: str, name: str = "") -> Environment:
    path = tmp_path / "trailbell.toml"
    path.write_text(text)
    return read_environment(settings.read(path), name, STACKS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "[enviroment.a]",
            'enviroment: unknown key; did you mean "environment"?',
            id="an unknown table",
        ),
        pytest.param(
            "[environment.default]\nregoin = 'x'",
            'environment.default.regoin: unknown key; did you mean "region"?',
            id="an unknown key",
        ),
        pytest.param(
            "[environment.default]\nregion = 1",
            "environment.default.region: invalid value 1; write a text in quotes",
            id="a number for a text",
        ),
        pytest.param(
            "[environment.default]\ntermination_protection = 'no'",
            'environment.default.termination_protection: invalid value "no"; write true or false',
            id="a text for a switch",
        ),
        pytest.param(
            "[environment.default]\nrollback_minutes = true",
            "environment.default.rollback_minutes: invalid value true; write a whole number",
            id="a switch for a number",
        ),
        pytest.param(
            "[environment.default]\nrollback_minutes = 181",
            "environment.default.rollback_minutes: invalid value 181; write 0 to 180 minutes",
            id="too long",
        ),
        pytest.param(
            "[environment.default]\non_failure = 'rolback'",
            'environment.default.on_failure: unknown value "rolback"; did you mean "rollback"?',
            id="a word that is none",
        ),
        pytest.param(
            "[environment.default]\naccount = '12'",
            'environment.default.account: invalid value "12"; write twelve digits in quotes',
            id="an account",
        ),
        pytest.param(
            "[environment.default]\nstack_name = '1x'",
            'environment.default.stack_name: invalid value "1x"; write a letter'
            " and up to 127 letters, digits and hyphens; {stack} is replaced "
            "with the name in dist/",
            id="a stack's name",
        ),
        pytest.param(
            "[environment.default.stack.alert]\n",
            'environment.default.stack.alert: unknown stack; did you mean "alerts"?',
            id="a stack that is not there",
        ),
        pytest.param(
            "[environment.default.stack.trail]\nregion = 'x'",
            "environment.default.stack.trail.region: unknown key; known: "
            "depends_on, notification_arns, on_failure, parameters, "
            "rollback_alarms, rollback_minutes, service_role, stack_name, "
            "stack_policy, tags, template_bucket, termination_protection",
            id="a key of the environment on a stack",
        ),
        pytest.param(
            "[environment.default.parameters]\nA = {stack = 'trail'}",
            "environment.default.parameters.A: invalid value; write a text, a "
            'number, a list, or { stack = "...", output = "..." }',
            id="half an output",
        ),
        pytest.param(
            "[environment.default]\nstack_policy = 'none.json'",
            "environment.default.stack_policy: no such file; name a JSON file",
            id="a policy that is not there",
        ),
        pytest.param(
            "[environment.default]\nnotification_arns = ['1','2','3','4','5','6']",
            "environment.default.notification_arns: has 6 entries; CloudFormation accepts 5",
            id="too many topics",
        ),
        pytest.param(
            "[environment.default.tags]\n'aws:owner' = 'x'",
            'environment.default.tags.aws:owner: keys that begin with "aws:" are reserved for AWS; '
            "choose another key",
            id="a reserved tag",
        ),
        pytest.param(
            "[environment.a]\n[environment.b]",
            "environment: no environment is selected, and none is called "
            "default; use --environment NAME (a, b)",
            id="which one",
        ),
    ],
)
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


def test_no_file_is_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(root, "_chosen", [tmp_path])
    assert read_environment(settings.load(None), "", STACKS) == Environment()


FULL = """
[environment.production]
account = "111122223333"
region = "eu-central-1"
profile = "security"
assume_role = "arn:aws:iam::111122223333:role/Deployer"
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
depends_on = ["trail"]
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
    assert (alerts.stack_name, alerts.termination_protection, alerts.depends_on) == (
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


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("", True, id="no key leaves what the stack has"),
        pytest.param(
            "tags = {}\nnotification_arns = []\nrollback_alarms = []\nrollback_minutes = 0",
            False,
            id="an empty value takes it away",
        ),
    ],
)
def test_absent_and_empty_settings_differ(tmp_path: Path, text: str, *, kept: bool) -> None:
    options = read(tmp_path, f"[environment.default]\n{text}").settings_for("alerts")
    assert (
        options.tags,
        options.notification_arns,
        options.rollback_alarms,
        options.rollback_minutes,
    ) == ((None, None, None, None) if kept else ({}, (), (), 0))


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


def table(text: str) -> settings.Table:
    """The settings in a text."""
    return settings.parse(text)


EVERY_FORMER_NAME = [
    ("catalog", "catalogue", "[KEY]\npacks = ['cis']"),
    ("enable", "on", "[catalog]\nKEY = ['root-write-or-sign-in']"),
    ("disable", "off", "[catalog]\nKEY = ['iam-changes']"),
    ("source_ips", "addresses", "[catalog.exclude]\nKEY = ['192.0.2.*']"),
    ("principal_arns", "principals", "[catalog.exclude]\nKEY = ['arn:aws:iam::111122223333:root']"),
    ("depends_on", "after", "[environment.default]\nKEY = ['trail']"),
    ("depends_on", "after", "[environment.default.stack.alerts]\nKEY = ['trail']"),
    ("assume_role", "role", "[environment.default]\nKEY = 'arn:aws:iam::111122223333:role/R'"),
    ("assume_role", "role", "[rollout.all]\nKEY = 'arn:aws:iam::111122223333:role/R'"),
    ("stack_set_name", "set", "[rollout.all]\nKEY = 'x'"),
    ("permission_model", "permissions", "[rollout.all]\nKEY = 'service-managed'"),
    ("include_management_account", "management_account", "[rollout.all]\nKEY = true"),
    ("member_read_role", "member_role", "[rollout.all]\nKEY = 'Reader'"),
    ("on_removal", "leaving", "[rollout.all]\nKEY = 'retain'"),
    ("on_wave_failure", "on_failure", "[rollout.all]\nKEY = 'continue'"),
    ("parameter_overrides", "override", "[rollout.all]\nKEY.111122223333 = { Email = 'x' }"),
    ("management_deploy_role", "management_role",
     "[rollout.all]\ninclude_management_account = true\nKEY = 'arn:aws:iam::111122223333:role/R'"),
    ("auto_deployment_depends_on", "auto_deployment_after",
     ("[rollout.all]\nauto_deployment = true\n"
      "KEY = ['arn:aws:cloudformation:eu-central-1:111122223333:stackset/x:1']")),
    ("wait_minutes", "minutes",
     ("[rollout.all.wave.canary]\naccounts = ['111122223333']\n"
      "[rollout.all.wave.canary.check]\nKEY = 10")),
]  # fmt: skip
"""The current name of a key, its former name, and settings that have it."""


_REQUIRED = """
stack = "alerts"
regions = ["eu-central-1"]
organizational_units = ["r-ab12"]
"""


def read_all(text: str) -> tuple[object, ...]:
    """Whatever the readers of the tables make of a text."""
    required = "[rollout.all]\n" + _REQUIRED
    if "[rollout.all]" in text:
        text = text.replace("[rollout.all]\n", required)
    elif "[rollout.all" in text:
        text = required + text
    read = table(text)
    written = load_project().written
    selection = replace(read_selection(read, written), section="")
    return selection, read_environments(read, STACKS), read_rollouts(read, STACKS)


@pytest.mark.parametrize(("current", "former", "text"), EVERY_FORMER_NAME)
def test_a_former_name_means_the_same(current: str, former: str, text: str) -> None:
    new, old = (read_all(text.replace("KEY", name)) for name in (current, former))
    assert _without_origin(new) == _without_origin(old) != _without_origin(read_all(""))


def _without_origin(read: tuple[object, ...]) -> tuple[object, ...]:
    """What was read, without the name of the key in the file."""
    *others, rollouts = read
    assert isinstance(rollouts, tuple)
    configs = (config for rollout in rollouts for config in rollout.stack_sets)
    return *others, tuple(replace(config, overrides_key="") for config in configs)


@pytest.mark.parametrize(("current", "former", "text"), EVERY_FORMER_NAME)
def test_both_names_of_a_key_are_an_error(current: str, former: str, text: str) -> None:
    line = next(line for line in text.splitlines() if "KEY" in line)
    rest = text[text.index(line) + len(line) :]
    both = line.replace("KEY", current) + "\n" + line.replace("KEY", former)
    if line == "[KEY]":
        both, rest = f"[{current}]\n[{former}]", ""
    with pytest.raises(SettingsError) as caught:
        read_all(text[: text.index(line)] + both + rest)
    assert caught.value.key.endswith(former)
    assert f'is the former name of "{current}", and both are given' in str(caught.value)


@pytest.mark.parametrize(
    ("text", "parallel"),
    [
        pytest.param("", False, id="the default"),
        pytest.param("region_concurrency = 'sequential'", False, id="one Region after another"),
        pytest.param("region_concurrency = 'parallel'", True, id="all Regions"),
        pytest.param("regions_at_once = false", False, id="the former name, false"),
        pytest.param("regions_at_once = true", True, id="the former name, true"),
    ],
)
def test_region_concurrency(text: str, *, parallel: bool) -> None:
    (_, rollout), *_ = table(f"[rollout.all]\n{text}").tables("rollout")
    assert read_operation_preferences(rollout, OperationPreferences()).parallel_regions is parallel
