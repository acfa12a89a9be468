"""The rules in the command line of cfn-lint, without a build."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import PROJECT
from trailbell.validate.lint import RULES

_TEMPLATE = """
Resources:
  Denied:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        source: [aws.iam]
        detail-type: [AWS API Call via CloudTrail]
        detail:
          errorCode: ["AccessDenied*"]
          userIdentity:
            arn:
              - anything-but: [!Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/Deployer", 1]
  Stopped:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: '{"source": "aws.ec2"}'
  Changed:
    Type: AWS::Events::Rule
    Properties:
      State: ENABLED
      EventPattern:
        source: [aws.ec2]
        detail-type: [EC2 Instance State-change Notification]
        detail:
          state: [terminated]
"""


def test_rules_in_the_command_line(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(_TEMPLATE, encoding="utf-8")
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    process = subprocess.run(
        [cfn_lint, "--append-rules", RULES, "--format", "json", template],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    findings = {
        (match["Rule"]["Id"], *match["Location"]["Path"][1:2], match["Message"])
        for match in json.loads(process.stdout)
    }
    assert findings == {
        (
            "W9818",
            "Denied",
            (
                'star-without-wildcard, at detail.errorCode[0]: the star in "AccessDenied*" is '
                "matched "
                'literally, not as a wildcard; write {"wildcard": "AccessDenied*"}'
            ),
        ),
        (
            "W9818",
            "Denied",
            (
                "anything-but-needs-a-value, at detail.userIdentity.arn[0]: events without "
                "detail.userIdentity.arn do not match, since anything-but requires a value; add "
                '{"exists": false} to the list if they should match'
            ),
        ),
        (
            "E9817",
            "Stopped",
            (
                'The event pattern is invalid, at source: the value of "source" is neither a list '
                "nor "
                'an object; write ["aws.ec2"]'
            ),
        ),
    }
