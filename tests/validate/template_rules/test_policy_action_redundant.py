"""The rule W9843: actions that another one includes."""

import pytest

from tests.validate.policy_cases import PATH, allow, identity
from tests.validate.rule_matches import Matches, Resources, either, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyActionRedundant import PolicyActionRedundant

_CASES = [
    silent("different actions", identity(allow(["s3:GetObject", "s3:PutObject"]))),
    silent("patterns that overlap", identity(allow(["s3:Get*", "s3:*Object"]))),
    silent("a single action", identity(allow("s3:*"))),
    silent("actions of different statements", identity(allow("s3:*"), allow("s3:GetObject"))),
    silent("an action from a parameter", identity(allow(["s3:*", ref("Action")]))),
    silent("the same name in another service", identity(allow(["sns:Get*", "sqs:GetQueueUrl"]))),
    silent("a pattern for longer names", identity(allow(["s3:GetObject", "s3:GetObject?*"]))),
    silent("in the other branch", identity(allow(either("s3:Get*", ["s3:GetObject"])))),
    silent(
        "a service whose prefix another one begins with", identity(allow(["s3:*", "s3tables:*"]))
    ),
    fires(
        "in a pattern",
        identity(allow(["s3:GetObject", "s3:PutObject", "s3:Get*"])),
        (f"{PATH}.Action.0", "The action s3:GetObject is included in s3:Get*. Remove it."),
    ),
    fires(
        "twice, in other letters",
        identity(allow(["s3:GetObject", "S3:getobject"])),
        (f"{PATH}.Action.1", "The action S3:getobject is repeated. Remove one of them."),
    ),
    fires(
        "several",
        identity(allow(["s3:*", "s3:GetObject", "s3:Put*"])),
        (
            f"{PATH}.Action.1",
            ("The action s3:GetObject is included in s3:*. Remove it. The statement has 1 more."),
        ),
    ),
    fires(
        "in NotAction",
        identity(allow(None, NotAction=["iam:*", "iam:GetUser"])),
        (f"{PATH}.NotAction.1", "The action iam:GetUser is included in iam:*. Remove it."),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyActionRedundant(), resources) == findings
