"""Notes on generated text that no one has reviewed."""

from pathlib import Path

from trailbell.build.review_comments import review_notes


def _write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(text.encode("latin-1"))


def test_only_comments_of_modules_are_noted(tmp_path: Path) -> None:
    _write(tmp_path, "detections/a.py", 'X = "# Review: this"\n# review: later\n')
    _write(tmp_path, "detections/b.txt", "# Review: this\n")
    _write(tmp_path, "tests/test_a.py", "# Review: this\n")
    _write(tmp_path, "detections/c.py", "# Review: \xff\n")
    assert list(review_notes(tmp_path)) == []


def test_each_module_is_noted_once(tmp_path: Path) -> None:
    _write(tmp_path, "stacks/deep/b.py", "\n# Review: this\n")
    _write(tmp_path, "detections/a.py", "X = 1\n    # Review: this\n# Review: that\n")
    rest = "on generated text; write what is true for you, and remove the comment"
    assert list(review_notes(tmp_path)) == [
        f'detections/a.py:2: 2 comments "# Review:" {rest}',
        f'stacks/deep/b.py:2: 1 comment "# Review:" {rest}',
    ]
