"""
Whether a service can use the key that encrypts a resource.

In:    the change of the property that names the key.
Out:   a sentence if the policy of the new key does not allow the service, or is not known.
Never: a sentence if encryption is removed: then the service needs no key.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.evaluated_template import describe, logical_id
from trailbell.diff.judgment.required_access import SERVICE_ACCESS
from trailbell.diff.judgment.resource_diff import ResourceDiff
from trailbell.diff.judgment.service_access import find_missing_access

_KEY = "AWS::KMS::Key"

# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
_MANAGED = ("alias/aws/sns", "alias/aws/s3", "alias/aws/sqs")


def find_unusable_key(diff: ResourceDiff, name: str, service: str) -> Iterator[str]:
    """Judge another key in the property ``name``, which ``service`` has to use."""
    key = diff.after.get(name)
    if not diff.changed(name) or not key:
        return
    if str(key).endswith(_MANAGED):
        yield (
            f"{name} is the AWS managed key {describe(key)}, whose policy cannot allow a service: "
            f"{_failure(service)}."
        )
        return
    key_id = logical_id(key)
    if key_id is None or not diff.new.is_of_type(key_id, _KEY):
        yield (
            f"{name} is {describe(key)}, whose key policy is not in this template: unless it "
            f"allows the service, {_failure(service)}."
        )
        return
    policy = diff.new.properties(key_id).get("KeyPolicy")
    for access in SERVICE_ACCESS[_KEY]:
        if access.service == service:
            for text in find_missing_access(policy, access, {}):
                yield f"{name} is {key_id}. {text}"


def _failure(service: str) -> str:
    return next(access.failure for access in SERVICE_ACCESS[_KEY] if access.service == service)
