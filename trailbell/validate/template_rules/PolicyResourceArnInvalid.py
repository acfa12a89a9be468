"""The rule W9845: resources with parts that ARNs of AWS do not have."""

import re
from collections.abc import Iterator

from cfnlint.helpers import REGIONS
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.arn_patterns import can_match, lacks
from trailbell.iam.service_reference import arn_templates
from trailbell.template.known_texts import UNKNOWN_TEXT
from trailbell.validate.policies import PolicyStatement, policy_statements

_PARTITION = re.compile(r"aws(-cn|-us-gov|-iso(-[a-z])?|-eusc)?")
_PLAUSIBLE_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_FIELDS = 6
_NEEDED = ((3, "a Region", "${AWS::Region}"), (4, "an account", "${AWS::AccountId}"))
# What AWS owns has no account, which its service reference does not say: public parameters, and
# documents such as document/AWS-RunShellScript. A pattern of names includes those of AWS.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
# https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html
_OF_AWS = re.compile(r"[^/:]+[/:](aws|amazon|[*?])", re.IGNORECASE)


class PolicyResourceArnInvalid(CloudFormationLintRule):
    """A resource with a misspelled service or Region, or without the account that it needs, is in no
    request, so that the statement allows or denies nothing for it. A partition that does not exist
    makes the deployment fail: IAM rejects the policy.

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
                Action: sns:Publish
                Resource: !Sub arn:${AWS::Partition}:sns:us-est:${AWS::AccountId}:alerts
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
                Action: sns:Publish
                Resource: !Sub arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:alerts
    ```

    ## Silent

    - Parts that an intrinsic function or a parameter decides, and patterns.
    - Regions that have the form of one, because AWS adds some every year.
    - Accounts of what AWS owns, such as its documents and public parameters, which have none.
    - Resources that an action cannot have: `policy-action-without-resource` reports those.
    """

    id = "W9845"
    shortdesc = "policy-resource-arn-invalid"
    description = "The resources of a policy have the parts of ARNs of AWS"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place("Resource"), message)
            for statement in policy_statements(cfn)
            for message in dict.fromkeys(_messages(statement))
        ]


def _messages(statement: PolicyStatement) -> Iterator[str]:
    for texts in statement.resources:
        fields = texts[0].split(":", _FIELDS - 1) if len(texts) == 1 else []
        if len(fields) < _FIELDS or fields[0] != "arn":
            continue
        _, partition, service, region, *_ = fields
        if _is_literal(partition) and not _PARTITION.fullmatch(partition):
            yield f"There is no partition {partition}. Use ${{AWS::Partition}}."
        if _is_literal(service) and service != service.lower():
            yield f"The service in an ARN has small letters. Write {service.lower()}."
        yield from _empty_parts(texts[0], service)
        is_region = region in REGIONS or _PLAUSIBLE_REGION.fullmatch(region)
        if _is_literal(region) and not is_region:
            yield f"There is no Region {region}. Use ${{AWS::Region}}, or correct it."


def _empty_parts(text: str, service: str) -> Iterator[str]:
    """A Region or account that is missing, although each ARN of this kind has one."""
    if _OF_AWS.match(text.split(":", _FIELDS - 1)[-1]):
        return
    templates = [it for it in arn_templates(service) if can_match(text, it)]
    missing = [
        (noun, variable)
        for place, noun, variable in _NEEDED
        if templates and all(lacks(text, template, place) for template in templates)
    ]
    if missing:
        nouns, variables = (" and ".join(names) for names in zip(*missing, strict=True))
        yield f"Each such ARN of {service} has {nouns}. Add {variables}, or a wildcard."


def _is_literal(part: str) -> bool:
    return bool(part) and not any(mark in part for mark in ("*", "?", "$", UNKNOWN_TEXT))
