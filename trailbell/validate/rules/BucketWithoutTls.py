"""A bucket that can be read and written without TLS."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.document import branches, ref, resources, statements


class BucketWithoutTls(CloudFormationLintRule):
    id = "E9810"
    shortdesc = "bucket-without-tls-only-policy"
    description = "The policy of a bucket refuses requests without TLS"
    source_url = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"
    )
    tags = ["s3"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        guarded = {
            ref(bucket)
            for _, properties in resources(cfn.template, "AWS::S3::BucketPolicy")
            for bucket, _at in branches(properties.get("Bucket"), [])
            if any(_refuses(s) for s, _ in statements(properties.get("PolicyDocument"), []))
        }
        return [
            RuleMatch(
                ["Resources", logical_id],
                "no bucket policy here denies requests with aws:SecureTransport false",
            )
            for logical_id, _ in resources(cfn.template, "AWS::S3::Bucket")
            if logical_id not in guarded
        ]


def _refuses(statement: dict[str, Any]) -> bool:
    match statement:
        case {
            "Effect": "Deny",
            "Principal": "*" | {"AWS": "*"},
            "Condition": {"Bool": {"aws:SecureTransport": value}},
        }:
            return str(value).lower() == "false"
        case _:
            return False
