"""What auditors want watched of CloudTrail, KMS, S3, Config and Organizations, to the letter.

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.samples import api_call, iam_user, role, service_event, sso_person

_KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

CLOUDTRAIL_CHANGES = Detection(
    id="cloudtrail-changes",
    title="A trail was made, changed, started, stopped or deleted",
    packs=(Pack.CIS,),
    severity=Severity.MEDIUM,
    exact=True,
    pattern=(
        "{($.eventName=CreateTrail) || ($.eventName=UpdateTrail) || ($.eventName=DeleteTrail)"
        " || ($.eventName=StartLogging) || ($.eventName=StopLogging)}"
    ),
    why=(
        "What no trail records cannot be seen afterwards, and without the trail that feeds these "
        "alarms none of them rings. Whoever wants to stay unseen starts here."
    ),
    respond=(
        "See whether your trail still logs, in all Regions, to the right bucket and log group.",
        "If nobody planned it: start it again, and disable who changed it.",
        "Look at event history for what the same caller did meanwhile; it keeps 90 days anyway.",
    ),
    false_alarms=(
        "Updates of the stack that has the trail, and new trails for tests. The text may not be "
        "tuned; trail-tampering tells what is dangerous of it with high severity."
    ),
    controls=Controls(cis=5, attack=("T1685.002",)),
    fires=(
        Example(
            "the trail is stopped",
            api_call("cloudtrail", "StopLogging", iam_user("mallory"), request={"name": "main"}),
        ),
        Example(
            "somebody may not delete the trail and tries",
            api_call("cloudtrail", "DeleteTrail", iam_user("mallory"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "what the trail selects is narrowed, which the list leaves out",
            api_call(
                "cloudtrail",
                "PutEventSelectors",
                iam_user("mallory"),
                request={"trailName": "main", "eventSelectors": []},
            ),
        ),
        Example(
            "tags are put on the trail",
            api_call("cloudtrail", "AddTags", role("Deployer"), request={"resourceId": "main"}),
        ),
        Example(
            "the trail is looked at",
            api_call("cloudtrail", "GetTrailStatus", iam_user("alice"), read_only=True),
        ),
    ),
)

KMS_KEY_DISABLED_OR_DELETED = Detection(
    id="kms-key-disabled-or-deleted",
    title="A KMS key was disabled, or its deletion was scheduled",
    packs=(Pack.CIS,),
    severity=Severity.LOW,
    exact=True,
    pattern=(
        "{($.eventSource=kms.amazonaws.com)"
        " && (($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}"
    ),
    why=(
        "What a key encrypts is lost with it. Security Hub wants these two calls to the letter; "
        "kms-key-destroyed tells people of these and of the other ways to lose a key."
    ),
    respond=(
        "Look at kms-key-destroyed, which rings at the same time.",
        "Cancel the deletion (kms:CancelKeyDeletion), and enable the key again.",
        "Find out who called, and what the key encrypts.",
    ),
    false_alarms=(
        "Stacks that are deleted along with their keys. The text may not be tuned, so it rings the "
        "topic for audits."
    ),
    controls=Controls(cis=7, attack=("T1485",)),
    fires=(
        Example(
            "a key's deletion is scheduled",
            api_call(
                "kms",
                "ScheduleKeyDeletion",
                iam_user("mallory"),
                request={"keyId": _KEY, "pendingWindowInDays": 7},
            ),
        ),
        Example(
            "a key is disabled",
            api_call("kms", "DisableKey", role("Deployer"), request={"keyId": _KEY}),
        ),
    ),
    silent=(
        Example(
            "imported key material is deleted, which the list leaves out",
            api_call(
                "kms", "DeleteImportedKeyMaterial", iam_user("mallory"), request={"keyId": _KEY}
            ),
        ),
        Example(
            "a deletion is cancelled",
            api_call("kms", "CancelKeyDeletion", sso_person("alice"), request={"keyId": _KEY}),
        ),
        Example(
            "KMS deletes a key whose waiting period is over",
            service_event("kms", "DeleteKey", {"accountId": "111122223333", "invokedBy": "AWS"}),
        ),
    ),
)

S3_BUCKET_POLICY_CHANGES = Detection(
    id="s3-bucket-policy-changes",
    title="Who may use a bucket, or what becomes of its objects, was changed",
    packs=(Pack.CIS,),
    severity=Severity.LOW,
    exact=True,
    pattern=(
        "{($.eventSource=s3.amazonaws.com) && (($.eventName=PutBucketAcl)"
        " || ($.eventName=PutBucketPolicy) || ($.eventName=PutBucketCors)"
        " || ($.eventName=PutBucketLifecycle) || ($.eventName=PutBucketReplication)"
        " || ($.eventName=DeleteBucketPolicy) || ($.eventName=DeleteBucketCors)"
        " || ($.eventName=DeleteBucketLifecycle) || ($.eventName=DeleteBucketReplication))}"
    ),
    why=(
        "A bucket policy opens a bucket to the world, a lifecycle rule of one day empties it, and "
        "replication copies it into somebody else's account."
    ),
    respond=(
        "Read the new policy, rule or destination in requestParameters.",
        "If nobody planned it: put the old one back, and disable who changed it.",
        "See the bucket's access logs or data events for who read meanwhile.",
    ),
    false_alarms=(
        "Every deployment that makes a bucket. The text may not be tuned, so it rings the topic "
        "for audits; the packs tamper and exposure tell some of what is dangerous in it."
    ),
    controls=Controls(cis=8, attack=("T1530", "T1485.001", "T1537")),
    fires=(
        Example(
            "a lifecycle rule deletes everything after a day",
            api_call(
                "s3",
                "PutBucketLifecycle",
                iam_user("mallory"),
                request={
                    "bucketName": "shop",
                    "lifecycle": "",
                    "LifecycleConfiguration": {
                        "Rule": {"Status": "Enabled", "Expiration": {"Days": 1}, "ID": "all"}
                    },
                },
            ),
        ),
        Example(
            "a bucket is given a policy",
            api_call(
                "s3",
                "PutBucketPolicy",
                role("Deployer"),
                request={"bucketName": "shop", "policy": "", "bucketPolicy": {"Statement": []}},
            ),
        ),
    ),
    silent=(
        Example(
            "a bucket's public access block is lifted, which the list leaves out",
            api_call(
                "s3",
                "DeleteBucketPublicAccessBlock",
                iam_user("mallory"),
                request={"bucketName": "shop", "publicAccessBlock": ""},
            ),
        ),
        Example(
            "the access list of an object is set, which is another thing",
            api_call(
                "s3", "PutObjectAcl", role("Deployer"), request={"bucketName": "shop", "key": "a"}
            ),
        ),
        Example(
            "a bucket's policy is read",
            api_call("s3", "GetBucketPolicy", iam_user("alice"), read_only=True),
        ),
    ),
)

CONFIG_CHANGES = Detection(
    id="config-changes",
    title="AWS Config's recorder or delivery was changed or stopped",
    packs=(Pack.CIS,),
    severity=Severity.MEDIUM,
    exact=True,
    pattern=(
        "{($.eventSource=config.amazonaws.com) && (($.eventName=StopConfigurationRecorder)"
        " || ($.eventName=DeleteDeliveryChannel) || ($.eventName=PutDeliveryChannel)"
        " || ($.eventName=PutConfigurationRecorder))}"
    ),
    why=(
        "AWS Config records how every resource was and is, and most checks of compliance stand on "
        "it. Once it stops, changes leave no trace there."
    ),
    respond=(
        "See whether the recorder runs and covers all resource types.",
        "If nobody planned it: start it again, and disable who changed it.",
        "See in CloudTrail what was changed while it stood still.",
    ),
    false_alarms=(
        "Set-up of accounts by Control Tower or Security Hub, and updates of the stack that has "
        "the recorder. The text may not be tuned."
    ),
    controls=Controls(cis=9, attack=("T1685",)),
    fires=(
        Example(
            "the recorder is stopped",
            api_call(
                "config",
                "StopConfigurationRecorder",
                iam_user("mallory"),
                request={"configurationRecorderName": "default"},
            ),
        ),
        Example(
            "the recorder is told to record less",
            api_call(
                "config",
                "PutConfigurationRecorder",
                iam_user("mallory"),
                request={
                    "configurationRecorder": {
                        "name": "default",
                        "recordingGroup": {"allSupported": False},
                    }
                },
            ),
        ),
    ),
    silent=(
        Example(
            "a rule of Config is deleted, which the list leaves out",
            api_call(
                "config", "DeleteConfigRule", iam_user("mallory"), request={"configRuleName": "x"}
            ),
        ),
        Example(
            "the recorder is started",
            api_call(
                "config",
                "StartConfigurationRecorder",
                role("Deployer"),
                request={"configurationRecorderName": "default"},
            ),
        ),
        Example(
            "the recorder is looked at",
            api_call("config", "DescribeConfigurationRecorders", iam_user("alice"), read_only=True),
        ),
    ),
)

# In the order of CIS, then three that one auditor wants besides.
ORGANIZATIONS_CHANGES = Detection(
    id="organizations-changes",
    title="The organization, its accounts or its policies were changed",
    packs=(Pack.CIS,),
    severity=Severity.MEDIUM,
    exact=True,
    pattern=(
        "{($.eventSource=organizations.amazonaws.com) && (($.eventName=AcceptHandshake)"
        " || ($.eventName=AttachPolicy) || ($.eventName=CreateAccount)"
        " || ($.eventName=CreateOrganizationalUnit) || ($.eventName=CreatePolicy)"
        " || ($.eventName=DeclineHandshake) || ($.eventName=DeleteOrganization)"
        " || ($.eventName=DeleteOrganizationalUnit) || ($.eventName=DeletePolicy)"
        " || ($.eventName=DetachPolicy) || ($.eventName=DisablePolicyType)"
        " || ($.eventName=EnablePolicyType) || ($.eventName=InviteAccountToOrganization)"
        " || ($.eventName=LeaveOrganization) || ($.eventName=MoveAccount)"
        " || ($.eventName=RemoveAccountFromOrganization) || ($.eventName=UpdatePolicy)"
        " || ($.eventName=UpdateOrganizationalUnit) || ($.eventName=CancelHandshake)"
        " || ($.eventName=CreateOrganization) || ($.eventName=EnableAllFeatures))}"
    ),
    why=(
        "Policies of the organization bind even administrators of its accounts. One detached, or "
        "an account moved from under it, takes the guard rails away."
    ),
    respond=(
        "See which policy or account it was, and who asked.",
        "If nobody planned it: attach the policy again, move the account back.",
        "See what was done in the accounts concerned since then.",
    ),
    false_alarms=(
        "New accounts from Control Tower or an account factory. Rings only where the organization "
        "is managed. The text may not be tuned."
    ),
    controls=Controls(cis=15, attack=("T1666", "T1484")),
    fires=(
        Example(
            "a policy is detached from an account",
            api_call(
                "organizations",
                "DetachPolicy",
                iam_user("mallory"),
                request={"policyId": "p-examplepolicyid111", "targetId": "123456789012"},
            ),
        ),
        Example(
            "an account may not leave and tries",
            api_call("organizations", "LeaveOrganization", role("Admin"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "an account is closed, which the list leaves out",
            api_call(
                "organizations",
                "CloseAccount",
                sso_person("alice"),
                request={"accountId": "123456789012"},
            ),
        ),
        Example(
            "a policy of IAM is made, which is another thing",
            api_call("iam", "CreatePolicy", role("Deployer"), request={"policyName": "read"}),
        ),
        Example(
            "accounts are listed",
            api_call("organizations", "ListAccounts", iam_user("alice"), read_only=True),
        ),
    ),
)
