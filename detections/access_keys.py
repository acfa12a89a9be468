"""Long-term access keys: exposed keys, and any use of a key."""

from detections._conditions import CALLED_DIRECTLY, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    console_sign_in,
    field,
    iam_user,
    identity_center_user,
    root,
    service_event,
)

ACCESS_KEY_LEAKED = Detection(
    id="access-key-leaked",
    title="AWS reported an exposed IAM access key",
    packs=("identity",),
    severity=Severity.HIGH,
    reports_leaked_credentials=True,
    # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
    # The inline policy is the older form, of which rules of others have a record.
    pattern=any_of(
        all_of(
            calls("iam", "AttachUserPolicy"),
            field("requestParameters.policyArn").contains(
                ":aws:policy/AWSCompromisedKeyQuarantine"
            ),
        ),
        all_of(
            calls("iam", "PutUserPolicy"),
            field("requestParameters.policyName").starts_with("AWSExposedCredentialPolicy"),
        ),
    ),
    why=(
        "AWS scans public code for access keys and attaches a quarantine policy to the user. The "
        "policy denies only the costliest calls: the key still works, and others may have found "
        "it."
    ),
    runbook=(
        "Disable all access keys of the user (requestParameters.userName), then replace them.",
        "Review what the user did in all Regions: new users, roles, instances and quota increases.",
        "Answer the AWS Support case, and remove the key from where it was published.",
    ),
    false_positives=(
        "None known: a user who attaches this policy does so on purpose. An exposed key that AWS "
        "did not find is not detected."
    ),
    controls=Controls(mitre_attack=("T1552.001", "T1078.004")),
    fires=(
        Example(
            "AWS attaches the quarantine policy to a user",
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
            "an older version of the quarantine policy is attached",
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
        Example(
            "AWS writes the inline policy that was used before",
            api_call(
                "iam",
                "PutUserPolicy",
                root(),
                request={
                    "userName": "ci",
                    "policyName": "AWSExposedCredentialPolicy_DO_NOT_REMOVE",
                    "policyDocument": '{"Statement": [{"Effect": "Deny", "Action": "*"}]}',
                },
            ),
        ),
    ),
    silent=(
        Example(
            "the quarantine policy is detached",
            api_call(
                "iam",
                "DetachUserPolicy",
                identity_center_user("alice"),
                request={
                    "userName": "ci",
                    "policyArn": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3",
                },
            ),
        ),
        Example(
            "an inline policy that denies costly calls is written",
            api_call(
                "iam",
                "PutUserPolicy",
                identity_center_user("alice"),
                request={
                    "userName": "ci",
                    "policyName": "deny-costly",
                    "policyDocument": '{"Statement": [{"Effect": "Deny", "Action": "*"}]}',
                },
            ),
        ),
        Example(
            "the inline policy that was used before is read",
            api_call(
                "iam",
                "GetUserPolicy",
                identity_center_user("alice"),
                request={
                    "userName": "ci",
                    "policyName": "AWSExposedCredentialPolicy_DO_NOT_REMOVE",
                },
                read_only=True,
            ),
        ),
        Example(
            "another AWS managed policy is attached",
            api_call(
                "iam",
                "AttachUserPolicy",
                identity_center_user("alice"),
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
                identity_center_user("alice"),
                request={"userName": "ci", "status": "Inactive"},
            ),
        ),
    ),
)

ACCESS_KEY_WRITE_WITHOUT_SESSION = Detection(
    id="access-key-write-without-session",
    title="A long-term access key was used for a write call",
    packs=("identity",),
    severity=Severity.LOW,
    opt_in=True,
    pattern=all_of(
        field("userIdentity.type").equals("IAMUser"),
        CALLED_DIRECTLY,
        field("userIdentity.sessionContext").missing(),
        field("readOnly").is_false(),
        field("eventType").equals("AwsApiCall"),
    ),
    why=(
        "Long-term keys are stored in files and code, are not protected by MFA, and do not expire. "
        "If all workloads use roles, any use of such a key is a leftover or a theft."
    ),
    runbook=(
        "Identify the key's owner and the change.",
        "If the key is unused: disable it. If a workload uses it, replace it with a role.",
        "If the owner did not make the call: review all uses of the key, in all Regions.",
    ),
    false_positives=(
        "Every workload and user with an access key, so enable it only where there should be none. "
        "Exclude the remaining users by ARN. Denied calls are detected as well; read calls are "
        "not."
    ),
    controls=Controls(mitre_attack=("T1078.004",)),
    shows=("userIdentity.accessKeyId",),
    fires=(
        Example(
            "an access key starts an instance",
            api_call("ec2", "RunInstances", iam_user("ci"), request={"instanceType": "m7i.large"}),
        ),
        Example(
            "an access key creates another access key",
            api_call("iam", "CreateAccessKey", iam_user("ci"), request={"userName": "ci"}),
        ),
        Example(
            "a call with an access key to stop a trail is denied",
            api_call("cloudtrail", "StopLogging", iam_user("ci"), error="AccessDenied"),
        ),
    ),
    silent=(
        Example(
            "an IAM user in a session with MFA starts an instance",
            api_call("ec2", "RunInstances", iam_user("alice", mfa=True)),
        ),
        Example(
            "an AWS service makes a call on behalf of an IAM user",
            api_call(
                "ec2",
                "CreateNetworkInterface",
                iam_user("ci", invoked_by="autoscaling.amazonaws.com"),
            ),
        ),
        Example(
            "an access key makes a read call",
            api_call("ec2", "DescribeInstances", iam_user("ci"), read_only=True),
        ),
        Example(
            "an IAM user signs in to the console, which is not an API call",
            console_sign_in(iam_user("alice"), mfa="Yes"),
        ),
        Example(
            "an AWS service reports an event about an IAM user",
            service_event("kms", "DeleteKey", iam_user("ci")),
        ),
    ),
)
