"""
Comments that ask a person to review what was generated.

In:    the root of the project.
Out:   a note for each module with such comments.
Never: an error: what was generated builds and is true, and only a person can say more.
"""

from collections.abc import Iterator
from pathlib import Path

from trailbell import text_files
from trailbell.errors import UnreadableFileError
from trailbell.project.root import CONTENT
from trailbell.wording import pluralize

REVIEW = "# Review: "
"""The beginning of a comment on something that only a person can know."""


def review_notes(root: Path) -> Iterator[str]:
    """A sentence for each module of the project that has comments to be reviewed."""
    for name in CONTENT:
        for path in sorted((root / name).rglob("*.py")):
            yield from _note(path, path.relative_to(root).as_posix())


def _note(path: Path, name: str) -> Iterator[str]:
    try:
        lines = text_files.read_text(path).splitlines()
    except UnreadableFileError:  # discovery reports it
        return
    numbers = [n for n, line in enumerate(lines, 1) if line.lstrip().startswith(REVIEW)]
    if numbers:
        yield (
            f'{name}:{numbers[0]}: {pluralize(len(numbers), "comment")} "{REVIEW.strip()}" on '
            "generated text; write what is true for you, and remove the comment"
        )
