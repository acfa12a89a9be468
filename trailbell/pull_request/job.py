"""
The job of GitHub Actions in which a command runs.

In:    the variables that GitHub Actions sets, and the file with the event that started the job.
Out:   a `Job`: the pull request, where the API is, and the page with the summary.
Never: a guess. Without a pull request there is no number; a variable that is missing is an error.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from trailbell import text_files
from trailbell.errors import ContentError, PreconditionError, UnreadableFileError

_IN_ACTIONS = "Run this in a job of GitHub Actions, which sets it."
_TOKEN = "Give the step the token of the job: GITHUB_TOKEN: ${{ github.token }}."  # noqa: S105 - no token

_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job that may comment on a pull request. ``commit`` is the last one of its branch.

    ``reason_read_only`` says why the token of the job cannot write; empty if it can.
    """

    api: str
    token: str
    repository: str
    pull_request: int
    commit: str
    summary_url: str
    reason_read_only: str


def read_job(variables: Mapping[str, str], number: int | None = None) -> Job | None:
    """The job, or None if it is not about a pull request and no number is given.

    Raises `PreconditionError` for a missing variable, and `ContentError` for an unusable event.
    """
    event = _read_event(variables)
    pull_request = event.get("pull_request")
    pull_request = pull_request if isinstance(pull_request, dict) else {}
    number = number if number is not None else pull_request.get("number")
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    repository = _variable(variables, "GITHUB_REPOSITORY", _IN_ACTIONS)
    return Job(
        api=_api(variables),
        token=_token(variables),
        repository=repository,
        pull_request=number,
        commit=str(_member(pull_request, "head", "sha") or ""),
        summary_url=_summary_url(variables, repository),
        reason_read_only=_reason_read_only(variables, repository, pull_request),
    )


def _read_event(variables: Mapping[str, str]) -> dict[str, Any]:
    name = variables.get("GITHUB_EVENT_PATH", "")
    if not name:
        return {}
    try:
        event = text_files.parse_json(text_files.read_text(Path(name)))
    except UnreadableFileError as error:
        raise ContentError(f"GITHUB_EVENT_PATH: {name}", error.reason, _IN_ACTIONS) from error
    return event if isinstance(event, dict) else {}


def _variable(variables: Mapping[str, str], name: str, hint: str) -> str:
    if value := variables.get(name, ""):
        return value
    raise PreconditionError(name, "is not set", hint)


def _token(variables: Mapping[str, str]) -> str:
    """The token without the line break that ends a file with a secret."""
    token = _variable(variables, "GITHUB_TOKEN", _TOKEN).strip()
    if not token:
        raise PreconditionError("GITHUB_TOKEN", "is blank", _TOKEN)
    if not _VISIBLE.fullmatch(token):  # a header cannot have other characters
        problem = "is not a token: it has a space, a line break or a character outside of ASCII"
        raise PreconditionError("GITHUB_TOKEN", problem, _TOKEN)
    return token


def _api(variables: Mapping[str, str]) -> str:
    url = variables.get("GITHUB_API_URL", "") or "https://api.github.com"
    if not _is_url(url):
        raise PreconditionError("GITHUB_API_URL", f'is not a URL: "{url}"', _IN_ACTIONS)
    return url.rstrip("/")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(
            parts.scheme in ("https", "http")
            and parts.hostname
            and parts.port != 0
            and _VISIBLE.fullmatch(text)
        )
    except ValueError:  # brackets, or a port that is no number
        return False


def _summary_url(variables: Mapping[str, str], repository: str) -> str:
    run = variables.get("GITHUB_RUN_ID", "")
    server = variables.get("GITHUB_SERVER_URL", "") or "https://github.com"
    return f"{server}/{repository}/actions/runs/{run}" if run else ""


def _reason_read_only(
    variables: Mapping[str, str], repository: str, pull_request: dict[str, Any]
) -> str:
    """Why GitHub gives the job a token that can only read.

    https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request
    """
    if variables.get("GITHUB_ACTOR") == "dependabot[bot]":
        return "Dependabot started the job"
    head = _member(pull_request, "head", "repo", "full_name")
    if pull_request and head != repository:  # None if the fork was deleted
        return "the pull request comes from a fork"
    return ""


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
