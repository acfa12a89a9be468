"""Long-term access keys: lost ones, and their use."""

from detections._conditions import DIRECT, calls
from trailbell.catalog.detection import Controls, Detection, Example, Pack, Severity
from trailbell.pattern import all_of, field
from trailbell.samples import api_call, console_sign_in, iam_user, service_event, sso_person

ACCESS_KEY_LEAKED = Detection(
    id="access-key-leaked",
    title="AWS found that an access key of yours leaked",
    packs=(Pack.IDENTITY,),
    severity=Severity.HIGH,
    reports_leaked_credentials=True,
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
    pattern=all_of(
        calls("iam", "AttachUserPolicy"),
        field("requestParameters.policyArn").contains(":aws:policy/AWSCompromisedKeyQuarantine"),
    ),
    why=(
        "AWS looks for keys in public code and puts a quarantine on their users. It forbids the "
        "dearest calls only; the key still works, and others may have found it too."
    ),
    respond=(
        "Disable all access keys of the user (requestParameters.userName), then replace them.",
        "See what the key did since it leaked, in all Regions: users, roles, instances, quotas.",
        "Answer the case that AWS opened, and remove the key from where it was published.",
    ),
    false_alarms=(
        "None known; somebody who attaches the policy by hand means it. A key that AWS did not "
        "find does not ring."
    ),
    controls=Controls(attack=("T1552.001", "T1078.004")),
    fires=(
        Example(
            "a user is put into quarantine",
            api_call(
                "iam",
                "AttachUserPolicy",
                iam_user("ci"),
                request={
                    "userName": "ci",
                    "policyArn": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3",
                },
            ),
        ),
        Example(
            "an older version of the quarantine is used",
            api_call(
                "iam",
                "AttachUserPolicy",
                iam_user("alice"),
                request={
                    "userName": "alice",
                    "policyArn": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2",
                },
            ),
        ),
    ),
    silent=(
        Example(
            "the quarantine is lifted",
            api_call(
                "iam",
                "DetachUserPolicy",
                sso_person("alice"),
                request={
                    "userName": "ci",
                    "policyArn": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3",
                },
            ),
        ),
        Example(
            "another policy of AWS is attached",
            api_call(
                "iam",
                "AttachUserPolicy",
                sso_person("alice"),
                request={
                    "userName": "ci",
                    "policyArn": "arn:aws:iam::aws:policy/AWSDenyAll",
                },
            ),
        ),
        Example(
            "an access key is disabled",
            api_call(
                "iam",
                "UpdateAccessKey",
                sso_person("alice"),
                request={"userName": "ci", "status": "Inactive"},
            ),
        ),
    ),
)

ACCESS_KEY_WRITE_WITHOUT_SESSION = Detection(
    id="access-key-write-without-session",
    title="A long-term access key was used to change something",
    packs=(Pack.IDENTITY,),
    severity=Severity.LOW,
    opt_in=True,
    pattern=all_of(
        field("userIdentity.type").equals("IAMUser"),
        DIRECT,
        field("userIdentity.sessionContext").missing(),
        field("readOnly").is_false(),
        field("eventType").equals("AwsApiCall"),
    ),
    why=(
        "Long-term keys lie in files and in code, know no MFA and never end. Where everything runs "
        "with roles, any use of one is either a leftover or a thief."
    ),
    respond=(
        "See whose key it is and what it changed.",
        "If nobody uses it: disable the key; if a program does, give that a role instead.",
        "If it was not its owner: see what else it did, in all Regions.",
    ),
    false_alarms=(
        "Every program and person with an access key, so switch it on only where there should be "
        "none. Exclude the users that are left by their ARN. Attempts that are refused count, "
        "reads do not."
    ),
    controls=Controls(attack=("T1078.004",)),
    fires=(
        Example(
            "a key starts an instance",
            api_call("ec2", "RunInstances", iam_user("ci"), request={"instanceType": "m7i.large"}),
        ),
        Example(
            "a key makes another one",
            api_call("iam", "CreateAccessKey", iam_user("ci"), request={"userName": "ci"}),
        ),
    ),
    silent=(
        Example(
            "a user in a session with MFA starts an instance",
            api_call("ec2", "RunInstances", iam_user("alice", mfa=True)),
        ),
        Example(
            "a service does something for a user",
            api_call(
                "ec2",
                "CreateNetworkInterface",
                iam_user("ci", invoked_by="autoscaling.amazonaws.com"),
            ),
        ),
        Example(
            "a key only looks",
            api_call("ec2", "DescribeInstances", iam_user("ci"), read_only=True),
        ),
        Example(
            "a user signs in to the console, which is no call",
            console_sign_in(iam_user("alice"), mfa="Yes"),
        ),
        Example(
            "a service reports something about a user by itself",
            service_event("kms", "DeleteKey", iam_user("ci")),
        ),
    ),
)
