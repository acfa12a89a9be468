"""The rule E9823: keys that EventBridge may not use."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, is_intrinsic, referenced_id
from trailbell.template.policy import statements
from trailbell.template.resources import resources_of_type
from trailbell.validate.eventbridge_access import QUEUE, TOPIC, Access, access
from trailbell.validate.rule_targets import (
    EVENTBRIDGE,
    has_literal,
    rule_targets,
    target_resource,
)

_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")
_UNSUPPORTED = frozenset(("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"))
_AWS_MANAGED = "alias/aws/sqs"


class RuleTargetKeyDeniesEventBridge(CloudFormationLintRule):
    """A rule that sends to an encrypted topic or queue uses its key. If the key policy does not
    allow EventBridge, each event is lost, and only a metric of the rule says so.

    ## Fails

    ```yaml
    Resources:
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: topic
              Arn: !Ref Topic
      Key:
        Type: AWS::KMS::Key
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          EnableKeyRotation: true
          KeyPolicy:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
                Action: kms:*
                Resource: "*"
      Topic:
        Type: AWS::SNS::Topic
        Properties:
          KmsMasterKeyId: !Ref Key
      TopicPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: sns:Publish
                Resource: !Ref Topic
    ```

    ## Passes

    ```yaml
    Resources:
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: topic
              Arn: !Ref Topic
      Key:
        Type: AWS::KMS::Key
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          EnableKeyRotation: true
          KeyPolicy:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
                Action: kms:*
                Resource: "*"
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: [kms:Decrypt, kms:GenerateDataKey*]
                Resource: "*"
      Topic:
        Type: AWS::SNS::Topic
        Properties:
          KmsMasterKeyId: !Ref Key
      TopicPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: events.amazonaws.com}
                Action: sns:Publish
                Resource: !Ref Topic
    ```

    ## Silent

    - Keys and policies of other templates.
    - Policies, statements, actions and principals that an intrinsic function decides.
    - Topics and queues to which no rule sends, and targets with a role, whose permissions count.
    - A condition that holds without its key.
    """

    id = "E9823"
    shortdesc = "rule-target-key-denies-eventbridge"
    description = "The key policy of a rule's encrypted topic or queue allows EventBridge"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    tags = ["events", "sns", "sqs", "kms"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            match
            for types, logical_id in _encrypted_targets(cfn.template)
            for match in _matches(cfn.template, types, logical_id)
        ]


def _encrypted_targets(document: Any) -> list[tuple[str, str]]:
    """Type and logical ID of the topics and queues to which rules send without a role."""
    used: dict[tuple[str, str], None] = {}
    for target in rule_targets(document):
        arns = [] if target.has("RoleArn") else list(target.arns())
        for types, candidates in ((TOPIC, arns), (QUEUE, [*arns, *target.queues()])):
            for arn, _ in candidates:
                logical_id = target_resource(document, arn, types.resource_type)
                if logical_id is not None:
                    used[types.resource_type, logical_id] = None
    return list(used)


def _matches(document: Any, resource_type: str, logical_id: str) -> Iterator[RuleMatch]:
    is_topic = resource_type == TOPIC.resource_type
    properties = dict(resources_of_type(document, resource_type))[logical_id]
    path: TemplatePath = ("Resources", logical_id, "Properties", "KmsMasterKeyId")
    for key, key_path in branches(properties.get("KmsMasterKeyId"), path):
        if not is_topic and has_literal(key, _AWS_MANAGED):
            yield RuleMatch(
                key_path,
                f"{EVENTBRIDGE} cannot use the AWS managed key {_AWS_MANAGED}. Use a customer "
                "managed key whose policy allows it, or SqsManagedSseEnabled.",
            )
        key_id = _key_id(document, key)
        keys = dict(resources_of_type(document, "AWS::KMS::Key"))
        document_of_key = keys.get(key_id or "", {}).get("KeyPolicy")
        is_unknown = any(is_intrinsic(branch) for branch, _ in branches(document_of_key))
        if key_id not in keys or is_unknown:
            continue
        allowed = [statement for statement, _ in statements(document_of_key)]
        unsupported = _UNSUPPORTED if is_topic else frozenset()
        results = {access(allowed, action, unsupported) for action in _ACTIONS}
        if Access.NOT_ALLOWED in results:
            yield RuleMatch(
                key_path,
                f"The key policy of {key_id} does not allow {EVENTBRIDGE} to use the key, so events "
                "would not be delivered. Allow kms:Decrypt and kms:GenerateDataKey*.",
            )
        elif Access.ONLY_WITH_CONDITION in results:
            yield RuleMatch(
                key_path,
                f"The key policy of {key_id} allows {EVENTBRIDGE} only under a condition on "
                "aws:SourceAccount, aws:SourceArn or aws:SourceOrgID, which EventBridge does not "
                "support for encrypted topics. Remove the condition.",
            )


def _key_id(document: Any, key: Any) -> str | None:
    """The logical ID of the key, also if the value is an alias of the template."""
    logical_id = referenced_id(key)
    aliases = dict(resources_of_type(document, "AWS::KMS::Alias"))
    if logical_id in aliases:
        logical_id = referenced_id(aliases[logical_id].get("TargetKeyId"))
    return logical_id
