"""``trailbell comment``: one comment on the pull request of a job, updated in place."""

import os
from pathlib import Path

import click

from trailbell import text_files
from trailbell.command.option import examples, option
from trailbell.errors import ContentError, GitHubError, UnreadableFileError
from trailbell.pull_request.api import GitHubApi
from trailbell.pull_request.comment import (
    DEFAULT_AUTHOR,
    Change,
    CommentRequest,
    PostedComment,
    make_mark,
    put_comment,
)
from trailbell.pull_request.job import Job, read_job
from trailbell.pull_request.text import compose

_PIPED = Path("-")
_HINT = "give the file with the text"
_READ_ONLY = (403, 404)  # what GitHub answers to a token that cannot write


@click.command(
    "comment",
    epilog=examples(
        "comment plan.md",
        "comment plan.md --key production --update-only",
    ),
)
@click.argument("file", type=click.Path(path_type=Path), default=_PIPED)
@option(
    "--key",
    default="plan",
    metavar="TEXT",
    help=(
        "Which comment of the pull request to update: the one that was created with this key. "
        "Default: plan."
    ),
)
@option(
    "--author",
    default=DEFAULT_AUTHOR,
    metavar="LOGIN",
    help=f"User of the token. Comments of others are not changed. Default: {DEFAULT_AUTHOR}.",
)
@option(
    "--pull-request",
    "number",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="Number of the pull request. Default: that of the event that started the job.",
)
@option(
    "--update-only",
    is_flag=True,
    help="Do not create a comment if there is none yet. Default: create it.",
)
def command(file: Path, key: str, author: str, number: int | None, *, update_only: bool) -> int:
    """Write the Markdown in FILE, or on standard input, as a comment on the pull request.

    Each run updates the same comment. This is for jobs of GitHub Actions: the repository, the pull
    request and the API are in variables of the job (GITHUB_...), and GITHUB_TOKEN is a token with
    the permission "pull-requests: write". Without a pull request, and where GitHub gives the job a
    token that can only read, nothing is written.

    Exit codes: 0 success or nothing to write, 1 GitHub refused, 2 invalid input.
    """
    markdown = _read(file)
    job = read_job(os.environ, number)
    if job is None:
        click.echo("There is no pull request: no comment was written.")
        return 0
    mark = make_mark(key)
    request = CommentRequest(
        repository=job.repository,
        pull_request=job.pull_request,
        mark=mark,
        body=compose(mark, markdown, job),
        author=author,
        update_only=update_only,
    )
    try:
        posted = put_comment(GitHubApi(job.api, job.token), request)
    except GitHubError as error:
        if not (job.reason_read_only and error.status in _READ_ONLY and error.retry_after is None):
            raise
        _notice(job, error)
        return 0
    click.echo(_describe(posted))
    return 0


def _read(file: Path) -> str:
    location = "standard input" if file == _PIPED else str(file)
    try:
        text = text_files.read_stdin() if file == _PIPED else text_files.read_text(file)
    except UnreadableFileError as error:
        raise ContentError(location, error.reason, _HINT) from error
    if not text.strip():
        raise ContentError(location, "empty", _HINT)
    return text


def _notice(job: Job, error: GitHubError) -> None:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands"""
    prefix = "::notice::" if os.environ.get("GITHUB_ACTIONS") == "true" else "note: "
    click.echo(
        f"{prefix}No comment was written, because {job.reason_read_only}, so that the token of the "
        f"job can only read ({error.reason})."
    )


def _describe(posted: PostedComment) -> str:
    if posted.change is Change.NONE:
        return "There is no comment to update."
    return f"{posted.change}: {posted.url}"
