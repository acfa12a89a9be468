"""The rule W9832: values that their operator cannot compare."""

import re
from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_operators import accepts
from trailbell.validate.policies import ConditionEntry, policy_statements
from trailbell.validate.policy_texts import is_known

_VALUES = {
    "Binary": "text that is encoded as base64",
    "Numeric": "a number",
    "Date": "a date such as 2026-01-31T00:00:00Z",
    "Bool": "true or false",
    "Null": "true or false",
    "IPAddress": "an address or a range such as 203.0.113.0/24",
    "ARN": "an ARN",
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
_WITHOUT_VARIABLES = {"Numeric", "Date", "Bool", "Null", "IPAddress"}
_WILDCARD = r"[^*?]*[*?].*"
_FORMS = {
    "aws:sourcevpc": (re.compile(rf"vpc-[0-9a-f]+|{_WILDCARD}"), "vpc-0123456789abcdef0"),
    "aws:sourcevpce": (re.compile(rf"vpce-[0-9a-f]+|{_WILDCARD}"), "vpce-0123456789abcdef0"),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html
    "s3:x-amz-server-side-encryption-aws-kms-key-id": (
        re.compile(rf"arn:[a-z-]+:kms:[^:]+:[^:]+:key/.+|{_WILDCARD}"),
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
}


class PolicyConditionValueInvalid(CloudFormationLintRule):
    """IAM accepts any text as the value of a condition. One that is no number, date, address or
    Boolean value of its operator never matches.

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
                Action: s3:GetObject
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
                Condition:
                  DateLessThan: {aws:CurrentTime: 31.12.2026}
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
                Action: s3:GetObject
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
                Condition:
                  DateLessThan: {aws:CurrentTime: "2026-12-31T00:00:00Z"}
    ```

    ## Silent

    - Values from parameters, and with parts that an intrinsic function decides.
    - Policy variables, where the operator supports them.
    - Text, which can be anything. Only the IDs of VPCs and their endpoints are checked.
    """

    id = "W9832"
    shortdesc = "policy-condition-value-invalid"
    description = "A condition operator has values of the type that it compares"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-warning-type-mismatch-number"
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
    if operator is None:
        return
    key = "" if operator.family == "Null" else entry.key.lower()
    form, example = _FORMS.get(key, (None, ""))
    for texts in entry.values:
        if not texts or not is_known(texts):
            continue
        if any("${" in text for text in texts):
            if operator.family in _WITHOUT_VARIABLES:
                yield f"{entry.operator_name} supports no policy variable. Write a value."
            continue
        if form is not None and not any(form.fullmatch(text) for text in texts):
            yield f"{texts[0]!r} is no value of {entry.key}. Use one such as {example}."
        if not any(accepts(operator, text) for text in texts):
            yield (
                f"{texts[0]!r} is no value for {entry.operator_name}. "
                f"Use {_VALUES[operator.family]}."
            )
