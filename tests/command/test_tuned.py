"""A project with a ``trailbell.toml``, and builds after which something changed."""

import json
import re
from pathlib import Path

import pytest

from tests import PROJECT
from tests.command.conftest import Project

pytestmark = pytest.mark.slow

_PAGES = "".join(
    Path(PROJECT, "docs", "how-to", name).read_text(encoding="utf-8")
    for name in ("tune.md", "log-alarms.md")
)
_EXAMPLES = re.findall(r"```toml\n(\[catalog\].*?)```", _PAGES, re.DOTALL)


@pytest.mark.parametrize("text", [pytest.param(text, id=text[:40]) for text in _EXAMPLES])
def test_what_the_page_on_tuning_writes_into_settings_builds(project: Project, text: str) -> None:
    project.write("trailbell.toml", text)
    done = project.run()
    assert (done.code, done.told, done.err) == (0, [], "")


def test_roles_excluded_everywhere_leave_room_in_every_template(project: Project) -> None:
    roles = '["Deployer", "terraform-*", "AnotherAutomation"]'
    project.write("trailbell.toml", f"[catalog.exclude]\nroles = {roles}")
    assert project.run().code == 0


def test_a_region_without_log_alarms_stops_the_build_and_nothing_is_written(
    project: Project,
) -> None:
    before = sorted(path.name for path in (project.root / "dist").iterdir())
    project.write("trailbell.toml", '[catalog]\nlog_alarms = ["high"]')
    done = project.run()
    assert (done.code, done.out, done.err) == (
        2,
        "",
        (
            "error: trailbell.toml: catalog.log_alarms: templates are validated for cn-north-1, "
            "us-gov-west-1, where AWS::CloudWatch::LogAlarm does not exist; name the Regions in "
            "which you deploy as [lint] regions, without these\n"
        ),
    )
    assert sorted(path.name for path in (project.root / "dist").iterdir()) == before


def test_list_and_explain_know_log_alarms(project: Project) -> None:
    project.write("trailbell.toml", '[catalog]\nlog_alarms = ["unauthorized-api-calls"]')
    listed = json.loads(project.run("list", "--json").out)["detections"]
    explained = project.run("explain", "unauthorized-api-calls").out.splitlines()
    assert [each["id"] for each in listed if each["log_alarm"]] == ["unauthorized-api-calls"]
    assert [line.strip() for line in explained if " alarm " in line[:12]] == [
        "alarm     5 events of one identity in 300 seconds",
        "log alarm deployed",
    ]


def test_nothing_left_is_an_error_and_the_old_templates_stay(project: Project) -> None:
    before = sorted(path.name for path in (project.root / "dist").iterdir())
    project.write("trailbell.toml", "[catalog]\npacks = []")
    assert project.run().code == 2
    assert sorted(path.name for path in (project.root / "dist").iterdir()) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("trailbell.toml", '[catalog]\ndisable = ["iam-changes"]', id="settings"),
        pytest.param("stacks/words.txt", "other words", id="a file that a stack reads"),
    ],
)
def test_a_change_of_what_a_build_reads_is_seen(project: Project, name: str, text: str) -> None:
    project.write("stacks/words.txt", "words")
    project.write(
        "stacks/reading.py",
        """
from pathlib import Path
from troposphere import Template, sns
from trailbell.compiler.stack import Stack

def template(catalog):
    made = Template(Description=Path(__file__).with_name("words.txt").read_text())
    made.add_resource(sns.Topic("Topic"))
    return made

STACK = Stack(name="reading", summary="reads a file", template=template)
""",
    )
    assert project.run().code == 0
    assert project.run("check").code == 0
    project.write(name, text)
    assert project.run("check").code == 1
