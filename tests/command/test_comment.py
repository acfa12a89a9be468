"""``trailbell comment`` in a job: what it writes where, and how it ends."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command.conftest import Done, Project
from tests.pull_request import fake_github
from tests.pull_request.fake_github import REPOSITORY, TOKEN, FakeGitHub, comment

_HEAD = {"sha": "0123456789abcdef", "repo": {"full_name": REPOSITORY}}
_FORK = {"sha": "0123456789abcdef", "repo": {"full_name": "octocat/alarms"}}
_BODY = (
    "<!-- trailbell comment: plan -->\nNo changes\n\n"
    f"[Summary of the job](https://github.com/{REPOSITORY}/actions/runs/42) · Commit 012345678"
)
_URL = f"https://github.com/{REPOSITORY}/pull/7#issuecomment-"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github.serve(FakeGitHub()) as fake:
        yield fake


def _run(
    project: Project, github: FakeGitHub, event: object, *arguments: str, **variables: str
) -> Done:
    project.write("plan.md", "No changes\n")
    project.write("event.json", json.dumps(event))
    job: dict[str, Any] = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": github.url,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_EVENT_PATH": str(project.root / "event.json"),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "42",
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_ACTOR": "octocat",
        **variables,
    }
    return project.run("comment", "plan.md", *arguments, **job)


def test_the_comment_of_a_pull_request_is_created_then_updated(
    project: Project, github: FakeGitHub
) -> None:
    event = {"pull_request": {"number": 7, "head": _HEAD}}
    done = _run(project, github, event)
    assert (done, github.bodies) == (Done(0, f"created: {_URL}1000\n", ""), [(1000, _BODY)])
    github.comments[0]["body"] = _BODY.replace("No changes", "old")
    done = _run(project, github, event)
    assert (done, github.bodies) == (Done(0, f"updated: {_URL}1000\n", ""), [(1000, _BODY)])
    assert _run(project, github, event) == Done(0, f"unchanged: {_URL}1000\n", "")


def test_each_key_has_its_comment(project: Project, github: FakeGitHub) -> None:
    event = {"pull_request": {"number": 7, "head": _HEAD}}
    _run(project, github, event)
    _run(project, github, event, "--key", "infra/alarms")
    assert [body.split("\n")[0] for _, body in github.bodies] == [
        "<!-- trailbell comment: plan -->",
        "<!-- trailbell comment: infra/alarms -->",
    ]


def test_a_push_has_no_comment(project: Project, github: FakeGitHub) -> None:
    done = _run(project, github, {"ref": "refs/heads/main"}, GITHUB_TOKEN="")
    assert done == Done(0, "There is no pull request: no comment was written.\n", "")
    assert github.requests == []


def test_there_may_be_no_comment_to_update(project: Project, github: FakeGitHub) -> None:
    event = {"pull_request": {"number": 7, "head": _HEAD}}
    done = _run(project, github, event, "--update-only")
    assert (done, github.bodies) == (Done(0, "There is no comment to update.\n", ""), [])


_NOTICE = (
    "No comment was written, because the pull request comes from a fork, so that the token of the "
    "job can only read (Resource not accessible by integration).\n"
)


@pytest.mark.parametrize(
    ("actions", "prefix"),
    [
        pytest.param("true", "::notice::", id="a notice of GitHub Actions"),
        pytest.param("", "note: ", id="a note elsewhere"),
    ],
)
def test_a_fork_gets_a_notice(
    project: Project, github: FakeGitHub, actions: str, prefix: str
) -> None:
    github.canned["POST"] = [fake_github.FORBIDDEN]
    event = {"pull_request": {"number": 7, "head": _FORK}}
    assert _run(project, github, event, GITHUB_ACTIONS=actions) == Done(0, prefix + _NOTICE, "")


def test_a_limit_is_an_error_also_for_a_fork(project: Project, github: FakeGitHub) -> None:
    github.canned["POST"] = [fake_github.PRIMARY_LIMIT]
    done = _run(project, github, {"pull_request": {"number": 7, "head": _FORK}})
    assert (done.code, done.out, done.err.splitlines()[-1]) == (
        1,
        "",
        "  GitHub cannot be reached or is overloaded. Run the job again.",
    )


def test_a_missing_permission_is_an_error_elsewhere(project: Project, github: FakeGitHub) -> None:
    github.comments = [comment(2, "<!-- trailbell comment: plan -->\nold")]
    github.canned["PATCH"] = [fake_github.FORBIDDEN]
    event = {"pull_request": {"number": 7, "head": _HEAD}}
    assert _run(project, github, event) == Done(
        1,
        "",
        f"error: GitHub: PATCH /repos/{REPOSITORY}/issues/comments/2: Resource not accessible by "
        'integration (HTTP 403)\n  Give the job the permission "pull-requests: write".\n',
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(None, "no such file", id="no file"),
        pytest.param(b"\n", "empty", id="no text"),
        pytest.param(b"\xff", "not UTF-8 text (byte 1)", id="not text"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    project: Project, content: bytes | None, problem: str
) -> None:
    if content is not None:
        (Path(project.root) / "given.md").write_bytes(content)
    done = project.run("comment", "given.md")
    assert done == Done(2, "", f"error: given.md: {problem}; give the file with the text\n")
