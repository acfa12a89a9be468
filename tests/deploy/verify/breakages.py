"""Breakages of the deployed stack: each changes what the services describe."""

from collections.abc import Callable
from typing import Any

from tests.deploy.verify.described_account import DescribedAccount
from tests.deploy.verify.watched_stack import BOUNDARY, TOPIC, encoded

Breakage = Callable[[DescribedAccount], None]
Problems = list[tuple[str, str]]
DELETED = "The resource was deleted outside CloudFormation."


def change(operation: str, identifier: str, path: str, value: Any) -> Breakage:
    return lambda account: account.change(operation, identifier, path, value)


def gone(operation: str, identifier: str) -> Breakage:
    return lambda account: account.remove(operation, identifier)


def status(member: str, value: Any) -> Breakage:
    return change("GetTrailStatus", "watch-trail", member, value)


def selectors(**answer: Any) -> Breakage:
    def apply(account: DescribedAccount) -> None:
        account.answers["GetEventSelectors", "watch-trail"] = answer

    return apply


def metric_filter(path: str, value: Any) -> Breakage:
    return change("DescribeMetricFilters", "watch-group", f"metricFilters.0.{path}", value)


def alarm(path: str, value: Any, name: str = "iam") -> Breakage:
    return change("DescribeAlarms", f"watch-{name}", f"MetricAlarms.0.{path}", value)


def topic(member: str, value: Any) -> Breakage:
    return change("GetTopicAttributes", TOPIC, f"Attributes.{member}", value)


def rule(member: str, value: Any) -> Breakage:
    return change("DescribeRule", "watch-who", member, value)


def bus(member: str, value: Any) -> Breakage:
    return change("DescribeEventBus", "watch-bus", member, value)


def managed_policy(arn: str, *statements: Any) -> Breakage:
    """A managed policy, attached to the role."""

    def apply(account: DescribedAccount) -> None:
        account.answers["GetPolicy", arn] = {"Policy": {"Arn": arn, "DefaultVersionId": "v2"}}
        version = {"VersionId": "v2", "Document": encoded({"Statement": statements})}
        account.answers["GetPolicyVersion", arn] = {"PolicyVersion": version}
        if arn == BOUNDARY:
            boundary = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": arn,
            }
            account.answers["GetRole", "watch-role"]["Role"]["PermissionsBoundary"] = boundary
        else:
            attached = account.answers["ListAttachedRolePolicies", "watch-role"]
            attached["AttachedPolicies"] = [{"PolicyName": "p", "PolicyArn": arn}]

    return apply


DENY_ALL = {"Sid": "Stop", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
MEMBERS = {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": "*"}
WITHOUT_KMS = [
    {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "ExcludeManagementEventSources": ["kms.amazonaws.com"],
    }
]
