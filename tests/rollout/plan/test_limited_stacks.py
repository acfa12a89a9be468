"""Stacks that the settings limit to some accounts and Regions: plans, removals, reports."""

from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_aws import ApiError
from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import DEEP, TEST, A, B, C, D, E, new_cloud, operations
from tests.rollout.several import (
    AUTOMATIC,
    BASE,
    REGIONS,
    SELF_MANAGED,
    SETTINGS,
    STACKS,
    applied,
    base,
    current,
    everywhere,
    order,
    pack,
    planned,
    read,
    removal,
    removed,
    sessions,
    set_name,
    templates,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.deploy.permissions.deployer import PermissionOptions
from trailbell.deploy.permissions.policy import Scope
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError, SettingsError, StalePlanError
from trailbell.rollout.configuration.config import REST
from trailbell.rollout.configuration.contradictions import check_settings
from trailbell.rollout.model.desired_state import desired_state
from trailbell.rollout.model.stage import InstanceAction
from trailbell.rollout.observe import drift
from trailbell.rollout.permissions import operator_policies
from trailbell.rollout.plan.planner import RolloutOptions
from trailbell.rollout.plan.removal import RemovalRequest
from trailbell.rollout.report import account_matrix, plan_file, report
from trailbell.rollout.session import read_organization, read_stack_sets, shared_session

EU, US = REGIONS
ALL = (A, B, C, D, E)


def limits(stack: str, accounts: tuple[str, ...] = (), regions: tuple[str, ...] = ()) -> str:
    """The table of a limited stack."""
    keys = {"accounts": accounts, "regions": regions}
    lines = [f"{key} = {list(values)}" for key, values in keys.items() if values]
    return "\n".join((f"\n[rollout.baseline.stack.{stack}]", *lines, ""))


def at(*accounts: str, regions: tuple[str, ...] = REGIONS) -> set[AccountRegion]:
    return {AccountRegion(account, region) for account in accounts for region in regions}


def deployed_cloud(text: str = SETTINGS) -> Cloud:
    cloud = new_cloud()
    assert applied(cloud, text).succeeded
    cloud.record.clear()
    return cloud


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the values, in their order; none of them is no limit."""
    return st.sets(st.sampled_from(values)).map(lambda chosen: tuple(sorted(chosen)))


PLACE = at(C, regions=(EU,))
MANAGED = SETTINGS + "include_management_account = true\n"
LIMITED = SETTINGS + limits("tamper", (C,), (EU,))


# ------------------------------------------------------------------------------- where


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(limits("tamper", (D,), (US,)), at(D, regions=(US,)), id="to one place"),
        pytest.param(limits("tamper", (D, A)), at(A, D), id="to accounts"),
        pytest.param(limits("tamper", (), (US,)), at(*ALL, regions=(US,)), id="to a Region"),
        pytest.param(limits("tamper", ALL, REGIONS), at(*ALL), id="to all there is"),
    ],
)
def test_a_stack_is_limited(table: str, expected: set[AccountRegion]) -> None:
    cloud = deployed_cloud(SETTINGS + table)
    assert current(cloud) == everywhere(*ALL) | {"tamper": expected}
    assert planned(cloud, SETTINGS + table).empty


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(limits("tamper", (C,)), {DEEP: "INTERSECTION"}, id="to its only account"),
        pytest.param(limits("tamper", (), (EU,)), {DEEP: "NONE"}, id="to a Region"),
    ],
)
def test_a_stack_limited_to_accounts_never_names_a_whole_unit(
    table: str, expected: dict[str, str]
) -> None:
    """An account that joins the unit must not get it."""
    text = SETTINGS.replace(SETTINGS.split("organizational_units = ")[1], f'["{DEEP}"]\n')
    plan = planned(new_cloud(), text + table)
    targets = [
        operation.targets
        for step in plan.stages[0].steps
        for operation in step.operations
        if step.stack == "tamper" and operation.accounts
    ]
    assert [dict.fromkeys(each.units, each.filter) for each in targets] == [expected]


@pytest.mark.slow
@given(st.lists(st.tuples(some(ALL), some(REGIONS)), min_size=2, max_size=4), st.booleans())
@hypothesis.settings(max_examples=20)
def test_limits_in_any_order_leave_the_places_of_the_last_one(
    steps: list[tuple[tuple[str, ...], tuple[str, ...]]],
    managed: bool,  # noqa: FBT001 - of hypothesis
) -> None:
    cloud = new_cloud(page=100, speed=100)
    text = MANAGED if managed else SETTINGS
    for accounts, regions in steps:
        limited = text + limits("tamper", accounts, regions)
        assert applied(cloud, limited).succeeded
        expected = at(*(accounts or ALL), regions=regions or REGIONS)
        assert current(cloud) == everywhere(*ALL) | {"tamper": expected}
        assert planned(cloud, limited).empty


def test_a_stack_of_a_self_managed_rollout_is_limited() -> None:
    text = SELF_MANAGED + limits("tamper", (D,), (US,))
    cloud = deployed_cloud(text)
    assert current(cloud) == everywhere(A, D) | {"tamper": at(D, regions=(US,))}
    assert planned(cloud, text).empty


@pytest.mark.parametrize(
    ("keys", "action", "left"),
    [
        pytest.param('on_removal = "leave"\n', InstanceAction.RETAINED, at(*ALL), id="leave"),
        pytest.param('on_removal = "retain"\n', InstanceAction.DELETE, PLACE, id="retain"),
        pytest.param("", InstanceAction.DELETE, PLACE, id="delete"),
    ],
)
def test_what_a_new_limit_excludes_leaves_as_on_removal_says(
    keys: str, action: InstanceAction, left: set[AccountRegion]
) -> None:
    cloud, text = deployed_cloud(), SETTINGS + keys + limits("tamper", (C,), (EU,))
    plan = planned(cloud, text)
    assert {i.location for i in plan.stack_set("tamper").instances if i.action is action} == at(
        *ALL
    ) - PLACE
    assert {operation.retain for operation in operations(plan)} <= {"retain" in keys}
    assert applied(cloud, text).succeeded
    assert current(cloud) == everywhere(*ALL) | {"tamper": left}


def test_without_its_limit_a_stack_is_created_in_all_other_places() -> None:
    cloud = deployed_cloud(LIMITED)
    assert applied(cloud, SETTINGS).succeeded
    assert {name for _, name in order(cloud)} == {"tamper"}
    assert current(cloud) == everywhere(*ALL)


@pytest.mark.parametrize(
    "version", [pytest.param(1, id="as it is"), pytest.param(2, id="with new templates")]
)
def test_a_base_does_not_leave_a_place_where_a_pack_stays(version: int) -> None:
    """CloudFormation would refuse it, and leave an INOPERABLE stack instance."""
    cloud = deployed_cloud()
    with pytest.raises(PreconditionError) as caught:
        planned(cloud, SETTINGS + limits(BASE, (C,)), templates(version))
    assert str(caught.value) == (
        f"rollout baseline, stack security-alerts: it would be deleted in 4 accounts ({A}, {B}, "
        f"{D}, {E}), eu-central-1, us-east-1, where tamper stays, which imports from it\n"
        "  Limit tamper to the same accounts and Regions, or leave security-alerts there."
    )


def test_a_base_that_is_retained_may_leave_a_place_where_a_pack_stays() -> None:
    text = SETTINGS + 'on_removal = "retain"\n' + limits(BASE, (C,))
    assert planned(deployed_cloud(), text).removal_count == 8


def test_a_base_leaves_a_place_with_its_packs() -> None:
    cloud = deployed_cloud()
    text = SETTINGS + "".join(limits(stack, (C,)) for stack in STACKS)
    assert applied(cloud, text).succeeded
    assert current(cloud) == everywhere(C)


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        pytest.param(("000000000009",), "000000000009", id="of no unit"),
        pytest.param((C, MANAGER), MANAGER, id="the management account, which is excluded"),
    ],
)
def test_the_accounts_of_a_stack_belong_to_the_rollout(
    accounts: tuple[str, ...], expected: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        planned(new_cloud(), SETTINGS + limits("tamper", accounts))
    assert str(caught.value) == (
        f'trailbell.toml: rollout.baseline: stack.tamper.accounts: "{expected}"; it is not an '
        "account of this rollout; remove it, or add it to the rollout"
    )


def test_a_pack_where_its_base_is_not_gets_the_limits_to_write() -> None:
    text = (
        SETTINGS
        + limits(BASE, (C,), (EU,))
        + limits("tamper", (C,))
        + limits("identity", (C,), (EU,))
    )
    with pytest.raises(PreconditionError) as caught:
        planned(new_cloud(), text)
    assert str(caught.value) == (
        "rollout baseline: stacks import what nothing exports\n"
        f'  tamper imports "security-alerts-LogGroupName" in 1 account ({C}), us-east-1\n'
        f'  exposure imports "security-alerts-LogGroupName" in 5 accounts '
        f"({A}, {B}, {D}, {E}, {C}), eu-central-1, us-east-1\n"
        "  security-alerts exports them only where its settings limit it to; write the same in "
        f'[rollout.baseline.stack.tamper]: accounts = ["{C}"], regions = ["eu-central-1"]\n'
        "  security-alerts exports them only where its settings limit it to; write the same in "
        f'[rollout.baseline.stack.exposure]: accounts = ["{C}"], regions = ["eu-central-1"]'
    )


# ------------------------------------------------------------------------------- values


def test_automatic_deployment_is_disabled_for_what_is_limited_to_accounts() -> None:
    text = AUTOMATIC + limits("tamper", (C,)) + limits("identity", (), (EU,))
    plan = planned(new_cloud(), text)
    (notice,) = plan.notices
    assert notice == (
        "tamper: Automatic deployment is disabled for this stack, because the settings limit it to "
        "1 account."
    )
    enabled = {
        each.stack: (each.request.auto_deployment.enabled, each.request.depends_on)
        for each in plan.stack_sets
        if each.request
    }
    needs = (set_name(BASE),)
    assert enabled == {
        BASE: (True, ()),
        "tamper": (False, ()),
        "identity": (True, needs),
        "exposure": (True, needs),
    }


def test_a_new_limit_ends_automatic_deployment() -> None:
    cloud, text = deployed_cloud(AUTOMATIC), AUTOMATIC + limits("tamper", (C,))
    assert applied(cloud, text).succeeded
    assert planned(cloud, text).empty
    cloud.join("000000000006", TEST)
    assert current(cloud) == everywhere(*ALL, "000000000006") | {"tamper": at(C)}


def test_a_stack_set_without_automatic_deployment_is_no_dependency() -> None:
    text = AUTOMATIC + limits(BASE, ALL)
    depends_on = {each.stack: each.request for each in planned(new_cloud(), text).stack_sets}
    assert {each.depends_on for each in depends_on.values() if each} == {()}


def test_an_account_that_is_suspended_gets_no_limited_stack() -> None:
    cloud = new_cloud(states={D: "SUSPENDED", E: "SUSPENDED"})
    plan = planned(cloud, SETTINGS + limits("tamper", (C, D)))
    assert {
        i.location.account: i.action for i in plan.stack_set("tamper").instances
    } == {C: InstanceAction.CREATE, D: InstanceAction.SUSPENDED}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(limits("tamper", (C,)), set(), id="excluded by the accounts"),
        pytest.param(limits("tamper", (MANAGER, C), (US,)), {US}, id="in one Region"),
        pytest.param(limits("tamper", (), (EU,)), {EU}, id="in the Regions of the stack"),
    ],
)
def test_the_stack_in_the_management_account_is_limited_too(table: str, expected: set[str]) -> None:
    plan = planned(new_cloud(), MANAGED + table)
    managed = {
        stack: {s.region for s in plan.stack_set(stack).management_stacks} for stack in STACKS
    }
    others: dict[str, set[str]] = {stack: {*REGIONS} for stack in STACKS}
    assert managed == others | {"tamper": expected}


def test_the_management_account_belongs_to_the_stacks_that_may_be_there() -> None:
    rollout = read(MANAGED + limits("tamper", (C,)))
    opened = sessions(new_cloud(), MANAGED + limits("tamper", (C,)))
    organization = read_organization(shared_session(opened))
    states = {each.stack: desired_state(each, organization) for each in rollout.stack_sets}
    assert {
        stack: ({*s.wave_by_account}, {*s.management_waves}) for stack, s in states.items()
    } == {
        BASE: ({*ALL}, {MANAGER}),
        "tamper": ({C}, set()),
        "identity": ({*ALL}, {MANAGER}),
        "exposure": ({*ALL}, {MANAGER}),
    }


@pytest.mark.parametrize(
    ("refusals", "first"),
    [
        pytest.param([], 'Region ap-east-1 is not enabled (status "DISABLED").', id="DISABLED"),
        pytest.param(
            [("ListRegions", ApiError("AccessDenied", "no", 403))],
            "Whether ap-east-1 is enabled was not read: no",
            id="not known",
        ),
    ],
)
def test_notices_about_a_region_are_for_the_stacks_in_it(
    refusals: list[tuple[str, ApiError]], first: str
) -> None:
    text = SETTINGS.replace('"us-east-1"', '"ap-east-1"') + limits("tamper", (), (EU,))
    notices = planned(new_cloud(refusals=refusals, regions={"ap-east-1": "DISABLED"}), text).notices
    assert [notice.partition(": ")[0] for notice in notices] == [
        "security-alerts, identity, exposure"
    ] * 2
    assert notices[0].partition(": ")[2].startswith(first)


def test_a_stack_that_a_limit_leaves_in_the_management_account_is_a_notice() -> None:
    cloud = deployed_cloud(MANAGED)
    plan = planned(cloud, MANAGED + limits("tamper", (C,)))
    left = [text for text in plan.notices if "is not part of the rollout" in text]
    assert [text.split(",")[0] for text in left] == [
        f"tamper: Stack trailbell-tamper in the management account {MANAGER} {region} is not part "
        "of the rollout"
        for region in REGIONS
    ]


def _contradicting() -> dict[str, BuiltTemplate]:
    """A pack with a rule that a Threshold of 1, its default, does not meet."""
    assertion = {"Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Threshold"}, "1"]}]}}
    rule = {"Assertions": [{**assertion, "AssertDescription": "Threshold must not be 1."}]}
    return templates(tamper=pack("tamper", Rules={"Rule": rule}))


def test_values_are_checked_only_where_a_stack_is() -> None:
    override = f"[rollout.baseline.parameter_overrides.{C}]\nThreshold = 2\n"
    built = _contradicting()
    check_settings(read(SETTINGS + limits("tamper", (C,)) + override, built), built)
    with pytest.raises(PreconditionError) as caught:
        check_settings(read(SETTINGS + limits("tamper", (C, D), (EU,)) + override, built), built)
    assert str(caught.value).splitlines()[1:3] == [
        '  tamper: the parameters violate rule Rule: Threshold must not be 1. (Threshold "1")',
        f"    in {D} (eu-central-1)",
    ]


# ------------------------------------------------------------------------------- removals


def test_a_removal_does_not_name_places_without_the_stack() -> None:
    cloud = deployed_cloud(LIMITED)
    request = RemovalRequest(accounts=(A, C), regions=(EU,))
    assert removed(cloud, request, LIMITED).succeeded
    left = {stack: places - at(A, C, regions=(EU,)) for stack, places in everywhere(*ALL).items()}
    assert current(cloud) == left | {"tamper": set()}


def test_a_base_can_be_removed_where_a_limited_pack_is_not() -> None:
    text = SETTINGS.replace('"identity", ', "").replace(', "exposure"', "")
    cloud = deployed_cloud(text + limits("tamper", (C,), (EU,)))
    request = RemovalRequest(accounts=(A,), stacks=(BASE,))
    states = read_stack_sets(sessions(cloud, text))
    assert removal(cloud, request, text).removal_count == 2
    assert len(states["tamper"].instances) == 1
    with pytest.raises(PreconditionError):
        removal(cloud, RemovalRequest(accounts=(C,), stacks=(BASE,)), text)


def test_a_removal_mentions_only_stacks_that_the_management_account_may_have() -> None:
    text = MANAGED + limits("tamper", (C,))
    plan = removal(deployed_cloud(text), RemovalRequest(everything=True), text)
    assert [notice.split(" in ")[0] for notice in plan.notices] == [
        f"Stack {set_name(stack)}" for stack in ("exposure", "identity", BASE)
    ]


# ------------------------------------------------------------------------------- reports


def test_the_table_keeps_an_account_in_its_wave_when_a_stack_leaves_it() -> None:
    """The first stack leaves accounts in which others stay."""
    text = SETTINGS.replace(
        '"tamper", "identity", "security-alerts"', '"tamper", "security-alerts"'
    )
    built = templates(tamper=base(1, "tamper", Outputs={}))
    cloud = new_cloud()
    assert applied(cloud, text, built).succeeded
    plan = planned(cloud, text + limits("tamper", (C,), (EU,)), built)
    lines = report.to_text(plan).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("wave "))
    assert [line.split() for line in lines[start + 1 : start + 6]] == [
        ["remaining", "accounts", account, name, *marks]
        for account, name, marks in (
            (C, "name-03", ("...", "-..")),
            (A, "name-01", ("-..", "-..")),
            (B, "name-02", ("-..", "-..")),
            (D, "name-04", ("-..", "-..")),
            (E, "name-05", ("-..", "-..")),
        )
    ]
    assert (plan.rollout.stacks[0], account_matrix.NO_INSTANCE, REST) == (
        "tamper", "_", "remaining accounts"
    )  # fmt: skip


def test_a_saved_plan_is_out_of_date_when_a_limit_changes(tmp_path: Path) -> None:
    cloud, built = new_cloud(), templates()
    path = tmp_path / "plan.json"
    plan_file.write(path, planned(cloud, LIMITED), built, RolloutOptions(), check_overrides=False)
    saved = plan_file.read(path)
    plan_file.ensure_fresh(saved, planned(cloud, LIMITED), built)
    with pytest.raises(StalePlanError):
        plan_file.ensure_fresh(saved, planned(cloud, SETTINGS + limits("tamper", (C,))), built)


def test_drift_is_detected_where_the_stacks_are() -> None:
    cloud = deployed_cloud(LIMITED)
    reports = drift.detect_drift(sessions(cloud, LIMITED), _Silent())
    assert {each.stack_set_name: each.checked for each in reports} == {
        set_name(BASE): 10,
        set_name("tamper"): 1,
        set_name("identity"): 10,
        set_name("exposure"): 10,
    }


class _Silent:
    """A user interface without output."""

    def info(self, text: str) -> None: ...

    def show_progress(self, *_: object) -> None: ...


def test_the_operator_needs_no_permission_for_a_stack_that_is_elsewhere() -> None:
    account = f'account = "{MANAGER}"\n'
    options = PermissionOptions(scope=Scope(partition="aws"))

    def text(settings: str) -> str:
        return str(operator_policies(read(settings), templates(), options))

    stack = f"stack/{set_name('tamper')}/"
    assert stack in text(MANAGED + account + limits("tamper", (MANAGER,)))
    assert stack not in text(MANAGED + account + limits("tamper", (C,)))
