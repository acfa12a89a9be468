"""The rule E9809: buckets that switch Block Public Access off."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, is_intrinsic
from trailbell.template.resources import resources_of_type

_PROPERTY = "PublicAccessBlockConfiguration"
_SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


class BucketWithoutPublicAccessBlock(CloudFormationLintRule):
    """All four settings of S3 Block Public Access are on for each bucket that was created since
    April 2023. A template that writes only some of them, or false, switches the others off: with
    one mistake in a policy or an ACL, the objects are public.

    ## Fails

    ```yaml
    Resources:
      Website:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          PublicAccessBlockConfiguration:
            BlockPublicAcls: true
            IgnorePublicAcls: true
      WebsitePolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Website
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt Website.Arn, !Sub "${Website.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
    ```

    ## Passes

    ```yaml
    Resources:
      Website:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          PublicAccessBlockConfiguration:
            BlockPublicAcls: true
            BlockPublicPolicy: true
            IgnorePublicAcls: true
            RestrictPublicBuckets: true
      WebsitePolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Website
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt Website.Arn, !Sub "${Website.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
    ```

    ## Silent

    - Buckets without the property: all four settings are on.
    - Settings that an intrinsic function or a parameter decides.
    - Access points, whose settings are their own.
    """

    id = "E9809"
    shortdesc = "bucket-without-public-access-block"
    description = "A bucket does not switch off a setting of S3 Block Public Access"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
    tags = ["s3"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        matches = []
        for logical_id, properties in resources_of_type(cfn.template, "AWS::S3::Bucket"):
            path: TemplatePath = ("Resources", logical_id, "Properties", _PROPERTY)
            for block, block_path in branches(properties.get(_PROPERTY), path):
                if not isinstance(block, dict) or is_intrinsic(block):
                    continue
                off = [name for name in _SETTINGS if not _is_set(block.get(name))]
                if off:
                    message = (
                        "The bucket does not block all public access. Set "
                        f"{', '.join(off)} to true."
                    )
                    matches.append(RuleMatch(block_path, message))
        return matches


def _is_set(value: Any) -> bool:
    values = list(branches(value))
    return bool(values) and all(
        branch in (True, "true") or is_intrinsic(branch) for branch, _ in values
    )
