"""The rule W9834: misspelled service principals."""

import pytest

from tests.validate.policy_cases import TRUST, allow, attached, trust
from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.PolicyServicePrincipalUnknown import (
    PolicyServicePrincipalUnknown,
)

_FINDING = "There is no service principal lamda.amazonaws.com. Did you mean lambda.amazonaws.com?"
_CASES = [
    silent("a service", trust({"Service": "lambda.amazonaws.com"})),
    silent("a service of a Region", trust({"Service": sub("logs.${AWS::Region}.amazonaws.com")})),
    silent("a service by its suffix", trust({"Service": sub("ec2.${AWS::URLSuffix}")})),
    silent("a service from a parameter", trust({"Service": ref("Service")})),
    silent("a service that is similar to none", trust({"Service": "newservice.amazonaws.com"})),
    silent("an account", trust({"AWS": "111122223333"})),
    silent("an identity provider", trust({"Federated": "lamda.amazonaws.com"})),
    silent("everyone", trust("*")),
    fires(
        "a misspelled service",
        trust({"Service": "lamda.amazonaws.com"}),
        (f"{TRUST}.Principal.Service", _FINDING),
    ),
    fires(
        "one in a list",
        trust({"Service": ["ec2.amazonaws.com", sub("lamda.${AWS::URLSuffix}")]}),
        (f"{TRUST}.Principal.Service.1", _FINDING),
    ),
    fires(
        "one in a branch",
        trust({"Service": either("lamda.amazonaws.com", "ec2.amazonaws.com")}),
        (f"{TRUST}.Principal.Service.Fn::If.1", _FINDING),
    ),
    fires(
        "the policy of a topic",
        attached(
            "SNS::TopicPolicy",
            allow("sns:Publish", "*", Principal={"Service": "event.amazonaws.com"}),
        ),
        (
            "P.Properties.PolicyDocument.Statement.0.Principal.Service",
            "There is no service principal event.amazonaws.com. Did you mean events.amazonaws.com?",
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyServicePrincipalUnknown(), resources) == findings
