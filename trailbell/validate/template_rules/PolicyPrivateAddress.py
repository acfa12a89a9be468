"""The rule W9846: private addresses in conditions."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.validate.policies import PolicyStatement, policy_statements

_PAIRED = ("aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn")
# https://www.rfc-editor.org/rfc/rfc1918 and https://www.rfc-editor.org/rfc/rfc4193
_PRIVATE_4 = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_PRIVATE_6 = IPv6Network("fc00::/7")


class PolicyPrivateAddress(CloudFormationLintRule):
    """`aws:SourceIp` is the public address of the caller. A request through a VPC endpoint has the
    key `aws:VpcSourceIp` instead, so that a private range never matches: what is allowed from it is
    not, and what is denied elsewhere is denied everywhere.

    A private address alone says little, because every VPC can have it. It needs the VPC or the
    endpoint in a second condition.

    ## Fails

    ```yaml
    Resources:
      DeployPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
                Condition:
                  IpAddress: {aws:SourceIp: 10.0.0.0/8}
    ```

    ## Passes

    ```yaml
    Resources:
      DeployPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
                Condition:
                  IpAddress: {aws:VpcSourceIp: 10.0.0.0/8}
                  StringEquals: {aws:SourceVpc: vpc-0123456789abcdef0}
    ```

    ## Silent

    - Addresses from parameters and intrinsic functions.
    - The missing VPC in statements that deny: without it, they deny more.
    """

    id = "W9846"
    shortdesc = "policy-private-address"
    description = (
        "A condition on aws:SourceIp has public addresses, and one on aws:VpcSourceIp a VPC"
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-private-ip-address"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(path, message)
            for statement in policy_statements(cfn)
            for path, message in (*_private(statement), *_unpaired(statement))
        ]


def _private(statement: PolicyStatement) -> Iterator[tuple[TemplatePath, str]]:
    for entry in statement.condition_entries:
        if entry.key.lower() != "aws:sourceip":
            continue
        known = [texts[0] for texts in entry.values if len(texts) == 1]
        if found := [text for text in known if _is_private(text)]:
            yield (
                statement.place(*entry.names),
                (
                    f"{found[0]} is private, and aws:SourceIp is a public address. Use "
                    "aws:VpcSourceIp and aws:SourceVpc."
                ),
            )


def _unpaired(statement: PolicyStatement) -> Iterator[tuple[TemplatePath, str]]:
    if not statement.is_allow or statement.has_condition_on(*_PAIRED):
        return
    for entry in statement.condition_entries:
        if entry.key.lower() == "aws:vpcsourceip":
            yield (
                statement.place(*entry.names),
                (
                    "Every VPC can have this address. Add a condition on aws:SourceVpc or "
                    "aws:SourceVpce."
                ),
            )


def _is_private(text: str) -> bool:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return False
    if isinstance(network, IPv6Network):
        return network.subnet_of(_PRIVATE_6)
    return any(map(network.subnet_of, _PRIVATE_4))
