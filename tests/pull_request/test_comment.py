"""One comment on a pull request: whose is updated, what is created, and what is repeated."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.pull_request import fake_github
from tests.pull_request.fake_github import BOT, REPOSITORY, TOKEN, Canned, FakeGitHub, comment
from trailbell.errors import GitHubError
from trailbell.pull_request.api import GitHubApi
from trailbell.pull_request.comment import (
    Change,
    CommentRequest,
    PostedComment,
    make_mark,
    put_comment,
)

_MARK = "<!-- trailbell comment: plan -->"
_NEW = f"{_MARK}\nnew"
_OLD = f"{_MARK}\nold"
_REQUEST = CommentRequest(repository=REPOSITORY, pull_request=7, mark=_MARK, body=_NEW)
_LIST = f"GET /repos/{REPOSITORY}/issues/7/comments?per_page=100"
_CREATE = f"POST /repos/{REPOSITORY}/issues/7/comments"


def _url(number: int) -> str:
    return f"https://github.com/{REPOSITORY}/pull/7#issuecomment-{number}"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github.serve(FakeGitHub()) as fake:
        yield fake


def _put(github: FakeGitHub, **changes: object) -> tuple[PostedComment, list[float]]:
    pauses: list[float] = []
    request = replace(_REQUEST, **changes)  # type: ignore[arg-type]  # by name
    return put_comment(GitHubApi(github.url, TOKEN), request, pauses.append), pauses


@pytest.mark.parametrize(
    "existing",
    [
        pytest.param([], id="there is no comment"),
        pytest.param([comment(1, "hello", "octocat")], id="others have no mark"),
        pytest.param([comment(1, _OLD, "octocat")], id="another user copied the mark"),
        pytest.param([comment(1, f"> {_OLD}")], id="a comment quotes the mark"),
        pytest.param([comment(1, _OLD, None)], id="the account of the author was deleted"),
        pytest.param([comment(1, None)], id="a comment has no text"),
        pytest.param([comment(1, make_mark("other") + "\nold")], id="the key is another"),
    ],
)
def test_a_comment_is_created_and_no_other_is_touched(
    github: FakeGitHub, existing: list[dict[str, object]]
) -> None:
    github.comments += [dict(each) for each in existing]
    number = 1000 + len(existing)
    assert _put(github) == (PostedComment(Change.CREATED, _url(number)), [])
    assert github.comments == [*existing, comment(number, _NEW)]
    assert github.requests == [_LIST, _CREATE]


def test_the_comment_is_updated_in_place(github: FakeGitHub) -> None:
    github.comments += [comment(1, "hello", "octocat"), comment(2, _OLD), comment(3, _OLD)]
    assert _put(github) == (PostedComment(Change.UPDATED, _url(2)), [])
    assert github.bodies == [(1, "hello"), (2, _NEW), (3, _OLD)]
    assert github.requests == [_LIST, f"PATCH /repos/{REPOSITORY}/issues/comments/2"]


def test_the_same_text_is_not_written_again(github: FakeGitHub) -> None:
    github.comments += [comment(2, _NEW)]
    assert _put(github) == (PostedComment(Change.UNCHANGED, _url(2)), [])
    assert github.requests == [_LIST]


def test_all_pages_are_read(github: FakeGitHub) -> None:
    github.comments += [comment(number, "hello", "octocat") for number in range(250)]
    github.comments += [comment(900, _OLD)]
    assert _put(github) == (PostedComment(Change.UPDATED, _url(900)), [])
    assert github.requests[:3] == [_LIST, f"{_LIST}&page=2", f"{_LIST}&page=3"]


def test_a_page_of_another_host_is_not_read(github: FakeGitHub) -> None:
    links = {"Link": f'<http://127.0.0.2/repos/{REPOSITORY}/issues/7/comments>; rel="next"'}
    github.canned["GET"] = [Canned(200, [], links)]
    assert _put(github)[0].change is Change.CREATED
    assert github.requests == [_LIST, _CREATE]


def test_the_author_can_be_the_user_of_another_token(github: FakeGitHub) -> None:
    github.comments += [comment(1, _OLD), comment(2, _OLD, "alarms-bot")]
    assert _put(github, author="alarms-bot")[0] == PostedComment(Change.UPDATED, _url(2))


def test_a_comment_that_was_deleted_meanwhile_is_created(github: FakeGitHub) -> None:
    github.comments += [comment(2, _OLD)]
    github.canned["PATCH"] = [fake_github.NOT_FOUND]
    assert _put(github)[0].change is Change.CREATED


def test_without_a_comment_there_is_nothing_to_update(github: FakeGitHub) -> None:
    github.comments += [comment(1, "hello", "octocat")]
    assert _put(github, update_only=True) == (PostedComment(Change.NONE), [])
    assert github.requests == [_LIST]


def test_requests_have_the_headers_of_the_documentation(github: FakeGitHub) -> None:
    """https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api"""
    _put(github)
    names = ("Accept", "Authorization", "User-Agent", "X-Github-Api-Version")
    assert [tuple(sent[name] for name in names) for sent in github.headers] == [
        ("application/vnd.github+json", f"Bearer {TOKEN}", "trailbell", "2022-11-28")
    ] * 2


@pytest.mark.parametrize(
    ("canned", "pauses"),
    [
        pytest.param([fake_github.UNAVAILABLE], [2.0], id="a server error"),
        pytest.param([fake_github.UNAVAILABLE] * 3, [2.0, 5.0, 10.0], id="three server errors"),
        pytest.param([fake_github.SECONDARY_LIMIT], [7.0], id="a limit with the time to wait"),
        pytest.param([Canned(429, {})], [60.0], id="a limit without it"),
        pytest.param([Canned(200, "<html>")], [2.0], id="a page of a proxy"),
    ],
)
def test_a_temporary_error_is_repeated(
    github: FakeGitHub, canned: list[Canned], pauses: list[float]
) -> None:
    github.canned["GET"] = list(canned)
    assert _put(github) == (PostedComment(Change.CREATED, _url(1000)), pauses)


def test_a_comment_whose_answer_got_lost_is_not_created_again(github: FakeGitHub) -> None:
    github.canned["POST"], github.lost = [fake_github.UNAVAILABLE], True
    assert _put(github) == (PostedComment(Change.UNCHANGED, _url(1000)), [2.0])
    assert github.bodies == [(1000, _NEW)]


_GET = f"GET /repos/{REPOSITORY}/issues/7/comments"
_PERMISSION = '\n  Give the job the permission "pull-requests: write"'
_UNAVAILABLE = "\n  GitHub cannot be reached or is overloaded. Run the job again."


@pytest.mark.parametrize(
    ("method", "canned", "message"),
    [
        pytest.param(
            "GET",
            [fake_github.BAD_TOKEN],
            f"{_GET}: Bad credentials (HTTP 401)\n"
            "  Give the step the token of the job: GITHUB_TOKEN: ${{ github.token }}.",
            id="401: the token is wrong",
        ),
        pytest.param(
            "POST",
            [fake_github.FORBIDDEN],
            f"{_CREATE}: Resource not accessible by integration (HTTP 403){_PERMISSION}.",
            id="403: the permission is missing",
        ),
        pytest.param(
            "GET",
            [fake_github.NOT_FOUND],
            f"{_GET}: Not Found (HTTP 404){_PERMISSION}, and check the number of the pull request.",
            id="404: no such pull request",
        ),
        pytest.param(
            "POST",
            [fake_github.INVALID],
            f"{_CREATE}: Validation Failed: Body is too long (maximum is 65536 characters) "
            "(HTTP 422)",
            id="422: the words of GitHub",
        ),
        pytest.param(
            "GET",
            [fake_github.UNAVAILABLE] * 4,
            f"{_GET}: Bad Gateway (HTTP 502){_UNAVAILABLE}",
            id="502: four times",
        ),
        pytest.param(
            "GET",
            [fake_github.PRIMARY_LIMIT],
            f"{_GET}: API rate limit exceeded for installation ID 1. (HTTP 403){_UNAVAILABLE}",
            id="403: a limit for longer than a minute",
        ),
        pytest.param(
            "GET",
            [fake_github.MOVED],
            f"{_GET}: Moved Permanently (HTTP 301)",
            id="301: the token is not sent elsewhere",
        ),
    ],
)
def test_a_refusal_is_one_message(
    github: FakeGitHub, method: str, canned: list[Canned], message: str
) -> None:
    github.canned[method] = list(canned)
    with pytest.raises(GitHubError) as raised:
        _put(github)
    assert str(raised.value) == f"GitHub: {message}"


def test_a_server_that_does_not_answer_is_one_message() -> None:
    api = GitHubApi("http://127.0.0.1:1", TOKEN)
    with pytest.raises(GitHubError) as raised:
        put_comment(api, _REQUEST, lambda _: None)
    assert str(raised.value) == f"GitHub: {_GET}: [Errno 111] Connection refused{_UNAVAILABLE}"


def test_the_bot_of_the_default_is_that_of_github_actions() -> None:
    assert _REQUEST.author == BOT


@pytest.mark.parametrize(
    ("token", "path"),
    [
        pytest.param("a-token\nanother", "/rate_limit", id="a line break in the token"),
        pytest.param("a-token", "/repos/caf\u00e9", id="a letter outside of ASCII in the path"),
    ],
)
def test_a_request_that_cannot_be_sent_is_not_repeated(
    github: FakeGitHub, token: str, path: str
) -> None:
    with pytest.raises(GitHubError) as raised:
        GitHubApi(github.url, token).call("GET", path)
    assert str(raised.value) == f"GitHub: GET {path}: its URL or token has an unusable character"
    assert (raised.value.retry_after, github.requests) == (None, [])
