"""Public records: detections fire on them as recorded, and as the labels of their sources say."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import PROJECT
from tests.detections.corpora import CORPORA, RECORDED, counts, detections, rates
from trailbell.pattern import Outcome

VERDICTS = CORPORA.parent / "cases" / "verdicts.jsonl"

# The detections for each label; the second, if there is one, is the verbatim CIS control.
NAMES = {
    "aws-config-changes": ("config-changes",),
    "cloudtrail-config-changes": ("cloudtrail-changes",),
    "console-auth-failures": ("console-sign-in-failures",),
    "console-login-without-mfa": (
        "console-sign-in-without-mfa",
        "console-sign-in-without-mfa-exact",
    ),
    "iam-changes": ("iam-changes", "iam-policy-changes"),
    "kms-decrypt-by-users": ("kms-decrypt-by-people",),
    "kms-key-disable-or-deletion": ("kms-key-destroyed", "kms-key-disabled-or-deleted"),
    "organizations-changes": ("organizations-changes",),
    "root-activity": ("root-account-use", "root-write-or-sign-in"),
    "root-login": ("root-account-use", "root-write-or-sign-in"),
    "s3-bucket-policy-changes": ("s3-bucket-policy-changes",),
    "security-group-changes": ("security-group-changes", "security-group-changes-exact"),
    "unauthorized-api-calls": ("unauthorized-api-calls", "unauthorized-api-calls-exact"),
}

# (detection, eventID): why the detection is silent on purpose although the label differs.
ON_PURPOSE = {
    ("console-sign-in-without-mfa-exact", "deb1e1f9-c99b-4612-8e9f-21f93b5d79c0"): (
        "the root user signs in: the verbatim pattern matches IAM users only, and "
        "console-sign-in-without-mfa fires"
    ),
    ("kms-decrypt-by-people", "edb65380-0a3e-4123-bbc8-3d1b7cff49b0"): (
        "the role aws:ec2-infrastructure attaches an EBS volume: not a user"
    ),
    ("kms-decrypt-by-people", "ae551b19-8a09-4cfc-a249-205ddba330e3"): (
        "invokedBy names a service that decrypts for the role: not a direct call"
    ),
}

needs_corpora = pytest.mark.skipif(
    not CORPORA.is_dir(), reason="the public records are not next to this project"
)


def verdicts() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(VERDICTS).read_text("utf-8").splitlines()]


@needs_corpora
@pytest.mark.slow
def test_counts_are_as_recorded() -> None:
    assert counts() == json.loads(RECORDED.read_text("utf-8"))


@needs_corpora
def test_detections_agree_with_the_labels_of_public_records_unless_they_differ_on_purpose() -> None:
    patterns = {detection.id: detection.filter_pattern for detection in detections()}
    differences = set()
    for verdict in verdicts():
        for name in NAMES[verdict["detection"]]:
            outcome = patterns[name].test_record(verdict["record"])
            if outcome != (Outcome.MATCH if verdict["expected"] else Outcome.NO_MATCH):
                differences.add((name, verdict["record"]["eventID"]))
    assert differences == set(ON_PURPOSE)


def test_recorded_counts_are_of_detections_that_exist() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert set(recorded["notifications"]) == set(recorded["events"])
    assert set(recorded["events"]) <= {detection.id for detection in detections()}


def test_147_secrets_are_read_and_two_notifications_are_sent() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    source = "invictus-aws-dataset"
    assert [
        recorded[key]["secrets-read-in-bulk"][source] for key in ("events", "notifications")
    ] == [
        147,
        [1, 2, 2],
    ]


def test_rates_are_of_notifications_most_frequent_first() -> None:
    recorded = {
        "records": {"a": 500, "b": 500},
        "events": {"x": {"a": 9}, "y": {"a": 9}, "root-account-use": {"a": 1, "b": 4}},
        "notifications": {
            "x": {"a": [1, 1, 1]},
            "y": {"a": [0, 0, 2]},
            "root-account-use": {"a": [1, 1, 1], "b": [0, 1, 3]},
        },
    }
    assert rates(recorded).splitlines() == [
        "| Detection | Severity | Notifications | Events | Notifications per thousand records |",
        "| --- | --- | --- | --- | --- |",
        "| `root-account-use` | high | 2 (1 to 4) | 5 | 2.0 |",
        "| `x` |  | 1 | 9 | 1.0 |",
        "| `y` |  | 0 (0 to 2) | 9 | 0.0 |",
    ]


def test_the_page_of_rates_shows_what_was_counted() -> None:
    page = (PROJECT / "docs" / "reference" / "rates.md").read_text("utf-8")
    assert page.endswith(f"\n\n{rates(json.loads(RECORDED.read_text('utf-8')))}\n")
