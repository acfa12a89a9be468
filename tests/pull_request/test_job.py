"""What a job of GitHub Actions knows about its pull request."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from trailbell.errors import ContentError, PreconditionError
from trailbell.pull_request.job import Job, read_job

# https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
_PULL_REQUEST = {
    "number": 7,
    "head": {"sha": "0123456789abcdef", "repo": {"full_name": "example/alarms"}},
    "base": {"repo": {"full_name": "example/alarms"}},
}
# https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
_PUSH = {"ref": "refs/heads/main", "before": "1" * 40, "after": "2" * 40}
_VARIABLES = {
    "GITHUB_REPOSITORY": "example/alarms",
    "GITHUB_TOKEN": "a-token",
    "GITHUB_API_URL": "https://github.example.com/api/v3/",
    "GITHUB_SERVER_URL": "https://github.example.com",
    "GITHUB_RUN_ID": "42",
    "GITHUB_ACTOR": "octocat",
}
_JOB = Job(
    api="https://github.example.com/api/v3",
    token="a-token",  # noqa: S106 - no token
    repository="example/alarms",
    pull_request=7,
    commit="0123456789abcdef",
    summary_url="https://github.example.com/example/alarms/actions/runs/42",
    reason_read_only="",
)


def _read(
    tmp_path: Path, event: Any, changes: Mapping[str, str] = {}, number: int | None = None
) -> Job | None:
    path = tmp_path / "event.json"
    path.write_text(event if isinstance(event, str) else json.dumps(event), encoding="utf-8")
    return read_job({**_VARIABLES, "GITHUB_EVENT_PATH": str(path), **changes}, number)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(_PUSH, id="a push"),
        pytest.param({"schedule": "0 5 * * 1"}, id="a schedule"),
        pytest.param([], id="no object"),
        pytest.param({"pull_request": None}, id="null"),
        pytest.param({"pull_request": _PULL_REQUEST | {"number": True}}, id="true as a number"),
    ],
)
def test_without_a_pull_request_there_is_none(tmp_path: Path, event: Any) -> None:
    assert _read(tmp_path, event) is None


def test_without_an_event_there_is_none() -> None:
    assert read_job({}) is None


def test_the_pull_request_of_the_event(tmp_path: Path) -> None:
    assert _read(tmp_path, {"pull_request": _PULL_REQUEST}) == _JOB


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("a-token\n", id="with the line break of a file"),
        pytest.param(" a-token\r\n", id="with a space and the line break of Windows"),
    ],
)
def test_space_around_the_token_is_ignored(tmp_path: Path, token: str) -> None:
    assert _read(tmp_path, {"pull_request": _PULL_REQUEST}, {"GITHUB_TOKEN": token}) == _JOB


def test_a_given_number_counts_in_any_event(tmp_path: Path) -> None:
    job = _read(tmp_path, _PUSH, number=9)
    assert job is not None
    assert (job.pull_request, job.commit, job.reason_read_only) == (9, "", "")


def test_defaults_are_those_of_github_com(tmp_path: Path) -> None:
    empty = dict.fromkeys(("GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_RUN_ID"), "")
    job = _read(tmp_path, {"pull_request": _PULL_REQUEST}, empty)
    assert job is not None
    assert (job.api, job.summary_url) == ("https://api.github.com", "")


_FORK = {"sha": "0123456789abcdef", "repo": {"full_name": "octocat/alarms"}}
_GONE = {"sha": "0123456789abcdef", "repo": None}


@pytest.mark.parametrize(
    ("head", "actor", "reason"),
    [
        pytest.param(_PULL_REQUEST["head"], "octocat", "", id="the same repository"),
        pytest.param(_FORK, "octocat", "the pull request comes from a fork", id="a fork"),
        pytest.param(_GONE, "octocat", "the pull request comes from a fork", id="a deleted fork"),
        pytest.param(
            _PULL_REQUEST["head"],
            "dependabot[bot]",
            "Dependabot started the job",
            id="Dependabot",
        ),
    ],
)
def test_some_jobs_can_only_read(tmp_path: Path, head: Any, actor: str, reason: str) -> None:
    event = {"pull_request": _PULL_REQUEST | {"head": head}}
    job = _read(tmp_path, event, {"GITHUB_ACTOR": actor})
    assert job is not None
    assert job.reason_read_only == reason


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        pytest.param(
            "GITHUB_TOKEN",
            "",
            "GITHUB_TOKEN: is not set\n"
            "  Give the step the token of the job: GITHUB_TOKEN: ${{ github.token }}.",
            id="no token",
        ),
        pytest.param(
            "GITHUB_TOKEN",
            "\n",
            "GITHUB_TOKEN: is blank\n"
            "  Give the step the token of the job: GITHUB_TOKEN: ${{ github.token }}.",
            id="a blank token",
        ),
        *(
            pytest.param(
                "GITHUB_TOKEN",
                token,
                "GITHUB_TOKEN: is not a token: it has a space, a line break or a character outside "
                "of ASCII\n"
                "  Give the step the token of the job: GITHUB_TOKEN: ${{ github.token }}.",
                id=f"a token with {what}",
            )
            for token, what in (
                ("a-token\nanother", "a line break in it"),
                ("a token", "a space in it"),
                ("a-tok\u00e9n", "a letter outside of ASCII"),
            )
        ),
        pytest.param(
            "GITHUB_REPOSITORY",
            "",
            "GITHUB_REPOSITORY: is not set\n  Run this in a job of GitHub Actions, which sets it.",
            id="no repository",
        ),
        pytest.param(
            "GITHUB_API_URL",
            "file:///etc/passwd",
            'GITHUB_API_URL: is not a URL: "file:///etc/passwd"\n'
            "  Run this in a job of GitHub Actions, which sets it.",
            id="an API that is not a web server",
        ),
        *(
            pytest.param(
                "GITHUB_API_URL",
                url,
                f'GITHUB_API_URL: is not a URL: "{url}"\n'
                "  Run this in a job of GitHub Actions, which sets it.",
                id=f"an API with {what}",
            )
            for url, what in (
                ("https://[", "one bracket"),
                ("https://exa mple", "a space"),
                ("https://a:b", "a port that is no number"),
                ("https://", "no host"),
            )
        ),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, value: str, message: str
) -> None:
    with pytest.raises(PreconditionError) as raised:
        _read(tmp_path, {"pull_request": _PULL_REQUEST}, {name: value})
    assert str(raised.value) == message


def test_an_event_that_is_not_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as raised:
        _read(tmp_path, "{")
    assert str(raised.value) == (
        f"GITHUB_EVENT_PATH: {tmp_path / 'event.json'}: not JSON at line 1, column 2; Run this in "
        "a job of GitHub Actions, which sets it."
    )
