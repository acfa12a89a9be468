"""What the person reads who is woken by an alarm."""

from trailbell.catalog.alarm_text import alarm_description, investigation_query
from trailbell.catalog.detection import Detection, Example, Pack, Severity
from trailbell.samples import api_call, iam_user

EVENT = api_call("logs", "DeleteLogGroup", iam_user("alice"))


def detection(pattern: str) -> Detection:
    return Detection(
        id="log-group",
        title="The log group was deleted",
        packs=(Pack.TAMPER,),
        severity=Severity.HIGH,
        pattern=pattern,
        why="No alarm can ring any more.",
        runbook=("Find out who.", "Make it again.", "Look at what they did."),
        fires=(Example("it is deleted", EVENT),),
        silent=(Example("it is not", EVENT),),
    )


def test_a_query_keeps_the_names_of_what_is_deployed() -> None:
    named = detection(
        '{ ($.eventName = "DeleteLogGroup")'
        ' && ($.requestParameters.logGroupName = "${LogGroupName}") }'
    )
    assert investigation_query(named) == (
        "fields @timestamp, eventSource, eventName, awsRegion, sourceIPAddress, "
        "userIdentity.arn, errorCode, jsonParse(@message) as record\n"
        '| filter (eventName = "DeleteLogGroup" and '
        'record.requestParameters.logGroupName = "${LogGroupName}")\n'
        "| sort @timestamp desc"
    )


def test_a_description_says_what_why_what_to_do_and_who() -> None:
    assert alarm_description(detection('{ $.eventName = "DeleteLogGroup" }')) == (
        "**The log group was deleted** (high)\n"
        "\n"
        "No alarm can ring any more.\n"
        "\n"
        "1. Find out who.\n"
        "2. Make it again.\n"
        "3. Look at what they did.\n"
        "\n"
        "Who did it, in Logs Insights:\n"
        "```\n"
        "fields @timestamp, eventSource, eventName, awsRegion, sourceIPAddress, "
        "userIdentity.arn, errorCode\n"
        '| filter eventName = "DeleteLogGroup"\n'
        "| sort @timestamp desc\n"
        "```"
    )


def test_a_query_that_does_not_fit_is_named() -> None:
    long = " || ".join(f'($.eventName = "DeleteSomethingOfALongName{n}")' for n in range(30))
    assert alarm_description(detection(f"{{ {long} }}")) == (
        "**The log group was deleted** (high)\n"
        "\n"
        "No alarm can ring any more.\n"
        "\n"
        "1. Find out who.\n"
        "2. Make it again.\n"
        "3. Look at what they did.\n"
        "\n"
        "Who did it: in Logs Insights, the saved query that is called like this alarm. "
        "The stack of its pack's queries brings it."
    )


def test_a_query_leaves_out_what_insights_cannot_say_and_lists_more() -> None:
    named = detection(
        '{ ($.eventName = "DeleteAlarms") && ($.requestParameters.alarmNames[*] = "ours-*") }'
    )
    assert investigation_query(named) == (
        "fields @timestamp, eventSource, eventName, awsRegion, sourceIPAddress, "
        "userIdentity.arn, errorCode\n"
        '| filter eventName = "DeleteAlarms"\n'
        "| sort @timestamp desc"
    )


def test_an_alternative_that_insights_cannot_say_takes_the_others_along() -> None:
    named = detection(
        '{ ($.eventSource = "ec2.amazonaws.com")'
        ' && (($.eventName = "DeleteAlarms") || ($.requestParameters.items[*].id = "a")) }'
    )
    assert '| filter eventSource = "ec2.amazonaws.com"\n' in investigation_query(named)


def test_a_query_of_which_nothing_is_left_lists_everything() -> None:
    assert "| filter ispresent(@message)\n" in investigation_query(detection('{ $.a[*].b = "c" }'))


def test_a_query_that_would_not_fit_with_the_longest_names_is_named() -> None:
    named = " || ".join(
        f'($.requestParameters.{member} = "${{HighTopicArn}}")'
        for member in ("topicArn", "resourceArn", "targetArn", "sourceArn", "endpoint")
    )
    assert "```" not in alarm_description(detection(f"{{ {named} }}"))
