"""``trailbell check``: whether dist/ is what it should be, and nothing written."""

import json

import pytest

from tests.command.conftest import Project


def _last(text: str, count: int) -> list[str]:
    return text.splitlines()[-count:]


def test_dist_is_what_it_should_be(pristine: Project) -> None:
    done = pristine.run("check")
    assert (done.code, done.last, done.err) == (0, "dist: up to date", "")


def test_to_look_in_other_regions_makes_no_manifest_stale(pristine: Project) -> None:
    done = pristine.run("check", "--region", "me-south-1")
    assert (done.code, done.last) == (0, "dist: up to date")


def test_what_is_stale_missing_and_left_over_is_named_and_stays(project: Project) -> None:
    project.write("dist/trail.yaml", "changed")
    (project.root / "dist" / "alerts.json").unlink()
    manifest = json.loads(project.dist["manifest.json"])
    names = {kind: {"name": f"gone.{kind}", "bytes": 1, "sha256": ""} for kind in ("json", "yaml")}
    manifest["stacks"]["gone"] = manifest["stacks"]["trail"] | names
    project.write("dist/manifest.json", json.dumps(manifest))
    project.write("dist/gone.yaml", "old")
    project.write("dist/notes.txt", "mine")
    before = project.dist
    done = project.run("check")
    assert (done.code, _last(done.out, 5), done.err, project.dist) == (
        1,
        [
            "missing: dist/alerts.json",
            "outdated: dist/manifest.json",
            "outdated: dist/trail.yaml",
            "orphaned: dist/gone.yaml",
            "dist: run trailbell build",
        ],
        "",
        before,
    )


def test_no_folder_at_all(project: Project) -> None:
    done = project.run("check", "-o", "nowhere")
    assert (done.code, _last(done.out, len(project.dist) + 1)) == (
        1,
        [*(f"missing: nowhere/{name}" for name in project.dist), "nowhere: run trailbell build"],
    )
    assert not (project.root / "nowhere").exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("raise RuntimeError('no')\n", 2, id="content that cannot be used"),
        pytest.param(
            "from stacks.trail import template\nfrom trailbell.compiler.stack import Stack\n"
            "STACK = Stack(name='mine', summary='s', template=template)\n",
            1,
            id="a stack that is not in dist",
        ),
    ],
)
def test_exit_codes(text: str, code: int, project: Project) -> None:
    project.write("stacks/mine.py", text)
    before = project.dist
    done = project.run("check")
    assert (done.code, project.dist) == (code, before)
