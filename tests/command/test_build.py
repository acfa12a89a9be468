"""``trailbell build``: what it writes, what it says, and when it writes nothing."""

import json
import shutil
from pathlib import Path

import pytest

from tests.command.conftest import Project

pytestmark = pytest.mark.slow

_MINE = """\
from troposphere import sns

from trailbell.compiler.stack import Piece, Stack, assemble


def template(catalog):
    return assemble("Mine: a topic", Piece(resources=(sns.Topic("Topic", {topic}),)))


STACK = Stack(name="mine", summary="A topic of [mine] :wave:", template=template)
"""
_RIGHT = _MINE.format(topic='DisplayName="x"')
_ALARM = 'cloudwatch.CompositeAlarm("Alarm", AlarmRule="FALSE", AlarmActions=[Ref("Topic")])'
_WRONG = _MINE.replace("import sns", "import Ref, cloudwatch, sns").format(
    topic=f'KmsMasterKeyId="alias/aws/sns"), {_ALARM}, sns.Topic("Other"'
)
_FOUND = (
    "CloudWatch cannot publish to a topic that uses the AWS managed key alias/aws/sns. Use a "
    "customer managed key whose policy allows the service to use it."
)

# ------------------------------------------------------------------------------ what it does


def test_without_changes_nothing_changes(project: Project) -> None:
    before = project.dist
    done = project.run()
    assert (done.code, done.last, done.err, project.dist) == (
        0,
        "dist: no changes",
        "",
        before,
    )


def test_a_missing_folder_is_made_again(project: Project) -> None:
    before = project.dist
    shutil.rmtree(project.root / "dist")
    done = project.run()
    assert (done.code, project.dist) == (0, before)
    assert done.last == f"dist: new {', '.join(before)}"


def test_the_folder_is_that_of_the_project_wherever_one_stands(
    project: Project, tmp_path: Path
) -> None:
    before = project.dist
    (project.root / "dist" / "trail.yaml").unlink()
    done = project.run(cwd=tmp_path)
    assert (done.code, done.last, project.dist) == (0, "project/dist: new trail.yaml", before)


def test_another_folder(project: Project) -> None:
    done = project.run("-o", "out[red]side")
    files = {path.name: path.read_bytes() for path in (project.root / "out[red]side").iterdir()}
    assert (done.code, files) == (0, project.dist)
    assert done.last == f"out[red]side: new {', '.join(project.dist)}"


def test_the_summary_has_a_line_for_each_stack(pristine: Project) -> None:
    out = pristine.run().out.splitlines()
    lines = [line for line in out if not line.startswith(("ignored: ", "note: "))]
    stacks = sorted({name.split(".")[0] for name in pristine.dist} - {"manifest"})
    names = lines[0].split("  ")
    assert [part.strip() for part in names if part] == [
        *("stack", "resources", "bytes", "of 51,200", "findings", "seconds")
    ]
    assert [line.split()[0] for line in lines[1 : len(stacks) + 1]] == stacks
    assert [line.split(":")[0].strip() for line in lines[len(stacks) + 1 : -1]] == [
        *stacks,
        "log group with all packs",
    ]


def test_a_stack_that_is_dropped_in_is_compiled_checked_and_written(project: Project) -> None:
    before = project.dist
    project.write("stacks/mine.py", _RIGHT)
    done = project.run()
    assert (done.code, done.last) == (0, "dist: new mine.json, mine.yaml; changed manifest.json")
    new = set(project.dist) - set(before)
    assert new == {"mine.json", "mine.yaml"}
    assert project.dist["mine.yaml"].decode() == (
        "AWSTemplateFormatVersion: '2010-09-09'\n"
        "Description: 'Mine: a topic'\n"
        "Metadata:\n"
        "  AWS::CloudFormation::Interface:\n"
        "    ParameterGroups: []\n"
        "    ParameterLabels: {}\n"
        "Resources:\n"
        "  Topic:\n"
        "    Type: AWS::SNS::Topic\n"
        "    Properties:\n"
        "      DisplayName: x\n"
    )
    assert json.loads(project.dist["manifest.json"])["stacks"]["mine"]["sources"] == {
        "Topic": "stacks/mine.py:7"
    }


def test_the_files_of_a_stack_that_is_gone_are_removed(project: Project) -> None:
    before = project.dist
    project.write("stacks/mine.py", _RIGHT)
    project.write("dist/notes.txt", "mine")
    project.run()
    (project.root / "stacks" / "mine.py").unlink()
    done = project.run()
    assert (done.code, done.last, project.dist) == (
        0,
        "dist: changed manifest.json; removed mine.json, mine.yaml",
        before | {"notes.txt": b"mine"},
    )


def test_building_one_stack_leaves_the_files_of_others(project: Project) -> None:
    project.write("stacks/mine.py", _RIGHT)
    before = project.dist
    done = project.run("build", "mine")
    assert (done.code, done.last) == (0, "dist: new mine.json, mine.yaml; changed manifest.json")
    assert {name: project.dist[name] for name in before if name != "manifest.json"} == {
        name: content for name, content in before.items() if name != "manifest.json"
    }
    project.run()
    assert project.run("build", "mine", "mine").last == "dist: no changes"


# ------------------------------------------------------------------------------ findings


def test_a_finding_is_told_with_its_line_and_nothing_is_written(project: Project) -> None:
    before = project.dist
    project.write("stacks/mine.py", _WRONG)
    done = project.run()
    assert (done.code, done.told, done.err, project.dist) == (
        1,
        [
            "stacks/mine.py:7: error E9806 topic-with-aws-managed-key",
            f"  mine: Topic.KmsMasterKeyId: {_FOUND}",
        ],
        "",
        before,
    )


def test_findings_for_machines(project: Project) -> None:
    project.write("stacks/mine.py", _WRONG)
    done = project.run("--format", "json")
    told = json.loads(done.out)
    assert (done.code, told["findings"]) == (
        1,
        [
            {
                "stack": "mine",
                "rule": "E9806",
                "name": "topic-with-aws-managed-key",
                "level": "error",
                "message": _FOUND,
                "path": ["Resources", "Topic", "Properties", "KmsMasterKeyId"],
                "url": "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html",
                "file": "stacks/mine.py",
                "line": 7,
            }
        ],
    )
    assert done.err == (
        "dist: nothing written: 1 error; [lint.ignore] in trailbell.toml can allow a rule\n"
    )


def test_findings_for_code_hosts(project: Project) -> None:
    project.write("stacks/mine.py", _WRONG)
    done = project.run("build", "mine", "--format", "sarif")
    (run,) = json.loads(done.out)["runs"]
    assert (done.code, run["results"]) == (
        1,
        [
            {
                "ruleId": "E9806",
                "level": "error",
                "message": {"text": f"mine: Topic.KmsMasterKeyId: {_FOUND}"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": "stacks/mine.py"},
                            "region": {"startLine": 7},
                        },
                        "logicalLocations": [{"fullyQualifiedName": "mine: Topic.KmsMasterKeyId"}],
                    }
                ],
            }
        ],
    )


def test_a_type_that_a_region_does_not_have_is_found_there(project: Project) -> None:
    project.write(
        "stacks/mine.py",
        _RIGHT.replace("import sns", "import qldb, sns").replace(
            'sns.Topic("Topic", DisplayName="x"),',
            'sns.Topic("Topic"), qldb.Ledger("Ledger", PermissionsMode="STANDARD",'
            ' DeletionPolicy="Delete", UpdateReplacePolicy="Delete"),',
        ),
    )
    done = project.run("build", "mine", "--region", "cn-northwest-1")
    assert (done.code, done.told) == (
        1,
        [
            "stacks/mine.py:7: error E3006 Validate the CloudFormation resource type",
            (
                "  mine: Ledger.Type: Resource type 'AWS::QLDB::Ledger' does not exist in "
                "'cn-northwest-1'"
            ),
        ],
    )


_UNREAD = """\
from troposphere import Parameter, Template, sns

from trailbell.compiler.stack import Stack


def template(catalog):
    made = Template("Mine: a topic")
    made.add_parameter(Parameter("Unread", Type="String"))
    made.add_resource(sns.Topic("Topic"))
    return made


STACK = Stack(name="mine", summary="A topic", template=template)
"""


def test_a_warning_stops_and_the_settings_can_allow_it(project: Project) -> None:
    project.write("stacks/mine.py", _UNREAD)
    before = project.dist
    stopped = project.run("build", "mine")
    assert (stopped.code, stopped.told[0].split(": ")[1], project.dist, stopped.last) == (
        1,
        "warning W2001 Check if Parameters are Used",
        before,
        "dist: nothing written: 1 warning; [lint.ignore] in trailbell.toml can allow a rule",
    )
    settings = (project.root / "trailbell.toml").read_text()
    project.write("trailbell.toml", settings + '[lint.ignore]\nW2001 = "a macro reads it"\n')
    allowed = project.run("build", "mine")
    assert (allowed.code, allowed.told, allowed.out.splitlines()[0], allowed.last) == (
        0,
        [],
        "ignored: W2001 in trailbell.toml (a macro reads it): 1 finding",
        "dist: new mine.json, mine.yaml; changed manifest.json",
    )


def test_information_is_shown_and_stops_nothing(project: Project) -> None:
    topic = _RIGHT.replace('"x"', 'Join("", ["a-", Ref("AWS::Region")])')
    project.write("stacks/mine.py", topic.replace("import sns", "import Join, Ref, sns"))
    done = project.run("build", "mine")
    assert (done.code, done.told[0].split(": ")[1], done.last) == (
        0,
        "information I1022 Use Sub instead of Join",
        "dist: new mine.json, mine.yaml; changed manifest.json",
    )


def test_a_check_says_what_it_did_not_compare(project: Project) -> None:
    project.write("stacks/mine.py", _UNREAD)
    done = project.run("check")
    assert (done.code, done.last.split(";")[0]) == (1, "dist: not compared: 1 warning")


@pytest.mark.slow
def test_regions_in_the_settings_are_those_of_the_manifest(project: Project) -> None:
    settings = (project.root / "trailbell.toml").read_text()
    project.write("trailbell.toml", settings + '[lint]\nregions = ["eu-central-1"]\n')
    assert project.run().code == 0
    manifest = json.loads(project.dist["manifest.json"])
    assert {tuple(stack["regions"]) for stack in manifest["stacks"].values()} == {("eu-central-1",)}
    assert project.run("check", "--region", "eu-west-1").code == 0


@pytest.mark.slow
def test_one_core_and_two_write_the_same(project: Project) -> None:
    before = project.dist
    one = project.run("--no-cache", "-o", str(project.root / "one"))
    two = project.run("--no-cache", "-o", str(project.root / "two"), alone=False)
    written = [
        {path.name: path.read_bytes() for path in (project.root / name).iterdir()}
        for name in ("one", "two")
    ]
    assert (one.code, two.code, written) == (0, 0, [before, before])


def test_faults_are_last_on_a_screen_of_24_lines(project: Project) -> None:
    project.write("stacks/mine.py", _WRONG)
    last = project.run().out.splitlines()[-23:]
    assert [line.split(" ")[1] for line in last][:1] == ["error"]


# ------------------------------------------------------------------------------ who reads it


def test_a_pipe_gets_plain_text(pristine: Project) -> None:
    assert "\x1b" not in pristine.run().out


def test_no_color_is_honoured(pristine: Project) -> None:
    coloured = pristine.run("list", FORCE_COLOR="1", TERM="xterm-256color")
    plain = pristine.run("list", FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1")
    colours = [f"\x1b[{code}m" for code in (31, 32, 33, 34, 35, 36)]
    assert ("\x1b[" in coloured.out, [c for c in colours if c in plain.out]) == (True, [])


def test_a_terminal_that_knows_ascii_only_gets_all_that_it_can(project: Project) -> None:
    project.write("stacks/mine.py", "raise RuntimeError('Überlauf 😀')")
    done = project.run(PYTHONIOENCODING="ascii")
    assert (done.code, done.told) == (
        2,
        ["stacks/mine.py:1: stacks.mine: RuntimeError: \\xdcberlauf \\U0001f600; fix this line"],
    )


def test_a_full_disk_behind_the_output_is_one_message(pristine: Project) -> None:
    for command in (("build",), ("list",), ("list", "--json")):
        done = pristine.run(*command, prefix="exec >/dev/full;")
        assert (done.code, done.err) == (2, "error: No space left on device\n")
