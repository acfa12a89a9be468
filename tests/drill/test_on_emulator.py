"""Drills from the command line to an emulator, with what a subscriber receives."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.deploy.test_on_emulator import run

pytestmark = [pytest.mark.emulator, pytest.mark.slow]


@pytest.fixture
def options(tmp_path: Path, emulator: str) -> tuple[str, ...]:
    """Options of every command, for the stacks "alerts" and "realtime" without keys."""
    assert emulator
    boto3.client("logs").create_log_group(logGroupName="trails")
    path = tmp_path / "trailbell.toml"
    path.write_text(
        '[environment.default]\naccount = "111122223333"\n'
        '[environment.default.stack.alerts]\nparameters = { LogGroupName = "trails", '
        'EncryptionKey = "none" }\n'
        '[environment.default.stack.realtime]\nparameters = { EncryptionKey = "none" }\n'
        '[environment.default.stack.tamper]\nparameters = { LogBucketName = "" }\n'
    )
    return ("--settings", str(path))


def _subscribe(stack: str, topic: str) -> str:
    """The URL of a queue that receives the messages of a topic."""
    resource = boto3.client("cloudformation").describe_stack_resource(
        StackName=stack, LogicalResourceId=topic
    )
    queue = boto3.client("sqs").create_queue(QueueName=f"{stack}-{topic}")["QueueUrl"]
    boto3.client("sns").subscribe(
        TopicArn=resource["StackResourceDetail"]["PhysicalResourceId"],
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:us-east-1:111122223333:{stack}-{topic}",
    )
    return str(queue)


def _messages(queue: str) -> list[Any]:
    received = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(each["Body"])["Message"] for each in received.get("Messages", [])]


def _streams() -> list[str]:
    answer = boto3.client("logs").describe_log_streams(logGroupName="trails")
    return [each["logStreamName"] for each in answer["logStreams"]]


def test_a_drill_of_what_is_not_deployed_says_what_to_deploy(options: tuple[str, ...]) -> None:
    code, stdout, stderr = run("drill", "root-account-use", "--yes", *options)
    assert (code, stdout, stderr.splitlines()[0]) == (
        2,
        "",
        (
            "error: detection root-account-use: It is not deployed in us-east-1 of account "
            "111122223333."
        ),
    )


def test_a_deployment_says_who_is_notified_and_offers_a_drill(options: tuple[str, ...]) -> None:
    words = ("deploy", "alerts", "--yes", *options)
    _, stdout, _ = run(*words)
    assert stdout.splitlines()[-4:] == [
        (
            "  HighTopic: notifies no one: set HighEndpoint or NotificationEmail, or subscribe an "
            "endpoint"
        ),
        (
            "  MediumTopic: notifies no one: set MediumEndpoint or NotificationEmail, or subscribe "
            "an endpoint"
        ),
        "  LowTopic: notifies no one: set LowEndpoint, or subscribe an endpoint",
        "Prove that people are notified after that: trailbell drill iam-changes",
    ]
    code, _, stderr = run("drill", "root-account-use", "--yes", *options)
    assert (code, "No one is subscribed to alerts-HighTopic-" in stderr) == (2, True)
    _, stdout, _ = run(*words, "--parameter", "NotificationEmail=you@example.com")
    assert stdout.splitlines()[-4:] == [
        "  HighTopic: notifies email you@example.com",
        "  MediumTopic: notifies email you@example.com",
        "  LowTopic: notifies no one: set LowEndpoint, or subscribe an endpoint",
        "Prove that people are notified: trailbell drill iam-changes",
    ]
    _, stdout, _ = run(*words, "--json", "--parameter", "NotificationEmail=you@example.com")
    [result] = json.loads(stdout)["stacks"]
    assert (result["detection"], result["topics"][0]) == (
        "iam-changes",
        {
            "topic": "HighTopic",
            "confirmed": ["email you@example.com"],
            "pending": [],
            "parameters": ["HighEndpoint", "NotificationEmail"],
            "unread": "",
        },
    )


def test_a_drill_notifies_subscribers_on_both_paths_and_cleans_up(
    options: tuple[str, ...],
) -> None:
    allow = ("--parameter", "AllowDrills=yes")
    assert run("deploy", "alerts", "--yes", *options)[0] == 0
    assert run("deploy", "realtime", "--yes", *allow, *options)[0] == 0
    of_alarm, of_rule = _subscribe("alerts", "HighTopic"), _subscribe("realtime", "HighTopic")
    words = ("drill", "root-account-use", "--yes", "--timeout", "1", *options)
    code, stdout, stderr = run(*words, "--path", "both", "--json")
    result = json.loads(stdout)
    assert (code, result["verdict"]) == (0, "people were notified")
    assert [
        (path["stack"], [(step["name"].split()[0], step["state"]) for step in path["steps"]])
        for path in result["paths"]
    ] == [
        (
            "alerts",
            [
                ("metric", "reached"),
                ("alarm", "reached"),
                ("action", "reached"),
                ("topic", "reached"),
            ],
        ),
        ("realtime", [("rule", "reached"), ("targets", "reached"), ("topic", "reached")]),
    ]
    announced, alarm = _messages(of_alarm)
    assert announced.startswith('A drill follows: a sample event of the detection "root-account-')
    assert json.loads(alarm)["AlarmName"] == "security-alerts-root-account-use"
    [message] = _messages(of_rule)
    assert message.splitlines()[0].strip('"') == ("[trailbell.drill] HIGH: The root user was used")
    assert _streams() == []
    assert stderr.splitlines()[0] == "Drill of root-account-use: The root user was used"

    code, _, _ = run(*words, "--path", "realtime")
    assert code == 0, "the rule can be drilled again"
    code, stdout, _ = run(*words)
    assert (code, "is in ALARM already" in stdout) == (1, True), "the alarm is not proven again"
    code, _, stderr = run(*words, "--path", "alarm")
    assert (code, "It is in ALARM already" in stderr) == (2, True)


def test_rules_accept_no_drill_unless_they_are_allowed_to(options: tuple[str, ...]) -> None:
    assert run("deploy", "realtime", "--yes", *options)[0] == 0
    queue = _subscribe("realtime", "HighTopic")
    code, _, stderr = run("drill", "root-account-use", "--yes", *options)
    assert (code, stderr.splitlines()) == (
        2,
        [
            (
                "error: stack realtime: Its rules do not accept the events of a drill: "
                "AllowDrills is not yes."
            ),
            (
                "  Deploy it with: trailbell deploy realtime --parameter AllowDrills=yes "
                "--previous-parameters"
            ),
        ],
    )
    assert _messages(queue) == []


def test_the_deployed_names_are_in_the_event_of_a_drill(options: tuple[str, ...]) -> None:
    """The pattern of the detection has the ARNs of the deployed topics."""
    assert run("deploy", "alerts", "tamper", "--yes", *options)[0] == 0
    _subscribe("alerts", "HighTopic")
    code, stdout, _ = run("drill", "topic-tampering", "--yes", "--timeout", "1", *options)
    assert code == 0
    assert "  Filter    security-alerts-topic-tampering: matches the event" in stdout.splitlines()
    assert (
        "  Also      security-alerts-log-group-tampering: matches the deletion of the log stream"
        in stdout
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(
            ("drill", "root-account-use"),
            "This shell is not interactive. Use --yes to run the drill without confirmation.",
            id="not interactive",
        ),
        pytest.param(
            ("drill", "root-account-us", "--yes"),
            'unknown detection "root-account-us"; did you mean "root-account-use"?',
            id="an unknown detection",
        ),
        pytest.param(
            ("drill", "root-account-use", "--yes", "--path", "mail"),
            "'mail' is not one of 'alarm', 'realtime', 'both'.",
            id="an unknown path",
        ),
        pytest.param(
            ("drill", "root-account-use", "--yes", "--timeout", "0"),
            "0 is not in the range 1<=x<=120.",
            id="no time",
        ),
        pytest.param(("drill",), "Missing argument 'DETECTION'.", id="no detection"),
        pytest.param(
            ("drill", "console-sign-in-out-of-hours", "--yes"),
            "No stack of dist/ has an alarm or a rule for it.",
            id="a detection that is not enabled",
        ),
    ],
)
def test_wrong_input_is_one_message(
    options: tuple[str, ...], words: tuple[str, ...], message: str
) -> None:
    code, stdout, stderr = run(*words, *options)
    assert (code, message in stdout + stderr) == (2, True)
