"""What is reported of a log group, its metric filters and the role that writes to it."""

from typing import Any

import pytest

from tests.deploy.verify.breakages import (
    DELETED,
    Breakage,
    Problems,
    change,
    gone,
    managed_policy,
    metric_filter,
)
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.described_account import GONE, DescribedAccount
from tests.deploy.verify.watched_stack import BOUNDARY, KEY_ID, WRITE_EVENTS, encoded


def group(member: str, value: Any) -> Breakage:
    return change("DescribeLogGroups", "watch-group", f"logGroups.1.{member}", value)


def inline_policy(*statements: Any) -> Breakage:
    document = encoded({"Statement": statements})
    return change("GetRolePolicy", "watch-role", "PolicyDocument", document)


def moved_filter(account: DescribedAccount) -> None:
    filters = account.answers.pop(("DescribeMetricFilters", "watch-group"))
    filters["metricFilters"][0]["logGroupName"] = "other"
    account.answers["DescribeMetricFilters", "Iam"] = filters


def transformed(account: DescribedAccount) -> None:
    config = [{"parseJSON": {"source": "@message"}}]
    account.answers["GetTransformer", "watch-group"] = {"transformerConfig": config}


DENY_WRITING = {"Effect": "Deny", "Action": "logs:*", "Resource": "*"}
CANNOT_WRITE = "The role does not allow logs:CreateLogStream, logs:PutLogEvents: "


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(
            gone("DescribeMetricFilters", "watch-group"),
            [("Filter", DELETED)],
            id="filter: deleted",
        ),
        pytest.param(
            moved_filter,
            [("Filter", 'It is on the log group "other", not "watch-group".')],
            id="filter: on another log group",
        ),
        pytest.param(
            metric_filter("filterPattern", "{ $.a = 1 }"),
            [("Filter", 'The filter pattern is "{ $.a = 1 }" and differs from the template.')],
            id="filter: another pattern",
        ),
        pytest.param(
            metric_filter("metricTransformations.0.metricName", "Other"),
            [("Filter", 'MetricName is "Other", not "Iam".')],
            id="filter: another metric",
        ),
        pytest.param(
            metric_filter("metricTransformations.0.metricNamespace", "Other"),
            [("Filter", 'MetricNamespace is "Other", not "Trailbell".')],
            id="filter: another namespace",
        ),
        pytest.param(
            metric_filter("metricTransformations.0.metricValue", "0"),
            [("Filter", 'MetricValue is "0", not "1".')],
            id="filter: it counts nothing",
        ),
        pytest.param(
            metric_filter("metricTransformations.0.dimensions", {"Region": "$.awsRegion"}),
            [("Filter", 'Dimensions is {"Region": "$.awsRegion"}, not {}.')],
            id="filter: dimensions",
        ),
        pytest.param(
            metric_filter("fieldSelectionCriteria", '@aws.region = "eu-west-1"'),
            [
                (
                    "Filter",
                    (
                        'FieldSelectionCriteria is "@aws.region = "eu-west-1""; the template does '
                        "not set it."
                    ),
                )
            ],
            id="filter: field selection criteria",
        ),
        pytest.param(
            metric_filter("applyOnTransformedLogs", True),
            [("Filter", "ApplyOnTransformedLogs is true, not false.")],
            id="filter: applied to transformed events",
        ),
        pytest.param(
            gone("DescribeLogGroups", "watch-group"), [("Group", DELETED)], id="log group: deleted"
        ),
        pytest.param(
            group("retentionInDays", 1),
            [("Group", "RetentionInDays is 1, not 365.")],
            id="log group: shorter retention",
        ),
        pytest.param(
            group("deletionProtectionEnabled", False),
            [("Group", "DeletionProtectionEnabled is false, not true.")],
            id="log group: no longer protected against deletion",
        ),
        pytest.param(
            group("logGroupClass", "INFREQUENT_ACCESS"),
            [("Group", 'LogGroupClass is "INFREQUENT_ACCESS", not "STANDARD".')],
            id="log group: a class without metric filters",
        ),
        pytest.param(
            group("kmsKeyId", GONE),
            [
                (
                    "Group",
                    f'KmsKeyId is not set, not "arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}".',
                )
            ],
            id="log group: no key",
        ),
        pytest.param(
            transformed,
            [("Group", "A transformer that is not in the template rewrites its events.")],
            id="log group: a transformer",
        ),
        pytest.param(gone("GetRole", "watch-role"), [("Role", DELETED)], id="role: deleted"),
        pytest.param(
            change(
                "GetRole",
                "watch-role",
                "Role.AssumeRolePolicyDocument",
                encoded({"Statement": []}),
            ),
            [
                (
                    "Role",
                    (
                        "The trust policy does not allow cloudtrail.amazonaws.com to call "
                        "sts:AssumeRole: no statement allows it."
                    ),
                )
            ],
            id="role: another trust policy",
        ),
        pytest.param(
            inline_policy({**WRITE_EVENTS, "Action": "logs:CreateLogStream"}),
            [("Role", "The role does not allow logs:PutLogEvents: no statement allows it.")],
            id="role: it may not put events",
        ),
        pytest.param(
            inline_policy(WRITE_EVENTS, DENY_WRITING),
            [("Role", f"{CANNOT_WRITE}a statement denies it.")],
            id="role: a Deny",
        ),
        pytest.param(
            change("ListRolePolicies", "watch-role", "PolicyNames", []),
            [("Role", f"{CANNOT_WRITE}no statement allows it.")],
            id="role: no inline policy",
        ),
        pytest.param(
            managed_policy("arn:aws:iam::111122223333:policy/stop", DENY_WRITING),
            [("Role", f"{CANNOT_WRITE}a statement denies it.")],
            id="role: an attached policy denies",
        ),
        pytest.param(
            managed_policy(BOUNDARY, {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}),
            [
                (
                    "Role",
                    (
                        f"The permissions boundary {BOUNDARY} does not allow logs:CreateLogStream, "
                        "logs:PutLogEvents: no statement allows it."
                    ),
                )
            ],
            id="role: a boundary that does not allow enough",
        ),
    ],
)
def test_a_breakage_of_a_log_group_or_what_writes_and_reads_it_is_reported(
    watched: Watched, breakage: Breakage, expected: Problems
) -> None:
    breakage(watched.account)
    assert watched.problems() == expected
