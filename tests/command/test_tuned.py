"""A project with a ``trailbell.toml``, and builds after which something changed."""

import re
from pathlib import Path

import pytest

from tests import PROJECT
from tests.command.conftest import Project

pytestmark = pytest.mark.slow

_PAGE = Path(PROJECT, "docs", "how-to", "tune.md").read_text(encoding="utf-8")
_EXAMPLES = re.findall(r"```toml\n(\[catalog\].*?)```", _PAGE, re.DOTALL)


@pytest.mark.parametrize("text", [pytest.param(text, id=text[:40]) for text in _EXAMPLES])
def test_what_the_page_on_tuning_writes_into_settings_builds(project: Project, text: str) -> None:
    project.write("trailbell.toml", text)
    done = project.run()
    assert (done.code, done.told, done.err) == (0, [], "")


def test_roles_excluded_everywhere_leave_room_in_every_template(project: Project) -> None:
    roles = '["Deployer", "terraform-*", "AnotherAutomation"]'
    project.write("trailbell.toml", f"[catalog.exclude]\nroles = {roles}")
    assert project.run().code == 0


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
