"""
One comment on a pull request, which later runs update.

In:    a pull request, and the text of the comment.
Out:   the comment, created or updated in place; a hidden mark in it identifies it.
Never: a comment of another author, or a second one with the same mark.

https://docs.github.com/en/rest/issues/comments
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from trailbell.errors import GitHubError
from trailbell.pull_request.api import GitHubApi

DEFAULT_AUTHOR = "github-actions[bot]"
"""The author of what is written with the token of a job."""

_WAITS = (2.0, 5.0, 10.0)
_MAX_WAIT = 60.0


class Change(StrEnum):
    """What happened to the comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    NONE = "none"


@dataclass(frozen=True)
class PostedComment:
    """The comment on a pull request. ``url`` is empty if there is none."""

    change: Change
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class CommentRequest:
    """A comment as it should be. It begins with ``mark``.

    Comments of another author than ``author`` are not touched. With ``update_only``, no comment is
    created.
    """

    repository: str
    pull_request: int
    mark: str
    body: str
    author: str = DEFAULT_AUTHOR
    update_only: bool = False


def make_mark(key: str) -> str:
    """The mark of comments with this key: an HTML comment, in which ``--`` must not occur.

    >>> make_mark("plan --x>")
    '<!-- trailbell comment: plan%20-%2Dx%3E -->'
    """
    return f"<!-- trailbell comment: {quote(key).replace('--', '-%2D')} -->"


def put_comment(
    api: GitHubApi, request: CommentRequest, pause: Callable[[float], None] = time.sleep
) -> PostedComment:
    """Update the comment, or create it. Raises `GitHubError`.

    Everything is repeated after a temporary error, so that a comment which was created although
    the answer got lost is updated, not created again.
    """
    for wait in _WAITS:
        try:
            return _put(api, request)
        except GitHubError as error:
            if error.retry_after is None or error.retry_after > _MAX_WAIT:
                raise
            pause(max(wait, error.retry_after))
    return _put(api, request)


def _put(api: GitHubApi, request: CommentRequest) -> PostedComment:
    existing = next(_comments(api, request), None)
    if existing is not None and existing.get("body") == request.body:
        return PostedComment(Change.UNCHANGED, str(existing.get("html_url", "")))
    if existing is not None:
        path = f"/repos/{request.repository}/issues/comments/{existing['id']}"
        try:
            return _posted(Change.UPDATED, api.call("PATCH", path, {"body": request.body}).value)
        except GitHubError as error:
            if error.status != 404:  # deleted since it was listed
                raise
    if request.update_only:
        return PostedComment(Change.NONE)
    path = f"/repos/{request.repository}/issues/{request.pull_request}/comments"
    return _posted(Change.CREATED, api.call("POST", path, {"body": request.body}).value)


def _comments(api: GitHubApi, request: CommentRequest) -> Iterator[dict[str, Any]]:
    """The comments of this author with this mark, the oldest first."""
    path = f"/repos/{request.repository}/issues/{request.pull_request}/comments?per_page=100"
    while path:
        page = api.call("GET", path)
        for comment in page.value if isinstance(page.value, list) else ():
            user, body = comment.get("user") or {}, comment.get("body") or ""
            if user.get("login") == request.author and body.startswith(request.mark):
                yield comment
        path = page.next_path


def _posted(change: Change, comment: Any) -> PostedComment:
    return PostedComment(change, str(comment.get("html_url", "")) if comment else "")
