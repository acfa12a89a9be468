"""``trailbell list``: stacks and detections, for people and machines."""

import json

from tests.command.conftest import Project

_MINE = """\
from stacks.trail import template
from trailbell.compiler.stack import Stack

STACK = Stack(name="mine", summary="A [root] stack :wave:", template=template)
"""


def test_a_stack_that_is_dropped_in_is_listed_with_its_words_as_they_are(
    project: Project,
) -> None:
    project.write("stacks/mine.py", _MINE)
    done = project.run("list")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [line for line in lines if line.startswith("mine ")] == [
        "mine any Region A [root] stack :wave:"
    ]


def test_for_machines(pristine: Project) -> None:
    done = pristine.run("list", "--json")
    told = json.loads(done.out)
    assert (done.code, done.err, [*told]) == (0, "", ["stacks", "detections"])
    assert {
        "name": "trail",
        "summary": "CloudTrail trail with a bucket and a log group",
        "where": "home Region of the trail",
    } in told["stacks"]
    (root,) = [each for each in told["detections"] if each["id"] == "root-account-use"]
    assert (root["severity"], root["deployed_by"], root["pattern"]) == (
        "high",
        "essentials",
        (
            '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS'
            ' && $.eventType !="AwsServiceEvent"}'
        ),
    )
    path, _, line = root["source"].rpartition(":")
    lines = (pristine.root / path).read_text().splitlines()
    assert lines[int(line) - 1] == "ROOT_ACCOUNT_USE = Detection("


def test_every_detection_is_listed_once(pristine: Project) -> None:
    told = json.loads(pristine.run("list", "--json").out)
    names = [each["id"] for each in told["detections"]]
    assert sorted(names) == sorted(set(names))


def test_a_detection_that_is_disabled_is_deployed_by_no_pack(project: Project) -> None:
    project.write("trailbell.toml", '[catalog]\ndisable = ["iam-changes"]\n')
    listed = json.loads(project.run("list", "--json").out)["detections"]
    packs = {each["id"]: each["deployed_by"] for each in listed}
    assert (packs["iam-changes"], packs["root-account-use"]) == (None, "essentials")
    lines = project.run("list").out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("iam-changes ")] == ["disabled"]


def test_alarms_and_rules_of_deployed_detections_are_described_for_machines(
    project: Project,
) -> None:
    settings = """[catalog]
packs = ["essentials"]
disable = ["iam-changes"]
log_alarms = ["kms-key-destroyed"]

[catalog.detection.route-table-changes]
threshold = 3
"""
    project.write("trailbell.toml", settings)
    listed = json.loads(project.run("list", "--json").out)["detections"]
    described = {each["id"]: (each["log_alarm_schedule"], each["rule"]) for each in listed}
    expected = {
        "iam-changes": (None, None),
        "route-table-changes": (None, None),
        "kms-decrypt-by-people": (None, "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
        "kms-key-destroyed": (
            {"run_every": 300, "start_offset": 900, "end_offset": 0},
            "ENABLED",
        ),
    }
    assert {name: described[name] for name in expected} == expected
