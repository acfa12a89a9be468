"""A bucket that can be read and written without TLS."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, is_everybody, listed, ref, resources, statements


class BucketWithoutTls(CloudFormationLintRule):
    id = "E9810"
    shortdesc = "bucket-without-tls-only-policy"
    description = "The policy of a bucket refuses requests without TLS"
    source_url = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"
    )
    tags = ["s3"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        guarded = [
            named
            for _, properties in resources(cfn.template, "AWS::S3::BucketPolicy")
            for bucket, _at in branches(properties.get("Bucket"), [])
            if any(_refuses(s) for s, _ in statements(properties.get("PolicyDocument"), []))
            for named in (bucket, ref(bucket))
        ]
        return [
            RuleMatch(
                ["Resources", logical_id],
                "no bucket policy here denies requests with aws:SecureTransport false",
            )
            for logical_id, properties in resources(cfn.template, "AWS::S3::Bucket")
            if logical_id not in guarded
            and (properties.get("BucketName") is None or properties["BucketName"] not in guarded)
        ]


def _refuses(statement: dict[str, Any]) -> bool:
    """Everything is denied to everybody who comes without TLS."""
    match statement:
        case {"Effect": "Deny", "Action": action, "Condition": {"Bool": dict(keys)}}:
            found = {str(key).lower(): value for key, value in keys.items()}
            values = [value for value, _ in listed(found.get("aws:securetransport"), [])]
            return (
                [str(value).lower() for value in values] == ["false"]
                and any(entry in ("s3:*", "*") for entry, _ in listed(action, []))
                and is_everybody(statement.get("Principal"))
            )
        case _:
            return False
