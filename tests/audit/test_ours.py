"""Our templates pass all scanners, and fail if a link is removed."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests import PROJECT
from trailbell.audit.matrix import Matrix, build_matrix
from trailbell.command.audit import deployable_templates, read_templates

Document = dict[str, Any]
BASE, PACK = "dist/security-alerts.json", "dist/cis.json"
# A control of the pack with the low-severity topic, and one of the base with the high-severity one.
LOW, HIGH = "iam-policy-changes", "root-account-use"
LOW_FILTER, LOW_ALARM = (f"IamPolicyChanges{what} ({PACK})" for what in ("Filter", "Alarm"))


def _both() -> dict[str, Document]:
    base, pack = read_templates((PROJECT / BASE, PROJECT / PACK)).values()
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


def _reasons(matrix: Matrix, control: str) -> list[str]:
    """The reasons of the three scanners for a control; empty if it passes."""
    results = [column.result_for(control) for column in matrix.columns]
    return ["" if result is None or result.passed else result.reason for result in results]


_NO_SUBSCRIPTION = f"The topic of {LOW_ALARM} has no subscriptions."
_NO_TRAIL = f"No trail delivers to the log group of {LOW_FILTER}."
_NOT_EXPORTED = (
    f'{BASE} exports other names that start with "security-alerts-", '
    'but not "security-alerts-LowTopicArn".'
)
_AMBIGUOUS = (
    f'{_NO_TRAIL} "security-alerts-LogGroupName" matches more than one export (of {{}} and {{}}).'
)


@pytest.mark.parametrize(
    ("build_documents", "control", "reasons"),
    [
        pytest.param(
            lambda: _without("LowSubscription"),
            LOW,
            [_NO_SUBSCRIPTION, "", _NO_SUBSCRIPTION],
            id="no low-severity subscription",
        ),
        pytest.param(
            lambda: _without("HighSubscription", "HighEmailSubscription"),
            HIGH,
            [
                f"The topic of RootAccountUseAlarm ({BASE}) has no subscriptions.",
                "",
                f"The topic of RootAccountUseAlarm ({BASE}) has no subscriptions.",
            ],
            id="no high-severity subscription",
        ),
        pytest.param(
            lambda: _export("LowTopicArn", Export=_named("${InstallationName}-Other")),
            LOW,
            [f"{_NO_SUBSCRIPTION} {_NOT_EXPORTED}", "", f"{_NO_SUBSCRIPTION} {_NOT_EXPORTED}"],
            id="an export with another name",
        ),
        pytest.param(
            lambda: _export("LowTopicArn", Value={"Ref": "LogGroup"}),
            LOW,
            [_NO_SUBSCRIPTION, "", _NO_SUBSCRIPTION],
            id="an export that is not a topic",
        ),
        pytest.param(
            _another_log_group, LOW, [_NO_TRAIL] * 3, id="an export that is another log group"
        ),
        pytest.param(
            lambda: _bases("one.json", "two.json"),
            LOW,
            [_AMBIGUOUS.format("one.json", "two.json")] * 3,
            id="two bases that can both have the name",
        ),
        pytest.param(
            lambda: _bases(BASE, "copy/security-alerts.json"),
            LOW,
            [_AMBIGUOUS.format(BASE, "copy/security-alerts.json")] * 3,
            id="two bases whose files both have the name",
        ),
    ],
)
def test_a_removed_link_fails_the_control(
    build_documents: Callable[[], dict[str, Document]], control: str, reasons: list[str]
) -> None:
    matrix = build_matrix(build_documents())
    assert (matrix.passed, _reasons(matrix, control)) == (False, reasons)


def test_an_external_trail_does_not_deliver_to_an_ambiguous_log_group() -> None:
    matrix = build_matrix(_bases("one.json", "two.json"), assume_external_trail=True)
    assert _reasons(matrix, LOW) == [_AMBIGUOUS.format("one.json", "two.json")] * 3


def test_an_imported_namespace_is_the_exported_one() -> None:
    both = _export("MetricNamespace", Value="Another")
    for resource in both[PACK]["Resources"].values():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            resource["Properties"]["Namespace"] = "Trailbell"
    reason = f"{LOW_ALARM} has the namespace Trailbell instead of Another."
    assert _reasons(build_matrix(both), LOW) == [reason, reason, ""]


@pytest.mark.parametrize(
    ("build_documents", "base"),
    [
        pytest.param(_both, BASE, id="a base under the name of its stack"),
        pytest.param(lambda: _bases("it"), "it", id="a base under any name"),
    ],
)
def test_the_subscription_and_the_event_selectors_are_assumptions(
    build_documents: Callable[[], dict[str, Document]], base: str
) -> None:
    matrix = build_matrix(build_documents())
    result = matrix.columns[0].result_for(LOW)
    assert result is not None
    assert (matrix.passed, result.assumptions) == (
        True,
        (
            f"RecordsDeletions of Trail ({base}) is false by default.",
            f"LowSubscription ({base}) is created only if the condition HasLowEndpoint is true.",
        ),
    )


def test_the_templates_deployed_together_pass_all_scanners() -> None:
    matrix = build_matrix(read_templates(deployable_templates(PROJECT / "dist")))
    assert matrix.totals == {
        "Security Hub": (14, 14),
        "Prowler": (15, 15),
        "Powerpipe": (15, 15),
    }
    assert set(matrix.assumptions) == {
        f"RecordsDeletions of Trail ({BASE}) is false by default.",
        *(
            f"{severity}Subscription (dist/queue.json) is created only if the condition "
            f"Takes{severity} is true."
            for severity in ("Medium", "Low")
        ),
    }


def test_powerpipe_does_not_read_the_selectors_for_data_events() -> None:
    both = _both()
    both[BASE]["Parameters"]["LogFileDeletionEvents"]["Default"] = "true"
    reason = f"Trail ({BASE}) has only advanced event selectors."
    assert _reasons(build_matrix(both), LOW) == ["", "", reason]


def test_the_pack_passes_on_an_existing_log_group_too() -> None:
    paths = tuple(Path(PROJECT, "dist", f"{name}.json") for name in ("alerts", "cis"))
    templates = read_templates(paths)
    for document in templates.values():
        if parameter := document.get("Parameters", {}).get("InstallationName"):
            parameter["Default"] = "alerts"
    matrix = build_matrix(templates, assume_external_trail=True)
    assert {name: passed for name, (passed, _) in matrix.totals.items()} == {
        "Security Hub": 14,
        "Prowler": 15,
        "Powerpipe": 15,
    }
