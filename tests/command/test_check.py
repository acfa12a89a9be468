"""``trailbell check``: whether dist/ is what it should be, and nothing written."""

import json

import pytest

from tests.command.conftest import Project


def _last(text: str, count: int) -> list[str]:
    return text.splitlines()[-count:]


pytestmark = pytest.mark.slow


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


def test_quiet_prints_only_what_is_wrong(project: Project) -> None:
    done = project.run("check", "--quiet")
    assert (done.code, done.out, done.err) == (0, "dist: up to date\n", "")
    project.write("dist/trail.yaml", "changed")
    done = project.run("check", "--quiet")
    outdated = "outdated: dist/trail.yaml\ndist: run trailbell build\n"
    assert (done.code, done.out, done.err) == (1, outdated, "")


def test_content_alone_is_checked_without_comparing_dist(project: Project) -> None:
    project.write("dist/trail.yaml", "changed")
    done = project.run("check", "--content")
    assert (done.code, done.last.endswith(" stacks: no errors"), done.err) == (0, True, "")


def test_content_alone_has_the_errors_of_a_build(project: Project) -> None:
    project.write("stacks/mine.py", "x = 1\nraise RuntimeError('no')\n")
    built, checked = project.run("check"), project.run("check", "--content")
    error = "stacks/mine.py:2: stacks.mine: RuntimeError: no; fix this line"
    assert (checked.code, checked.out.splitlines(), checked.err) == (2, [error, "1 error"], "")
    assert error in built.out


def test_content_alone_as_json(project: Project) -> None:
    project.write("stacks/mine.py", "x = 1\nraise RuntimeError('no')\n")
    done = project.run("check", "--content", "--format", "json")
    findings = [(f["file"], f["line"], f["rule"]) for f in json.loads(done.out)["findings"]]
    assert (done.code, findings) == (2, [("stacks/mine.py", 2, "T0000")])


def test_settings_are_checked_with_the_content(project: Project) -> None:
    project.write("trailbell.toml", "[catalog]\npakcs = []\n")
    done = project.run("check", "--content")
    problem = 'trailbell.toml: catalog.pakcs: unknown key; did you mean "packs"?\n'
    assert (done.code, done.out, done.err.endswith(problem)) == (2, "", True)
