"""Mistakes in ``trailbell.toml`` and in detections, as every command that builds reports them."""

import json

import pytest

from tests.command.conftest import Project

pytestmark = pytest.mark.slow

_ONE = '''\
"""One."""
from trailbell.catalog.detection import Controls, Detection, Example, Severity
from trailbell.samples import api_call, iam_user

ONE = Detection(
    id="one-user",
    title="A user was made",
    packs=("essentials",),
    severity=Severity.HIGH,
    pattern="{ $.eventName = CreateUser }",
    why="It stays.",
    runbook=("Look.", "Ask.", "Undo."),
    controls=Controls(mitre_attack=("T1136",)),
    fires=(
        Example("alice", api_call("iam", "CreateUser", iam_user("alice"))),
        Example("bob", api_call("iam", "CreateUser", iam_user("bob"))),
    ),
    silent=(
        Example("deleted", api_call("iam", "DeleteUser", iam_user("alice"))),
        Example("listed", api_call("iam", "ListUsers", iam_user("alice"))),
        Example("read", api_call("iam", "GetUser", iam_user("alice"))),
    ),
)
'''


@pytest.mark.slow
@pytest.mark.parametrize("command", ["build", "check", "list"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            '[environment.production]\nacount = "111122223333"',
            'environment.production.acount: unknown key; did you mean "account"?',
            id="a key of an environment",
        ),
        pytest.param(
            '[environment.production]\nregion = "eu-centrall-1"',
            'environment.production.region: invalid value "eu-centrall-1"; write a Region such as '
            "eu-central-1",
            id="a Region that is none",
        ),
        pytest.param(
            '[environment.a]\n[environment.b.stack.trial]\nstack_name = "x"',
            'environment.b.stack.trial: unknown stack; did you mean "trail"?',
            id="a stack of the second environment",
        ),
        pytest.param(
            '[rollout.all]\nstack = "trail"\nregions = ["us-east-1"]\n'
            'organizational_units = ["r-ab12"]\nmax_concurent = 2',
            'rollout.all.max_concurent: unknown key; did you mean "max_concurrent"?',
            id="a key of a rollout",
        ),
    ],
)
def test_a_slip_in_what_only_deploy_and_rollout_read(
    project: Project, command: str, text: str, message: str
) -> None:
    before = project.dist
    project.write("trailbell.toml", text)
    done = project.run(command)
    assert (done.code, done.out, done.err, project.dist) == (
        2,
        "",
        f"error: {project.root / 'trailbell.toml'}: {message}\n",
        before,
    )


def test_a_stack_that_is_waited_for_and_is_not_there(project: Project) -> None:
    project.write("trailbell.toml", '[environment.a.stack.alerts]\ndepends_on = ["trial"]')
    done = project.run("list")
    assert (done.code, done.err) == (
        2,
        (
            f"error: {project.root / 'trailbell.toml'}: environment.a.stack.alerts: depends "
            'on the unknown stack "trial"; did you mean "trail"?\n'
        ),
    )


def test_what_is_right_is_built(project: Project) -> None:
    project.write(
        "trailbell.toml",
        '[catalog]\npacks = ["essentials"]\n'
        '[environment.a]\nregion = "eu-central-1"\n[environment.a.stack.alerts]\n'
        'parameters = { LogGroupName = { stack = "trail", output = "LogGroupName" } }\n'
        '[rollout.all]\nstack = "trail"\nregions = ["us-east-1"]\n'
        'organizational_units = ["r-ab12"]',
    )
    assert (project.run("check").code, project.run("list").err) == (0, "")


@pytest.mark.slow
def test_exclusions_are_told_by_the_build_and_by_the_list(project: Project) -> None:
    role = "arn:aws:iam::111122223333:role/ops/Deployer"
    project.write(
        "trailbell.toml",
        f'[catalog]\npacks = ["essentials"]\nexclude = {{ roles = ["{role}"] }}\n'
        'disable = ["security-group-changes", "iam-changes", "write-without-mfa", '
        '"root-account-use"]',
    )
    told = (
        "note: catalog.exclude does not apply to detections that guard the alarms or report "
        "leaked credentials: kms-key-destroyed; to exclude events of one of them, use "
        "[catalog.detection.ID]\n"
        "note: catalog.exclude does not apply to patterns that compliance scanners "
        "compare: network-acl-changes\n"
        "note: exclusions weaken kms-decrypt-by-people, route-table-changes, "
        "console-sign-in-without-mfa; see trailbell list\n"
    )
    built, listed = project.run(), project.run("list", "--json")
    assert (built.code, built.err, listed.code, listed.err) == (0, "", 0, told)
    assert built.out.startswith(told)
    detections = json.loads(listed.out)["detections"]
    assert {each["id"] for each in detections if each["weakened"]} == {
        "kms-decrypt-by-people",
        "route-table-changes",
        "console-sign-in-without-mfa",
    }


def test_a_slip_in_settings_does_not_hide_those_of_detections(project: Project) -> None:
    project.write("detections/one.py", _ONE.replace('"CreateUser"', '"CreateUserr"'))
    project.write("detections/two.py", "x = 1\nraise RuntimeError('no')\n")
    project.write("trailbell.toml", '[catalog]\ndisable = ["one-usr"]')
    done = project.run()
    assert (done.code, done.told, done.err) == (
        2,
        [
            "detections/two.py:2: detections.two: RuntimeError: no; fix this line",
            (
                'detections/one.py:5: detection one-user has the sample event "alice" with the '
                'eventName "CreateUserr", which iam.amazonaws.com does not have; did you mean '
                '"CreateUser"?; or explain it in accepted_issues as unknown-event-name'
            ),
            *done.told[2:-1],
            (
                f"{project.root / 'trailbell.toml'}: catalog.disable: "
                'unknown detection "one-usr"; did you '
                'mean "one-user"?'
            ),
        ],
        "",
    )


@pytest.mark.parametrize("command", ["build", "check", "list"])
def test_an_unknown_key_and_an_error_of_a_detection_are_reported_together(
    project: Project, command: str
) -> None:
    project.write("detections/one.py", _ONE.replace('"Ask.", "Undo."', '"Ask."'))
    project.write("trailbell.toml", "[lint]\nregion = []")
    done = project.run(command)
    lines = (done.err if command == "list" else done.out).splitlines()
    expected = [
        "detections/one.py:5: detection one-user has 2 steps in runbook",
        f"{project.root / 'trailbell.toml'}: lint.region: unknown key",
    ]
    assert (done.code, [line.removeprefix("error: ").split("; ")[0] for line in lines[:2]]) == (
        2,
        expected,
    )


def test_what_a_rule_finds_and_a_slip_in_an_exclusion_are_told_together(project: Project) -> None:
    project.write("detections/one.py", _ONE.replace('"Ask.", "Undo."', '"Ask."'))
    project.write("trailbell.toml", '[catalog]\nexclude = { roles = ["a b"] }')
    done = project.run()
    assert (done.code, [line.split("; ")[0] for line in done.told], done.err) == (
        2,
        [
            "detections/one.py:5: detection one-user has 2 steps in runbook",
            f'{project.root / "trailbell.toml"}: catalog.exclude.roles: invalid value "a b"',
        ],
        "",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            '"Ask.", "Undo."',
            '"Ask."',
            "5: detection one-user has 2 steps in runbook; write 3 steps, in their order",
            id="a step that is missing",
        ),
        pytest.param(
            "= CreateUser }",
            "= ${UserName} }",
            '5: detection one-user: unknown placeholder "UserName"; known: '
            "AlarmPrefix, BaseStackName, HighTopicArn, LogBucketName, LogGroupName, LowTopicArn, "
            "MediumTopicArn, OwnAccountId; fix this line",
            id="a name of nothing",
        ),
        pytest.param(
            'why="It stays.",',
            "",
            "5: detection one-user: TypeError: Detection.__init__() missing 1 required "
            "keyword-only argument: 'why'; fix this line",
            id="a field that is missing",
        ),
        pytest.param(
            'mitre_attack=("T1136",)',
            'mitre_attack="T1136"',
            "13: detection one-user: ValueError: mitre_attack must be a tuple of text, not "
            '"T1136"; a tuple with one entry ends with a comma; fix this line',
            id="a field of a part",
        ),
        pytest.param(
            "from trailbell.samples",
            "from trailbell.evnt",
            "3: detections.one: ModuleNotFoundError: No module named 'trailbell.evnt' (not read: "
            "detection one-user); fix this line",
            id="a module that cannot be imported",
        ),
    ],
)
def test_a_fault_of_a_detection_names_it_and_its_line(
    project: Project, old: str, new: str, message: str
) -> None:
    project.write("detections/one.py", _ONE.replace(old, new))
    done = project.run("build", "trail")
    assert (done.code, done.told) == (2, [f"detections/one.py:{message}"])


def test_ids_that_name_the_same_resources(project: Project) -> None:
    project.write("detections/one.py", _ONE.replace("one-user", "vpc-2a"))
    project.write("detections/two.py", _ONE.replace("one-user", "vpc2a"))
    done = project.run("build", "trail")
    assert (done.code, done.told) == (
        2,
        [
            (
                "detections/two.py:5: detection vpc2a creates resources called Vpc2a, and so does "
                "vpc-2a at detections/one.py:5; give it an id that differs in more than its hyphens"
            )
        ],
    )


@pytest.mark.slow
def test_dollar_signs_in_words_are_deployed_as_they_were_written(project: Project) -> None:
    project.write("detections/one.py", _ONE.replace("It stays.", "It costs ${HOME}."))
    assert project.run("build", "security-alerts").code == 0
    template = json.loads(project.dist["security-alerts.json"])
    told = template["Resources"]["OneUserAlarm"]["Properties"]["AlarmDescription"]
    assert "It costs ${HOME}." in told
