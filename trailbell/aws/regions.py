"""
Regions: whether they exist, and whether an account has enabled them.

In:    names of Regions as a person wrote them; the Account Management service for the second part.
Out:   an error for a name that is no Region; the Regions that an account has not enabled.
Never: a call for Regions that every account has, or to find out whether a name exists.

https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from trailbell.aws.client import ServiceClient, sdk_regions
from trailbell.errors import AwsError, PreconditionError

ENABLED_BY_DEFAULT = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
        *("ap-southeast-1", "ap-southeast-2"),
    }
)
"""The Regions from before March 20, 2019: enabled in every account, and cannot be disabled."""

_OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eusc-", "eu-isoe-")
"""Partitions that have no Regions to opt in to."""

_USABLE = frozenset({"ENABLED", "ENABLED_BY_DEFAULT"})


@dataclass(frozen=True)
class RegionStatus:
    """A Region that an account cannot use now. ``status`` is its RegionOptStatus."""

    region: str
    status: str
    account: str = ""

    @property
    def remedy(self) -> str:
        """The command that enables the Region."""
        account = f" --account-id {self.account}" if self.account else ""
        return f"aws account enable-region{account} --region-name {self.region}"

    def __str__(self) -> str:
        where = f" in account {self.account}" if self.account else ""
        if self.status == "ENABLING":
            return f"Region {self.region} is still being enabled{where}. This can take hours."
        return (
            f'Region {self.region} is not enabled{where} (status "{self.status}"). Enable it with: '
            f"{self.remedy}"
        )


@dataclass(frozen=True)
class RegionCheck:
    """What an account says about Regions. ``unreadable`` is the reason if it could not be asked."""

    not_enabled: tuple[RegionStatus, ...] = ()
    unreadable: str = ""


def check_regions_exist(where: str, names: Iterable[str]) -> None:
    """Check names against the Regions that the SDK knows. No call.

    ``where`` names the option or the key of the settings. Raises `PreconditionError`.
    """
    known = sdk_regions()
    for name in names:
        if name not in known:
            raise PreconditionError(
                where,
                f'There is no Region "{name}".',
                f"{_suggestion(name, known)}If the Region is new, upgrade boto3.",
            )


def _suggestion(name: str, known: Iterable[str]) -> str:
    """Suggest the name that is meant; one of the same letters in another order comes first."""
    near = difflib.get_close_matches(name, sorted(known), n=5)
    near.sort(key=lambda candidate: sorted(candidate) != sorted(name))
    return f'Did you mean "{near[0]}"? ' if near else ""


def opt_in_regions(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of these Regions that an account must enable before it can use them."""
    return tuple(
        name
        for name in names
        if name not in ENABLED_BY_DEFAULT and not name.startswith(_OTHER_PARTITIONS)
    )


def check_regions_enabled(
    open_service: Callable[[], ServiceClient], names: Iterable[str], account: str = ""
) -> RegionCheck:
    """Ask an account which of these Regions it has not enabled.

    ``open_service`` returns the service ``account``; ``account`` is a member account, asked about
    from the management account, and empty for the account of the caller. There is no call if all
    Regions are enabled in every account. Never raises an `AwsError`: a caller that may not call
    account:ListRegions gets the reason.
    """
    names = opt_in_regions(names)
    if not names:
        return RegionCheck()
    request = {"AccountId": account} if account else {}
    try:
        statuses = {
            region["RegionName"]: region["RegionOptStatus"]
            for page in open_service().pages("ListRegions", **request)
            for region in page.get("Regions", ())
        }
    except AwsError as error:
        return RegionCheck(unreadable=str(error.reason))
    return RegionCheck(
        tuple(
            RegionStatus(name, status, account)
            for name in names
            if (status := statuses.get(name, "DISABLED")) not in _USABLE
        )
    )
