"""Plans and results as text, JSON and Markdown."""

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
    apply_rollout,
    built_template,
    make_plan,
    new_cloud,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.rollout.apply.failures import Failures, InstanceFailure
from trailbell.rollout.apply.result import RolloutResult, StageResult, StageStatus, StepResult
from trailbell.rollout.configuration.config import REST
from trailbell.rollout.report import (
    account_matrix,
    markdown_report,
    report,
    result_report,
    serialize,
    wording,
)
from trailbell.styled_text import Style

EU, US, AP = REGIONS
CANARY = SERVICE + (
    f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\nmax_concurrent = 1\n'
    '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\nminutes = 10\n'
    'command = ["./check.sh"]\n'
)


def five() -> Cloud:
    """A deployed rollout with one of each problem."""
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    cloud.units[TEST].append(account(6))
    cloud.states[B] = "SUSPENDED"
    cloud.instances[AccountRegion(C, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", PROD)
    cloud.instances[AccountRegion(D, US)] = Stack("OUTDATED", "FAILED", "no role", TEST)
    del cloud.instances[AccountRegion(E, AP)]
    return cloud


def expected(name: str) -> str:
    """The expected text, verbatim."""
    return (Path(__file__).parent / "expected" / f"{name}.txt").read_text("utf-8")


def test_a_plan_for_five_accounts_has_a_row_for_each() -> None:
    text = CANARY.replace('"us-east-1", ', "")
    text = text.replace("failure_tolerance = 0", 'leaving = "leave"\nfailure_tolerance = 0')
    assert report.to_text(make_plan(five(), text, built_template(2))) == expected("five")


_ROWS = (
    account_matrix.Row("canary", (A,), ("+", "~", " ")),
    account_matrix.Row("", (B, C), (".", " ", "x")),
)


def _matrix(width: int | None) -> list[str]:
    lines = account_matrix.matrix_lines(_ROWS, [EU, US, AP], {A: "name-01"}, width)
    return [*map(str, lines)]


@pytest.mark.parametrize(
    "width",
    [pytest.param(None, id="no terminal"), pytest.param(71, id="a terminal of its width")],
)
def test_a_table_that_fits_is_one(width: int | None) -> None:
    assert _matrix(width) == [
        "wave    account                                    euc1  use1  apse2",
        "canary  000000000001 name-01                       +     ~",
        "        2 accounts: 000000000002 ... 000000000003  .           x",
    ]


@pytest.mark.parametrize(
    "width", [pytest.param(60, id="room for one column"), pytest.param(10, id="room for none")]
)
def test_a_table_that_is_too_wide_goes_on_below(width: int) -> None:
    head = "wave    account                                   "
    canary = "canary  000000000001 name-01"
    others = "        2 accounts: 000000000002 ... 000000000003"
    assert [row.split() for row in _matrix(width)] == [
        row.split()
        for row in (
            *(f"{head}euc1", f"{canary} +", f"{others} .", ""),
            *(f"{head}use1", f"{canary} ~", others, ""),
            *(f"{head}apse2", canary, f"{others} x"),
        )
    ]


def test_marks_have_the_style_of_their_action() -> None:
    plan = make_plan(five(), CANARY, built_template(2))
    styles = {span.text: span.style for each in report.to_lines(plan) for span in each.spans}
    assert [styles[mark] for mark in "+~x"] == [Style.ADDED, Style.CHANGED, Style.ERROR]


def test_a_plan_for_five_thousand_accounts_fits_on_a_page() -> None:
    accounts = [account(n) for n in range(1, 5_001)]
    cloud = Cloud(
        units={ROOT: [MANAGER], PROD: accounts[:2_500], TEST: accounts[2_500:], DEEP: []},
        page=100,
    )
    text = SERVICE.replace('"us-east-1", ', "")
    assert report.to_text(make_plan(cloud, text)) == expected("five_thousand")


def test_short_region_names_are_unique() -> None:
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
    assert wording.format_duration(seconds) == expected


def test_a_failed_result_shows_every_cause_and_how_to_continue() -> None:
    cloud = new_cloud(fails={AccountRegion(A, EU): "no role", AccountRegion(B, EU): "no role"})
    text = SERVICE.replace("failure_tolerance = 0", "failure_tolerance = 1")
    run = apply_rollout(cloud, text)
    (operation,) = run.stages[0].operations
    assert result_report.to_text(run).splitlines() == [
        "remaining accounts: failed (2 of 15 stack instances reached)",
        f"  CREATE {operation.id} FAILED, 2 stack instances failed",
        f"  failed: {A} eu-central-1, {B} eu-central-1",
        "    no role",
        (
            "  13 more were canceled because the failure tolerance was exceeded or the operation "
            "was stopped"
        ),
        "  More accounts failed than the failure tolerance of the operation allows.",
        "To continue:",
        "  trailbell rollout resume baseline   retry what failed",
        "  trailbell rollout apply baseline    deploy dist/",
    ]


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        pytest.param("The bucket is not empty", "", id="another reason"),
        pytest.param("Export is not enabled for the stack", "", id="something else is not enabled"),
        pytest.param(
            "Account 000000000001 should have 'AWSCloudFormationStackSetExecutionRole' role with "
            "trust relationship to Role 'AWSCloudFormationStackSetAdministrationRole'.",
            f"Create the execution role in account {A}: deploy the stack stackset-roles there.",
            id="no execution role",
        ),
        pytest.param(
            "Region ap-southeast-2 is not enabled for the account",
            "Enable the Region there: aws account enable-region --region-name ap-southeast-2 "
            f"--account-id {A}",
            id="a Region to opt in to",
        ),
        pytest.param(
            "OPTINREQUIRED: You are not subscribed to this service",
            "Enable the Region there: aws account enable-region --region-name ap-southeast-2 "
            f"--account-id {A}",
            id="in capitals",
        ),
    ],
)
def test_common_failures_have_a_hint(reason: str, hint: str) -> None:
    failure = InstanceFailure(location=AccountRegion(A, AP), reason=reason)
    assert [*map(str, result_report.failure_lines(Failures(failed=(failure,))))] == [
        f"  failed: {A} ap-southeast-2",
        f"    {reason}",
        *([f"    {hint}"] if hint else []),
    ]


def test_automatic_deployment_follows_no_order_of_the_plan() -> None:
    text = report.to_text(make_plan(new_cloud(), SERVICE + "auto_deployment = true\n"))
    assert text.splitlines()[-1] == (
        "Automatic deployment to accounts that join later uses no wave, no operation preference "
        "and no order of Regions of this rollout."
    )


def test_what_continues_in_aws_is_named() -> None:
    step = StepResult(stack="alerts", status=StageStatus.INTERRUPTED, running=("id-1", "id-2"))
    stage = StageResult(name="canary", steps=(step,))
    result = RolloutResult(rollout="baseline", stack_sets={"alerts": "baseline"}, stages=(stage,))
    assert result_report.to_text(result).splitlines() == [
        "canary: interrupted",
        "Operations id-1, id-2 continue in AWS.",
    ]


def test_json_of_a_plan_has_every_instance_and_every_operation() -> None:
    found: dict[str, Any] = json.loads(serialize.plan_to_json(make_plan(five(), CANARY)))
    assert found["instances"][0] == [A, EU, "unchanged", "canary", ""]
    assert [D, US, "OUTDATED", REST, "FAILED: no role"] in found["instances"]
    assert found["counts"] == {
        "create": 4,
        "OUTDATED": 1,
        "unchanged": 9,
        "INOPERABLE": 1,
        "suspended": 3,
    }
    assert found["stages"][1]["operations"][0] == {
        "stack": "alerts",
        "api": "UpdateStackInstances",
        "accounts": [D],
        "regions": [US],
        "targets": {
            "DeploymentTargets": {
                "OrganizationalUnitIds": [TEST],
                "Accounts": [D],
                "AccountFilterType": "INTERSECTION",
            }
        },
        "parameter_overrides": None,
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


def test_json_of_a_result_can_be_parsed() -> None:
    cloud = new_cloud(fails={AccountRegion(A, EU): "no role"})
    found: dict[str, Any] = json.loads(serialize.result_to_json(apply_rollout(cloud)))
    stage = found["stages"][0]
    assert (found["succeeded"], stage["status"], stage["operations"][0]["started_at"]) == (
        False,
        "failed",
        NOW.isoformat(),
    )
    assert stage["failures"] == {
        "failed": [{"location": [A, EU], "reason": "no role", "root_cause": None, "note": ""}],
        "canceled": 14,
        "missed": [],
        "unplanned": [],
        "unreadable": [],
    }


def test_markdown_of_a_plan_starts_with_counts() -> None:
    assert markdown_report.plan_to_markdown(make_plan(five())).splitlines()[:9] == [
        f"### rollout baseline: stack alerts as StackSet baseline (service-managed, {MANAGER})",
        "",
        "| action | stack instances |",
        "| --- | ---: |",
        "| create | 4 |",
        "| OUTDATED | 1 |",
        "| unchanged | 9 |",
        "| INOPERABLE | 1 |",
        "| suspended | 3 |",
    ]
