"""One table of exit codes for all commands that distinguish changes."""

import pytest

from trailbell.command import exits
from trailbell.command.plan import command as plan
from trailbell.command.rollout_plan import plan as rollout_plan


@pytest.mark.parametrize(
    ("changes", "blocked", "code"),
    [
        pytest.param(False, False, 0, id="no changes"),
        pytest.param(True, False, 3, id="changes"),
        pytest.param(True, True, 4, id="blocked changes"),
        pytest.param(False, True, 4, id="blocked, whatever would change"),
    ],
)
def test_exit_codes(*, changes: bool, blocked: bool, code: int) -> None:
    assert exits.exit_code(changes=changes, blocked=blocked) == code


@pytest.mark.parametrize("command", [plan, rollout_plan], ids=["plan", "rollout plan"])
def test_help_says_the_same_of_both_plans(command: object) -> None:
    said = [each.help for each in command.params if each.name == "exit_code"]  # type: ignore[attr-defined]  # an option of click
    assert said == [
        "Exit with 0 if there are no changes, 3 if there are changes, 4 if the plan is blocked."
    ]
