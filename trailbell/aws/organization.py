"""
Which accounts an organization has, and below which of its units.

In:    AWS Organizations, and the organizational units that a rollout names.
Out:   an `Organization`: accounts with their state, units with all accounts below them.
Never: an account that is not asked about. Only the named units are walked.

Nested units are resolved, as StackSets does: it works on a unit and all units below it.
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
    """An account. ``state`` is that of the API: ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED ..."""

    id: str
    name: str
    state: str
    unit: str

    @property
    def active(self) -> bool:
        """Whether anything can be deployed there."""
        return self.state == ACTIVE


@dataclass(frozen=True, kw_only=True)
class Organization:
    """What is known of one. ``below`` maps a named unit to the accounts in it and under it."""

    management: str = ""
    members: Mapping[str, OrganizationAccount] = field(default_factory=dict)
    below: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class _Walk:
    """What a walk has found: the only thing here that changes."""

    members: dict[str, OrganizationAccount] = field(default_factory=dict)
    inside: dict[str, frozenset[str]] = field(default_factory=dict)


def read_organization(
    service: ServiceClient, units: Iterable[str], accounts: Iterable[str], manager: str
) -> Organization:
    """The organization as far as these units and accounts go. Raises `AwsError`."""
    walk = _Walk()
    named = tuple(dict.fromkeys(units))
    for unit in named:
        _inside(service, unit, walk)
    for account in accounts:
        if account not in walk.members:
            walk.members[account] = _alone(service, account)
    return Organization(
        management=manager,
        members=walk.members,
        below={unit: walk.inside[unit] for unit in named},
    )


def management_account_id(service: ServiceClient) -> str:
    """The management account of the organization."""
    found = service.call("DescribeOrganization")["Organization"]
    return str(found.get("ManagementAccountId") or found["MasterAccountId"])


def _inside(service: ServiceClient, unit: str, walk: _Walk) -> frozenset[str]:
    """The accounts in a unit and in all units below it, each unit read once."""
    if unit in walk.inside:
        return walk.inside[unit]
    found: set[str] = set()
    try:
        for page in service.pages("ListAccountsForParent", ParentId=unit):
            for each in page["Accounts"]:
                walk.members[each["Id"]] = _member(each, unit)
                found.add(each["Id"])
        for page in service.pages("ListOrganizationalUnitsForParent", ParentId=unit):
            for each in page["OrganizationalUnits"]:
                found |= _inside(service, each["Id"], walk)
    except NotFoundError as error:
        raise NotFoundError(error.operation, f"there is no organizational unit {unit}") from error
    walk.inside[unit] = frozenset(found)
    return walk.inside[unit]


def _member(data: Mapping[str, str], unit: str) -> OrganizationAccount:
    """An account. Status was retired in September 2026; endpoints that lack State still have it.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
    """
    state = data.get("State") or data.get("Status") or ACTIVE
    return OrganizationAccount(data["Id"], data.get("Name", ""), state, unit)


def _alone(service: ServiceClient, account: str) -> OrganizationAccount:
    """An account that no named unit holds, with the unit that does."""
    try:
        found = service.call("DescribeAccount", AccountId=account)["Account"]
        parents = service.call("ListParents", ChildId=account)["Parents"]
    except NotFoundError as error:
        raise NotFoundError(
            error.operation, f"account {account} is not in this organization"
        ) from error
    return _member(found, parents[0]["Id"])


def check_administrator(
    service: ServiceClient, caller: str, manager: str, *, delegated: bool
) -> None:
    """Raises `PreconditionError` if the settings do not fit who calls, before AWS says it less
    clearly.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html
    """
    if caller == manager and delegated:
        raise PreconditionError(
            "delegated_administrator",
            f"you are in {caller}, the management account itself",
            "sign in to the delegated administrator, or take delegated_administrator away",
        )
    if caller != manager and not delegated:
        raise PreconditionError(
            f"account {caller}",
            f"service-managed sets are administered from the management account ({manager}) or "
            "from a delegated administrator",
            "sign in to the management account, or add delegated_administrator = true",
        )
    if delegated and caller not in (known := _delegates(service, caller)):
        raise PreconditionError(
            f"account {caller}",
            f"it is no delegated administrator of StackSets ({', '.join(sorted(known)) or 'none'})",
            "in the management account, once: aws organizations register-delegated-administrator "
            f"--account-id {caller} --service-principal {STACKSETS}",
        )


def _delegates(service: ServiceClient, caller: str) -> frozenset[str]:
    """The delegated administrators; where they may not be listed, whoever calls passes for one."""
    try:
        return frozenset(
            each["Id"]
            for page in service.pages("ListDelegatedAdministrators", ServicePrincipal=STACKSETS)
            for each in page["DelegatedAdministrators"]
        )
    except AccessDeniedError:
        return frozenset({caller})


def explain_trusted_access(error: AwsError) -> AwsError | PreconditionError:
    """A refusal for want of trusted access, with what to do; any other error as it is."""
    words = error.reason.lower()
    if "organizations access" in words or "trusted access" in words:
        return PreconditionError(
            "service-managed sets",
            f"trusted access to the organization is off ({error.reason})",
            "in the management account, once: aws cloudformation activate-organizations-access",
        )
    return error
