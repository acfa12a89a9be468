"""What an operation does, by its name."""

import pytest

from trailbell.radar.effects import Effect, effects_of


@pytest.mark.parametrize(
    ("operation", "effects"),
    [
        pytest.param("ListDetectors", [], id="reading has none"),
        pytest.param("BatchGetFindings", [], id="reading several has none"),
        pytest.param("GetExportJob", [], id="reading about an export has none"),
        pytest.param("GetAccountPasswordPolicy", [], id="reading a policy about passwords"),
        pytest.param("ListServiceSpecificCredentials", [], id="listing credentials hands out none"),
        pytest.param("CreateDetector", [], id="creating has none"),
        pytest.param("EnableSecurityHub", [], id="enabling has none"),
        pytest.param("RemoveTagsFromResource", [], id="removing tags has none"),
        pytest.param("DeleteBucketTagging", [], id="deleting tags has none"),
        pytest.param("", [], id="no name has none"),
        pytest.param("StopLogging", ["stop"], id="it stops"),
        pytest.param("DeleteDetector", ["delete"], id="it deletes"),
        pytest.param("BatchDeleteAutomationRules", ["delete"], id="it deletes several"),
        pytest.param("ScheduleKeyDeletion", ["delete"], id="it deletes later"),
        pytest.param("UpdateFirewallDeleteProtection", ["change"], id="protection is changed"),
        pytest.param("DisableSecurityHubV2", ["disable"], id="it disables, with a version"),
        pytest.param(
            "StartConfigurationPolicyDisassociation", ["disable"], id="it starts to disable"
        ),
        pytest.param("DeleteResourcePolicy", ["delete"], id="deleting a policy shares nothing"),
        pytest.param("CreateTrustedEntitySet", ["suppress", "grant"], id="trust hides"),
        pytest.param("CreateIPSet", ["suppress"], id="a list of addresses hides"),
        pytest.param("ArchiveFindings", ["suppress"], id="it archives"),
        pytest.param("ModifySnapshotAttribute", ["share", "change"], id="a snapshot is shared"),
        pytest.param("PutResourcePolicy", ["share", "change"], id="a policy of a resource"),
        pytest.param("GetFederationToken", ["grant"], id="reading that hands out credentials"),
        pytest.param("CreateAccessKey", ["grant"], id="creating that grants"),
        pytest.param("StartExportTask", ["export"], id="it starts an export"),
        pytest.param("CopyDBSnapshot", ["export"], id="it copies"),
        pytest.param("UpdateMacieSession", ["change"], id="it changes"),
    ],
)
def test_the_name_says_the_effects(operation: str, effects: list[str]) -> None:
    assert effects_of(operation) == tuple(map(Effect, effects))
