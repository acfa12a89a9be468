"""The accounts of an organization, and who may administer it."""

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
    make_plan,
    new_cloud,
    rollout,
    sign_in,
)
from trailbell.aws.organization import Organization, OrganizationAccount
from trailbell.errors import AwsError, InputError, NotFoundError, PreconditionError, SettingsError
from trailbell.rollout.model.desired_state import desired_state
from trailbell.rollout.session import open_session, read_organization

DELEGATED = SERVICE + "delegated_administrator = true\n"


def test_units_include_nested_units_and_every_page() -> None:
    cloud = new_cloud(page=1)
    found = read_organization(sign_in(cloud, rollout()))
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
        parents={DEEP: PROD},
        units=frozenset({PROD, DEEP, TEST}),
    )


def test_a_nested_unit_is_read_once() -> None:
    cloud = new_cloud()
    text = SERVICE.replace(f'"{TEST}"', f'"{DEEP}"')
    read_organization(sign_in(cloud, rollout(text)))
    assert [r["ParentId"] for r in cloud.requests("ListAccountsForParent")] == [PROD, DEEP]


def test_a_self_managed_rollout_reads_no_organization() -> None:
    cloud = new_cloud()
    assert read_organization(sign_in(cloud, rollout(SELF))) == Organization()
    assert cloud.record == []


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
def test_the_accounts_of_a_rollout(text: str, expected: set[str]) -> None:
    found = rollout(text)
    assert (
        set(desired_state(found, read_organization(sign_in(new_cloud(), found))).wave_by_account)
        == expected
    )


def test_an_account_outside_the_units_is_targeted_by_its_unit_and_its_id() -> None:
    text = SERVICE.replace(f', "{TEST}"', "") + f'accounts = ["{E}"]\naccount_filter = "union"'
    calls = [call for stage in make_plan(new_cloud(), text).stages for call in stage.operations][1:]
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
def test_accounts_that_are_not_active_are_suspended(
    states: dict[str, str], suspended: dict[str, str]
) -> None:
    found = desired_state(
        rollout(), read_organization(sign_in(new_cloud(states=states), rollout()))
    )
    assert (found.suspended, set(found.wave_by_account) & set(suspended)) == (suspended, set())


@pytest.mark.parametrize(
    ("cloud", "text", "expected"),
    [
        pytest.param(
            new_cloud(caller=A),
            SERVICE,
            f"account {A}: Only the management account ({MANAGER}) or a delegated "
            "administrator can manage service-managed StackSets.\n  Sign in to the "
            "management account, or add delegated_administrator = true.",
            id="a member that did not say that it is a delegate",
        ),
        pytest.param(
            new_cloud(),
            DELEGATED,
            f"delegated_administrator: The credentials are for account {MANAGER}, which "
            "is the management account.\n  Sign in to the delegated administrator, or "
            "remove delegated_administrator.",
            id="the management account is no delegate",
        ),
        pytest.param(
            new_cloud(caller=A, delegates=[B]),
            DELEGATED,
            f"account {A}: The account is not a delegated administrator of StackSets. "
            f"Delegated administrators: {B}\n  Run once in the management account: "
            f"aws organizations register-delegated-administrator --account-id {A} "
            "--service-principal member.org.stacksets.cloudformation.amazonaws.com",
            id="another account is the delegate",
        ),
        pytest.param(
            new_cloud(
                refusals=[
                    (
                        "DescribeOrganization",
                        ApiError(
                            "AWSOrganizationsNotInUseException", "Your account is not a member"
                        ),
                    )
                ]
            ),
            SERVICE,
            f"account {MANAGER}: it is not in an organization (Your account is "
            "not a member)\n  Without an organization, use permission_model = "
            '"self-managed".',
            id="no organization",
        ),
    ],
)
def test_a_caller_that_cannot_administer_gets_a_hint(
    cloud: Cloud, text: str, expected: str
) -> None:
    with pytest.raises(PreconditionError) as caught:
        read_organization(sign_in(cloud, rollout(text)))
    assert str(caught.value) == expected


def test_a_delegate_that_cannot_list_delegates_is_accepted() -> None:
    cloud = new_cloud(
        caller=A,
        refusals=[("ListDelegatedAdministrators", ApiError("AccessDeniedException", "no", 400))],
    )
    assert read_organization(sign_in(cloud, rollout(DELEGATED))).management == MANAGER


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        pytest.param(SERVICE.replace(TEST, "ou-ab12-99999999"), NotFoundError,
                     "ListAccountsForParent: Organizational unit ou-ab12-99999999 does not exist.",
                     id="a unit that does not exist"),
        pytest.param(SERVICE + f'[rollout.baseline.wave.canary]\naccounts = ["{account(9)}"]',
                     SettingsError,
                     f'trailbell.toml: rollout.baseline: wave.canary.accounts: "{account(9)}"; '
                     "it is not an account of this rollout; remove it, or add it to the rollout",
                     id="a canary outside the rollout"),
        pytest.param(SERVICE + f'[rollout.baseline.override.{account(9)}]\nEmail = "a@b.example"',
                     SettingsError,
                     f"trailbell.toml: rollout.baseline: override.{account(9)}: "
                     f'"{account(9)}"; '
                     "it is not an account of this rollout; remove it, or add it to the rollout",
                     id="an override outside the rollout"),
        pytest.param(SERVICE + f'[rollout.baseline.override.{A}]\nEmial = "a@b.example"',
                     SettingsError,
                     f"trailbell.toml: rollout.baseline.override.{A}: Emial: does not "
                     'exist in the template; correct the name, did you mean "Email"?',
                     id="an override with a typing error"),
    ],
)  # fmt: skip
def test_names_outside_the_organization_or_rollout_are_rejected(
    text: str, kind: type[InputError | AwsError], expected: str
) -> None:
    with pytest.raises(kind) as caught:
        make_plan(new_cloud(), text)
    assert str(caught.value) == expected


def test_credentials_for_another_account_are_rejected() -> None:
    with pytest.raises(PreconditionError) as caught:
        open_session(rollout(SERVICE + f'account = "{B}"'), new_cloud().open)
    assert str(caught.value) == (
        f"rollout baseline: It is for account {B}, but the credentials are for account {MANAGER}.\n"
        f'  Sign in to account {B}, or correct "account" in trailbell.toml.'
    )
