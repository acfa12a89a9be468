"""The rules on files of Terraform: what is reported, where, and in which words."""

import json
from pathlib import Path
from typing import Any

import pytest

from trailbell.validate.lint_files import lint_files
from trailbell.validate.rules import CLASSES
from trailbell.validate.terraform_files import LEFT_OUT, in_words_of_terraform

_FILTER = {
    "log_group_name": "trail",
    "metric_transformation": {"name": "RootUse", "namespace": "CIS", "value": "1"},
}
_ROOT = '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }'
_ALARM = {"namespace": "CIS", "metric_name": "RootUse", "statistic": "Sum"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def _findings(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Each finding as ``line:column ID message``, and before them the exit code."""
    code = lint_files(["--format", "parseable", "--", *arguments])
    out = capsys.readouterr().out
    rows = [line.split(":", 6) for line in out.splitlines() if line]
    return [str(code), *(f"{row[1]}:{row[2]} {row[5]} {row[6]}" for row in rows)]


def _write(name: str, **resources: Any) -> str:
    text = json.dumps({"resource": resources}, indent=1)
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_a_module_without_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    _write(
        "filters.tf.json", aws_cloudwatch_log_metric_filter={"root": _FILTER | {"pattern": _ROOT}}
    )
    _write(
        "alarms.tf.json",
        aws_sns_topic={"alerts": {"name": "alerts"}},
        aws_cloudwatch_metric_alarm={
            "root": _ALARM | {"alarm_actions": ["${aws_sns_topic.alerts.arn}"]}
        },
    )
    assert _findings(capsys, "filters.tf.json", "alarms.tf.json") == ["0"]
    assert _findings(capsys, ".") == ["0"]


def test_faults_are_at_their_argument(capsys: pytest.CaptureFixture[str]) -> None:
    _write(
        "main.tf.json",
        aws_cloudwatch_log_metric_filter={
            "root": _FILTER | {"pattern": '{ $.userIdentity.typ = "Root" }'}
        },
        aws_cloudwatch_metric_alarm={"root": _ALARM | {"metric_name": "RootUsed"}},
    )
    assert _findings(capsys, "main.tf.json") == [
        "6",
        (
            "7:6 W9803 aws_cloudwatch_log_metric_filter.root (metric_transformation[0].name): No "
            "alarm in this module watches CIS/RootUse. Add an alarm, or correct the namespace or "
            "the name of the metric."
        ),
        (
            "11:5 W9816 aws_cloudwatch_log_metric_filter.root (pattern): misspelled-member, at "
            "character 3: CloudTrail records have no field $.userIdentity.typ; write "
            "$.userIdentity.type"
        ),
        (
            "15:4 E9804 aws_cloudwatch_metric_alarm.root: The alarm has no alarm action. Add a "
            "topic to alarm_actions."
        ),
        (
            "17:5 E9802 aws_cloudwatch_metric_alarm.root (metric_name): No metric filter in this "
            "module publishes CIS/RootUsed. Correct the namespace or the name of the metric, or "
            "add a metric filter."
        ),
    ]


def test_resources_of_the_module_have_their_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    _write(
        "main.tf.json",
        aws_sns_topic={"alerts": {"name": "a", "kms_master_key_id": "alias/aws/sns"}},
        aws_sns_topic_policy={
            "alerts": {
                "arn": "${aws_sns_topic.alerts.arn}",
                "policy": json.dumps(
                    {
                        "Statement": {
                            "Effect": "Allow",
                            "Principal": {"Service": "budgets.amazonaws.com"},
                            "Action": "sns:Publish",
                            "Resource": "*",
                            "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
                        }
                    }
                ),
            }
        },
        aws_cloudwatch_metric_alarm={
            "root": _ALARM | {"alarm_actions": ["${aws_sns_topic.alerts.arn}"]}
        },
    )
    (_, key, policy) = _findings(capsys, "main.tf.json")
    assert key.startswith("6:5 E9806 aws_sns_topic.alerts (kms_master_key_id): CloudWatch cannot")
    assert policy == (
        "20:5 E9805 aws_cloudwatch_metric_alarm.root (alarm_actions[0]): The policy of "
        "aws_sns_topic.alerts does not allow cloudwatch.amazonaws.com to publish. Allow "
        "sns:Publish for this service principal, without a condition that excludes alarms."
    )


def test_variables_have_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    document = {
        "variable": {"space_name": {"default": "CIS"}},
        "resource": {
            "aws_cloudwatch_log_metric_filter": {
                "f": {
                    "pattern": _ROOT,
                    "metric_transformation": {"name": "A", "namespace": "${var.space_name}"},
                }
            },
            "aws_cloudwatch_metric_alarm": {
                "a": {"metric_name": "A", "namespace": "${var.space_name}", "alarm_actions": ["x"]},
                "b": {"metric_name": "B", "namespace": "${var.space_name}", "alarm_actions": ["x"]},
            },
        },
    }
    Path("main.tf.json").write_text(json.dumps(document), encoding="utf-8")
    code, finding = _findings(capsys, "main.tf.json")
    assert code == "2"
    assert "No metric filter in this module publishes ${var.space_name}/B." in finding


def test_what_an_expression_stands_for_is_not_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    _write(
        "main.tf.json",
        aws_cloudwatch_log_metric_filter={
            "each": {
                "pattern": "${each.value.pattern}",
                "log_group_name": "${module.trail.log_group}",
                "metric_transformation": {
                    "name": "${each.key}",
                    "namespace": "CIS",
                    "value": "${var.value}",
                },
            }
        },
        aws_cloudwatch_metric_alarm={
            "each": {
                "metric_name": "${each.key}",
                "namespace": "CIS",
                "alarm_actions": "${var.topics}",
            }
        },
        aws_iam_policy={"p": {"policy": "${jsonencode(local.policy)}"}},
        aws_cloudwatch_event_rule={"r": {"event_pattern": "${jsonencode({source = [var.x]})}"}},
    )
    assert _findings(capsys, "main.tf.json") == ["0"]


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param(
            {"output": {"a": {"value": "${aws_cloudwatch_metric_alarm.x.arn}"}}}, id="output"
        ),
        pytest.param(
            {"module": {"m": {"source": "./m", "alarms": "${[aws_cloudwatch_metric_alarm.x.id]}"}}},
            id="an argument of another module",
        ),
        pytest.param(
            {
                "resource": {
                    "aws_route53_health_check": {
                        "h": {
                            "cloudwatch_alarm_name": "${aws_cloudwatch_metric_alarm.x.alarm_name}"
                        }
                    }
                }
            },
            id="a resource of another type",
        ),
        pytest.param(
            {"resource": {"aws_route53_health_check": {"h": {"cloudwatch_alarm_name": "failed"}}}},
            id="its name in a resource of another type",
        ),
        pytest.param(
            {
                "resource": {
                    "aws_cloudwatch_dashboard": {
                        "d": {"dashboard_body": "${f({a = aws_cloudwatch_metric_alarm.x.arn})}"}
                    }
                }
            },
            id="an expression that is not read",
        ),
        pytest.param(
            {
                "data": {
                    "template_file": {"t": {"vars": {"a": "${aws_cloudwatch_metric_alarm.x.arn}"}}}
                }
            },
            id="a data source",
        ),
    ],
)
def test_what_reads_an_alarm(capsys: pytest.CaptureFixture[str], reader: dict[str, Any]) -> None:
    alarm = {"alarm_name": "failed", "namespace": "AWS/Lambda", "metric_name": "Errors"}
    document = {"resource": {"aws_cloudwatch_metric_alarm": {"x": alarm}}}
    Path("alarm.tf.json").write_text(json.dumps(document))
    assert _findings(capsys, "alarm.tf.json")[0] == "2", "nothing reads it"
    Path("reader.tf.json").write_text(json.dumps(reader))
    assert _findings(capsys, "alarm.tf.json", "reader.tf.json") == ["0"]


def test_the_name_of_a_metric_is_no_name_of_its_filter(capsys: pytest.CaptureFixture[str]) -> None:
    _write(
        "main.tf.json",
        aws_cloudwatch_log_metric_filter={"root": {**_FILTER, "name": "RootUse"}},
        aws_cloudwatch_metric_alarm={
            "root": {
                **_ALARM,
                "metric_name": "${aws_cloudwatch_log_metric_filter.root.id}",
                "alarm_actions": ["${aws_sns_topic.alerts.arn}"],
            }
        },
    )
    assert _findings(capsys, "main.tf.json") == ["0"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["main.tf.json"], 2, id="a finding"),
        pytest.param(["-i", "E9804", "--", "main.tf.json"], 0, id="a rule is ignored"),
        pytest.param(["-i", "E98", "--", "main.tf.json"], 0, id="rules are ignored"),
        pytest.param(["--templates-only", "main.tf.json"], 2, id="templates only"),
    ],
)
def test_options_of_cfn_lint(arguments: list[str], code: int) -> None:
    _write("main.tf.json", aws_cloudwatch_metric_alarm={"root": _ALARM})
    only = "--templates-only" in arguments
    given = [each for each in arguments if each != "--templates-only"]
    assert lint_files(given, templates_only=only) == code


def test_a_comment_ignores_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    ignored = _ALARM | {"//": "trailbell:ignore=E9804 shown on a dashboard"}
    _write("main.tf.json", aws_cloudwatch_metric_alarm={"root": ignored})
    assert _findings(capsys, "main.tf.json") == ["0"]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        pytest.param(
            '{"resource": {]}',
            "1:15 E0000 This is not valid JSON: Expecting property name enclosed in double quotes.",
            id="no JSON",
        ),
        pytest.param(
            '"text"',
            "1:1 E0000 The file has no JSON object, which a configuration of Terraform is.",
            id="no object",
        ),
    ],
)
def test_a_file_that_cannot_be_read_does_not_prevent_others(
    capsys: pytest.CaptureFixture[str], text: str, finding: str
) -> None:
    Path("bad.tf.json").write_text(text, encoding="utf-8")
    _write("main.tf.json", aws_cloudwatch_metric_alarm={"root": _ALARM})
    (code, bad, good) = _findings(capsys, ".")
    assert (code, bad, good.split()[1]) == ("2", finding, "E9804")


def test_a_file_in_hcl_does_not_prevent_others(capsys: pytest.CaptureFixture[str]) -> None:
    Path("vpc.tf").write_text('resource "aws_vpc" "main" {}\n', encoding="utf-8")
    _write("main.tf.json", aws_cloudwatch_metric_alarm={"root": _ALARM})
    (code, good, bad) = _findings(capsys, "main.tf.json", "vpc.tf")
    message = "HCL is not read; convert it to Terraform's JSON syntax, for example with hcl2json."
    assert (code, good.split()[1], bad) == ("2", "E9804", f"1:1 E0000 {message}")


def test_a_name_twice_is_like_an_array(capsys: pytest.CaptureFixture[str]) -> None:
    alarm = json.dumps({"aws_cloudwatch_metric_alarm": {"%s": _ALARM}})
    both = f'{{"resource": {alarm % "one"}, "resource": {alarm % "two"}}}'
    Path("main.tf.json").write_text(both, encoding="utf-8")
    (code, *found) = _findings(capsys, "main.tf.json")
    assert (code, [each.split()[2] for each in found]) == (
        *("2", ["aws_cloudwatch_metric_alarm.one:", "aws_cloudwatch_metric_alarm.two:"]),
    )


def test_rules_about_cloudformation_alone_are_left_out() -> None:
    assert LEFT_OUT.keys() <= {rule.id for rule in CLASSES.values()}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param("The Action iam:PassRole.", "The Action iam:PassRole.", id="of a policy"),
        pytest.param("Add aws:SourceArn.", "Add aws:SourceArn.", id="a condition key"),
        pytest.param("CloudTrail and EventBridge.", "CloudTrail and EventBridge.", id="of AWS"),
        pytest.param(
            "RawMessageDelivery is true.", "raw_message_delivery is true.", id="an argument"
        ),
        pytest.param(
            "No alarm in this template.", "No alarm in this module.", id="the module of a resource"
        ),
        pytest.param(
            "Add ${AWS::AccountId}.",
            "Add ${data.aws_caller_identity.current.account_id}.",
            id="the account",
        ),
        pytest.param(
            "Use ${AWS::Region} instead.",
            "Use ${data.aws_region.current.region} instead.",
            id="a pseudo parameter",
        ),
    ],
)
def test_messages_are_in_words_of_terraform(message: str, expected: str) -> None:
    assert in_words_of_terraform(message) == expected
