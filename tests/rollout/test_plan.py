"""What a rollout would do: pair by pair, and in which calls."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import Stack
from tests.rollout.scenario import (
    DEEP,
    PROD,
    REGIONS,
    SELF,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    applied,
    calls,
    cloud,
    everywhere,
    kinds,
    planned,
    source,
    stands,
    without,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.diff.model import ValueChange
from trailbell.errors import PreconditionError, UnsupportedError
from trailbell.rollout.config import AccountFilter
from trailbell.rollout.deployment_targets import DeploymentTargets
from trailbell.rollout.plan import InstanceAction, PlannedOperation, RolloutPlan, StackSetApi
from trailbell.rollout.planner import RolloutOptions

EU, US, AP = REGIONS
CANARY = SERVICE + f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n'
OVERRIDE = SERVICE + f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'


def deployed(text: str = SERVICE, **more: Any) -> Any:
    """A cloud in which a rollout was applied."""
    here = cloud(**more)
    assert applied(here, text).succeeded
    here.record.clear()
    return here


def changed(plan: RolloutPlan) -> dict[AccountRegion, InstanceAction]:
    """The pairs about which something is to be said."""
    return {
        pair: kind for pair, kind in kinds(plan).items() if kind is not InstanceAction.UNCHANGED
    }


def brief(
    found: list[PlannedOperation],
) -> list[tuple[StackSetApi, tuple[str, ...], tuple[str, ...]]]:
    return [(call.do, call.accounts, call.regions) for call in found]


def test_nothing_to_do_is_an_empty_plan() -> None:
    plan = planned(deployed())
    assert (plan.empty, changed(plan), calls(plan), plan.seconds) == (True, {}, [], 0)


def test_planning_changes_nothing() -> None:
    here = cloud()
    planned(here)
    names = {name for _, name, _, _, _ in here.record}
    assert {name for name in names if not name.startswith(("List", "Describe"))} == set()


def test_a_new_account_in_an_old_region_is_seen() -> None:
    """Comparing Regions alone misses it."""
    here = deployed()
    here.units[TEST].append("000000000006")
    plan = planned(here)
    assert changed(plan) == {
        AccountRegion("000000000006", region): InstanceAction.CREATE for region in REGIONS
    }
    assert brief(calls(plan)) == [(StackSetApi.CREATE, ("000000000006",), REGIONS)]


def test_a_new_region_is_one_call() -> None:
    here = deployed(SERVICE.replace(', "ap-southeast-2"', ""))
    plan = planned(here)
    assert changed(plan) == {AccountRegion(a, AP): InstanceAction.CREATE for a in (A, B, C, D, E)}
    assert [c.targets for c in calls(plan)] == [
        DeploymentTargets((), (PROD, TEST), AccountFilter.NONE)
    ]


def test_a_removed_unit_is_deleted_by_the_unit_that_made_it() -> None:
    here = deployed()
    plan = planned(here, SERVICE.replace(f', "{TEST}"', ""))
    assert changed(plan) == {
        AccountRegion(a, r): InstanceAction.DELETE for a in (D, E) for r in REGIONS
    }
    assert [(c.do, c.targets, c.retain) for c in calls(plan)] == [
        (StackSetApi.DELETE, DeploymentTargets((), (TEST,), AccountFilter.NONE), False)
    ]


@pytest.mark.parametrize(
    ("leaving", "expected"),
    [
        pytest.param("leave", [], id="they are left alone"),
        pytest.param(
            "retain", [(StackSetApi.DELETE, True)], id="their stacks stay, outside of the set"
        ),
        pytest.param("delete", [(StackSetApi.DELETE, False)], id="they are deleted"),
    ],
)
def test_what_becomes_of_those_that_leave(
    leaving: str, expected: list[tuple[StackSetApi, bool]]
) -> None:
    text = SERVICE.replace(f', "{TEST}"', "") + f'leaving = "{leaving}"\n'
    assert [(c.do, c.retain) for c in calls(planned(deployed(), text))] == expected


def test_pairs_are_never_accounts_times_regions() -> None:
    """Two failed pairs on a diagonal are two calls, not four stacks."""
    here = deployed()
    for pair in (AccountRegion(A, EU), AccountRegion(D, US)):
        here.instances[pair].status, here.instances[pair].detailed = "OUTDATED", "FAILED"
    assert brief(calls(planned(here))) == [
        (StackSetApi.UPDATE, (A,), (EU,)),
        (StackSetApi.UPDATE, (D,), (US,)),
    ]


@pytest.mark.parametrize(
    ("stack", "kind", "why"),
    [
        pytest.param(Stack("CURRENT", "SUCCEEDED"), InstanceAction.UNCHANGED, "", id="current"),
        pytest.param(
            Stack("CURRENT", ""), InstanceAction.UNCHANGED, "", id="current, said in the old way"
        ),
        pytest.param(
            Stack("OUTDATED", "PENDING"),
            InstanceAction.OUTDATED,
            "PENDING",
            id="pending without an operation was left behind by a partial update",
        ),
        pytest.param(
            Stack("OUTDATED", "FAILED", "no role"),
            InstanceAction.OUTDATED,
            "FAILED: no role",
            id="failed",
        ),
        pytest.param(
            Stack("OUTDATED", "CANCELLED", ""), InstanceAction.OUTDATED, "CANCELLED", id="not tried"
        ),
        pytest.param(
            Stack("CURRENT", "FAILED", "no"),
            InstanceAction.OUTDATED,
            "FAILED: no",
            id="failed in an operation that left the status as it was",
        ),
        pytest.param(
            Stack("CURRENT", "SKIPPED_SUSPENDED_ACCOUNT"),
            InstanceAction.OUTDATED,
            "SKIPPED_SUSPENDED_ACCOUNT",
            id="an account that was suspended, and is not",
        ),
        pytest.param(
            Stack("INOPERABLE", "INOPERABLE", "stuck"),
            InstanceAction.INOPERABLE,
            "stuck",
            id="inoperable",
        ),
    ],
)
def test_what_aws_says_of_one_stack(stack: Stack, kind: InstanceAction, why: str) -> None:
    here = deployed()
    here.instances[AccountRegion(A, EU)] = replace(stack, unit=PROD)
    cell = next(cell for cell in planned(here).cells if cell.location == AccountRegion(A, EU))
    assert (cell.kind, cell.why) == (kind, why)


def test_inoperable_stacks_are_named_and_left_out_of_every_call() -> None:
    here = deployed()
    here.instances[AccountRegion(A, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", PROD)
    plan = planned(here, SERVICE, source(2))
    assert AccountRegion(A, EU) not in {AccountRegion(a, r) for c in calls(plan) for a in c.accounts
                               for r in c.regions}  # fmt: skip
    assert plan.remarks == (
        (
            "1 inoperable: StackSets leaves them out of every update. apply --release-inoperable "
            "takes them out of the set; then delete their stacks by hand"
        ),
    )


def test_inoperable_stacks_are_released_when_told_and_their_stacks_stay() -> None:
    here = deployed()
    here.instances[AccountRegion(A, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", PROD)
    found = calls(planned(here, wishes=RolloutOptions(release=True)))
    assert [(c.do, c.accounts, c.regions, c.retain) for c in found] == [
        (StackSetApi.DELETE, (A,), (EU,), True)
    ]


def test_inoperable_stacks_that_leave_can_only_be_taken_out() -> None:
    here = deployed()
    here.instances[AccountRegion(D, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", TEST)
    found = calls(planned(here, SERVICE.replace(f', "{TEST}"', "")))
    assert [(c.accounts, c.regions, c.retain) for c in found] == [
        ((E,), REGIONS, False),
        ((D,), (US, AP), False),
        ((D,), (EU,), True),
    ]


def test_suspended_accounts_are_named_and_no_call_reaches_them() -> None:
    plan = planned(cloud(states={B: "SUSPENDED"}))
    assert [c.targets for c in calls(plan)[1:]] == [
        DeploymentTargets((B,), (PROD, TEST), AccountFilter.DIFFERENCE)
    ]
    assert {pair for pair, kind in kinds(plan).items() if kind is InstanceAction.SUSPENDED} == {
        AccountRegion(B, region) for region in REGIONS
    }
    assert plan.remarks == (f"not active, so nothing is done there: {B} (SUSPENDED)",)


def test_the_template_goes_to_the_first_wave_only() -> None:
    """UpdateStackSet marks all others OUTDATED; those are UpdateStackInstances, wave by wave."""
    plan = planned(deployed(CANARY), CANARY, source(2))
    assert [(s.name, brief(list(s.calls))) for s in plan.stages] == [
        ("canary", [(StackSetApi.UPDATE_SET, (A,), REGIONS)]),
        ("rest", [(StackSetApi.UPDATE, (B, C, D, E), REGIONS)]),
    ]
    assert set(changed(plan).values()) == {InstanceAction.UPDATE}


def test_a_first_wave_of_new_accounts_needs_one_other_stack_to_carry_the_template() -> None:
    here = deployed(SERVICE.replace(f'["{PROD}", "{TEST}"]', f'["{TEST}"]'))
    plan = planned(here, CANARY, source(2))
    assert [(s.name, brief(list(s.calls))) for s in plan.stages] == [
        ("canary", [(StackSetApi.UPDATE_SET, (D,), (EU,)), (StackSetApi.CREATE, (A,), REGIONS)]),
        ("rest", [(StackSetApi.UPDATE, (D, E), REGIONS), (StackSetApi.CREATE, (B, C), REGIONS)]),
    ]


def test_a_set_without_stacks_is_updated_without_targets() -> None:
    here = deployed()
    here.instances.clear()
    found = calls(planned(here, SERVICE, source(2)))
    assert brief(found) == [
        (StackSetApi.UPDATE_SET, (), ()),
        (StackSetApi.CREATE, (A, B, C, D, E), REGIONS),
    ]


@pytest.mark.parametrize(
    ("text", "template", "values"),
    [
        pytest.param(SERVICE + 'parameters = { Email = "a@b.example" }\n', source(),
                     (ValueChange(name="parameter Email", before=None, after="a@b.example"),),
                     id="a parameter"),
        pytest.param(SERVICE + 'tags = { owner = "me" }\n', source(),
                     (ValueChange(name="tag owner", before=None, after="me"),), id="a tag"),
        pytest.param(SERVICE, source(1, Days={"Type": "Number", "Default": 30}),
                     (ValueChange(name="parameter Days", before=None, after="30"),),
                     id="a parameter that is new in the template"),
        pytest.param(SERVICE + "managed_execution = true\n", source(),
                     (ValueChange(name="managed execution", before="off", after="on"),),
                     id="managed execution"),
        pytest.param(SERVICE + "auto_deployment = true\n", source(),
                     (ValueChange(name="auto-deployment", before="off",
                            after="on (stacks are deleted when an account leaves)"),),
                     id="auto-deployment"),
    ],
)  # fmt: skip
def test_what_differs_in_the_set(text: str, template: Any, values: tuple[ValueChange, ...]) -> None:
    assert planned(deployed(), text, template).values == values


@pytest.mark.parametrize(
    ("kind", "blocked"),
    [
        pytest.param("AWS::SNS::Topic", False, id="one topic more"),
        pytest.param(
            "AWS::SQS::Queue", True, id="a type that changes, which CloudFormation refuses"
        ),
    ],
)
def test_a_template_that_is_refused_blocks_the_rollout(kind: str, blocked: bool) -> None:  # noqa: FBT001
    known = source(2)
    resources = {**known.document["Resources"], "Topic0": {"Type": kind}}
    changed = replace(known, document={**known.document, "Resources": resources}, sha256="other")
    plan = planned(deployed(), SERVICE, changed)
    assert (plan.empty, plan.blocked) == (False, blocked)


@pytest.mark.parametrize("key", ["managed_execution", "auto_deployment"])
def test_settings_of_the_set_alone_touch_no_stack_and_come_last(key: str) -> None:
    plan = planned(deployed(), SERVICE + f"{key} = true\n")
    assert (changed(plan), [(s.name, [c.do for c in s.calls]) for s in plan.stages]) == (
        {},
        [("rest", []), ("settings", [StackSetApi.SETTINGS])],
    )


def test_secrets_are_neither_compared_nor_shown() -> None:
    secret = source(1, Word={"Type": "String", "NoEcho": True})
    text = SERVICE + 'parameters = { Word = "tell-nobody" }\n'
    here = cloud()
    assert applied(here, text, secret).succeeded
    assert here.defined is not None
    for each in here.defined["Parameters"]:
        if each["ParameterKey"] == "Word":
            each["ParameterValue"] = "****"
    assert planned(here, text, secret).empty


def test_a_set_of_the_other_model_is_refused() -> None:
    with pytest.raises(PreconditionError) as caught:
        planned(deployed(SELF), SERVICE)
    assert str(caught.value) == (
        "set baseline: it is SELF_MANAGED, and the rollout wants SERVICE_MANAGED\n"
        '  give the rollout a set of its own: set = "..." in trailbell.toml'
    )


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        pytest.param("Transform", "AWS::Serverless-2016-10-31",
                     "cannot translate alerts to a service-managed stack set: the template "
                     "has a Transform, and macros are not supported there", id="macros"),
        pytest.param("Resources", {"Inner": {"Type": "AWS::CloudFormation::Stack"}},
                     "cannot translate alerts to a service-managed stack set: Inner is a "
                     "nested stack, and those are not supported there", id="nested stacks"),
    ],
)  # fmt: skip
def test_what_service_managed_sets_do_not_take(key: str, value: Any, expected: str) -> None:
    wanted = source()
    with pytest.raises(UnsupportedError) as caught:
        planned(cloud(), SERVICE, replace(wanted, document={**wanted.document, key: value}))
    assert str(caught.value) == expected


# ---------------------------------------------------------------------------------- overrides


def test_accounts_with_parameters_of_their_own_are_calls_of_their_own() -> None:
    found = calls(planned(cloud(), OVERRIDE))
    assert [(c.do, c.accounts, c.overrides) for c in found[1:]] == [
        (StackSetApi.CREATE, (A, B, C, E), None),
        (StackSetApi.CREATE, (D,), {"Email": "d@example.com"}),
    ]


def test_an_override_that_is_not_there_yet_is_an_update_of_that_account() -> None:
    plan = planned(deployed(), OVERRIDE)
    assert changed(plan) == {AccountRegion(D, region): InstanceAction.UPDATE for region in REGIONS}
    assert [(c.do, c.accounts, c.overrides) for c in calls(plan)] == [
        (StackSetApi.UPDATE, (D,), {"Email": "d@example.com"})
    ]


def test_overrides_survive_a_new_template() -> None:
    here = deployed(OVERRIDE)
    found = calls(planned(here, OVERRIDE, source(2)))
    assert [(c.do, c.accounts, c.overrides) for c in found] == [
        (StackSetApi.UPDATE_SET, (A, B, C, D, E), None)
    ]


def test_an_override_is_taken_back_by_an_empty_table() -> None:
    here = deployed(OVERRIDE)
    empty = SERVICE + f"[rollout.baseline.override.{D}]\n"
    assert [c.overrides for c in calls(planned(here, empty))] == [{}]


def test_one_that_nobody_mentions_any_more_is_found_when_every_stack_is_asked() -> None:
    here = deployed(OVERRIDE)
    assert planned(here).empty
    assert [(c.accounts, c.overrides) for c in calls(planned(here, deep=True))] == [((D,), {})]


def test_a_parameter_that_is_new_can_be_overridden_once_the_stack_has_it() -> None:
    here = deployed()
    new = source(1, Days={"Type": "Number", "Default": 30})
    text = SERVICE + f"[rollout.baseline.override.{D}]\nDays = 7\n"
    found = calls(planned(here, text, new))
    assert [(c.do, c.accounts, c.overrides) for c in found] == [
        (StackSetApi.UPDATE_SET, (A, B, C, D, E), None),
        (StackSetApi.UPDATE, (D,), {"Days": "7"}),
    ]
    assert applied(here, text, new).succeeded
    assert stands(here) == everywhere(A, B, C, D, E)
    assert here.instances[AccountRegion(D, EU)].overrides == {"Days": "7"}


# ---------------------------------------------------------------------------------- resume


def test_resume_takes_only_what_failed_is_outdated_or_never_began() -> None:
    here = deployed(SERVICE.replace(', "ap-southeast-2"', ""))
    here.instances[AccountRegion(A, EU)].status, here.instances[AccountRegion(A, EU)].detailed = (
        "OUTDATED",
        "FAILED",
    )
    text = SERVICE.replace(f', "{TEST}"', "")
    plan = planned(here, text, source(2), RolloutOptions(resume=True))
    assert brief(calls(plan)) == [
        (StackSetApi.UPDATE, (A,), (EU,)),
        (StackSetApi.CREATE, (A, B, C), (AP,)),
    ]
    assert plan.remarks == (
        (
            "dist/ or trailbell.toml differ from the set; resume finishes what AWS has, and python "
            "build.py rollout apply baseline brings the difference"
        ),
    )


def test_what_was_never_begun_cannot_be_resumed() -> None:
    with pytest.raises(PreconditionError) as caught:
        planned(cloud(), wishes=RolloutOptions(resume=True))
    assert str(caught.value) == (
        "set baseline: it does not exist, so nothing was begun that could be resumed\n"
        "  python build.py rollout apply baseline"
    )


# ---------------------------------------------------------------------------------- waves


def test_waves_of_units_and_of_accounts() -> None:
    text = SERVICE + (
        f'[rollout.baseline.wave.one]\naccounts = ["{D}"]\n'
        f'[rollout.baseline.wave.two]\norganizational_units = ["{DEEP}", "{TEST}"]\n'
    )
    plan = planned(cloud(), text)
    assert {c.location.account: c.wave for c in plan.cells} == {
        A: "rest", B: "rest", C: "two", D: "one", E: "two",
    }  # fmt: skip


def test_strict_tolerance_that_slows_a_wave_is_said_beforehand() -> None:
    text = without(SERVICE, "concurrency_mode")
    assert planned(cloud(), text).remarks == (
        (
            "wave rest: 3 accounts at a time were asked for, but strict failure tolerance runs 1; "
            'concurrency_mode = "soft" runs 3, and more may fail before it stops'
        ),
    )


def test_the_management_account_is_a_plain_stack_in_its_wave() -> None:
    text = SERVICE + "management_account = true\n"
    plan = planned(cloud(), text)
    own = [c for c in plan.cells if c.plain]
    assert [(c.location, c.kind, c.wave) for c in own] == [
        (AccountRegion(MANAGER, region), InstanceAction.CREATE, "rest") for region in REGIONS
    ]
    assert MANAGER not in {a for call in calls(plan) for a in call.accounts}


def test_calls_are_pages_times_sets() -> None:
    """Two units with one below, each one page of accounts and of units; one page of the set."""
    here = deployed(page=100)
    planned(here)
    assert [name for _, name, _, _, _ in here.record] == [
        "DescribeOrganization",
        *["ListAccountsForParent", "ListOrganizationalUnitsForParent"] * 3,
        "DescribeStackSet",
        "ListStackInstances",
        "ListStackSetOperations",
    ]


def test_a_unit_in_which_somebody_has_no_stack_yet_is_not_updated_as_a_whole() -> None:
    here = deployed()
    here.units[TEST].append("000000000006")
    found = calls(planned(here, SERVICE, source(2)))
    assert [(c.do, c.targets) for c in found] == [
        (
            StackSetApi.UPDATE_SET,
            DeploymentTargets(("000000000006",), (PROD, TEST), AccountFilter.DIFFERENCE),
        ),
        (
            StackSetApi.CREATE,
            DeploymentTargets(("000000000006",), (TEST,), AccountFilter.INTERSECTION),
        ),
    ]


@pytest.mark.parametrize(
    ("properties", "remarks"),
    [
        pytest.param({}, (), id="CloudFormation makes a name"),
        pytest.param({"RoleName": {"Fn::Sub": "x-${AWS::Region}"}}, (), id="one for each Region"),
        pytest.param(
            {"RoleName": "Reader"},
            (
                (
                    "Role is called Reader in every Region, and an account has one of that name: "
                    "only the first Region will succeed"
                ),
            ),
            id="one for all",
        ),
    ],
)
def test_names_that_collide_in_the_second_region(
    properties: dict[str, Any], remarks: tuple[str, ...]
) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": properties}
    wanted = source()
    named = replace(wanted, document={**wanted.document, "Resources": {"Role": role}})
    assert planned(cloud(), SERVICE, named).remarks == remarks


def test_what_is_under_way_makes_a_plan_doubtful_and_that_is_said() -> None:
    here = deployed()
    here.works[0].status = "RUNNING"
    plan = planned(here)
    assert plan.remarks == (
        (
            f"CREATE {here.works[0].id} is RUNNING: what is shown may be older than it is; apply "
            "waits for it first"
        ),
    )


def test_more_stacks_than_a_set_takes_are_refused() -> None:
    accounts = [f"{n:012d}" for n in range(1, 33_335)]
    here = cloud(page=100_000)
    here.units[PROD] = accounts
    text = SERVICE.replace(f', "{TEST}"', "")
    with pytest.raises(PreconditionError) as caught:
        planned(here, text)
    assert str(caught.value) == (
        "rollout baseline: 33,334 accounts x 3 Regions are 100,002 stacks, and a set takes "
        "100,000\n  make two rollouts of it, each with a set of its own"
    )
