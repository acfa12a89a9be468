"""The baseline of an organization, split over two accounts: the halves fit together."""

import json
from typing import Any

from trailbell.place import PROJECT


def _document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PROJECT / "dist" / f"{name}.json").read_bytes())
    return found


_OWNER = {"Ref": "ManagementAccountId"}
_HOME = {"Fn::If": ["TrailIsElsewhere", {"Ref": "TrailRegion"}, {"Ref": "AWS::Region"}]}
_TRAIL = {
    "Fn::Sub": [
        (
            "arn:${AWS::Partition}:cloudtrail:${Home}:${Owner}"
            ":trail/${TrailStackName}-${TrailName}-${Home}"
        ),
        {"Home": _HOME, "Owner": _OWNER},
    ]
}


def test_the_archive_lets_one_trail_of_another_account_in() -> None:
    policy = _document("log-archive")["Resources"]["LogBucketPolicy"]["Properties"]
    reads, delivers, *_ = policy["PolicyDocument"]["Statement"]
    assert reads["Condition"] == {"StringEquals": {"aws:SourceArn": _TRAIL}}
    assert delivers["Condition"]["StringEquals"]["aws:SourceArn"] == _TRAIL
    owned = delivers["Resource"][0]["Fn::Sub"][1]["Owner"]
    organization = delivers["Resource"][1]["Fn::If"][1]["Fn::Sub"][1]["Owner"]
    assert (owned, organization) == (_OWNER, {"Ref": "OrganizationId"})


def test_its_key_makes_data_keys_for_that_trail() -> None:
    key = _document("log-archive")["Resources"]["Key"]["Properties"]["KeyPolicy"]
    encrypts = next(s for s in key["Statement"] if s["Sid"] == "AllowCloudTrailEncryptLogs")
    assert encrypts["Condition"] == {
        "StringEquals": {"aws:SourceArn": _TRAIL},
        "StringLike": {
            "kms:EncryptionContext:aws:cloudtrail:arn": {
                "Fn::Sub": [
                    "arn:${AWS::Partition}:cloudtrail:*:${Owner}:trail/*",
                    {"Owner": _OWNER},
                ]
            }
        },
    }


def test_the_trail_records_the_organization_into_the_archive_and_a_log_group_here() -> None:
    document = _document("organization-trail")
    trail = document["Resources"]["Trail"]
    assert "DependsOn" not in trail
    told = {k: trail["Properties"][k] for k in ("S3BucketName", "KMSKeyId", "IsMultiRegionTrail")}
    assert told == {
        "S3BucketName": {"Ref": "ArchiveBucketName"},
        "KMSKeyId": {
            "Fn::If": ["HasArchiveKey", {"Ref": "ArchiveKeyArn"}, {"Ref": "AWS::NoValue"}]
        },
        "IsMultiRegionTrail": True,
    }
    assert "Default" not in document["Parameters"]["OrganizationId"]
    assert set(document["Resources"]) == {"Trail", "LogGroup", "TrailRole", "Key"}


def test_both_build_the_name_of_the_trail_in_one_way() -> None:
    trail, archive = _document("organization-trail"), _document("log-archive")
    assert trail["Resources"]["Trail"]["Properties"]["TrailName"] == {
        "Fn::Sub": "${AWS::StackName}-${TrailName}-${AWS::Region}"
    }
    assert archive["Parameters"]["TrailStackName"]["Default"] == "organization-trail"
    assert trail["Parameters"]["TrailName"] == archive["Parameters"]["TrailName"]
