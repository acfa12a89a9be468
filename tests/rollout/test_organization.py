"""Whom an organization has, and who may administer it."""

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_organizations import MANAGER, ROOT
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import (
    DEEP,
    PROD,
    SELF,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    account,
    cloud,
    desk,
    planned,
    rollout,
)
from trailbell.aws.organization import Organization, OrganizationAccount
from trailbell.errors import AwsError, InputError, NotFoundError, PreconditionError, SettingsError
from trailbell.rollout.desired_state import desired_state
from trailbell.rollout.session import open_session, read_organization

DELEGATED = SERVICE + "delegated_administrator = true\n"


def test_units_are_resolved_with_all_below_them_and_every_page_is_read() -> None:
    here = cloud(page=1)
    found = read_organization(desk(here, rollout()))
    assert found == Organization(
        management=MANAGER,
        members={
            A: OrganizationAccount(A, "name-01", "ACTIVE", PROD),
            B: OrganizationAccount(B, "name-02", "ACTIVE", PROD),
            C: OrganizationAccount(C, "name-03", "ACTIVE", DEEP),
            D: OrganizationAccount(D, "name-04", "ACTIVE", TEST),
            E: OrganizationAccount(E, "name-05", "ACTIVE", TEST),
        },
        below={PROD: frozenset({A, B, C}), TEST: frozenset({D, E})},
    )


def test_a_unit_below_a_named_one_is_read_once() -> None:
    here = cloud()
    text = SERVICE.replace(f'"{TEST}"', f'"{DEEP}"')
    read_organization(desk(here, rollout(text)))
    assert [r["ParentId"] for r in here.calls("ListAccountsForParent")] == [PROD, DEEP]


def test_a_self_managed_rollout_asks_the_organization_nothing() -> None:
    here = cloud()
    assert read_organization(desk(here, rollout(SELF))) == Organization()
    assert here.record == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(SERVICE, {A, B, C, D, E}, id="all in and under the units"),
        pytest.param(
            SERVICE.replace(f'["{PROD}", "{TEST}"]', f'["{ROOT}"]'),
            {A, B, C, D, E},
            id="the root has all but the management account, which StackSets skips",
        ),
        pytest.param(
            SERVICE + f'accounts = ["{A}", "{D}"]\naccount_filter = "intersection"',
            {A, D},
            id="some of them",
        ),
        pytest.param(
            SERVICE + f'accounts = ["{A}", "{D}"]\naccount_filter = "difference"',
            {B, C, E},
            id="all but some",
        ),
        pytest.param(
            SERVICE.replace(f', "{TEST}"', "") + f'accounts = ["{E}"]\naccount_filter = "union"',
            {A, B, C, E},
            id="and one that is elsewhere",
        ),
        pytest.param(SELF, {A, B, C}, id="self-managed: those that are named"),
    ],
)
def test_who_is_wanted(text: str, expected: set[str]) -> None:
    found = rollout(text)
    assert set(desired_state(found, read_organization(desk(cloud(), found))).waves) == expected


def test_one_that_is_elsewhere_is_reached_by_its_own_unit_and_by_name() -> None:
    text = SERVICE.replace(f', "{TEST}"', "") + f'accounts = ["{E}"]\naccount_filter = "union"'
    calls = [call for stage in planned(cloud(), text).stages for call in stage.calls][1:]
    assert [(c.accounts, c.targets.units, c.targets.filter) for c in calls] == [
        ((A, B, C, E), (PROD, TEST), "INTERSECTION")
    ]


@pytest.mark.parametrize(
    ("states", "suspended"),
    [
        pytest.param({}, {}, id="all are active"),
        pytest.param({B: "SUSPENDED"}, {B: "SUSPENDED"}, id="one is suspended"),
        pytest.param(
            {B: "PENDING_CLOSURE", D: "CLOSED"},
            {B: "PENDING_CLOSURE", D: "CLOSED"},
            id="State knows more than Status, which is retired, ever did",
        ),
    ],
)
def test_accounts_that_are_not_active_are_named(
    states: dict[str, str], suspended: dict[str, str]
) -> None:
    found = desired_state(rollout(), read_organization(desk(cloud(states=states), rollout())))
    assert (found.suspended, set(found.waves) & set(suspended)) == (suspended, set())


@pytest.mark.parametrize(
    ("here", "text", "expected"),
    [
        pytest.param(cloud(caller=A), SERVICE,
                     f"account {A}: Only the management account ({MANAGER}) or a delegated "
                     "administrator can manage service-managed StackSets.\n  Sign in to the "
                     "management account, or add delegated_administrator = true.",
                     id="a member that did not say that it is a delegate"),
        pytest.param(cloud(), DELEGATED,
                     f"delegated_administrator: The credentials are for account {MANAGER}, which "
                     "is the management account.\n  Sign in to the delegated administrator, or "
                     "remove delegated_administrator.", id="the management account is no delegate"),
        pytest.param(cloud(caller=A, delegates=[B]), DELEGATED,
                     f"account {A}: The account is not a delegated administrator of StackSets. "
                     f"Delegated administrators: {B}\n  Run once in the management account: "
                     f"aws organizations register-delegated-administrator --account-id {A} "
                     "--service-principal member.org.stacksets.cloudformation.amazonaws.com",
                     id="another account is the delegate"),
        pytest.param(cloud(refusals=[("DescribeOrganization", ApiError(
                     "AWSOrganizationsNotInUseException", "Your account is not a member"))]),
                     SERVICE, f"account {MANAGER}: it is in no organization (Your account is not a "
                     'member)\n  without one, use permissions = "self-managed"',
                     id="no organization"),
    ],
)  # fmt: skip
def test_who_may_not_administer_is_told_what_to_do(here: Cloud, text: str, expected: str) -> None:
    with pytest.raises(PreconditionError) as caught:
        read_organization(desk(here, rollout(text)))
    assert str(caught.value) == expected


def test_a_delegate_that_may_not_list_delegates_is_believed() -> None:
    here = cloud(
        caller=A,
        refusals=[("ListDelegatedAdministrators", ApiError("AccessDeniedException", "no", 400))],
    )
    assert read_organization(desk(here, rollout(DELEGATED))).management == MANAGER


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        pytest.param(SERVICE.replace(TEST, "ou-ab12-99999999"), NotFoundError,
                     "ListAccountsForParent: Organizational unit ou-ab12-99999999 does not exist.",
                     id="a unit that is gone"),
        pytest.param(SERVICE + f'accounts = ["{account(99)}"]\naccount_filter = "union"',
                     NotFoundError,
                     f"DescribeAccount: Account {account(99)} is not in this organization.",
                     id="an account that is gone"),
        pytest.param(SERVICE + f'[rollout.baseline.wave.canary]\naccounts = ["{account(9)}"]',
                     SettingsError,
                     f"trailbell.toml: rollout.baseline: wave.canary.accounts: {account(9)}; it is "
                     "not among the accounts of this rollout; take it away, or add it there",
                     id="a canary that reaches nobody"),
        pytest.param(SERVICE + f'[rollout.baseline.override.{account(9)}]\nEmail = "a@b.example"',
                     SettingsError,
                     f"trailbell.toml: rollout.baseline: override.{account(9)}: {account(9)}; it "
                     "is not among the accounts of this rollout; take it away, or add it there",
                     id="an override that reaches nobody"),
        pytest.param(SERVICE + f'[rollout.baseline.override.{A}]\nEmial = "a@b.example"',
                     SettingsError,
                     f"trailbell.toml: rollout.baseline.override.{A}: Emial: does not exist in "
                     'the template; correct the name, did you mean "Email"?',
                     id="an override with a slip"),
    ],
)  # fmt: skip
def test_what_reaches_nobody_is_wrong(
    text: str, kind: type[InputError | AwsError], expected: str
) -> None:
    with pytest.raises(kind) as caught:
        planned(cloud(), text)
    assert str(caught.value) == expected


def test_another_account_than_was_settled_is_refused() -> None:
    with pytest.raises(PreconditionError) as caught:
        open_session(rollout(SERVICE + f'account = "{B}"'), cloud().open)
    assert str(caught.value) == (
        f"rollout baseline: it belongs to account {B}, and you are in {MANAGER}\n"
        f"  sign in to {B}, or mend account in trailbell.toml"
    )
