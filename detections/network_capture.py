"""Network traffic that is copied: mirror sessions."""

from detections._conditions import SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    api_call,
    assumed_role_identity,
    iam_user,
    identity_center_user,
)

_SESSION = {
    "NetworkInterfaceId": "eni-0123456789abcdef0",
    "TrafficMirrorTargetId": "tmt-0123456789abcdef0",
    "TrafficMirrorFilterId": "tmf-0123456789abcdef0",
    "SessionNumber": 1,
}

TRAFFIC_MIRRORED = Detection(
    id="traffic-mirrored",
    title="Network traffic of an instance is mirrored",
    packs=("data",),
    severity=Severity.MEDIUM,
    pattern=all_of(
        calls("ec2", "CreateTrafficMirrorSession", "ModifyTrafficMirrorSession"),
        SUCCEEDED,
    ),
    why=(
        "A mirror session copies every packet of a network interface to another one. Behind a load "
        "balancer that ends TLS, the packets contain passwords, tokens and data in plain text."
    ),
    runbook=(
        "Identify the mirrored interface (NetworkInterfaceId) and the TrafficMirrorTargetId.",
        "If it was not planned: delete the session, and disable the caller's credentials.",
        "Rotate the credentials that the instance received in plain text.",
    ),
    false_positives=(
        "Intrusion detection and network analysis that work on mirrored traffic. Exclude the role "
        "that sets them up. Denied calls are not detected."
    ),
    controls=Controls(mitre_attack=("T1040",)),
    fires=(
        Example(
            "a mirror session is created",
            api_call(
                "ec2",
                "CreateTrafficMirrorSession",
                iam_user("mallory"),
                request={"CreateTrafficMirrorSessionRequest": _SESSION},
            ),
        ),
        Example(
            "a mirror session gets another target",
            api_call(
                "ec2",
                "ModifyTrafficMirrorSession",
                identity_center_user("mallory"),
                request={
                    "ModifyTrafficMirrorSessionRequest": {
                        "TrafficMirrorSessionId": "tms-0123456789abcdef0",
                        "TrafficMirrorTargetId": "tmt-0123456789abcdef1",
                    }
                },
            ),
        ),
        Example(
            "an assumed role creates a mirror session",
            api_call(
                "ec2",
                "CreateTrafficMirrorSession",
                assumed_role_identity("Developer", "mallory"),
                request={"CreateTrafficMirrorSessionRequest": _SESSION},
            ),
        ),
    ),
    silent=(
        Example(
            "a mirror session is deleted",
            api_call(
                "ec2",
                "DeleteTrafficMirrorSession",
                iam_user("alice"),
                request={
                    "DeleteTrafficMirrorSessionRequest": {
                        "TrafficMirrorSessionId": "tms-0123456789abcdef0"
                    }
                },
            ),
        ),
        Example(
            "mirror sessions are listed",
            api_call(
                "ec2",
                "DescribeTrafficMirrorSessions",
                iam_user("alice"),
                request={"DescribeTrafficMirrorSessionsRequest": ""},
                read_only=True,
            ),
        ),
        Example(
            "a call to create a mirror session is denied",
            api_call(
                "ec2",
                "CreateTrafficMirrorSession",
                iam_user("mallory"),
                request={"CreateTrafficMirrorSessionRequest": _SESSION},
                error="Client.UnauthorizedOperation",
            ),
        ),
        Example(
            "a target without a session is created",
            api_call(
                "ec2",
                "CreateTrafficMirrorTarget",
                assumed_role_identity("Deployer"),
                request={
                    "CreateTrafficMirrorTargetRequest": {
                        "NetworkInterfaceId": "eni-0123456789abcdef1"
                    }
                },
            ),
        ),
        Example(
            "a filter rule of a mirror session is changed",
            api_call(
                "ec2",
                "ModifyTrafficMirrorFilterRule",
                assumed_role_identity("Deployer"),
                request={
                    "ModifyTrafficMirrorFilterRuleRequest": {
                        "TrafficMirrorFilterRuleId": "tmfr-0123456789abcdef0"
                    }
                },
            ),
        ),
    ),
)
