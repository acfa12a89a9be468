"""The rule W9839: services that act for any account."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches
from trailbell.template.resources import resources_of_type
from trailbell.validate.keys import key_of
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements
from trailbell.validate.policy_texts import policy_texts

_TOPICS = {"AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy"}
_QUEUES = {"AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy"}
_BUCKETS = {"AWS::S3::BucketPolicy"}
_KEYS = {"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}

# The services that send aws:SourceArn or aws:SourceAccount to these resources, each with a page
# that has a policy with one. EventBridge supports no condition for topics and their keys, which are
# not among them.
_SENDERS: Mapping[str, tuple[set[str], str]] = {
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-permissions-for-sns-notifications.html
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    "cloudtrail": (_BUCKETS | _TOPICS | _KEYS, "aws:SourceArn"),
    # https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    # https://docs.aws.amazon.com/config/latest/developerguide/sns-topic-policy.html
    # https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
    "config": (_BUCKETS | _TOPICS | _KEYS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html
    "delivery.logs": (_BUCKETS | _KEYS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    "logging.s3": (_BUCKETS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
    "s3": (_TOPICS | _QUEUES, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
    "sns": (_QUEUES, "aws:SourceArn"),
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    "events": (_QUEUES, "aws:SourceArn"),
    # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    "cloudwatch": (_TOPICS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    "budgets": (_TOPICS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
    "costalerts": (_TOPICS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/cur/latest/userguide/cur-s3.html
    "billingreports": (_BUCKETS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/cur/latest/userguide/dataexports-s3-bucket.html
    "bcm-data-exports": (_BUCKETS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html
    "ses": (_BUCKETS | _TOPICS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
    "guardduty": (_BUCKETS | _KEYS, "aws:SourceAccount"),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    "logs": (_KEYS, "kms:EncryptionContext:aws:logs:arn"),
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html
    "dnssec-route53": (_KEYS, "aws:SourceAccount"),
}
# EventBridge sends the source to the keys of event buses, but not to those of encrypted topics.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
_BUS_SENDER = ("events", "aws:SourceAccount")
_SOURCES = (
    *("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"),
    *("aws:sourceowner", "aws:principalorgid", "aws:resourceaccount"),
    *("kms:encryptioncontext:", "kms:viaservice", "kms:calleraccount"),
)
# SES sends the account as the referrer, too, and its pages had that condition before SourceAccount.
# https://docs.aws.amazon.com/ses/latest/DeveloperGuide/receiving-email-permissions.html
_REFERRERS = {"ses"}
# What services read of a bucket or key before they write to it; nothing in it.
_HARMLESS = {
    *("s3:getbucketacl", "s3:getbucketlocation", "s3:getbucketpolicy", "s3:listbucket"),
    "kms:describekey",
}
# Actions in the policy on the page of a service that have no condition on the source there.
_WITHOUT_SOURCE = {"dnssec-route53": {"kms:creategrant"}}

# https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
_CALLERS = {
    "s3.amazonaws.com": "SourceAccount",
    "sns.amazonaws.com": "SourceArn",
    "events.amazonaws.com": "SourceArn",
    "logs.amazonaws.com": "SourceArn",
}
_LIMITS = ("SourceArn", "SourceAccount", "PrincipalOrgID")
_EVENTS = "events.amazonaws.com"
_APART = f" Do it in a statement of its own: {_EVENTS} sends no source here."
_OF_ORGANIZATION = ", or on aws:SourceOrgID for all accounts of an organization"


class PolicyServiceWithoutSource(CloudFormationLintRule):
    """A service such as CloudTrail acts for all of its customers. A policy that lets it in without a
    condition on the account or resource for which it acts lets any customer write into the bucket:
    the service is a confused deputy.

    ## Fails

    ```yaml
    Resources:
      Logs:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
      LogsPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Logs
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt Logs.Arn, !Sub "${Logs.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
              - Effect: Allow
                Principal: {Service: cloudtrail.amazonaws.com}
                Action: s3:PutObject
                Resource: !Sub "${Logs.Arn}/AWSLogs/${AWS::AccountId}/*"
    ```

    ## Passes

    ```yaml
    Resources:
      Logs:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
      LogsPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Logs
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt Logs.Arn, !Sub "${Logs.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
              - Effect: Allow
                Principal: {Service: cloudtrail.amazonaws.com}
                Action: s3:PutObject
                Resource: !Sub "${Logs.Arn}/AWSLogs/${AWS::AccountId}/*"
                Condition:
                  StringEquals:
                    aws:SourceArn: !Sub arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/all
    ```

    ## Silent

    - Services that do not send the source, such as EventBridge to a topic, and services for which no
      page of AWS has a policy with the condition.
    - Conditions that a parameter decides, and any condition on the account, organization or resource.
    - Actions that only read the access control list, policy or location of a bucket, or describe a key.
    - EventBridge and a key, unless an event bus of the template has the key and no topic does.
    - Grants of a key for Route 53 DNSSEC, for which AWS shows no such condition.
    - Trust policies of roles: `policy-trust-without-source` has those as information.
    """

    id = "W9839"
    shortdesc = "policy-service-without-source"
    description = "A resource policy lets a service act only for resources of known accounts"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        bus_keys = _bus_keys(cfn.template)
        return [
            *(
                RuleMatch(path, message)
                for statement in policy_statements(cfn)
                if statement.kind is PolicyKind.RESOURCE and statement.is_allow
                for path, message in _findings(statement, bus_keys)
            ),
            *_permission_matches(cfn.template),
        ]


def _findings(statement: PolicyStatement, bus_keys: Set[str]) -> Iterator[tuple[TemplatePath, str]]:
    if statement.has_condition_on(*_SOURCES):
        return
    names_account = statement.has_condition_on("aws:referer")
    principals = statement.principals("Service")
    names = {text for texts, _ in principals for text in texts}
    apart = _APART if _EVENTS in names and statement.resource_type in _TOPICS | _KEYS else ""
    for texts, path in principals:
        if len(texts) != 1:
            continue
        name = texts[0].removesuffix(".amazonaws.com")
        key = _condition_key(name, statement, bus_keys)
        if key and not _is_harmless(statement, name) and not (names_account and name in _REFERRERS):
            yield path, _message(texts[0], key) + (apart if texts[0] != _EVENTS else "")


def _condition_key(name: str, statement: PolicyStatement, bus_keys: Set[str]) -> str:
    """The condition key that a service sends to the resource; empty without one."""
    kinds, key = _SENDERS.get(name, (set(), ""))
    if statement.resource_type in kinds:
        return key
    bus_service, bus_key = _BUS_SENDER
    return bus_key if name == bus_service and statement.path[1] in bus_keys else ""


def _bus_keys(document: Any) -> Set[str]:
    """The keys of event buses that are not the keys of topics, too."""
    return _keys_of(document, "AWS::Events::EventBus", "KmsKeyIdentifier") - _keys_of(
        document, "AWS::SNS::Topic", "KmsMasterKeyId"
    )


def _keys_of(document: Any, resource_type: str, name: str) -> Set[str]:
    return {
        key
        for _, properties in resources_of_type(document, resource_type)
        for value, _ in branches(properties.get(name))
        if (key := key_of(document, value)) is not None
    }


def _is_harmless(statement: PolicyStatement, service: str) -> bool:
    actions = {text.lower() for texts in statement.actions for text in texts}
    return bool(actions) and actions <= _HARMLESS | _WITHOUT_SOURCE.get(service, set())


def _permission_matches(document: Any) -> Iterator[RuleMatch]:
    for logical_id, properties in resources_of_type(document, "AWS::Lambda::Permission"):
        texts = policy_texts(document, properties.get("Principal", ""))
        key = _CALLERS.get(texts[0], "") if len(texts) == 1 else ""
        if key and not any(properties.get(name) for name in _LIMITS):
            path = ("Resources", logical_id, "Properties", "Principal")
            yield RuleMatch(path, _message(texts[0], key))


def _message(service: str, key: str) -> str:
    where = "Set" if key in _LIMITS else "Add a condition on"
    more = _OF_ORGANIZATION if key == "aws:SourceAccount" else ""
    return f"{service} may do this on behalf of any AWS account. {where} {key}{more}."
