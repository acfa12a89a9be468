"""The rule E9808: partitions, account IDs and Regions that are written out."""

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import REGIONS
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import strings
from trailbell.template.resources import resources

_REGION = "|".join(sorted(REGIONS, key=len, reverse=True))
_PARTITION = re.compile(r"\barn:(aws[a-z-]*):")
_PART = r"(?:\$\{[^}]*\}|[^:\s$])*"
_ARN = re.compile(
    rf"\barn:{_PART}:(?P<service>[a-z0-9-]+):(?:(?P<region>{_REGION})|{_PART}):(?P<account>\d{{12}})?"
)
_ZONE = re.compile(rf"({_REGION})[a-f]")
# A host of a service in a Region: sns.us-east-1.amazonaws.com, com.amazonaws.us-east-1.s3. A bucket
# and a repository of images are in their Region wherever the stack is.
_HOST = re.compile(
    rf"(?<![\w-])(?:(?!s3\.|ecr\.)[\w-]+\.({_REGION})\.amazonaws\.com|com\.amazonaws\.({_REGION})\.[\w.-]+)"
)

# Texts for people; patterns and queries, in which exclusions can name an account or a role; code,
# which may mean any Region.
_SKIPPED = {
    *("Description", "AlarmDescription", "FilterPattern", "EventPattern", "DisplayName"),
    *(
        "QueryString",
        "DashboardBody",
        "UserData",
        "ZipFile",
        "InlineCode",
        "BuildSpec",
        "Metadata",
        "AWS::CloudFormation::Init",
    ),
}
# What only another account or Region can be meant by: principals, conditions of policies, layers
# and images, which AWS and partners publish from accounts and Regions of their own.
_MEANS_ANOTHER = re.compile(
    r"Principal|NotPrincipal|Condition|Service|Federated|Layers|ImageId|ImageUri|Image|Ami"
    r"|.*Accounts?|.*AccountIds?|.*Regions?|.*RegionName|.*RegionNames"
)
# Services whose resources are in one Region for a reason: certificates and web ACLs of CloudFront
# are in us-east-1. https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html
_ONE_REGION = {"acm", "wafv2", "lambda"}
_BUS = re.compile(r"\barn:[^\s]*:event-bus/")
"""Rules send events to buses of other accounts and Regions. A bus of the template has a name."""


class HardCodedAccountOrRegion(CloudFormationLintRule):
    """A template with a literal partition, account ID or Region works in one place. In another account or
    Region it fails, or, worse, it refers to resources of the first one.

    ## Fails

    ```yaml
    Resources:
      ReadParameters:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ssm:GetParameter
                Resource: arn:aws:ssm:eu-west-1:111122223333:parameter/app/*
    ```

    ## Passes

    ```yaml
    Resources:
      ReadParameters:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ssm:GetParameter
                Resource: !Sub arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/app/*
    ```

    ## Silent

    - What can mean another account or Region: principals, conditions, images, layers, properties whose
      names end with `AccountId` or `Region`, and accounts or Regions alone.
    - Resources that are in one Region only, such as certificates of CloudFront.
    - Templates of CDK: it writes pseudo parameters where a stack can be anywhere, and literals where
      the program says in which account and Region the stack is.
    - Terraform, which has no pseudo parameters.
    - Buckets and images in a Region, and event buses of other accounts and Regions.
    - Texts for people, code, dashboards, filter patterns and event patterns.
    """

    id = "E9808"
    shortdesc = "hard-coded-account-or-region"
    description = "Resources and outputs contain no literal that a pseudo parameter can replace"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"
    tags = ["base"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for what can mean another account or Region than that of the stack."""
        if _is_synthesized(cfn.template):
            return []
        return [
            RuleMatch(path, f"The {noun} {literal!r} is hard-coded. Use {replacement} instead.")
            for section in ("Resources", "Outputs")
            for text, path in strings(cfn.template.get(section), (section,))
            for names in [_names(path)]
            if not _SKIPPED & set(names)
            for noun, literal, replacement in _literals(text, names)
        ]


def _is_synthesized(template: Any) -> bool:
    """Whether CDK made the template. It writes literals only for a stack with an environment."""
    return "BootstrapVersion" in (template.get("Parameters") or {}) or any(
        "aws:cdk:path" in (resource.get("Metadata") or {})
        for resource in resources(template).values()
    )


def _literals(text: str, names: list[str]) -> Iterator[tuple[str, str, str]]:
    """What a text ties to one place: a noun, the literal, and what to write instead."""
    if partition := _PARTITION.search(text):
        yield "partition", partition[1], "${AWS::Partition}"
    if any(_MEANS_ANOTHER.fullmatch(name) for name in names) or _BUS.search(text):
        return
    arn = _ARN.search(text)
    if arn and arn["account"] and arn["service"] not in _ONE_REGION:
        yield "account ID", arn["account"], "${AWS::AccountId}"
    if arn and arn["region"] and arn["service"] not in _ONE_REGION:
        yield "Region", arn["region"], "${AWS::Region}"
    elif zone := _ZONE.fullmatch(text):
        yield "Region", zone[1], "${AWS::Region}"
    elif not arn and (host := _HOST.search(text)):
        yield "Region", host[1] or host[2], "${AWS::Region}"


def _names(path: TemplatePath) -> list[str]:
    return [step for step in path[2:] if isinstance(step, str)]
