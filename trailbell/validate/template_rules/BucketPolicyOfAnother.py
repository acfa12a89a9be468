"""The rule W9852: bucket policies about other buckets."""

import re
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import entries, referenced_id
from trailbell.template.resources import properties, resources, resources_of_type, type_of
from trailbell.validate.policies import policy_statements

_POLICY = "AWS::S3::BucketPolicy"
_BUCKET = "AWS::S3::Bucket"
_NAME = re.compile(r"arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):s3:::([^/*?${]+)(?:/.*)?$")
_REFERENCE = re.compile(
    r"(?:arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):s3:::)?\$\{(\w+)(?:\.Arn)?\}(?:/.*)?$"
)


class BucketPolicyOfAnother(CloudFormationLintRule):
    """S3 rejects a bucket policy whose resources are not of its bucket, and the stack fails with
    `Policy has invalid resource`. Usually the policy was copied from another bucket.

    ## Fails

    ```yaml
    Resources:
      Reports:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
      ReportsPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Reports
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt Reports.Arn, !Sub "${Reports.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
              - Effect: Allow
                Principal: {AWS: !Ref AWS::AccountId}
                Action: s3:GetObject
                Resource: !Sub arn:${AWS::Partition}:s3:::acme-invoices/*
    ```

    ## Passes

    ```yaml
    Resources:
      Reports:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
      ReportsPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Reports
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt Reports.Arn, !Sub "${Reports.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
              - Effect: Allow
                Principal: {AWS: !Ref AWS::AccountId}
                Action: s3:GetObject
                Resource: !Sub "${Reports.Arn}/*"
    ```

    ## Silent

    - Buckets and resources whose names a parameter or an intrinsic function decides.
    - A reference to a bucket of the template, if the policy has the name of that bucket, or the
      reverse.
    - Patterns in the name of the bucket, such as `arn:aws:s3:::acme-*`.
    - `NotResource`.
    """

    id = "W9852"
    shortdesc = "bucket-policy-of-another"
    description = "The resources of a bucket policy are its bucket and the objects in it"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html"
    tags = ["s3", "iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        document = cfn.template
        return [
            RuleMatch(
                statement.place("Resource"),
                f"The resource is of the bucket {other}, but the policy is of another one. Name "
                "the bucket of the policy, or objects in it.",
            )
            for statement in policy_statements(cfn)
            if statement.resource_type == _POLICY
            if (names := _names_of_bucket(document, str(statement.path[1])))
            for resource, _ in entries(statement.data.get("Resource"))
            if (other := _bucket_of(document, resource)) and other not in names
        ]


def _names_of_bucket(document: Any, policy: str) -> set[str]:
    """The name and the logical ID of the bucket of a policy; none if they are not known."""
    bucket = properties(resources(document).get(policy, {})).get("Bucket")
    if isinstance(bucket, str):
        same = (
            logical_id
            for logical_id, known in resources_of_type(document, _BUCKET)
            if known.get("BucketName") == bucket
        )
        return {bucket, *same}
    logical_id = referenced_id(bucket) or ""
    resource = resources(document).get(logical_id, {})
    name = properties(resource).get("BucketName", logical_id)
    return {logical_id, name} if type_of(resource) == _BUCKET and isinstance(name, str) else set()


def _bucket_of(document: Any, resource: Any) -> str:
    """The name or the logical ID of the bucket of a resource; empty if it is not known."""
    match resource:
        case str(text) | {"Fn::Sub": str(text)}:
            if name := _NAME.match(text):
                return name[1]
            reference = _REFERENCE.match(text)
            logical_id = reference[1] if reference else ""
        case _:
            logical_id = referenced_id(resource) or ""
    is_bucket = type_of(resources(document).get(logical_id, {})) == _BUCKET
    return logical_id if is_bucket else ""
