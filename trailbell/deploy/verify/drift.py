"""
Drift: what CloudFormation says was changed or deleted outside it.

In:    a stack.
Out:   a `Discrepancy` for each resource that drifted, and for drift that is not known.
Never: silence about a detection that failed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.aws.stack import Stack
from trailbell.deploy.session import DeploySession
from trailbell.deploy.verify.discrepancy import Discrepancy, of_finding
from trailbell.diff.judgment.read_back import DELETED
from trailbell.errors import AwsError, CredentialsError


def find_drift(session: DeploySession, stack: Stack) -> Iterator[Discrepancy]:
    """Detect drift, and wait for the result."""
    try:
        yield from _drift(session, stack)
    except CredentialsError:
        raise
    except AwsError as error:
        yield Discrepancy(text=f"Drift could not be detected: {error.operation}: {error.reason}")


def _drift(session: DeploySession, stack: Stack) -> Iterator[Discrepancy]:
    detection = session.cloud.detect_drift(stack.id)

    def poll() -> Mapping[str, Any] | None:
        status = session.cloud.drift_status(detection)
        return None if status["DetectionStatus"] == "DETECTION_IN_PROGRESS" else status

    status = session.poller.wait_for("DescribeStackDriftDetectionStatus", poll)
    if status["DetectionStatus"] != "DETECTION_COMPLETE":
        reason = status.get("DetectionStatusReason", "no reason given")
        yield Discrepancy(text=f"Drift could not be detected for all resources: {reason}")
    elif status.get("StackDriftStatus", "IN_SYNC") not in ("IN_SYNC", "DRIFTED"):
        yield Discrepancy(text=f"The drift status of the stack is {status['StackDriftStatus']}.")
    for drift in session.cloud.resource_drifts(stack.id):
        logical_id = drift["LogicalResourceId"]
        if drift["StackResourceDriftStatus"] == "DELETED":
            yield of_finding(logical_id, DELETED)
        else:
            yield Discrepancy(logical_id=logical_id, text=_describe(drift))


def _describe(drift: Mapping[str, Any]) -> str:
    differences = [
        f"{d['PropertyPath'].lstrip('/').replace('/', '.')} is {d['ActualValue']}, "
        f"not {d['ExpectedValue']}"
        for d in drift.get("PropertyDifferences", ())
    ]
    return (
        f"The resource was changed outside CloudFormation: {'; '.join(differences) or 'no details'}"
    )
