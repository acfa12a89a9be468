"""The rule W9857: wildcards in accounts, organizations and VPCs."""

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_keys import SENSITIVE_KEYS
from trailbell.template.known_texts import UNKNOWN_TEXT
from trailbell.validate.policies import ConditionEntry, policy_statements

_USER_ID = "aws:userid"


class PolicyWildcardInSensitiveKey(CloudFormationLintRule):
    """AWS assigns the IDs of accounts, organizations, VPCs and endpoints. A pattern of one, such as `o-*`,
    is met by those of strangers, and AWS documents that it has no valid use. A user ID has the ID of the
    role before its colon, and only what is behind it is a name.

    ## Fails

    ```yaml
    Resources:
      DeployPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:PutObject
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
                Condition:
                  StringLike: {aws:ResourceOrgID: o-*}
    ```

    ## Passes

    ```yaml
    Resources:
      DeployPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:PutObject
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
                Condition:
                  StringEquals: {aws:ResourceOrgID: o-a1b2c3d4e5}
    ```

    ## Silent

    - The value `*` alone, and a wildcard that the operator does not read: `policy-condition-without-effect`
      reports those.
    - Policy variables such as `${aws:PrincipalOrgID}`, with which AWS's own examples compare these keys.
    - Paths of an organization, ARNs and tags, of which patterns are in use.
    """

    id = "W9857"
    shortdesc = "policy-wildcard-in-sensitive-key"
    description = "A condition names accounts, organizations and VPCs without wildcards"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sensitive"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(*entry.names), message)
            for statement in policy_statements(cfn)
            for entry in statement.condition_entries
            for message in _messages(entry)
        ]


def _messages(entry: ConditionEntry) -> Iterator[str]:
    operator = entry.operator
    if operator is None or not operator.name.endswith("Like"):
        return
    known = [texts[0] for texts in entry.values if len(texts) == 1 and UNKNOWN_TEXT not in texts[0]]
    if entry.is_on(*SENSITIVE_KEYS):
        if found := [text for text in known if text != "*" and _has_wildcard(text)]:
            yield f"Others have a value of {entry.key} like {found[0]}. Name whole values."
    elif entry.is_on(_USER_ID):
        ids = [text.partition(":")[0] for text in known]
        if found := [text for text in ids if text != "*" and _has_wildcard(text)]:
            yield (
                f"{found[0]} is a pattern of the IDs of users and roles, and others have one like "
                "it. Name a whole ID, and use a wildcard only behind the colon."
            )


def _has_wildcard(text: str) -> bool:
    plain = text.replace("${*}", "").replace("${?}", "")
    return "*" in plain or "?" in plain
