"""A bucket that could become public."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import Path, branches, resources, unknown

_ALL = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


class BucketOpen(CloudFormationLintRule):
    id = "E9809"
    shortdesc = "bucket-without-public-access-block"
    description = "A bucket blocks public access in all four ways"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
    tags = ["s3"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        for logical_id, properties in resources(cfn.template, "AWS::S3::Bucket"):
            path: Path = ["Resources", logical_id, "Properties", "PublicAccessBlockConfiguration"]
            blocks = list(branches(properties.get("PublicAccessBlockConfiguration"), path))
            for block, at in blocks or [({}, path[:-1])]:
                if unknown(block):
                    continue
                block = block if isinstance(block, dict) else {}
                missing = [name for name in _ALL if not _is_set(block.get(name))]
                if missing:
                    where = at if block else path[:-1]
                    found.append(RuleMatch(where, f"does not set {', '.join(missing)} to true"))
        return found


def _is_set(value: Any) -> bool:
    found = list(branches(value, []))
    return bool(found) and all(branch in (True, "true") or unknown(branch) for branch, _ in found)
