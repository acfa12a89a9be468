"""
The accounts of an organization, by organizational unit.

In:    AWS Organizations, and the organizational units that a rollout names.
Out:   an `Organization`: accounts with their state, units with all accounts below them.
Never: a unit that the rollout does not name.

Nested units are included, because StackSets deploys to a unit and all units below it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trailbell.aws.client import ServiceClient
from trailbell.errors import AccessDeniedError, AwsError, NotFoundError, PreconditionError

ACTIVE = "ACTIVE"
STACKSETS = "member.org.stacksets.cloudformation.amazonaws.com"


@dataclass(frozen=True, slots=True)
class OrganizationAccount:
    """An account. ``state`` is the API's: ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED ..."""

    id: str
    name: str
    state: str
    unit: str

    @property
    def active(self) -> bool:
        """Whether stacks can be deployed to the account."""
        return self.state == ACTIVE


@dataclass(frozen=True, kw_only=True)
class Organization:
    """What was read of an organization. ``below`` maps a named unit to all accounts below it."""

    management: str = ""
    members: Mapping[str, OrganizationAccount] = field(default_factory=dict)
    below: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class _Walk:
    """The accounts and units read so far. The only mutable object in this module."""

    members: dict[str, OrganizationAccount] = field(default_factory=dict)
    accounts_by_unit: dict[str, frozenset[str]] = field(default_factory=dict)


def read_organization(
    service: ServiceClient,
    units: Iterable[str],
    accounts: Iterable[str],
    management_account: str,
) -> Organization:
    """Read these units and accounts of the organization. Raises `AwsError`."""
    walk = _Walk()
    unit_ids = tuple(dict.fromkeys(units))
    for unit in unit_ids:
        _accounts_below(service, unit, walk)
    for account in accounts:
        if account not in walk.members:
            walk.members[account] = _single_account(service, account)
    return Organization(
        management=management_account,
        members=walk.members,
        below={unit: walk.accounts_by_unit[unit] for unit in unit_ids},
    )


def management_account_id(service: ServiceClient) -> str:
    """Return the id of the management account."""
    organization = service.call("DescribeOrganization")["Organization"]
    return str(organization.get("ManagementAccountId") or organization["MasterAccountId"])


def _accounts_below(service: ServiceClient, unit: str, walk: _Walk) -> frozenset[str]:
    """Return the accounts in a unit and in all units below it. Each unit is read once."""
    if unit in walk.accounts_by_unit:
        return walk.accounts_by_unit[unit]
    accounts: set[str] = set()
    try:
        for page in service.pages("ListAccountsForParent", ParentId=unit):
            for data in page["Accounts"]:
                walk.members[data["Id"]] = _account(data, unit)
                accounts.add(data["Id"])
        for page in service.pages("ListOrganizationalUnitsForParent", ParentId=unit):
            for child in page["OrganizationalUnits"]:
                accounts |= _accounts_below(service, child["Id"], walk)
    except NotFoundError as error:
        raise NotFoundError(
            error.operation, f"Organizational unit {unit} does not exist."
        ) from error
    walk.accounts_by_unit[unit] = frozenset(accounts)
    return walk.accounts_by_unit[unit]


def _account(data: Mapping[str, str], unit: str) -> OrganizationAccount:
    """Build an account. Status was retired in September 2026; some endpoints still have no State.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
    """
    state = data.get("State") or data.get("Status") or ACTIVE
    return OrganizationAccount(data["Id"], data.get("Name", ""), state, unit)


def _single_account(service: ServiceClient, account_id: str) -> OrganizationAccount:
    """Read an account outside the named units, and its unit."""
    try:
        account = service.call("DescribeAccount", AccountId=account_id)["Account"]
        parents = service.call("ListParents", ChildId=account_id)["Parents"]
    except NotFoundError as error:
        raise NotFoundError(
            error.operation, f"Account {account_id} is not in this organization."
        ) from error
    return _account(account, parents[0]["Id"])


def check_administrator(
    service: ServiceClient, caller: str, management_account: str, *, delegated: bool
) -> None:
    """Check that the caller may administer service-managed StackSets.

    Raises `PreconditionError`, which is clearer than the error that AWS would return.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html
    """
    if caller == management_account and delegated:
        raise PreconditionError(
            "delegated_administrator",
            f"The credentials are for account {caller}, which is the management account.",
            "Sign in to the delegated administrator, or remove delegated_administrator.",
        )
    if caller != management_account and not delegated:
        raise PreconditionError(
            f"account {caller}",
            "Only the management account "
            f"({management_account}) or a delegated administrator can manage service-managed "
            "StackSets.",
            "Sign in to the management account, or add delegated_administrator = true.",
        )
    if delegated and caller not in (administrators := _delegated_administrators(service, caller)):
        raise PreconditionError(
            f"account {caller}",
            "The account is not a delegated administrator of StackSets. Delegated administrators: "
            f"{', '.join(sorted(administrators)) or 'none'}",
            "Run once in the management account: aws organizations "
            f"register-delegated-administrator --account-id {caller} "
            f"--service-principal {STACKSETS}",
        )


def _delegated_administrators(service: ServiceClient, caller: str) -> frozenset[str]:
    """Return the delegated administrators; only the caller if they cannot be listed."""
    try:
        return frozenset(
            administrator["Id"]
            for page in service.pages("ListDelegatedAdministrators", ServicePrincipal=STACKSETS)
            for administrator in page["DelegatedAdministrators"]
        )
    except AccessDeniedError:
        return frozenset({caller})


def explain_trusted_access(error: AwsError) -> AwsError | PreconditionError:
    """Explain an error that is due to missing trusted access; return other errors unchanged."""
    reason = error.reason.lower()
    if "organizations access" in reason or "trusted access" in reason:
        return PreconditionError(
            "service-managed StackSets",
            f"Trusted access with AWS Organizations is not activated ({error.reason}).",
            "Run once in the management account: aws cloudformation activate-organizations-access",
        )
    return error
