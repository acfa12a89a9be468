"""The GitHub Action: its structure, and what its scripts do in a project with a history."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.command.conftest import Project
from tests.command.github_action import (
    ACTION,
    EXPRESSION,
    STEPS,
    JobRun,
    link_program,
    run_action,
    run_script,
)
from tests.pull_request import fake_github
from tests.pull_request.fake_github import REPOSITORY, FakeGitHub, comment
from trailbell.project.root import ENGINE

pytestmark = pytest.mark.slow

_SCRIPTS = [pytest.param(step, id=step["name"]) for step in STEPS if "run" in step]

# ---------------------------------------------------------------- structure

# https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
_MEMBERS = {"name", "description", "branding", "inputs", "outputs", "runs"}
_STEP_MEMBERS = {
    *("name", "id", "if", "shell", "run", "env", "working-directory"),
    *("uses", "with", "continue-on-error"),
}


def test_the_action_has_the_members_that_github_knows() -> None:
    assert (set(ACTION), ACTION["runs"]["using"]) == (_MEMBERS, "composite")
    assert {m for step in STEPS for m in step} <= _STEP_MEMBERS
    assert all(("run" in step) is not ("uses" in step) for step in STEPS)


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_an_input_is_described_and_optional(name: str) -> None:
    members = ACTION["inputs"][name]
    assert {n: type(value) for n, value in members.items()} == {"description": str, "default": str}


@pytest.mark.parametrize("step", _SCRIPTS)
def test_a_script_gets_texts_as_variables_only(step: Mapping[str, Any]) -> None:
    """https://docs.github.com/en/actions/reference/security/secure-use (script injections)"""
    assert (step["shell"], "${{" in step["run"]) == ("bash", False)
    used = set(re.findall(r"\$\{?([A-Z_]+)", step["run"]))
    github = {name for name in used if name.startswith(("GITHUB_", "RUNNER_"))}
    assert used - github <= set(step.get("env", {}))


def test_expressions_name_what_exists() -> None:
    texts = [
        *(value for step in STEPS for value in step.get("env", {}).values()),
        *(str(value) for step in STEPS for value in step.get("with", {}).values()),
        *(output["value"] for output in ACTION["outputs"].values()),
    ]
    names = {name for text in texts for name in EXPRESSION.findall(text)}
    steps = {step["id"] for step in STEPS if "id" in step}
    inputs = {name.removeprefix("inputs.") for name in names if name.startswith("inputs.")}
    assert inputs <= set(ACTION["inputs"])
    assert {name.split(".")[1] for name in names if name.startswith("steps.")} <= steps
    assert {name for name in names if name.startswith("github.")} == {"github.event.before"}


def test_other_actions_are_those_of_github_by_their_major_version() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert [
        use for use in used if not re.fullmatch(r"(actions|github)/[a-z/-]+@v[0-9]+", use)
    ] == []


# ---------------------------------------------------------------- installation

_INSTALL = next(step for step in STEPS if step.get("id") == "install")


@pytest.mark.parametrize(
    ("requirements", "package"),
    [
        pytest.param(None, "/the/action", id="without requirements, the version of the action"),
        pytest.param("trailbell==0.2.0\n", "-r requirements.txt", id="the pinned version"),
    ],
)
def test_the_pinned_version_is_installed(
    tmp_path: Path, requirements: str | None, package: str
) -> None:
    code, printed, outputs, calls = _install(tmp_path, requirements, installs=True)
    folder = outputs["folder"]
    assert (code, printed, calls) == (
        0,
        "",
        [
            f"-m venv {folder}/venv",
            f"-m pip install --quiet --disable-pip-version-check {package}",
        ],
    )


def test_requirements_without_trailbell_are_an_error(tmp_path: Path) -> None:
    code, printed, outputs, _ = _install(tmp_path, "boto3\n", installs=False)
    message = (
        "::error title=Trailbell::requirements.txt does not install trailbell. Add it, or name "
        "another file as requirements.\n"
    )
    assert (code, printed, outputs) == (1, message, {})


def _install(
    tmp_path: Path, requirements: str | None, *, installs: bool
) -> tuple[int, str, dict[str, str], list[str]]:
    """Run the step with a Python that writes its arguments to a file."""
    if requirements is not None:
        (tmp_path / "requirements.txt").write_text(requirements, encoding="utf-8")
    programs, log = tmp_path / "programs", tmp_path / "calls.txt"
    programs.mkdir()
    python = programs / "python3"
    program = 'touch "$3/bin/trailbell"; chmod +x "$3/bin/trailbell"' if installs else ":"
    python.write_text(
        f'#!/bin/sh\necho "$@" >> "{log}"\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; '
        f"{program}; fi\n",
        encoding="utf-8",
    )
    python.chmod(0o755)
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ACTION_PATH": "/the/action",
    }
    contexts = {"inputs": {name: each["default"] for name, each in ACTION["inputs"].items()}}
    code, printed, outputs = run_script(_INSTALL, contexts, environment, tmp_path, tmp_path)
    return code, printed, outputs, log.read_text(encoding="utf-8").splitlines()


# ---------------------------------------------------------------- what a job does

_CHANGED = '[catalog]\npacks = ["essentials"]\ndisable = ["root-account-use"]\n'
_GAP = "root-account-use"


def _git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    command = ["git", *identity, "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def branch(pristine: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose branch ``change`` disables a detection. ``main`` has the built project."""
    root = tmp_path_factory.mktemp("branch") / "project"
    shutil.copytree(pristine.root, root)
    project = Project(root, pristine.cache)
    project.write(".gitignore", "__pycache__/\n")
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", "Add the project")
    _git(root, "switch", "-q", "-c", "change")
    project.write("trailbell.toml", _CHANGED)
    assert project.run().code == 0
    _git(root, "commit", "-q", "-a", "-m", "Disable a detection")
    return project


@pytest.fixture
def checkout(branch: Project, tmp_path: Path) -> Project:
    """A copy of it, to be changed."""
    root = tmp_path / "checkout"
    shutil.copytree(branch.root, root)
    return replace(branch, root=root)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github.serve(FakeGitHub()) as fake:
        yield fake


_HEAD = {"sha": "0123456789abcdef", "repo": {"full_name": REPOSITORY}}
_FORK = {"sha": "0123456789abcdef", "repo": {"full_name": "octocat/alarms"}}
_MARK = "<!-- trailbell comment: . -->"
_PASSED = "The check passed: dist/ is up to date."
_CREATED = f"created: https://github.com/{REPOSITORY}/pull/7#issuecomment-1000\n"


def _pull_request(
    project: Project,
    folder: Path,
    github: FakeGitHub,
    head: Mapping[str, Any] = _HEAD,
    **inputs: str,
) -> JobRun:
    event = {"pull_request": {"number": 7, "head": head}}
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    variables = _variables(github) | {"GITHUB_BASE_REF": "main"}
    return run_action(project, folder, given, "pull_request", event, variables)


def _variables(github: FakeGitHub) -> dict[str, str]:
    return {
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "42",
        "GITHUB_ACTOR": "octocat",
    }


def test_a_change_is_in_the_comment_and_in_the_summary(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    job = _pull_request(checkout, tmp_path, github)
    assert (job.code, job.outputs) == (0, {"outcome": "passed", "changes": "true"})
    assert (job.printed["Comment"], job.printed["Decide"]) == (_CREATED, "")
    (run,) = json.loads((tmp_path / "work" / "trailbell.sarif").read_text("utf-8"))["runs"]
    assert run["results"] == []
    ((_, body),) = github.bodies
    plan = checkout.run("plan", "--markdown", "--against", "main").out
    assert body.startswith(f"{_MARK}\n## Trailbell\n\n{_PASSED}\n\n### Detections\n\n")
    assert f"- Removed of `security-alerts`: `{_GAP}`" in body
    assert plan.split("###")[1] in body
    assert job.summary.startswith(f"## Trailbell\n\n{_PASSED}\n\n### Detections\n\n")


def test_a_risk_of_fail_on_blocks(checkout: Project, tmp_path: Path, github: FakeGitHub) -> None:
    job = _pull_request(checkout, tmp_path, github, fail_on="detection-gap")
    assert (job.code, job.outputs) == (1, {"outcome": "blocked", "changes": "true"})
    assert job.printed["Decide"] == (
        "::error title=Trailbell::The plan is blocked, because it has a risk of fail-on or cannot "
        "be deployed.\n"
    )
    assert "**The plan is blocked:**\n\n    alerts is blocked." in github.bodies[0][1]


def test_an_outdated_file_fails_and_the_comment_names_it(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    github.comments += [comment(5, f"{_MARK}\nold")]
    checkout.write("dist/trail.yaml", "changed")
    job = _pull_request(checkout, tmp_path, github)
    assert (job.code, job.outputs) == (1, {"outcome": "failed", "changes": "true"})
    ((number, body),) = github.bodies
    assert number == 5
    failed = "**The check failed: dist/ is outdated, or the build has findings.**"
    listed = "    outdated: dist/trail.yaml\n    dist: run trailbell build"
    assert body.startswith(f"{_MARK}\n## Trailbell\n\n{failed}\n\n{listed}\n\n### Detections\n")


def test_settings_that_cannot_be_used_are_invalid(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    checkout.write("trailbell.toml", "[catalog]\npakcs = []\n")
    job = _pull_request(checkout, tmp_path, github)
    assert (job.code, job.outputs["outcome"]) == (1, "invalid")
    assert "**The check failed: content or settings cannot be used.**" in github.bodies[0][1]
    assert 'unknown key; did you mean "packs"?' in job.summary


def test_without_changes_there_is_no_comment(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    _git(checkout.root, "switch", "-q", "main")
    job = _pull_request(checkout, tmp_path, github)
    assert (job.code, job.outputs) == (0, {"outcome": "passed", "changes": "false"})
    assert (job.printed["Comment"], github.bodies) == ("There is no comment to update.\n", [])


def test_a_fork_gets_a_notice_and_the_check_decides(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    github.canned["POST"] = [fake_github.FORBIDDEN]
    job = _pull_request(checkout, tmp_path, github, _FORK)
    assert (job.code, job.outputs["outcome"]) == (0, "passed")
    assert job.printed["Comment"].startswith("::notice::No comment was written, because the pull ")


def test_a_comment_that_github_refuses_is_a_warning_and_the_check_decides(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    github.canned["POST"] = [fake_github.FORBIDDEN]
    job = _pull_request(checkout, tmp_path, github)
    warning = (
        f"::warning title=Trailbell::error: GitHub: POST /repos/{REPOSITORY}/issues/7/comments: "
        "Resource not accessible by integration (HTTP 403)%0A  Give the job the permission "
        '"pull-requests: write".\n'
    )
    assert (job.code, job.outputs["outcome"], job.printed["Comment"]) == (0, "passed", warning)


def test_a_push_is_compared_with_the_commit_before_and_has_no_comment(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    before = _git(checkout.root, "rev-parse", "main")
    event = {"before": before, "ref": "refs/heads/change"}
    job = run_action(checkout, tmp_path, {}, "push", event, _variables(github))
    assert (job.code, job.outputs) == (0, {"outcome": "passed", "changes": "true"})
    assert f"### security-alerts, against {before} ({before[:9]})" in job.summary
    assert ("Comment" in job.printed, github.requests) == (False, [])


_DELETED = "1" * 40


@pytest.mark.parametrize(
    ("before", "warning"),
    [
        pytest.param(
            _DELETED,
            f"::warning title=Trailbell::The clone does not have the commit before this push, "
            f"{_DELETED}: the push was forced, or actions/checkout needs fetch-depth: 0. The plan "
            "compares with the merge base of the default branch, on that branch with the pushed "
            "commit itself, and may have no changes for this reason.\n",
            id="a forced push, whose commit before was deleted",
        ),
        pytest.param("0" * 40, "", id="a new branch"),
        pytest.param("", "", id="an event without the commit"),
    ],
)
def test_a_push_without_the_commit_before_says_what_is_compared(
    checkout: Project, tmp_path: Path, github: FakeGitHub, before: str, warning: str
) -> None:
    job = run_action(checkout, tmp_path, {}, "push", {"before": before}, _variables(github))
    lines = job.printed["Plan"].splitlines(keepends=True)
    assert "".join(line for line in lines if line.startswith("::")) == warning
    assert (job.code, job.outputs) == (0, {"outcome": "passed", "changes": "true"})
    assert "against merge base of main" in job.summary


def test_comments_and_sarif_can_be_switched_off(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    job = _pull_request(checkout, tmp_path, github, comment="false", sarif="false")
    assert (job.code, "Comment" in job.printed, github.requests) == (0, False, [])
    assert not (tmp_path / "work" / "trailbell.sarif").exists()


def test_the_job_without_the_action_comments_the_same_plan(
    checkout: Project, tmp_path: Path, github: FakeGitHub
) -> None:
    """The steps of docs/how-to/use-in-ci.md."""
    page = (ENGINE.parent / "docs" / "how-to" / "use-in-ci.md").read_text(encoding="utf-8")
    (block,) = [b for b in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "- name: Plan" in b]
    (step,) = [each for each in yaml.safe_load(block) if each.get("name") == "Plan"]
    event = {"pull_request": {"number": 7, "head": _HEAD}}
    (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")
    programs = link_program(checkout, tmp_path) / "venv" / "bin"
    environment = {
        **os.environ,
        **_variables(github),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_BASE_REF": "main",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    contexts = {"github": {"token": "a-token"}}
    code, printed, _ = run_script(step, contexts, environment, checkout.root, tmp_path)
    plan = (checkout.root / "plan.md").read_text(encoding="utf-8")
    ((_, body),) = github.bodies
    assert (code, printed.splitlines(keepends=True)[-1]) == (4, _CREATED)
    assert body.startswith(f"<!-- trailbell comment: plan -->\n{plan}\n[Summary of the job](")
    assert (tmp_path / "summary.md").read_text(encoding="utf-8") == plan
