"""What we compile passes every auditor at once, and does not where a link is taken out of it."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from trailbell.audit.matrix import Matrix, matrix
from trailbell.command.audit import documents, ours
from trailbell.source_location import PROJECT

Document = dict[str, Any]
BASE, PACK = "dist/security-alerts.json", "dist/cis.json"
NAMED = f"{BASE} is deployed as the stack security-alerts"
# A control of the pack on the topic of low severity, and one of the base on that of high.
LOW, HIGH = "iam-policy-changes", "root-account-use"
LOW_FILTER, LOW_ALARM = (f"IamPolicyChanges{what} ({PACK})" for what in ("Filter", "Alarm"))


def _both() -> dict[str, Document]:
    base, pack = documents((PROJECT / BASE, PROJECT / PACK)).values()
    return {BASE: deepcopy(base), PACK: deepcopy(pack)}


def _without(*resources: str) -> dict[str, Document]:
    both = _both()
    for name in resources:
        del both[BASE]["Resources"][name]
    return both


def _export(output: str, **members: Any) -> dict[str, Document]:
    both = _both()
    both[BASE]["Outputs"][output] |= members
    return both


def _named(name: str) -> dict[str, Any]:
    return {"Name": {"Fn::Sub": name}}


def _another_log_group() -> dict[str, Document]:
    both = _export("LogGroupName", Value={"Ref": "Another"})
    both[BASE]["Resources"]["Another"] = {"Type": "AWS::Logs::LogGroup", "Properties": {}}
    return both


def _bases(*names: str) -> dict[str, Document]:
    base, pack = _both().values()
    return {**{name: deepcopy(base) for name in names}, PACK: pack}


def _of(graded: Matrix, control: str) -> list[str]:
    """What the three auditors say of a control: an empty text is a pass."""
    grades = [column.of(control) for column in graded.columns]
    return ["" if grade is None or grade.passed else grade.reason for grade in grades]


_NOBODY = f"{LOW_ALARM}: nobody subscribes to its topic"
_NO_TRAIL = f"{LOW_FILTER}: no trail writes to its log group"
_AMBIGUOUS = (
    f"{_NO_TRAIL}; it is ambiguous which export security-alerts-LogGroupName is:"
    " {} and {} can have it"
)


@pytest.mark.parametrize(
    ("made", "control", "said"),
    [
        pytest.param(
            lambda: _without("LowSubscription"), LOW, [_NOBODY, "", _NOBODY], id="nobody at low"
        ),
        pytest.param(
            lambda: _without("HighSubscription", "HighEmailSubscription"),
            HIGH,
            [
                f"RootAccountUseAlarm ({BASE}): nobody subscribes to its topic",
                "",
                f"RootAccountUseAlarm ({BASE}): nobody subscribes to its topic",
            ],
            id="nobody at high",
        ),
        pytest.param(
            lambda: _export("LowTopicArn", Export=_named("${AWS::StackName}-Other")),
            LOW,
            [
                f"{_NOBODY}; {NAMED}, which does not export security-alerts-LowTopicArn",
                "",
                f"{_NOBODY}; {NAMED}, which does not export security-alerts-LowTopicArn",
            ],
            id="an export of another name",
        ),
        pytest.param(
            lambda: _export("LowTopicArn", Value={"Ref": "LogGroup"}),
            LOW,
            [_NOBODY, "", _NOBODY],
            id="an export that is no topic",
        ),
        pytest.param(
            _another_log_group, LOW, [_NO_TRAIL] * 3, id="an export that is another log group"
        ),
        pytest.param(
            lambda: _bases("one.json", "two.json"),
            LOW,
            [_AMBIGUOUS.format("one.json", "two.json")] * 3,
            id="two bases of which both can be the one",
        ),
        pytest.param(
            lambda: _bases(BASE, "copy/security-alerts.json"),
            LOW,
            [_AMBIGUOUS.format(BASE, "copy/security-alerts.json")] * 3,
            id="two bases whose files both have its name",
        ),
    ],
)
def test_a_link_that_is_taken_out_is_missed(
    made: Callable[[], dict[str, Document]], control: str, said: list[str]
) -> None:
    graded = matrix(made())
    assert (graded.passed, _of(graded, control)) == (False, said)


def test_a_log_group_that_is_ambiguous_is_not_the_one_of_a_trail_elsewhere() -> None:
    graded = matrix(_bases("one.json", "two.json"), trail_elsewhere=True)
    assert _of(graded, LOW) == [_AMBIGUOUS.format("one.json", "two.json")] * 3


def test_a_namespace_by_import_is_the_one_that_is_exported() -> None:
    both = _export("MetricNamespace", Value="Another")
    for resource in both[PACK]["Resources"].values():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            resource["Properties"]["Namespace"] = "Trailbell"
    reason = f"{LOW_ALARM} is on the namespace Trailbell, not Another"
    assert _of(matrix(both), LOW) == [reason, reason, ""]


@pytest.mark.parametrize(
    ("made", "base"),
    [
        pytest.param(_both, BASE, id="by its file's name"),
        pytest.param(lambda: _bases("it"), "it", id="by any name, if it is the only one"),
        pytest.param(lambda: _bases("it", BASE), BASE, id="of two by its file's name"),
    ],
)
def test_the_base_is_told_and_who_is_told(
    made: Callable[[], dict[str, Document]], base: str
) -> None:
    graded = matrix(made())
    grade = graded.columns[0].of(LOW)
    assert grade is not None
    assert (graded.passed, grade.assumed) == (
        True,
        (
            f"{base} is deployed as the stack security-alerts",
            f"LowSubscription ({base}) is made only if HasLowEndpoint",
        ),
    )


def test_all_that_is_deployed_beside_each_other_passes_everything() -> None:
    graded = matrix(documents(ours(PROJECT / "dist")))
    assert graded.totals == {
        "Security Hub": (14, 14),
        "Prowler": (15, 15),
        "Powerpipe": (15, 15),
    }
    assert set(graded.assumed) == {
        NAMED,
        *(
            f"{severity}Subscription ({BASE}) is made only if Has{severity}Endpoint"
            for severity in ("High", "Medium", "Low")
        ),
    }


def test_the_pack_passes_on_an_existing_log_group_too() -> None:
    beside = tuple(Path(PROJECT, "dist", f"{name}.json") for name in ("alerts", "cis"))
    base = documents(beside)
    for document in base.values():
        for parameter in document.get("Parameters", {}).items():
            if parameter[0] == "BaseStackName":
                parameter[1]["Default"] = "alerts"
    graded = matrix(base, trail_elsewhere=True)
    assert {name: passed for name, (passed, _) in graded.totals.items()} == {
        "Security Hub": 14,
        "Prowler": 15,
        "Powerpipe": 15,
    }
