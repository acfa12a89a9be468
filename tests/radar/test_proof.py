"""The proof that an operation is detected: an event of it that fires a detection."""

from typing import Any

import pytest

from trailbell.catalog.detection import Detection, Example, Severity
from trailbell.cloudtrail.operations import find_operation
from trailbell.pattern import Outcome
from trailbell.radar.proof import Prover
from trailbell.samples import ACCOUNT, api_call, iam_user


def _detection(pattern: str, **changes: Any) -> Detection:
    example = Example("an event", api_call("kms", "DisableKey", iam_user("mallory")))
    facts = {
        "id": "any",
        "title": "Something happened",
        "packs": ("exposure",),
        "severity": Severity.HIGH,
        "why": "It matters.",
        "runbook": ("Look.", "Act.", "Learn."),
        "fires": (example,),
        "silent": (example,),
    }
    return Detection(pattern=pattern, **{**facts, **changes})


def _prove(detection: Detection, service: str, name: str) -> dict[str, Any] | None:
    source = f"{service}.amazonaws.com"
    operation = find_operation(source, name)
    assert operation is not None
    proof = Prover([detection]).prove(source, operation)
    if proof is None:
        return None
    assert detection.filter_pattern.test_record(proof.event) == Outcome.MATCH
    return proof.event


_GUARDDUTY = '($.eventSource = "guardduty.amazonaws.com")'


@pytest.mark.parametrize(
    ("pattern", "service", "name"),
    [
        pytest.param(
            '{ $.userIdentity.type = "Root" }', "kms", "DisableKey", id="root can do anything"
        ),
        pytest.param(
            '{ ($.eventName = "*") && ($.userIdentity.type = "IAMUser") }',
            "kms",
            "DisableKey",
            id="a user can do anything",
        ),
        pytest.param(
            '{ ($.eventName = "DisableKey") && ($.userIdentity.type = "Root") }',
            "kms",
            "DisableKey",
            id="only if root does it",
        ),
        pytest.param(
            '{ ($.eventName = "DisableKey") && ($.errorCode = "AccessDenied") }',
            "kms",
            "DisableKey",
            id="only if it is refused",
        ),
        pytest.param('{ $.eventName = "EnableKey" }', "kms", "DisableKey", id="another operation"),
        pytest.param(
            f'{{ {_GUARDDUTY} && ($.eventName = "Delete*") }}',
            "securityhub",
            "DeleteInsight",
            id="another service",
        ),
        pytest.param(
            f"{{ {_GUARDDUTY} && ($.requestParameters.enable IS FALSE) }}",
            "guardduty",
            "DeleteDetector",
            id="a parameter that the operation does not have",
        ),
        pytest.param(
            f"{{ {_GUARDDUTY} && ($.requestParameters.detectorId NOT EXISTS) }}",
            "guardduty",
            "DeleteDetector",
            id="without a parameter that the operation requires",
        ),
        pytest.param(
            '{ ($.eventName = "UpdateMacieSession") && ($.requestParameters.status = "OFF") }',
            "macie2",
            "UpdateMacieSession",
            id="a value that the enumeration does not have",
        ),
        pytest.param(
            '{ ($.eventName = "DisableKey") && ($.requestParameters.keyId IS TRUE) }',
            "kms",
            "DisableKey",
            id="a text that is true",
        ),
        pytest.param(
            '{ ($.eventName = "DeleteVolume") && ($.requestParameters.policy = "x") }',
            "ec2",
            "DeleteVolume",
            id="a parameter that the model does not have, of a service whose records may have more",
        ),
        pytest.param(
            '{ ($.eventName = "DisableKey") && ($.requestParameters.* = "*") }',
            "kms",
            "DisableKey",
            id="a text in any parameter, without a policy among them",
        ),
        pytest.param(
            f"{{ {_GUARDDUTY} && ($.requestParameters.enable IS FALSE)"
            " && ($.requestParameters.enable IS TRUE) }",
            "guardduty",
            "UpdateDetector",
            id="a parameter that has two values",
        ),
    ],
)
def test_no_proof(pattern: str, service: str, name: str) -> None:
    assert _prove(_detection(pattern), service, name) is None


@pytest.mark.parametrize(
    ("pattern", "service", "name", "request_parameters"),
    [
        pytest.param(
            '{ $.eventName = "DisableKey" }',
            "kms",
            "DisableKey",
            {"keyId": "example"},
            id="the name alone, of any service",
        ),
        pytest.param(
            '{ ($.eventName = "EnableKey") || ($.eventName = "DisableKey") }',
            "kms",
            "DisableKey",
            {"keyId": "example"},
            id="one of several names",
        ),
        pytest.param(
            f'{{ {_GUARDDUTY} && ($.eventName != "Get*") && ($.errorCode NOT EXISTS) }}',
            "guardduty",
            "DeleteDetector",
            {"detectorId": "example"},
            id="every operation of a service",
        ),
        pytest.param(
            f"{{ {_GUARDDUTY} && ($.requestParameters.enable IS FALSE) }}",
            "guardduty",
            "UpdateDetector",
            {"detectorId": "example", "enable": False},
            id="a parameter with a value, and those that are required",
        ),
        pytest.param(
            '{ ($.eventName = "UpdateMacieSession") && (($.requestParameters.status = "PAUSED")'
            ' || ($.requestParameters.nothing = "x")) }',
            "macie2",
            "UpdateMacieSession",
            {"status": "PAUSED"},
            id="the alternative that the operation has",
        ),
        pytest.param(
            '{ ($.eventSource = "ec2.amazonaws.com") && ($.eventName = "ModifySnapshotAttribute")'
            " && ($.requestParameters.createVolumePermission.add.items[0].userId"
            f' != "{ACCOUNT}") }}',
            "ec2",
            "ModifySnapshotAttribute",
            {
                "snapshotId": "example",
                "createVolumePermission": {"add": {"items": [{"userId": "Example"}]}},
            },
            id="a value other than one",
        ),
        pytest.param(
            '{ ($.eventSource = "lambda.amazonaws.com") && ($.eventName = "AddPermission2*") }',
            "lambda",
            "AddPermission",
            {
                "functionName": "example",
                "statementId": "example",
                "action": "example",
                "principal": "example",
            },
            id="a name with the version of the API",
        ),
    ],
)
def test_the_event_of_a_proof(
    pattern: str, service: str, name: str, request_parameters: dict[str, Any]
) -> None:
    event = _prove(_detection(pattern), service, name)
    assert event is not None
    assert event["eventName"].startswith(name)
    assert event["requestParameters"] == request_parameters


def test_a_caller_of_another_kind_is_tried() -> None:
    pattern = (
        '{ ($.eventName = "DisableKey")'
        ' && ($.userIdentity.sessionContext.sessionIssuer.userName = "AWSReservedSSO_*") }'
    )
    event = _prove(_detection(pattern), "kms", "DisableKey")
    assert event is not None
    assert event["userIdentity"]["type"] == "AssumedRole"


def test_parameters_of_a_sample_event_are_tried_where_the_search_finds_none() -> None:
    pattern = (
        '{ ($.eventName = "DisableKey")'
        " && ($.requestParameters.keyId = %^alias/[a-z]{3}[0-9]{2}$%) }"
    )
    request = {"keyId": "alias/abc01"}
    sample = api_call("kms", "DisableKey", iam_user("mallory"), request=request)
    assert _prove(_detection(pattern), "kms", "DisableKey") is None
    event = _prove(_detection(pattern, fires=(Example("it", sample),)), "kms", "DisableKey")
    assert event is not None
    assert event["requestParameters"] == request


def test_a_policy_is_tried_where_a_pattern_searches_any_parameter() -> None:
    policy = '{"Principal":"*"}'
    sample = api_call("sqs", "SetRule", iam_user("mallory"), request={"rule": policy})
    pattern = '{ ($.eventName = "Put*") && ($.requestParameters.* = "*Principal*") }'
    detection = _detection(pattern, fires=(Example("it", sample),))
    event = _prove(detection, "kinesis", "PutResourcePolicy")
    assert event is not None
    assert event["requestParameters"] == {"resourceARN": "example", "policy": policy}
    assert _prove(detection, "kinesis", "PutRecord") is None
    assert _prove(detection, "ecr", "PutLifecyclePolicy") is None


def test_services_are_those_of_patterns_and_sample_events() -> None:
    prover = Prover([_detection('{ $.eventSource = "macie2.amazonaws.com" }')])
    assert prover.services == {"macie2", "kms"}
