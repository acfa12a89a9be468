"""`trailbell.samples` under the names that it had before."""

from trailbell.samples import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Event,
    Identity,
    api_call,
    aws_service,
    console_sign_in,
    federated_user,
    iam_user,
    insight_event,
    root,
    service_event,
)
from trailbell.samples import assume_role_request as assumed_role
from trailbell.samples import assumed_role_identity as role
from trailbell.samples import cross_account_caller as other_account
from trailbell.samples import identity_center_user as sso_person

__all__ = [
    "ACCOUNT",
    "OTHER_ACCOUNT",
    "Event",
    "Identity",
    "api_call",
    "assumed_role",
    "aws_service",
    "console_sign_in",
    "federated_user",
    "iam_user",
    "insight_event",
    "other_account",
    "role",
    "root",
    "service_event",
    "sso_person",
]
