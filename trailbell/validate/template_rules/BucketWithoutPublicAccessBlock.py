"""A mistake in a policy or ACL can make a bucket public unless public access is blocked."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, is_intrinsic
from trailbell.template.resources import resources_of_type

_PROPERTY = "PublicAccessBlockConfiguration"
_SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


class BucketWithoutPublicAccessBlock(CloudFormationLintRule):
    id = "E9809"
    shortdesc = "bucket-without-public-access-block"
    description = "A bucket enables all four S3 Block Public Access settings"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
    tags = ["s3"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        matches = []
        for logical_id, properties in resources_of_type(cfn.template, "AWS::S3::Bucket"):
            path: TemplatePath = ("Resources", logical_id, "Properties")
            blocks = list(branches(properties.get(_PROPERTY), (*path, _PROPERTY)))
            for block, block_path in blocks or [({}, path)]:
                if is_intrinsic(block):
                    continue
                block = block if isinstance(block, dict) else {}
                missing = [name for name in _SETTINGS if not _is_set(block.get(name))]
                if missing:
                    message = (
                        f"The bucket does not block all public access. Set {', '.join(missing)} to "
                        "true."
                    )
                    matches.append(RuleMatch(block_path if block else path, message))
        return matches


def _is_set(value: Any) -> bool:
    values = list(branches(value))
    return bool(values) and all(
        branch in (True, "true") or is_intrinsic(branch) for branch, _ in values
    )
