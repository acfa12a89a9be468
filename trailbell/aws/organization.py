"""
The accounts of an organization, by organizational unit.

In:    AWS Organizations, and the organizational units that a rollout names.
Out:   an `Organization`: accounts with their state, units with all accounts below them.
Never: a unit that the rollout does not name.

Nested units are included, because StackSets deploys to a unit and all units below it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentTargets.html
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from trailbell.aws.client import ServiceClient
from trailbell.aws.threads import run_concurrently
from trailbell.errors import AccessDeniedError, AwsError, NotFoundError, PreconditionError

ACTIVE = "ACTIVE"
_ROOT = "r-"
_MAX_DESCRIBED = 40
"""Accounts that are read one by one; for more, a list of the organization takes fewer calls."""
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
    """What was read of an organization.

    ``below`` maps a named unit to all accounts below it, ``parents`` a unit to the one above it.
    ``units`` are those whose accounts were all read. ``missing`` are accounts that were asked for
    and are not in the organization. ``notices`` say what could not be read.
    """

    management: str = ""
    members: Mapping[str, OrganizationAccount] = field(default_factory=dict)
    below: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    units: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    notices: tuple[str, ...] = ()

    def is_below(self, account: str, unit: str) -> bool | None:
        """Whether an account is below a unit now; None if that was not read."""
        member = self.members.get(account)
        above = member.unit if member else ""
        while above and above != unit:
            if above.startswith(_ROOT):
                return False
            above = self.parents.get(above, "")
        return True if above else False if unit in self.units else None


@dataclass(frozen=True, kw_only=True)
class _Unit:
    """The accounts and the units directly in a unit."""

    accounts: tuple[OrganizationAccount, ...]
    children: tuple[str, ...]


def read_organization(
    service: ServiceClient,
    units: Iterable[str],
    accounts: Iterable[str],
    management_account: str,
) -> Organization:
    """Read these units and accounts of the organization, calls side by side. Raises `AwsError`."""
    unit_ids = tuple(dict.fromkeys(units))
    tree = _read_tree(service, unit_ids)
    members = {account.id: account for unit in tree.values() for account in unit.accounts}
    unread = [account for account in accounts if account not in members]
    singles = run_concurrently(partial(_single_account, service, account) for account in unread)
    return Organization(
        management=management_account,
        members=members | {account.id: account for account in singles if account},
        below={unit: frozenset(_accounts_below(unit, tree)) for unit in unit_ids},
        parents={child: unit for unit, entry in tree.items() for child in entry.children},
        units=frozenset(tree),
        missing=frozenset(
            account for account, single in zip(unread, singles, strict=True) if single is None
        ),
    )


def _read_tree(service: ServiceClient, units: Iterable[str]) -> dict[str, _Unit]:
    """Read these units and all units below them, each once, level by level."""
    tree: dict[str, _Unit] = {}
    level = list(units)
    while level:
        read = run_concurrently(partial(_read_unit, service, unit) for unit in level)
        tree.update(zip(level, read, strict=True))
        children = (child for entry in read for child in entry.children)
        level = [child for child in dict.fromkeys(children) if child not in tree]
    return tree


def _read_unit(service: ServiceClient, unit: str) -> _Unit:
    """Read what is directly in a unit. A page can be empty although more follow."""
    try:
        accounts = [
            _account(data, unit)
            for page in service.pages("ListAccountsForParent", ParentId=unit)
            for data in page.get("Accounts", ())
        ]
        children = [
            str(child["Id"])
            for page in service.pages("ListOrganizationalUnitsForParent", ParentId=unit)
            for child in page.get("OrganizationalUnits", ())
        ]
    except NotFoundError as error:
        raise NotFoundError(
            error.operation, f"Organizational unit {unit} does not exist."
        ) from error
    return _Unit(accounts=tuple(accounts), children=tuple(children))


def _accounts_below(unit: str, tree: Mapping[str, _Unit]) -> Iterator[str]:
    yield from (account.id for account in tree[unit].accounts)
    for child in tree[unit].children:
        yield from _accounts_below(child, tree)


def read_instance_accounts(
    service: ServiceClient, organization: Organization, recorded: Mapping[str, Iterable[str]]
) -> Organization:
    """Read what shows whether the accounts of stack instances moved or left the organization.

    ``recorded`` maps an account to the units that AWS recorded for its stack instances. What the
    caller may not read is a notice.
    """
    unread = [account for account in recorded if account not in organization.members]
    other_units = any(
        unit not in organization.units for units in recorded.values() for unit in units
    )
    try:
        states = _read_accounts(service, unread)
        parents = _read_parents(service, organization) if other_units else organization.parents
    except AccessDeniedError as error:
        notice = f"Whether accounts moved or left the organization was not read: {error}"
        return replace(organization, notices=(*organization.notices, notice))
    return replace(
        organization,
        members=states | dict(organization.members),
        parents=parents,
        missing=organization.missing | (frozenset(unread) - frozenset(states)),
    )


def _read_accounts(
    service: ServiceClient, accounts: Sequence[str]
) -> dict[str, OrganizationAccount]:
    """Read accounts wherever they are, without their units; those that left are missing.

    One call an account, or all pages of the organization if there are many.
    """
    if len(accounts) > _MAX_DESCRIBED:
        entries = [d for page in service.pages("ListAccounts") for d in page.get("Accounts", ())]
    else:
        read = run_concurrently(partial(_describe_account, service, each) for each in accounts)
        entries = [data for data in read if data is not None]
    wanted = frozenset(accounts)
    return {data["Id"]: _account(data, "") for data in entries if data["Id"] in wanted}


def _describe_account(service: ServiceClient, account: str) -> Mapping[str, str] | None:
    try:
        data: Mapping[str, str] = service.call("DescribeAccount", AccountId=account)["Account"]
    except NotFoundError:
        return None
    return data


def _read_parents(service: ServiceClient, organization: Organization) -> dict[str, str]:
    """The units above the named ones, up to the root."""
    parents = dict(organization.parents)
    for named in organization.below:
        unit = named
        while unit not in parents and not unit.startswith(_ROOT):
            parents[unit] = str(service.call("ListParents", ChildId=unit)["Parents"][0]["Id"])
            unit = parents[unit]
    return parents


def management_account_id(service: ServiceClient) -> str:
    """Return the id of the management account."""
    organization = service.call("DescribeOrganization")["Organization"]
    return str(organization.get("ManagementAccountId") or organization["MasterAccountId"])


def _account(data: Mapping[str, str], unit: str) -> OrganizationAccount:
    """Build an account. Status was retired in September 2026; some endpoints still have no State.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
    """
    state = data.get("State") or data.get("Status") or ACTIVE
    return OrganizationAccount(data["Id"], data.get("Name", ""), state, unit)


def _single_account(service: ServiceClient, account_id: str) -> OrganizationAccount | None:
    """Read an account outside the named units, and its unit; None if it left the organization."""
    data = _describe_account(service, account_id)
    if data is None:
        return None
    parents = service.call("ListParents", ChildId=account_id)["Parents"]
    return _account(data, parents[0]["Id"])


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
