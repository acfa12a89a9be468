"""GitHub's API for comments on issues and pull requests, on this machine.

In:    comments that exist, and answers to give instead of the usual ones.
Out:   a server that answers as the documentation says. Each answer names its page.
Never: an answer that only suits the code.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "example/alarms"
BOT = "github-actions[bot]"
TOKEN = "a-token"  # noqa: S105 - of the fake

# https://docs.github.com/en/rest/issues/comments#list-issue-comments
_LIST = re.compile(r"/repos/example/alarms/issues/([0-9]+)/comments")
# https://docs.github.com/en/rest/issues/comments#update-an-issue-comment
_ONE = re.compile(r"/repos/example/alarms/issues/comments/([0-9]+)")
_COMMENTS = "https://docs.github.com/rest/issues/comments"


@dataclass(frozen=True)
class Canned:
    """An answer that is given instead of the usual one."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


# "Resource not accessible by integration": the token lacks a permission, or can only read.
# https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
FORBIDDEN = Canned(
    403,
    {
        "message": "Resource not accessible by integration",
        "documentation_url": f"{_COMMENTS}#create-an-issue-comment",
        "status": "403",
    },
)
# https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource
NOT_FOUND = Canned(
    404,
    {
        "message": "Not Found",
        "documentation_url": f"{_COMMENTS}#list-issue-comments",
        "status": "404",
    },
)
# https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
INVALID = Canned(
    422,
    {
        "message": "Validation Failed",
        "errors": [
            {
                "resource": "IssueComment",
                "code": "unprocessable",
                "field": "data",
                "message": "Body is too long (maximum is 65536 characters)",
            }
        ],
        "documentation_url": f"{_COMMENTS}#create-an-issue-comment",
        "status": "422",
    },
)
# https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#failed-login-limit
BAD_TOKEN = Canned(
    401,
    {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/rest",
        "status": "401",
    },
)
# A server error is a page for people, not JSON.
# https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
UNAVAILABLE = Canned(502, "<html><title>Unicorn!</title></html>")
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
SECONDARY_LIMIT = Canned(
    403,
    {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."},
    {"Retry-After": "7"},
)
PRIMARY_LIMIT = Canned(
    403,
    {"message": "API rate limit exceeded for installation ID 1."},
    {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"},
)
# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
MOVED = Canned(301, {"message": "Moved Permanently"}, {"Location": "http://127.0.0.1:1/elsewhere"})


def comment(number: int, body: str | None, login: str | None = BOT) -> dict[str, Any]:
    """A comment as the API has it. ``user`` is null for a deleted account."""
    return {
        "id": number,
        "html_url": f"https://github.com/{REPOSITORY}/pull/7#issuecomment-{number}",
        "body": body,
        "user": login and {"login": login, "type": "Bot" if login == BOT else "User"},
    }


@dataclass
class FakeGitHub:
    """The state: comments by id, the requests that were sent, and the next canned answers.

    ``lost`` requests are carried out, but answered with an error.
    """

    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    canned: dict[str, list[Canned]] = field(default_factory=dict)
    lost: bool = False
    url: str = ""

    @property
    def bodies(self) -> list[tuple[int, str]]:
        """The id and the body of each comment."""
        return [(each["id"], each["body"]) for each in self.comments]

    def answer(self, method: str, target: str, payload: Any) -> Canned:
        """The answer to a request."""
        self.requests.append(f"{method} {target}")
        waiting = self.canned.get(method, [])
        if waiting and not self.lost:
            return waiting.pop(0)
        usual = self._usual(method, urlsplit(target), payload)
        return waiting.pop(0) if waiting else usual

    def _usual(self, method: str, target: Any, payload: Any) -> Canned:
        if method == "PATCH" and (match := _ONE.fullmatch(target.path)):
            for each in self.comments:
                if each["id"] == int(match[1]):
                    each["body"] = payload["body"]
                    return Canned(200, each)
            return NOT_FOUND
        if not (match := _LIST.fullmatch(target.path)) or match[1] != "7":
            return NOT_FOUND
        if method == "POST":
            if len(payload["body"]) > 65_536:
                return INVALID
            self.comments.append(comment(1000 + len(self.comments), payload["body"]))
            return Canned(201, self.comments[-1])
        return self._page(parse_qs(target.query))

    def _page(self, query: dict[str, list[str]]) -> Canned:
        """https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api"""
        size, page = int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0])
        shown = self.comments[(page - 1) * size : page * size]
        if page * size >= len(self.comments):
            return Canned(200, shown)
        last = -(-len(self.comments) // size)
        base = f"{self.url}/repos/{REPOSITORY}/issues/7/comments?per_page={size}&page="
        links = f'<{base}{page + 1}>; rel="next", <{base}{last}>; rel="last"'
        return Canned(200, shown, {"Link": links})


@contextmanager
def serve(fake: FakeGitHub) -> Iterator[FakeGitHub]:
    """Serve the fake on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            payload = json.loads(self.rfile.read(length)) if length else None
            fake.headers.append(dict(self.headers))
            answer = fake.answer(self.command, self.path, payload)
            body = answer.body
            text = body if isinstance(body, str) else json.dumps(body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
