"""Buckets and other resources that their own policy opens to everybody."""

from typing import Any

from detections._conditions import NO_RULE_FOR_POLICIES, SUCCEEDED, calls
from trailbell import (
    ACCOUNT,
    OTHER_ACCOUNT,
    Condition,
    Controls,
    Detection,
    Event,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_Statement = dict[str, Any]
_STATEMENTS = tuple(f"requestParameters.bucketPolicy.Statement[{index}]" for index in range(2))


def _allows_everybody(statement: str) -> Condition:
    """A statement of a bucket policy allows everybody, without a condition.

    A principal that is text is "*". That of an account is an ARN, its number, or "*":
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    account = field(f"{statement}.Principal.AWS")
    return all_of(
        field(f"{statement}.Effect").equals("Allow"),
        field(f"{statement}.Condition").missing(),
        any_of(
            field(f"{statement}.Principal").present(),
            all_of(
                account.present_and_does_not_start_with("arn:"),
                account.present_and_differs("${OwnAccountId}"),
            ),
        ),
    )


def _bucket_policy(*statements: _Statement, by: str = "mallory", error: str | None = None) -> Event:
    """A call that sets the policy of a bucket to these statements."""
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    request = {"bucketName": "shop", "policy": "", "bucketPolicy": policy}
    return api_call("s3", "PutBucketPolicy", iam_user(by), request=request, error=error)


_READ: _Statement = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}
_OWN_ROLE: _Statement = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Shop"},
} | _READ
_ONLY_TLS: _Statement = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "arn:aws:s3:::shop/*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}

BUCKET_OPENED_BY_POLICY = Detection(
    id="bucket-opened-by-policy",
    title="A bucket was opened to everybody by its policy",
    packs=("data",),
    severity=Severity.HIGH,
    pattern=all_of(
        calls("s3", "PutBucketPolicy"), any_of(*map(_allows_everybody, _STATEMENTS)), SUCCEEDED
    ),
    why=(
        "With such a policy, anyone on the internet can do what it allows, mostly reading all "
        "objects. It works only while Block Public Access is off."
    ),
    runbook=(
        "Read the statement with the principal * (bucketPolicy), and what it allows (bucketName).",
        "If it was not planned: turn Block Public Access on, and disable the caller's credentials.",
        "Check the access logs of the bucket for readers since then.",
    ),
    false_positives=(
        "Public websites in buckets: serve them through CloudFront, or exclude the deployment "
        "role. Another account that is named by its number instead of an ARN also matches, if it "
        "is not in own_accounts of [catalog]. Only the first two statements count. Statements with "
        "a condition are not detected, nor are a list of principals with * in it, a single "
        "statement without a list, and denied calls."
    ),
    alarm_only=NO_RULE_FOR_POLICIES,
    controls=Controls(related_cis_control=8, mitre_attack=("T1530", "T1537")),
    fires=(
        Example(
            "everybody may read the objects of a bucket",
            _bucket_policy({"Effect": "Allow", "Principal": "*"} | _READ),
        ),
        Example(
            "all AWS accounts and everybody else may read the objects of a bucket",
            _bucket_policy({"Effect": "Allow", "Principal": {"AWS": "*"}} | _READ),
        ),
        Example(
            "a statement that allows everybody is appended to another one",
            _bucket_policy(_ONLY_TLS, {"Effect": "Allow", "Principal": {"AWS": "*"}} | _READ),
        ),
    ),
    silent=(
        Example(
            "everybody is denied access without TLS",
            _bucket_policy(_OWN_ROLE, _ONLY_TLS, by="alice"),
        ),
        Example(
            "everybody in the organization may read the objects of a bucket",
            _bucket_policy(
                {"Effect": "Allow", "Principal": "*"}
                | _READ
                | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}},
                by="alice",
            ),
        ),
        Example(
            "everybody is denied to delete a bucket",
            _bucket_policy(
                {
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "s3:DeleteBucket",
                    "Resource": "arn:aws:s3:::shop",
                },
                by="alice",
            ),
        ),
        Example(
            "CloudTrail may write to a bucket",
            _bucket_policy(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudtrail.amazonaws.com"},
                    "Action": "s3:PutObject",
                    "Resource": "arn:aws:s3:::shop/AWSLogs/*",
                },
                by="alice",
            ),
        ),
        Example(
            "the own account may read the objects of a bucket, by its number",
            _bucket_policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}} | _READ),
        ),
        Example("an own role may read the objects of a bucket", _bucket_policy(_OWN_ROLE)),
        Example(
            "a call to open a bucket to everybody is denied by Block Public Access",
            _bucket_policy({"Effect": "Allow", "Principal": "*"} | _READ, error="AccessDenied"),
        ),
    ),
)

# A statement of a policy text that allows everybody, without a condition: between its braces are no
# others but those of the principal. First with Effect before Principal, then the other way around.
_ALLOW = r"Effect\W+Allow\W"
_PRINCIPAL = r"\x22Principal\W+[^{}]*\x22\*\x22[^{}]*\}?"
_OPEN_STATEMENT = (
    rf"\{{[^{{}}]*{_ALLOW}[^{{}}]*{_PRINCIPAL}[^{{}}]*\}}[\s,]*[\]{{}}]"
    rf"|\{{[^{{}}]*{_PRINCIPAL}[^{{}}]*{_ALLOW}[^{{}}]*\}}"
)


def _policy(statement: str) -> str:
    """A policy text of one statement, as most tools write it."""
    return f'{{"Version":"2012-10-17","Statement":[{statement}]}}'


_PUBLIC = _policy('{"Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}')

RESOURCE_OPENED_BY_POLICY = Detection(
    id="resource-opened-by-policy",
    title="A resource other than a bucket was opened to everybody",
    packs=("data",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            *(field("eventName").starts_with(verb) for verb in ("Put", "Set", "Create", "Update"))
        ),
        # role-trusts-everyone reads the trust policies of roles.
        field("eventSource").present_and_differs(
            "iam.amazonaws.com", "cloudformation.amazonaws.com"
        ),
        any_of(
            field("requestParameters.*").matches(_OPEN_STATEMENT),
            field("requestParameters.attributes.*").matches(_OPEN_STATEMENT),
            field("requestParameters.projectVisibility").equals("PUBLIC_READ"),
        ),
        SUCCEEDED,
    ),
    why=(
        "With such a policy, any AWS account or anyone on the internet can use the resource: read "
        "a secret, pull an image, decrypt with a key, or read a queue."
    ),
    runbook=(
        "Read the statement with the principal * (policyText, resourcePolicy, policy, ...).",
        "If it was not planned: restore the policy, and disable the caller's credentials.",
        "Look for calls from other accounts since then, and rotate secrets.",
    ),
    false_positives=(
        "Public images, topics and media on purpose, and OpenSearch domains that only a VPC "
        "reaches: exclude the deployment role. Statements with a condition are not detected, even "
        "if it restricts nothing. Policies of stacks and roles are not detected, nor are policies "
        "in members of members, such as those of REST APIs and VPC endpoints, and denied calls."
    ),
    alarm_only=NO_RULE_FOR_POLICIES,
    shows=tuple(f"requestParameters.{name}" for name in ("policyText", "resourcePolicy", "policy")),
    controls=Controls(mitre_attack=("T1537",)),
    fires=(
        Example(
            "everybody may pull the images of a repository",
            api_call(
                "ecr",
                "SetRepositoryPolicy",
                iam_user("mallory"),
                request={"repositoryName": "shop", "policyText": _PUBLIC, "force": False},
            ),
        ),
        Example(
            "everybody may read a secret, in a policy with spaces and line breaks",
            api_call(
                "secretsmanager",
                "PutResourcePolicy",
                identity_center_user("mallory"),
                request={
                    "secretId": "shop",
                    "resourcePolicy": (
                        '{\n  "Statement": [\n    {\n      "Effect": "Allow",\n'
                        '      "Principal": { "AWS": "*" },\n'
                        '      "Action": "secretsmanager:GetSecretValue",\n'
                        '      "Resource": "*"\n    }\n  ]\n}'
                    ),
                },
            ),
        ),
        Example(
            "everybody may use a queue, in a statement whose effect comes last",
            api_call(
                "sqs",
                "SetQueueAttributes",
                iam_user("mallory"),
                request={
                    "queueUrl": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/shop",
                    "attributes": {
                        "Policy": _policy(
                            '{"Principal":{"AWS":["*"]},"Action":"sqs:*","Effect":"Allow"}'
                        )
                    },
                },
            ),
        ),
        Example(
            "everybody may use a key, in the second statement of its policy",
            api_call(
                "kms",
                "PutKeyPolicy",
                iam_user("mallory"),
                request={
                    "keyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
                    "policyName": "default",
                    "policy": _policy(
                        f'{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},'
                        '"Action":"kms:*","Resource":"*"},{"Sid":"All","Effect":"Allow",'
                        '"Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*"}'
                    ),
                },
            ),
        ),
        Example(
            "everybody may read the logs and artifacts of builds",
            api_call(
                "codebuild",
                "UpdateProjectVisibility",
                iam_user("mallory"),
                request={
                    "projectArn": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/shop",
                    "projectVisibility": "PUBLIC_READ",
                },
            ),
        ),
        Example(
            "everybody may publish to a topic",
            api_call(
                "sns",
                "SetTopicAttributes",
                iam_user("mallory"),
                request={
                    "topicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:shop",
                    "attributeName": "Policy",
                    "attributeValue": _PUBLIC,
                },
            ),
        ),
    ),
    silent=(
        Example(
            "every bucket of an account may send messages to a queue",
            api_call(
                "sqs",
                "SetQueueAttributes",
                assumed_role_identity("Deployer"),
                request={
                    "attributes": {
                        "Policy": _policy(
                            '{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage",'
                            f'"Condition":{{"StringEquals":{{"aws:SourceAccount":"{ACCOUNT}"}}}}}}'
                        )
                    }
                },
            ),
        ),
        Example(
            "topics may send messages to a queue, in a statement whose condition comes first",
            api_call(
                "sqs",
                "SetQueueAttributes",
                assumed_role_identity("Deployer"),
                request={
                    "attributes": {
                        "Policy": _policy(
                            '{"Action":"sqs:SendMessage","Condition":{"ArnEquals":'
                            f'{{"aws:SourceArn":"arn:aws:sns:us-east-1:{ACCOUNT}:shop"}}}},'
                            '"Effect":"Allow","Principal":{"AWS":"*"},"Resource":"*"}'
                        )
                    }
                },
            ),
        ),
        Example(
            "everybody is denied access without TLS, and an own account may use a key",
            api_call(
                "kms",
                "PutKeyPolicy",
                assumed_role_identity("Deployer"),
                request={
                    "policy": _policy(
                        f'{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},'
                        '"Action":"kms:*","Resource":"*"},{"Effect":"Deny","Principal":"*",'
                        '"Action":"kms:*","Resource":"*"}'
                    )
                },
            ),
        ),
        Example(
            "a repository is shared with another account",
            api_call(
                "ecr",
                "SetRepositoryPolicy",
                assumed_role_identity("Deployer"),
                request={
                    "repositoryName": "shop",
                    "policyText": _policy(
                        f'{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{OTHER_ACCOUNT}:'
                        'root"},"Action":"ecr:*","Resource":"*"}'
                    ),
                },
            ),
        ),
        Example(
            "whether a policy allows everybody is checked",
            api_call(
                "secretsmanager",
                "ValidateResourcePolicy",
                iam_user("alice"),
                request={"resourcePolicy": _PUBLIC},
            ),
        ),
        Example(
            "a call to open a repository to everybody is denied",
            api_call(
                "ecr",
                "SetRepositoryPolicy",
                iam_user("mallory"),
                request={"repositoryName": "shop", "policyText": _PUBLIC},
                error="AccessDeniedException",
            ),
        ),
        Example(
            "everybody may assume a role",
            api_call(
                "iam",
                "CreateRole",
                iam_user("mallory"),
                request={
                    "roleName": "Support",
                    "assumeRolePolicyDocument": _policy(
                        '{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}'
                    ),
                },
            ),
        ),
        Example(
            "the policy of a stack allows everybody to update it",
            api_call(
                "cloudformation",
                "SetStackPolicy",
                iam_user("alice"),
                request={"stackName": "shop", "stackPolicyBody": _PUBLIC},
            ),
        ),
    ),
)
