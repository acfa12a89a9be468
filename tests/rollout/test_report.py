"""Plans and runs as people and machines read them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rollout.fake_organizations import MANAGER, ROOT
from tests.rollout.fake_stack_sets import NOW, Cloud, Stack
from tests.rollout.scenario import (
    DEEP,
    PROD,
    REGIONS,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    account,
    applied,
    cloud,
    planned,
    source,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout import account_matrix, report, serialize

EU, US, AP = REGIONS
CANARY = SERVICE + (
    f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\nmax_concurrent = 1\n'
    '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\nminutes = 10\n'
    'command = ["./check.sh"]\n'
)


def five() -> Cloud:
    """A baseline in which a bit of everything is wrong."""
    here = cloud()
    assert applied(here).succeeded
    here.units[TEST].append(account(6))
    here.states[B] = "SUSPENDED"
    here.instances[AccountRegion(C, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", PROD)
    here.instances[AccountRegion(D, US)] = Stack("OUTDATED", "FAILED", "no role", TEST)
    del here.instances[AccountRegion(E, AP)]
    return here


def expected(name: str) -> str:
    """A text as it is to be, to the letter."""
    return (Path(__file__).parent / "expected" / f"{name}.txt").read_text("utf-8")


def test_a_plan_for_five_accounts_has_a_row_for_each() -> None:
    text = CANARY.replace('"us-east-1", ', "")
    text = text.replace("failure_tolerance = 0", 'leaving = "leave"\nfailure_tolerance = 0')
    assert report.to_text(planned(five(), text, source(2))) == expected("five")


def test_a_plan_for_five_thousand_accounts_fits_on_a_page() -> None:
    accounts = [account(n) for n in range(1, 5_001)]
    here = Cloud(
        units={ROOT: [MANAGER], PROD: accounts[:2_500], TEST: accounts[2_500:], DEEP: []},
        page=100,
    )
    text = SERVICE.replace('"us-east-1", ', "")
    assert report.to_text(planned(here, text)) == expected("five_thousand")


def test_codes_of_regions_are_short_and_different() -> None:
    regions = [
        *("eu-central-1", "eu-central-2", "eu-south-1", "eu-west-1", "us-east-1", "us-gov-east-1"),
        *("ap-southeast-1", "ap-south-1", "ap-south-2", "ap-northeast-1", "ap-east-1"),
        *("cn-north-1", "cn-northwest-1", "ca-central-1", "ca-west-1", "me-central-1"),
        *("me-south-1", "il-central-1", "mx-central-1", "sa-east-1", "af-south-1"),
    ]
    codes = [account_matrix.short_region(region) for region in regions]
    assert (codes[0], codes[6], codes[12]) == ("euc1", "apse1", "cnnw1")
    assert len(set(codes)) == len(regions)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(12, "12 s", id="seconds"),
        pytest.param(600, "10 min", id="minutes"),
        pytest.param(7_260, "2 h 1 min", id="hours"),
        pytest.param(10_200_000, "118.1 days", id="days"),
    ],
)
def test_durations(seconds: float, expected: str) -> None:
    assert report.duration(seconds) == expected


def test_a_failed_run_says_every_true_cause_and_how_to_go_on() -> None:
    here = cloud(fails={AccountRegion(A, EU): "no role", AccountRegion(B, EU): "no role"})
    text = SERVICE.replace("failure_tolerance = 0", "failure_tolerance = 1")
    run = applied(here, text)
    (operation,) = run.stages[0].operations
    assert report.result_to_text(run).splitlines() == [
        "rest: failed",
        f"  CREATE {operation.id} FAILED, 2 stacks failed",
        f"  failed: {A} eu-central-1, {B} eu-central-1",
        "    no role",
        "  13 more were not tried, because too many had failed",
        "to go on from here, once mended:",
        "  python build.py rollout resume baseline   what is left of this set",
        "  python build.py rollout apply baseline    with what dist/ holds now",
    ]


def test_json_of_a_plan_has_every_pair_and_every_call() -> None:
    found: dict[str, Any] = json.loads(serialize.plan_to_json(planned(five(), CANARY)))
    assert found["pairs"][0] == [A, EU, "unchanged", "canary", ""]
    assert [D, US, "outdated", "rest", "FAILED: no role"] in found["pairs"]
    assert found["counts"] == {
        "create": 4, "outdated": 1, "unchanged": 9, "inoperable": 1, "suspended": 3,
    }  # fmt: skip
    assert found["stages"][1]["calls"][0] == {
        "call": "UpdateStackInstances",
        "accounts": [D],
        "regions": [US],
        "targets": {
            "DeploymentTargets": {
                "OrganizationalUnitIds": [TEST],
                "Accounts": [D],
                "AccountFilterType": "INTERSECTION",
            }
        },
        "own_parameters": None,
        "retain": False,
        "preferences": {
            "RegionConcurrencyType": "SEQUENTIAL",
            "RegionOrder": [US],
            "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
            "MaxConcurrentCount": 3,
            "FailureToleranceCount": 0,
        },
        "seconds": 120.0,
    }


def test_json_of_a_run_can_be_read_again() -> None:
    here = cloud(fails={AccountRegion(A, EU): "no role"})
    found: dict[str, Any] = json.loads(serialize.result_to_json(applied(here)))
    stage = found["stages"][0]
    assert (found["well"], stage["end"], stage["operations"][0]["started_at"]) == (
        False,
        "failed",
        NOW.isoformat(),
    )
    assert stage["failures"] == {
        "failed": [{"pair": [A, EU], "reason": "no role", "root_cause": None, "note": ""}],
        "cancelled": 14,
    }


def test_markdown_of_a_plan_counts_first() -> None:
    assert serialize.plan_to_markdown(planned(five())).splitlines()[:9] == [
        f"### rollout baseline: stack alerts as set baseline (service-managed, {MANAGER})",
        "",
        "| what | stacks |",
        "| --- | ---: |",
        "| create | 4 |",
        "| outdated | 1 |",
        "| unchanged | 9 |",
        "| inoperable | 1 |",
        "| suspended | 3 |",
    ]
