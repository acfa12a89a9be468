"""The rule E9810: buckets that accept requests without TLS."""

import json
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import (
    branches,
    entries,
    is_intrinsic,
    referenced_id,
    substitute,
)
from trailbell.template.policy import is_public_principal, statements
from trailbell.template.resources import resources_of_type

_MISSING = (
    "No bucket policy in this template denies requests without TLS. Deny s3:* on the bucket and its "
    "objects to all principals if aws:SecureTransport is false."
)
_FOR_OBJECTS = (
    "The bucket policy denies requests without TLS for the objects only. Add the ARN of the bucket."
)
_FOR_BUCKET = (
    "The bucket policy denies requests without TLS for the bucket only. Add its objects, with /*."
)


class BucketWithoutTls(CloudFormationLintRule):
    """S3 also accepts requests over HTTP, in which anyone on the way can read the objects. A
    statement of the bucket policy denies them; Security Hub and AWS Config look for it.

    ## Fails

    ```yaml
    Resources:
      LogBucket:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
      LogBucketPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref LogBucket
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: !Sub "${LogBucket.Arn}/*"
                Condition: {Bool: {aws:SecureTransport: "false"}}
    ```

    ## Passes

    ```yaml
    Resources:
      LogBucket:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
      LogBucketPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref LogBucket
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt LogBucket.Arn, !Sub "${LogBucket.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
    ```

    ## Silent

    - Websites: a website endpoint of S3 has no TLS, and CloudFront reads it over HTTP.
    - Policies and statements that an intrinsic function, a parameter or a macro decides.
    - Statements that name the bucket and its objects in any way: by `*`, by `Fn::Sub`, by
      `Fn::Join`, by the name of the bucket, or in two statements.
    - A statement that denies in one branch of a condition.
    """

    id = "E9810"
    shortdesc = "bucket-without-tls-only-policy"
    description = "A bucket policy denies requests without TLS"
    source_url = (
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"
    )
    tags = ["s3"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        protected: set[Any] = set()
        partly: dict[Any, str] = {}
        for _, properties in resources_of_type(cfn.template, "AWS::S3::BucketPolicy"):
            policy = properties.get("PolicyDocument")
            refused = _refusals(policy)
            for bucket, _ in branches(properties.get("Bucket")):
                keys = {_key(bucket), referenced_id(bucket)}
                if _is_unknown(policy) or _is_covered(refused):
                    protected |= keys
                elif refused:
                    is_bucket = any(map(_may_be_bucket, refused))
                    partly |= dict.fromkeys(keys, _FOR_BUCKET if is_bucket else _FOR_OBJECTS)
        return [
            RuleMatch(
                ("Resources", logical_id),
                partly.get(logical_id)
                or partly.get(_key(properties.get("BucketName")))
                or _MISSING,
            )
            for logical_id, properties in resources_of_type(cfn.template, "AWS::S3::Bucket")
            if logical_id not in protected
            and not _is_website(properties)
            and _named(properties) not in protected
        ]


def _is_website(properties: dict[str, Any]) -> bool:
    """Whether a bucket is, or may be, a website. Website endpoints have no TLS.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
    """
    values = [value for value, _ in branches(properties.get("WebsiteConfiguration"))]
    return any(value not in (None, {}) for value in values)


def _named(properties: dict[str, Any]) -> str:
    """The name of a bucket as the policy would write it; empty if it has none of its own."""
    name = properties.get("BucketName")
    return "" if name is None else _key(name)


def _key(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _is_unknown(policy: Any) -> bool:
    """Whether a function computes the policy or a statement: only the deployment knows it."""
    documents = [document for document, _ in branches(policy)]
    inner = [
        statement
        for document in documents
        if isinstance(document, dict) and not is_intrinsic(document)
        for statement, _ in entries(document.get("Statement"))
    ]
    return any(is_intrinsic(value) and "Fn::Sub" not in value for value in (*documents, *inner))


def _refusals(policy: Any) -> list[Any]:
    """The resources of the statements that deny all requests without TLS to all principals."""
    return [
        resource
        for statement, _ in statements(policy)
        if _denies_without_tls(statement)
        for resource, _ in entries(statement.get("Resource"))
    ]


def _is_covered(resources: list[Any]) -> bool:
    """Whether resources are, or may be, both the bucket and its objects."""
    return any(map(_may_be_bucket, resources)) and any(map(_may_be_objects, resources))


def _text(resource: Any) -> str | None:
    """The text of an ARN, with an empty text for each variable; None if it is not known."""
    match resource:
        case str(text):
            return text
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            return substitute(text, "")
        case {"Fn::Join": [str(separator), [*parts]]}:
            return separator.join(part if isinstance(part, str) else "" for part in parts)
        case {"Fn::GetAtt": _}:
            return ""
        case _:
            return None


def _may_be_objects(resource: Any) -> bool:
    text = _text(resource)
    return text is None or text.endswith("*")


def _may_be_bucket(resource: Any) -> bool:
    text = _text(resource)
    return text is None or not text.endswith("/*")


def _denies_without_tls(statement: dict[str, Any]) -> bool:
    """Whether a statement denies all actions to all principals if they do not use TLS.

    A further condition would have to hold, too.
    """
    match statement:
        case {
            "Effect": "Deny",
            "Action": action,
            "Condition": {"Bool": dict(keys), **others} | {"BoolIfExists": dict(keys), **others},
        } if not others and len(keys) == 1:
            conditions = {str(key).lower(): value for key, value in keys.items()}
            values = [value for value, _ in entries(conditions.get("aws:securetransport"))]
            return (
                [str(value).lower() for value in values] == ["false"]
                and any(str(entry).lower() in ("s3:*", "*") for entry, _ in entries(action))
                and is_public_principal(statement.get("Principal"))
            )
        case _:
            return False
