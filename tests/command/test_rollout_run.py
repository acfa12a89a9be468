"""What a rollout prints before and after the question, and its exit codes."""

import io
import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import (
    NEXT_COMMANDS,
    SERVICE,
    TEST,
    apply_rollout,
    built_template,
    make_plan,
    new_cloud,
    read_settings,
    rollout,
    sessions,
)
from trailbell.command.rollout_apply import continuations
from trailbell.command.rollout_request import RolloutRequest
from trailbell.command.rollout_run import Run, confirm_and_apply
from trailbell.command.terminal import Terminal
from trailbell.diff.model import Risk
from trailbell.rollout.configuration.config import Rollout

NARROWED = SERVICE.replace(f', "{TEST}"', "")


@dataclass(frozen=True)
class Finished:
    """A command that ended: its exit code, its report, and what it wrote to the terminal."""

    code: int
    report: dict[str, Any]
    terminal: str


def finished(
    cloud: Cloud,
    capsys: pytest.CaptureFixture[str],
    text: str = SERVICE,
    topics: int = 1,
    *,
    yes: bool = True,
    risks: frozenset[Risk] = frozenset(),
) -> Finished:
    """Plan and apply with ``--json``."""
    template = built_template(topics)
    planned = make_plan(cloud, text, template)
    request = RolloutRequest(read_settings(text), {"alerts": template}, "json", " --dist other")
    run = Run(
        request,
        sessions(cloud, text),
        Terminal(yes=yes, quiet=True),
        {"alerts": frozenset()},
        NEXT_COMMANDS,
    )
    cloud.record.clear()
    code = confirm_and_apply(run, planned, risks)
    out, err = capsys.readouterr()
    return Finished(code, json.loads(out), err)


def writes(cloud: Cloud) -> list[str]:
    """The calls that change something."""
    reads = ("Get", "List", "Describe")
    return [name for _, name, _, _, _ in cloud.record if not name.startswith(reads)]


def test_a_plan_that_is_declined_is_reported_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    cloud = new_cloud()
    end = finished(cloud, capsys, yes=False)
    assert (end.code, end.report["succeeded"], end.report["message"], writes(cloud)) == (
        1,
        False,
        "Nothing was changed.",
        [],
    )
    assert [stage["status"] for stage in end.report["stages"]] == ["not started"]
    assert "Apply the plan? [y/N]" in end.terminal


@pytest.mark.parametrize(
    ("text", "topics", "risks", "message"),
    [
        pytest.param(
            NARROWED,
            1,
            frozenset({Risk.REMOVE, Risk.BROADEN}),
            "The plan is blocked by --fail-on remove. Nothing was changed.",
            id="stack instances are removed",
        ),
        pytest.param(
            SERVICE,
            1,
            frozenset({Risk.REMOVE}),
            "The plan is blocked by --fail-on remove. Nothing was changed.",
            id="the template removes a resource",
        ),
    ],
)
def test_a_risk_blocks_before_the_question(
    text: str,
    topics: int,
    risks: frozenset[Risk],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud, SERVICE, built_template(2)).succeeded
    end = finished(cloud, capsys, text, topics, risks=risks)
    assert (end.code, end.report["message"], writes(cloud)) == (1, message, [])


def test_a_plan_without_changes_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    end = finished(cloud, capsys)
    assert (end.code, end.report["succeeded"], end.report["stages"]) == (0, True, [])


def test_a_rollout_that_succeeds_has_no_commands_to_continue(
    capsys: pytest.CaptureFixture[str],
) -> None:
    end = finished(new_cloud(), capsys)
    assert (end.code, end.report["succeeded"], end.report["next_commands"]) == (0, True, [])


def test_an_interruption_names_the_commands_with_their_options(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud = new_cloud()
    original = cloud.answer

    def interrupt(*words: Any) -> dict[str, Any]:
        if words[1] == "DescribeStackSetOperation":
            raise KeyboardInterrupt
        return original(*words)

    cloud.answer = interrupt  # type: ignore[method-assign, assignment]  # answers otherwise here
    end = finished(cloud, capsys)
    assert (end.code, [each["command"] for each in end.report["next_commands"]]) == (
        1,
        [
            "trailbell rollout status baseline --dist other",
            "trailbell rollout stop baseline --dist other",
            *(next_.command for next_ in NEXT_COMMANDS),
        ],
    )


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        pytest.param(
            (),
            [
                "trailbell rollout resume baseline --dist other",
                "trailbell rollout apply baseline --dist other",
            ],
            id="no secret",
        ),
        pytest.param(
            ("Token",),
            ["trailbell rollout apply baseline --dist other --push-secret Token"],
            id="secrets are sent again, because they cannot be compared",
        ),
    ],
)
def test_the_commands_that_continue(secrets: tuple[str, ...], expected: list[str]) -> None:
    config = replace(rollout(), push_secrets=secrets)
    templates = {"alerts": built_template()}
    request = RolloutRequest(Rollout(stack_sets=(config,)), templates, "text", " --dist other")
    assert [each.command for each in continuations(request)] == expected
