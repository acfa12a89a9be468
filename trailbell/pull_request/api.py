"""
The REST API of GitHub.

In:    where the API is, and a token.
Out:   the JSON value of an answer, and where its next page is.
Never: a redirect, which would send the token elsewhere, or a retry. The caller knows what can be
       repeated.
"""

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any

from trailbell.errors import GitHubError
from trailbell.text_files import printable

_TIMEOUT = 30
_VERSION = "2022-11-28"  # https://docs.github.com/en/rest/about-the-rest-api/api-versions
_NEXT = re.compile(r'<([^>]*)>;[^,]*\brel="next"')


@dataclass(frozen=True)
class Answer:
    """The value of an answer. ``next_path`` leads to the next page; empty on the last one."""

    value: Any
    next_path: str = ""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        """Leave the redirect to the caller, as an error."""


@dataclass(frozen=True)
class GitHubApi:
    """The API at a URL, for the holder of a token. Proxies are those of the environment."""

    url: str
    token: str

    def call(self, method: str, path: str, payload: Mapping[str, str] | None = None) -> Answer:
        """Send a request. Raises `GitHubError` for each answer but success, and without one."""
        request = urllib.request.Request(  # noqa: S310 - `read_job` allows http and https only
            f"{self.url}{path}",
            method=method,
            data=None if payload is None else json.dumps(payload).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "trailbell",
                "X-GitHub-Api-Version": _VERSION,
            },
        )
        name = f"{method} {path.partition('?')[0]}"
        try:
            with urllib.request.build_opener(_NoRedirects).open(request, timeout=_TIMEOUT) as reply:
                content, next_path = reply.read(), self._next_path(reply.headers)
        except urllib.error.HTTPError as error:
            raise _refusal(name, error) from error
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise GitHubError(
                name, 0, str(reason) or type(error).__name__, retry_after=0
            ) from error
        except ValueError as error:  # its text can have the token
            raise GitHubError(name, 0, "its URL or token has an unusable character") from error
        try:
            return Answer(json.loads(content), next_path)
        except ValueError as error:
            raise GitHubError(name, 0, "the answer is not JSON", retry_after=0) from error

    def _next_path(self, headers: Message) -> str:
        """https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api"""
        match = _NEXT.search(headers.get("Link", ""))
        if match and match[1].startswith(f"{self.url}/"):
            return match[1].removeprefix(self.url)
        return ""


def _refusal(name: str, error: urllib.error.HTTPError) -> GitHubError:
    with error:
        try:
            text = error.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            text = ""
    reason = _reason(text) or error.reason or "no reason given"
    return GitHubError(name, error.code, reason, retry_after=_retry_after(error, reason))


def _reason(text: str) -> str:
    """The words of an error, and of the errors in it that have their own.

    https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
    """
    try:
        body = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    texts = [
        each.get("message") if isinstance(each, dict) else each
        for each in (errors if isinstance(errors, list) else ())
    ]
    parts = (body.get("message"), ", ".join(filter(None, map(_text, texts))))
    return ": ".join(filter(None, map(_text, parts)))


def _text(value: Any) -> str:
    return printable(value) if isinstance(value, str) else ""


def _retry_after(error: urllib.error.HTTPError, reason: str) -> float | None:
    """The seconds after which a request may be repeated; None if it may not.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    limited = error.code == 429 or (error.code == 403 and "rate limit" in reason.lower())
    after = error.headers.get("Retry-After", "")
    if after.isdigit() and (limited or error.code in (403, 503)):
        return float(after)
    if error.headers.get("X-RateLimit-Remaining") == "0" and (limited or error.code == 403):
        reset = error.headers.get("X-RateLimit-Reset", "")
        return max(0.0, float(reset) - time.time()) if reset.isdigit() else 60.0
    if limited:
        return 60.0
    return 0.0 if error.code >= 500 else None
