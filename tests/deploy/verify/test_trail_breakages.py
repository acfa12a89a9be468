"""What is reported of a trail: its status, its delivery and its selectors."""

from typing import Any

import pytest

from tests.deploy.verify.breakages import (
    DELETED,
    WITHOUT_KMS,
    Breakage,
    Problems,
    change,
    gone,
    selectors,
    status,
)
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.described_account import GONE
from tests.deploy.verify.watched_stack import KEY_ID, OLD


def trail(member: str, value: Any) -> Breakage:
    return change("GetTrail", "watch-trail", f"Trail.{member}", value)


READ_EVENTS = [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
NO_EVENTS = [{"ReadWriteType": "All", "IncludeManagementEvents": False}]
ONLY_WRITES = [
    {
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Management"]},
            {"Field": "readOnly", "Equals": ["false"]},
        ]
    }
]


@pytest.mark.parametrize(
    ("breakage", "expected"),
    [
        pytest.param(gone("GetTrail", "watch-trail"), [("Trail", DELETED)], id="trail: deleted"),
        pytest.param(
            status("IsLogging", False),
            [("Trail", "The trail is not logging.")],
            id="trail: stopped",
        ),
        pytest.param(
            status("LatestDeliveryError", "AccessDenied"),
            [("Trail", "Delivery of log files to the bucket fails: AccessDenied")],
            id="trail: delivery to the bucket fails",
        ),
        pytest.param(
            status("LatestCloudWatchLogsDeliveryError", "no role"),
            [("Trail", "Delivery to CloudWatch Logs fails: no role")],
            id="trail: delivery to the log group fails",
        ),
        pytest.param(
            status("LatestDigestDeliveryError", "NoSuchBucket"),
            [("Trail", "Delivery of digest files to the bucket fails: NoSuchBucket")],
            id="trail: delivery of digests fails",
        ),
        pytest.param(
            status("LatestDeliveryTime", OLD),
            [("Trail", f"Nothing has been delivered to the bucket since {OLD:%Y-%m-%d %H:%M}.")],
            id="trail: no delivery for a day",
        ),
        pytest.param(
            status("LatestCloudWatchLogsDeliveryTime", GONE),
            [("Trail", "Nothing has been delivered to the log group yet.")],
            id="trail: never delivered to the log group",
        ),
        pytest.param(
            trail("IsMultiRegionTrail", False),
            [("Trail", "IsMultiRegionTrail is false, not true.")],
            id="trail: single Region",
        ),
        pytest.param(
            trail("IncludeGlobalServiceEvents", False),
            [("Trail", "IncludeGlobalServiceEvents is false, not true.")],
            id="trail: no global services",
        ),
        pytest.param(
            trail("LogFileValidationEnabled", False),
            [("Trail", "EnableLogFileValidation is false, not true.")],
            id="trail: no log file validation",
        ),
        pytest.param(
            trail("IsOrganizationTrail", False),
            [("Trail", "IsOrganizationTrail is false, not true.")],
            id="trail: no longer an organization trail",
        ),
        pytest.param(
            trail("S3BucketName", "other"),
            [("Trail", 'S3BucketName is "other", not "watch-bucket".')],
            id="trail: another bucket",
        ),
        pytest.param(
            trail("CloudWatchLogsLogGroupArn", GONE),
            [
                (
                    "Trail",
                    (
                        "CloudWatchLogsLogGroupArn is not set, not "
                        '"arn:aws:logs:us-east-1:111122223333:log-group:watch-group".'
                    ),
                )
            ],
            id="trail: no log group",
        ),
        pytest.param(
            trail("CloudWatchLogsRoleArn", "arn:aws:iam::111122223333:role/other"),
            [
                (
                    "Trail",
                    (
                        'CloudWatchLogsRoleArn is "arn:aws:iam::111122223333:role/other", not '
                        '"arn:aws:iam::111122223333:role/watch-role".'
                    ),
                )
            ],
            id="trail: another role",
        ),
        pytest.param(
            trail("KmsKeyId", GONE),
            [
                (
                    "Trail",
                    f'KMSKeyId is not set, not "arn:aws:kms:us-east-1:111122223333:key/{KEY_ID}".',
                )
            ],
            id="trail: no key",
        ),
        pytest.param(
            selectors(EventSelectors=NO_EVENTS),
            [
                ("Trail", "The trail no longer records management events that read."),
                ("Trail", "The trail no longer records management events that write."),
            ],
            id="trail: management events off",
        ),
        pytest.param(
            selectors(EventSelectors=READ_EVENTS),
            [("Trail", "The trail no longer records management events that write.")],
            id="trail: only events that read",
        ),
        pytest.param(
            selectors(EventSelectors=WITHOUT_KMS),
            [
                ("Trail", "The trail excludes management events that read of kms.amazonaws.com."),
                ("Trail", "The trail excludes management events that write of kms.amazonaws.com."),
            ],
            id="trail: KMS excluded",
        ),
        pytest.param(
            selectors(AdvancedEventSelectors=ONLY_WRITES),
            [
                (
                    "Trail",
                    (
                        "The trail's advanced event selectors record only part of the management "
                        "events: they select by readOnly."
                    ),
                )
            ],
            id="trail: an advanced event selector narrows",
        ),
    ],
)
def test_a_breakage_of_a_trail_is_reported(
    watched: Watched, breakage: Breakage, expected: Problems
) -> None:
    breakage(watched.account)
    assert watched.problems() == expected
