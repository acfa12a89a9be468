"""
The text of a comment.

In:    Markdown of any length, and a job.
Out:   the text with the mark, the page with the summary and the commit, no longer than GitHub
       accepts.
Never: Markdown that is cut inside of a block of code or a folded part, which would break the rest.
"""

import re
from dataclasses import dataclass, replace

from trailbell.pull_request.job import Job

MAX_LENGTH = 65_536
"""Characters of a comment. GitHub answers 422, "Body is too long", to more."""

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_FOLDED = re.compile(r"<(/?)details\b", re.IGNORECASE)


def compose(mark: str, markdown: str, job: Job) -> str:
    """The text of a comment. If it must be cut, it says so and names the page with all of it."""
    summary = f"[Summary of the job]({job.summary_url})" if job.summary_url else ""
    commit = f"Commit {job.commit[:9]}" if job.commit else ""
    end = " · ".join(part for part in (summary, commit) if part)
    where = " The summary of the job has all of it." if job.summary_url else ""
    note = f"**This comment is cut, because it is too long.**{where}"
    room = MAX_LENGTH - _length(f"{mark}\n\n\n{end}")
    body = cut(markdown.strip("\n"), room, note)
    return "\n".join((mark, body, *(("", end) if end else ())))


def cut(markdown: str, limit: int, note: str) -> str:
    """The first lines of Markdown, and a note, if it has more characters than the limit.

    A block of code and folded parts that are open at that place are closed.
    """
    if _length(markdown) <= limit:
        return markdown
    lines = markdown.split("\n")
    state, length = _Open(), 0
    kept, ending = 0, note
    for number, line in enumerate(lines, 1):
        length += _length(line) + 1
        if length > limit:
            break
        state = state.after(line)
        closing = "\n".join((*state.closing(), "", note))
        if length + _length(closing) <= limit:
            kept, ending = number, closing
    return "\n".join((*lines[:kept], ending))


def _length(text: str) -> int:
    """The length in units of UTF-16, which is never less than that in characters."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class _Open:
    """What is open after some lines: the fence of a block of code, and folded parts."""

    fence: str = ""
    folded: int = 0

    def after(self, line: str) -> "_Open":
        match = _FENCE.match(line)
        if self.fence:
            closes = match and match[1].startswith(self.fence) and not match[2].strip()
            return replace(self, fence="") if closes else self
        if match:
            return replace(self, fence=match[1])
        change = sum(-1 if slash else 1 for slash in _FOLDED.findall(line))
        return replace(self, folded=max(0, self.folded + change))

    def closing(self) -> tuple[str, ...]:
        fence = (self.fence,) if self.fence else ()
        return (*fence, *("", "</details>") * self.folded)
