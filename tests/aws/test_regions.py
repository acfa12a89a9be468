"""Regions that do not exist, and Regions that an account has not enabled."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.fake_aws import ApiError, ScriptedAccount
from trailbell.aws.client import ServiceClient, SessionConfig
from trailbell.aws.regions import (
    RegionCheck,
    RegionStatus,
    check_regions_enabled,
    check_regions_exist,
    opt_in_regions,
)
from trailbell.errors import PreconditionError


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param(
            "eu-centrall-1",
            'regions: There is no Region "eu-centrall-1".\n  Did you mean "eu-central-1"? If the '
            "Region is new, upgrade boto3.",
            id="a letter too many",
        ),
        pytest.param(
            "us-esat-1",
            'regions: There is no Region "us-esat-1".\n  Did you mean "us-east-1"? If the Region '
            "is new, upgrade boto3.",
            id="two letters exchanged",
        ),
        pytest.param(
            "mars",
            'regions: There is no Region "mars".\n  If the Region is new, upgrade boto3.',
            id="nothing like a Region",
        ),
        pytest.param(
            "aws-global",
            'regions: There is no Region "aws-global".\n  If the Region is new, upgrade boto3.',
            id="a name of the SDK for services without a Region",
        ),
    ],
)
def test_a_name_that_is_no_region_is_an_error(name: str, message: str) -> None:
    with pytest.raises(PreconditionError) as caught:
        check_regions_exist("regions", ["us-east-1", name])
    assert str(caught.value) == message


def test_regions_of_all_partitions_exist() -> None:
    check_regions_exist("regions", ["us-east-1", "me-central-1", "cn-north-1", "us-gov-west-1"])


def test_opt_in_regions_are_those_after_march_2019_in_the_commercial_partition() -> None:
    names = ["us-east-1", "af-south-1", "cn-north-1", "us-gov-east-1", "eu-central-2"]
    assert opt_in_regions(names) == ("af-south-1", "eu-central-2")


class Accounts:
    """Account Management: the pages of ListRegions, or an error.

    ListRegionsResponse and RegionOptStatus of the service model; a caller without permission gets
    AccessDeniedException, which the model lists as an error of ListRegions.
    """

    def __init__(self, *pages: Mapping[str, str], error: str = "") -> None:
        self.pages, self.error = pages, error
        self.requests: list[dict[str, Any]] = []

    def answer(
        self, _service: str, _operation: str, request: dict[str, Any], *_: str
    ) -> Mapping[str, Any]:
        self.requests.append(request)
        if self.error:
            raise ApiError(self.error, "User is not authorized", 403)
        index = int(request.get("NextToken", "0"))
        regions = [
            {"RegionName": name, "RegionOptStatus": status}
            for name, status in self.pages[index].items()
        ]
        more = {"NextToken": str(index + 1)} if index + 1 < len(self.pages) else {}
        return {"Regions": regions, **more}

    def service(self) -> ServiceClient:
        return ScriptedAccount(self.answer, SessionConfig(), "111122223333", "us-east-1").service(
            "account"
        )


def test_no_call_is_made_for_regions_that_every_account_has() -> None:
    accounts = Accounts(error="AccessDeniedException")
    assert check_regions_enabled(accounts.service, ["us-east-1", "eu-west-1"]) == RegionCheck()
    assert accounts.requests == []


def test_a_denied_call_is_a_reason_and_no_error() -> None:
    accounts = Accounts(error="AccessDeniedException")
    check = check_regions_enabled(accounts.service, ["af-south-1"], "123456789012")
    assert check == RegionCheck(unreadable="User is not authorized")
    assert accounts.requests == [{"AccountId": "123456789012"}]


def test_regions_that_are_not_enabled_are_listed_from_all_pages() -> None:
    accounts = Accounts(
        {"us-east-1": "ENABLED_BY_DEFAULT", "af-south-1": "DISABLED"},
        {"eu-south-1": "ENABLED", "me-south-1": "ENABLING", "ap-east-1": "DISABLING"},
    )
    names = ["af-south-1", "eu-south-1", "me-south-1", "ap-east-1", "il-central-1"]
    assert check_regions_enabled(accounts.service, names) == RegionCheck(
        (
            RegionStatus("af-south-1", "DISABLED"),
            RegionStatus("me-south-1", "ENABLING"),
            RegionStatus("ap-east-1", "DISABLING"),
            RegionStatus("il-central-1", "DISABLED"),
        )
    )


@pytest.mark.parametrize(
    ("status", "text"),
    [
        pytest.param(
            RegionStatus("af-south-1", "ENABLING"),
            "Region af-south-1 is still being enabled. This can take hours.",
            id="being enabled",
        ),
        pytest.param(
            RegionStatus("af-south-1", "DISABLED", "123456789012"),
            'Region af-south-1 is not enabled in account 123456789012 (status "DISABLED"). Enable '
            "it with: aws account enable-region --account-id 123456789012 --region-name af-south-1",
            id="disabled in a member account",
        ),
    ],
)
def test_a_region_that_is_not_enabled_says_what_to_do(status: RegionStatus, text: str) -> None:
    assert str(status) == text
