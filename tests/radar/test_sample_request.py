"""The smallest request that a model allows, as CloudTrail records it."""

from typing import Any

import pytest

from trailbell.cloudtrail.operations import find_operation
from trailbell.radar.sample_request import sample_request


@pytest.mark.parametrize(
    ("service", "operation", "request_parameters"),
    [
        pytest.param("sns", "ListTopics", None, id="nothing is required"),
        pytest.param("sts", "GetCallerIdentity", None, id="there are no parameters"),
        pytest.param("kms", "DisableKey", {"keyId": "example"}, id="a text, in lowercase"),
        pytest.param("kms", "DeleteCustomKeyStore", {"customKeyStoreId": "example"}, id="another"),
        pytest.param(
            "guardduty",
            "StopMonitoringMembers",
            {"detectorId": "example", "accountIds": ["example"]},
            id="a list",
        ),
        pytest.param(
            "ec2", "TerminateInstances", {"instanceIds": {"items": []}}, id="a list of EC2"
        ),
        pytest.param(
            "guardduty",
            "CreateTrustedEntitySet",
            {
                "detectorId": "example",
                "name": "example",
                "format": "TXT",
                "location": "example",
                "activate": True,
            },
            id="an enumeration and a boolean",
        ),
        pytest.param(
            "s3",
            "PutBucketVersioning",
            {"bucketName": "example", "VersioningConfiguration": {}},
            id="a bucket",
        ),
        pytest.param(
            "logs",
            "PutRetentionPolicy",
            {"logGroupName": "example", "retentionInDays": 1},
            id="a number",
        ),
    ],
)
def test_required_parameters_have_a_value(
    service: str, operation: str, request_parameters: dict[str, Any] | None
) -> None:
    found = find_operation(f"{service}.amazonaws.com", operation)
    assert found is not None
    assert sample_request(found) == request_parameters
