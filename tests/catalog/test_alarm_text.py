"""The text of a notification."""

from trailbell.catalog.alarm_text import alarm_description, investigation_query
from trailbell.catalog.detection import Detection, Example, Severity
from trailbell.samples import api_call, iam_user

EVENT = api_call("logs", "DeleteLogGroup", iam_user("alice"))


def detection(pattern: str) -> Detection:
    return Detection(
        id="log-group",
        title="The log group was deleted",
        packs=("tamper",),
        severity=Severity.HIGH,
        pattern=pattern,
        why="No alarm can trigger any more.",
        runbook=("Find out who.", "Make it again.", "Look at what they did."),
        fires=(Example("it is deleted", EVENT),),
        silent=(Example("it is not", EVENT),),
    )


def test_a_query_keeps_placeholders() -> None:
    named = detection(
        '{ ($.eventName = "DeleteLogGroup")'
        ' && ($.requestParameters.logGroupName = "${LogGroupName}") }'
    )
    assert investigation_query(named) == (
        "fields @timestamp, jsonParse(@message) as record\n"
        '| filter (eventName = "DeleteLogGroup" and '
        'record.requestParameters.logGroupName = "${LogGroupName}")\n'
        "| sort @timestamp desc\n"
        "| display @timestamp, eventSource, eventName, awsRegion, sourceIPAddress, "
        "userIdentity.arn, errorCode, record.recipientAccountId"
    )


def test_a_description_with_the_query() -> None:
    assert alarm_description(detection('{ $.eventName = "DeleteLogGroup" }')) == (
        "The log group was deleted (high)\n"
        "\n"
        "No alarm can trigger any more.\n"
        "\n"
        "1. Find out who.\n"
        "2. Make it again.\n"
        "3. Look at what they did.\n"
        "\n"
        "Query (CloudWatch Logs Insights):\n"
        "fields @timestamp, jsonParse(@message) as record\n"
        '| filter eventName = "DeleteLogGroup"\n'
        "| sort @timestamp desc\n"
        "| display @timestamp, eventSource, eventName, awsRegion, sourceIPAddress, "
        "userIdentity.arn, errorCode, record.recipientAccountId"
    )


def test_a_description_refers_to_a_query_that_is_too_long() -> None:
    long = " || ".join(f'($.eventName = "DeleteSomethingOfALongName{n}")' for n in range(30))
    assert alarm_description(detection(f"{{ {long} }}")) == (
        "The log group was deleted (high)\n"
        "\n"
        "No alarm can trigger any more.\n"
        "\n"
        "1. Find out who.\n"
        "2. Make it again.\n"
        "3. Look at what they did.\n"
        "\n"
        "Query (CloudWatch Logs Insights): saved under the name of this alarm."
    )


def test_a_query_leaves_out_conditions_that_logs_insights_cannot_express() -> None:
    named = detection(
        '{ ($.eventName = "DeleteAlarms") && ($.requestParameters.alarmNames[*] = "ours-*") }'
    )
    assert investigation_query(named) == (
        "fields @timestamp, jsonParse(@message) as record\n"
        '| filter eventName = "DeleteAlarms"\n'
        "| sort @timestamp desc\n"
        "| display @timestamp, eventSource, eventName, awsRegion, sourceIPAddress, "
        "userIdentity.arn, errorCode, record.recipientAccountId"
    )


def test_a_query_leaves_out_all_alternatives_if_one_cannot_be_expressed() -> None:
    named = detection(
        '{ ($.eventSource = "ec2.amazonaws.com")'
        ' && (($.eventName = "DeleteAlarms") || ($.requestParameters.items[*].id = "a")) }'
    )
    assert '| filter eventSource = "ec2.amazonaws.com"\n' in investigation_query(named)


def test_a_query_without_conditions_lists_all_events() -> None:
    assert "| filter ispresent(@message)\n" in investigation_query(detection('{ $.a[*].b = "c" }'))


def test_placeholders_count_with_their_maximum_length() -> None:
    named = " || ".join(
        f'($.requestParameters.{member} = "${{HighTopicArn}}")'
        for member in ("topicArn", "resourceArn", "targetArn", "sourceArn", "endpoint")
    )
    assert "fields @timestamp" not in alarm_description(detection(f"{{ {named} }}"))


def test_a_query_shows_the_members_that_identify_what_was_acted_on() -> None:
    named = detection('{ $.eventName = "DeleteLogGroup" }').with_changes(
        shows=("requestParameters.logGroupName",)
    )
    *_, last = investigation_query(named).splitlines()
    assert last.endswith("record.recipientAccountId, record.requestParameters.logGroupName")


def test_a_description_whose_query_is_too_long_shows_less() -> None:
    named = detection('{ $.eventName = "DeleteLogGroup" }').with_changes(why="x" * 700)
    assert alarm_description(named).endswith(
        "Query (CloudWatch Logs Insights):\n"
        "fields @timestamp, eventSource, eventName, awsRegion, sourceIPAddress, "
        "userIdentity.arn, errorCode\n"
        '| filter eventName = "DeleteLogGroup"\n'
        "| sort @timestamp desc"
    )
