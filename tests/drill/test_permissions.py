"""The policy of a caller that runs drills: complete, and no write action on anything else."""

from typing import Any

import pytest
from click.testing import CliRunner

from tests import PROJECT
from tests.called_operations import actions_of, operations
from tests.deploy.permissions.stacks import ALL, SCOPE, allowed, built
from trailbell.command import permissions as command
from trailbell.deploy.permissions import iam_actions
from trailbell.deploy.permissions.deployer import PermissionOptions
from trailbell.deploy.permissions.drill import drill_policies
from trailbell.deploy.target import StackToDeploy

_PREFIX = "us-east-1:111122223333"


def statements(*targets: StackToDeploy) -> dict[str, dict[str, Any]]:
    result = drill_policies(targets, PermissionOptions(scope=SCOPE, all_stacks=ALL))
    return {
        each["Sid"]: each for policy in result.policies for each in policy.document()["Statement"]
    }


def test_every_operation_of_a_drill_is_allowed() -> None:
    names = ("cloudwatch", "event_bus", "logs", "sns")
    called = actions_of({*operations([PROJECT / f"trailbell/aws/{name}.py" for name in names])})
    called |= {"DescribeStacks", "GetTemplate", "ListStackResources", "ListExports"}
    by_sid = statements(built("security-alerts"), built("realtime"), built("tamper"))
    permitted = {a.split(":")[1] for each in by_sid.values() for a in each["Action"]}
    assert permitted - {"Decrypt", "GenerateDataKey"} == called


@pytest.mark.parametrize(
    ("action", "arn", "expected"),
    [
        pytest.param(
            "logs:PutLogEvents", f"arn:aws:logs:{_PREFIX}:log-group:security-alerts-LogGroup-1:"
            "log-stream:111122223333_CloudTrail_us-east-1", False,
            id="the log streams of CloudTrail are out of reach",
        ),
        pytest.param(
            "logs:DeleteLogStream", f"arn:aws:logs:{_PREFIX}:log-group:other:"
            "log-stream:trailbell-drill-1", False,
            id="so are other log groups",
        ),
        pytest.param(
            "sns:Publish", f"arn:aws:sns:{_PREFIX}:payroll", False, id="and other topics"
        ),
        pytest.param(
            "events:PutEvents", f"arn:aws:events:{_PREFIX}:event-bus/payroll", False,
            id="and other buses",
        ),
        pytest.param(
            "logs:DeleteLogStream", f"arn:aws:logs:{_PREFIX}:log-group:security-alerts-LogGroup-1:"
            "log-stream:trailbell-drill-0a1b-security-alerts", True,
            id="the log stream of a drill",
        ),
        pytest.param(
            "sns:Publish", f"arn:aws:sns:{_PREFIX}:security-alerts-HighTopic-1", True,
            id="the topic of an alarm",
        ),
        pytest.param(
            "events:PutEvents", f"arn:aws:events:{_PREFIX}:event-bus/default", True,
            id="the bus of the rules",
        ),
    ],
)  # fmt: skip
def test_what_a_drill_writes_is_all_that_is_allowed(
    action: str, arn: str, *, expected: bool
) -> None:
    by_sid = statements(built("security-alerts"), built("realtime"))
    assert allowed(by_sid, action, arn) is expected


def test_events_have_the_source_of_drills_only() -> None:
    assert statements(built("realtime"))["PutDrillEvents"]["Condition"] == {
        "StringEquals": {"events:source": "trailbell.drill"}
    }


def test_without_rules_no_event_is_allowed() -> None:
    assert set(statements(built("security-alerts"))) == {
        "ReadStacks",
        "ReadOnly",
        "WriteDrillEvents",
        "AnnounceDrills",
        "EncryptAnnouncements",
    }


@pytest.mark.parametrize("stack", [pytest.param(each, id=each.stack) for each in ALL])
def test_every_action_is_one_that_iam_knows(stack: StackToDeploy) -> None:
    actions = {action for each in statements(stack).values() for action in each["Action"]}
    assert {action for action in actions if not iam_actions.exists(action)} == set()


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        pytest.param(
            ("--for", "drill", "--for-service-role"), 2,
            "--for drill and --for-service-role cannot be combined.",
            id="a service role runs no drill",
        ),
        pytest.param(("--for", "verify"), 2, "'verify' is not one of 'deploy', 'drill'.",
                     id="another purpose"),
        pytest.param(("--for", "drill"), 0, '"trailbell-drill-*', id="a drill"),
    ],
)  # fmt: skip
def test_the_command(words: tuple[str, ...], code: int, text: str) -> None:
    result = CliRunner().invoke(command.command, ["security-alerts", *words], standalone_mode=False)
    shown = result.output + str(result.exception or "")
    assert text.strip('"') in shown
    assert getattr(result.exception, "exit_code", 0) == code
