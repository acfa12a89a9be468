"""Who may publish to a topic that alarms ring: the whole document."""

from troposphere import encode_to_dict

from policies.alert_topic import alert_topic


def test_cloudwatch_publishes_for_alarms_of_one_account_and_nobody_else_does() -> None:
    policy = alert_topic(topic_arn="TOPIC", account="111122223333", alarms_arn="ALARMS")
    assert encode_to_dict(policy) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AlarmsPublish",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": ["sns:Publish"],
                "Resource": ["TOPIC"],
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "111122223333"},
                    "ArnLike": {"aws:SourceArn": "ALARMS"},
                },
            }
        ],
    }
