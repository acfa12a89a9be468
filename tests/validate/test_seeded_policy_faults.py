"""Of the faults in policies that a review looks for, cfn-lint and our rules find all but a few."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.validate.policy_cases import OBJECTS, allow, attached, conditional, identity, trust
from tests.validate.rule_matches import Resources
from trailbell.compiler import render
from trailbell.validate.lint import Linter

_FEDERATED = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"


def _without(name: str) -> Resources:
    return identity({key: value for key, value in allow().items() if key != name})


# One fault each. The kinds are from
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
_FAULTS: Mapping[str, Resources] = {
    "ActionUnknown": identity(allow("s3:GetObjct")),
    "ServiceUnknown": identity(allow("s4:GetObject")),
    "EffectMisspelled": identity(allow(Effect="Permit")),
    "EffectMissing": _without("Effect"),
    "ActionMissing": _without("Action"),
    "ResourceMissing": _without("Resource"),
    "ActionAndNotAction": identity(allow(NotAction="s3:PutObject")),
    "ResourceAndNotResource": identity(allow(NotResource="arn:aws:s3:::c")),
    "ElementUnknown": identity(allow(Conditions={})),
    "OperatorUnknown": conditional(StringIs={"aws:SourceVpc": "vpc-1"}),
    "PrincipalOfIdentity": identity(allow(Principal={"AWS": "*"})),
    "PrincipalMissing": attached("S3::BucketPolicy", allow()),
    "ResourceNoArn": identity(allow(on="b/*")),
    "ResourceOfTrust": trust({"Service": "ec2.amazonaws.com"}, Resource="*"),
    "VersionUnknown": {
        "P": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": {"Version": "2020-01-01", "Statement": [allow()]}},
        }
    },
    "KeyOfServiceUnknown": conditional(StringEquals={"s3:nosuchkey": "x"}),
    "KeyGlobalUnknown": conditional(StringEquals={"aws:SourceVcp": "x"}),
    "OperatorOfNumber": conditional(NumericLessThan={"aws:MultiFactorAuthAge": "an hour"}),
    "OperatorOfAddress": conditional(StringLike={"aws:SourceIp": "203.0.113.*"}),
    "OperatorOfDate": conditional(DateLessThan={"aws:CurrentTime": "next year"}),
    "OperatorOfBool": conditional(Bool={"aws:SecureTransport": "yes"}),
    "OperatorNull": conditional(Null={"aws:TokenIssueTime": "null"}),
    "ResourceOfAnotherType": identity(allow(on="arn:aws:s3:::b")),
    "VariableUnknown": identity(allow(on="arn:aws:s3:::b/${aws:usrname}/*")),
    "ServicePrincipalMisspelled": trust({"Service": "lamda.amazonaws.com"}),
    "ConditionAlwaysTrue": conditional(IpAddress={"aws:SourceIp": "0.0.0.0/0"}),
    "ForAllValuesAlone": conditional(ForAllValues__StringEquals={"aws:TagKeys": ["Owner"]}),
    "TrustWithoutSubject": trust({"Federated": _FEDERATED}, "sts:AssumeRoleWithWebIdentity"),
    "PassesAnyRole": identity(allow("iam:PassRole", "*")),
    "AllowsEverything": identity(allow("*", "*")),
    "AllowsNotAction": identity(allow(None, "*", NotAction="iam:*")),
    "ActionRedundant": identity(allow(["s3:Get*", "s3:GetObject"], OBJECTS)),
    "ServiceLinkedRoleForAny": identity(allow("iam:CreateServiceLinkedRole", "*")),
}
# The rules of ours that find what cfn-lint does not.
_OURS = {
    "ActionRedundant": "W9843",
    "AllowsEverything": "W9842",
    "AllowsNotAction": "W9841",
    "ConditionAlwaysTrue": "W9836",
    "ForAllValuesAlone": "W9837",
    "KeyGlobalUnknown": "W9830",
    "KeyOfServiceUnknown": "W9830",
    "OperatorNull": "W9832",
    "OperatorOfAddress": "W9831",
    "OperatorOfBool": "W9832",
    "OperatorOfDate": "W9832",
    "OperatorOfNumber": "W9832",
    "PassesAnyRole": "W9840",
    "ResourceOfAnotherType": "W9833",
    "ServiceLinkedRoleForAny": "W9844",
    "ServicePrincipalMisspelled": "W9834",
    "TrustWithoutSubject": "W9838",
    "VariableUnknown": "W9835",
}


@pytest.fixture(scope="module")
def found() -> Mapping[str, tuple[str, ...]]:
    """The rules with a finding in each policy."""
    resources: dict[str, Any] = {name: fault["P"] for name, fault in _FAULTS.items()}
    for policy in resources.values():
        if policy["Type"] == "AWS::S3::BucketPolicy":
            policy["Properties"]["Bucket"] = "b"
    document = {"Resources": resources}
    findings = Linter(("us-east-1",)).findings("seeded", document, render.to_yaml(document))
    rules: dict[str, tuple[str, ...]] = dict.fromkeys(_FAULTS, ())
    for finding in findings:
        name = str(finding.path[1])
        # The cases write "arn:aws:", which E9808 finds.
        if finding.fails_build and finding.rule != "E9808":
            rules[name] = (*rules[name], finding.rule)
    return rules


def test_each_fault_is_found(found: Mapping[str, tuple[str, ...]]) -> None:
    assert {name for name, rules in found.items() if not rules} == set()


def test_our_rules_find_what_cfn_lint_does_not(found: Mapping[str, tuple[str, ...]]) -> None:
    ours = {name: rules[0] for name, rules in found.items() if rules[0].startswith("W98")}
    assert ours == _OURS
