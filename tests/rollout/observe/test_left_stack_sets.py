"""StackSets of stacks that were taken out of a rollout are noted in its plan and its status."""

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import new_cloud
from tests.rollout.several import SETTINGS, applied, read, sessions, templates
from trailbell.rollout.configuration.settings import unused_stack_sets
from trailbell.rollout.observe import status
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.planning import Planning, plan_whole_rollout
from trailbell.settings import parse

WITHOUT = SETTINGS.replace(', "exposure"', "")
OTHER = SETTINGS.replace("baseline", "other").replace(
    '"tamper", "identity", "security-alerts", "exposure"', '"exposure"'
)
NOTICE = (
    "StackSet trailbell-exposure exists and is in no rollout of the settings, so its stacks stay "
    "as they are. To delete them, put exposure back in the stacks of the rollout and run: python "
    "trailbell rollout remove baseline --stack exposure --all"
)


def notices(cloud: Cloud, text: str) -> tuple[tuple[str, ...], list[str]]:
    """What the plan and the status say."""
    built = templates()
    unused = unused_stack_sets(parse(text), built)
    planning = Planning(options=RolloutOptions())
    plan = plan_whole_rollout(sessions(cloud, text), read(text), built, planning, unused=unused)
    shown = status.to_text(status.read_status(sessions(cloud, text), unused)).splitlines()
    return plan.notices, [line for line in shown if line.startswith("note: ")]


def deployed_cloud() -> Cloud:
    cloud = new_cloud()
    assert applied(cloud).succeeded
    cloud.record.clear()
    return cloud


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SETTINGS, id="all stacks are in the rollout"),
        pytest.param(WITHOUT + OTHER, id="another rollout has the stack"),
        pytest.param(
            WITHOUT + OTHER + "retain_on_account_removal = true\n",
            id="another rollout with an error has the stack",
        ),
    ],
)
def test_a_stack_set_of_a_rollout_is_not_noted(text: str) -> None:
    assert notices(deployed_cloud(), text) == ((), [])


def test_a_stack_set_that_does_not_exist_is_not_noted() -> None:
    cloud = new_cloud()
    assert applied(cloud, WITHOUT).succeeded
    assert notices(cloud, WITHOUT) == ((), [])


def test_who_may_not_list_stack_sets_gets_no_note() -> None:
    cloud = deployed_cloud()
    denied = ApiError("AccessDenied", "not authorized", 403)
    cloud.refusals += [("ListStackSets", denied), ("ListStackSets", denied)]
    assert notices(cloud, WITHOUT) == ((), [])


def test_a_stack_that_was_taken_out_is_noted() -> None:
    cloud = deployed_cloud()
    assert notices(cloud, WITHOUT) == ((NOTICE,), [f"note: {NOTICE}"])
