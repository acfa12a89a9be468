"""What reads an alarm by its name: the name as a whole, not as a part of another one."""

from typing import Any

import pytest

from trailbell.validate.readers import is_read


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param("iam", "aws.iam", False, id="the end of a source"),
        pytest.param("iam", "iam.amazonaws.com", False, id="the start of a source"),
        pytest.param("iam", "iam-root", False, id="the start of a name"),
        pytest.param("iam", "my_iam", False, id="the end of a name"),
        pytest.param("iam", "Iam", False, id="names are case-sensitive"),
        pytest.param("iam", "iam", True, id="the name"),
        pytest.param("iam", "ALARM(iam) OR ALARM(kms)", True, id="a rule without quotes"),
        pytest.param("iam", 'ALARM("iam")', True, id="a rule"),
        pytest.param("iam", "Started by iam.", True, id="the end of a sentence"),
        pytest.param(
            "iam", "arn:aws:cloudwatch:us-east-1:111122223333:alarm:iam", True, id="an ARN"
        ),
        pytest.param("${P}-iam", {"Fn::Sub": "ALARM(${P}-iam)"}, True, id="a parameter"),
        pytest.param("${P}-iam", {"Fn::Sub": "ALARM(${P}-iam-2)"}, False, id="a longer name"),
    ],
)
def test_readers_by_name(*, name: str, text: Any, expected: bool) -> None:
    document = {
        "Resources": {
            "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": name}},
            "Reader": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": text}},
        }
    }
    assert is_read(document, "Alarm") is expected
