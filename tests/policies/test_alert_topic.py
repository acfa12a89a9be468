"""The topic policy, as a whole document."""

from troposphere import encode_to_dict

from policies.alert_topic import alert_topic_policy


def test_only_cloudwatch_publishes_for_alarms_of_one_account() -> None:
    policy = alert_topic_policy(topic_arn="TOPIC", account="111122223333", alarms_arn="ALARMS")
    assert encode_to_dict(policy) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowCloudWatchAlarmsPublish",
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
