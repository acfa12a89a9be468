"""The rule E9808: partitions, account IDs and Regions that are written out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cfnlint.helpers import REGIONS
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import strings
from trailbell.template.resources import resources, section
from trailbell.wording import capitalize, join_words, pluralize

_PARTITION, _ACCOUNT = "partition", "account ID"
# "For the Fn::Join delimiter, you can't use any functions."
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-join.html
_DELIMITER = ("Fn::Join", 0)
_NOUNS = {"Resources": "resource", "Outputs": "output"}

_REGION = "|".join(sorted(REGIONS, key=len, reverse=True))
_PARTITION_OF_ARN = re.compile(r"\barn:(aws[a-z-]*):")
# A variable of IAM such as ${aws:username}, or a character that is not to be a wildcard.
_VARIABLE = re.compile(r"\$\{([a-z][\w.-]*:[^}:][^}]*|[*?$])\}")
_PART = r"(?:\$\{[^}]*\}|[^:\s$])*"
_ARN = re.compile(
    rf"\barn:{_PART}:(?P<service>[a-z0-9-]+):(?:(?P<region>{_REGION})|{_PART}):(?P<account>\d{{12}})?"
)
_ZONE = re.compile(rf"({_REGION})[a-f]")
# A host of a service in a Region: sns.us-east-1.amazonaws.com, com.amazonaws.us-east-1.s3. A bucket
# and a repository of images are in their Region wherever the stack is, as is what has a host of
# its own: fs-1.efs.eu-west-1.amazonaws.com.
_HOST = re.compile(
    rf"(?<![\w-])(?<![\w-]\.)(?:(?!s3\.|ecr\.)[\w-]+\.({_REGION})\.amazonaws\.com|com\.amazonaws\.({_REGION})\.[\w.-]+)"
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
    r".*Principals?|Condition|Service|Federated|Layers|ImageId|ImageUri|Image|Ami"
    r"|.*Accounts?|.*AccountIds?|.*Regions?|.*RegionName|.*RegionNames"
)
# Services whose resources are in one Region for a reason: certificates and web ACLs of CloudFront
# are in us-east-1. https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html
# Applications, images and algorithms are published in Regions and accounts of their authors.
# https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-application.html
# https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html
# https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-marketplace.html
_ONE_REGION = {"acm", "wafv2", "lambda", "serverlessrepo", "ecr"}
_PUBLISHED = re.compile(
    rf"\barn:{_PART}:(?:sagemaker:{_PART}:\d{{12}}:(?:algorithm|model-package)"
    rf"|ec2:{_PART}::(?:image|snapshot))/"
)
_BUS = re.compile(r"\barn:[^\s]*:event-bus/")
"""Rules send events to buses of other accounts and Regions. A bus of the template has a name."""


class HardCodedAccountOrRegion(CloudFormationLintRule):
    """A template with a literal partition, account ID or Region works in one place. In another
    account or Region it fails, or, worse, it refers to resources of the first one.

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
                Resource:
                  !Sub arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/app/*
    ```

    ## Silent

    - What can mean another account or Region: principals, conditions, images, layers, properties
      whose names end with `AccountId` or `Region`, and accounts or Regions alone.
    - Resources that are in one Region for a reason, such as certificates and web ACLs of
      CloudFront, and Lambda functions and layers, which others publish.
    - Templates of CDK: it writes pseudo parameters where a stack can be anywhere, and literals
      where the program says in which account and Region the stack is.
    - Terraform, which has no pseudo parameters.
    - Buckets and images in a Region, and accounts and Regions of event buses.
    - The account of roles that a statement allows to assume, which are mostly those of others.
    - The partition in an ARN with the ID of another account, which is in that one only.
    - Applications, images, algorithms and model packages that others publish.
    - What has a host of its own in its Region, such as a file system or an OIDC issuer.
    - Delimiters of `Fn::Join`, which are plain text.
    - Texts that another tool expands, such as `Fn::EnumTargetAccounts` of org-formation.
    - Texts for people, code, dashboards, filter patterns and event patterns.
    """

    id = "E9808"
    shortdesc = "hard-coded-account-or-region"
    description = "Resources and outputs contain no literal that a pseudo parameter can replace"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"
    tags = ["base"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        if _is_synthesized(cfn.template):
            return []
        found = [
            (text, path, literals)
            for section in ("Resources", "Outputs")
            for text, path in strings(cfn.template.get(section), (section,))
            for names in [_names(path)]
            if not _SKIPPED & set(names) and path[-2:] != _DELIMITER
            if (literals := [*_literals(text, names)])
        ]
        of_roles = _role_paths(cfn.template)
        return [
            *_matches(
                [
                    (text, path, literals)
                    for text, path, literals in found
                    if path not in of_roles or _ACCOUNT not in [each.noun for each in literals]
                ]
            )
        ]


@dataclass(frozen=True)
class _Literal:
    noun: str
    text: str
    replacement: str


_Found = tuple[str, TemplatePath, list[_Literal]]


def _matches(found: list[_Found]) -> Iterator[RuleMatch]:
    """A match for each text; one for all texts of a resource in which only the partition is."""
    partitions: dict[tuple[TemplatePath, str], list[_Found]] = {}
    for text, path, literals in found:
        if [each.noun for each in literals] == [_PARTITION]:
            key = (_owner(path), literals[0].text)
            partitions.setdefault(key, []).append((text, path, literals))
        else:
            yield RuleMatch(path, _message(text, path, literals))
    for (text, path, literals), *more in partitions.values():
        yield RuleMatch(path, _message(text, path, literals, len(more)))


def _owner(path: TemplatePath) -> TemplatePath:
    """The path of the resource or output, which can be in loops."""
    index = 1
    while str(path[index]).startswith("Fn::ForEach") and len(path) > index + 2:
        index += 2
    return path[: index + 1]


def _message(text: str, path: TemplatePath, literals: list[_Literal], more: int = 0) -> str:
    what = join_words([f"the {each.noun} {each.text!r}" for each in literals])
    verb = "are" if literals[1:] else "is"
    also = f", and in {pluralize(more, 'more text')} of this {_NOUNS[str(path[0])]}" if more else ""
    use = join_words([each.replacement for each in literals])
    message = f"{capitalize(what)} {verb} hard-coded{also}. Use {use} instead."
    variable = None if "Fn::Sub" in path else _VARIABLE.search(text)
    return message + (f" In Fn::Sub, {variable[0]} is ${{!{variable[1]}}}." if variable else "")


def _is_synthesized(template: Any) -> bool:
    """Whether CDK made the template. It writes literals only for a stack with an environment."""
    return "BootstrapVersion" in section(template, "Parameters") or any(
        "aws:cdk:path" in section(resource, "Metadata") for resource in resources(template).values()
    )


def _role_paths(template: Any) -> set[TemplatePath]:
    """The paths of texts that name roles to assume. Most are roles of other accounts."""
    return {
        (*text_path,)
        for value, path in _statements(template.get("Resources"), ("Resources",))
        if _assumes_role(value)
        for text, text_path in strings(value.get("Resource"), (*path, "Resource"))
    }


def _statements(value: Any, path: TemplatePath) -> Iterator[tuple[dict[str, Any], TemplatePath]]:
    """Everything with an action and a resource, however a policy is nested."""
    match value:
        case {"Action": _, "Resource": _}:
            yield value, path
        case dict():
            for name, member in value.items():
                yield from _statements(member, (*path, name))
        case list():
            for index, member in enumerate(value):
                yield from _statements(member, (*path, index))


def _assumes_role(statement: dict[str, Any]) -> bool:
    """Whether the actions of a statement are all on roles to assume."""
    actions = [text for text, _ in strings(statement["Action"])]
    return bool(actions) and all(text.lower().startswith("sts:assumerole") for text in actions)


def _literals(text: str, names: list[str]) -> Iterator[_Literal]:
    """What a text ties to one place. ``Fn::`` in a text is the language of another tool."""
    if text.startswith("Fn::"):
        return
    means_another = any(_MEANS_ANOTHER.fullmatch(name) for name in names)
    is_another = bool(means_another or _BUS.search(text) or _PUBLISHED.search(text))
    arn = _ARN.search(text)
    is_in_one = arn and arn["account"] and (is_another or arn["service"] in _ONE_REGION)
    partition = _PARTITION_OF_ARN.search(text)
    # An account is in one partition: the ARN of another one has its own.
    # https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
    if partition and not is_in_one:
        yield _Literal(_PARTITION, partition[1], "${AWS::Partition}")
    if is_another:
        return
    if arn and arn["account"] and arn["service"] not in _ONE_REGION:
        yield _Literal(_ACCOUNT, arn["account"], "${AWS::AccountId}")
    if arn and arn["region"] and arn["service"] not in _ONE_REGION:
        yield _Literal("Region", arn["region"], "${AWS::Region}")
    elif zone := _ZONE.fullmatch(text):
        yield _Literal("Region", zone[1], "${AWS::Region}")
    elif not arn and (host := _HOST.search(text)):
        yield _Literal("Region", host[1] or host[2], "${AWS::Region}")


def _names(path: TemplatePath) -> list[str]:
    return [step for step in path[2:] if isinstance(step, str)]
