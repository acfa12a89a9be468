"""The check of the word list finds what is on it, and fails where it cannot read."""

import subprocess
import sys
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parent.parent
_LIST = """
files = ["*.md", "*.py"]

[[word]]
find = 'plant(s|ed|ing)?'
write = '"put"'

[[word]]
find = 'two words'
write = '"one"'
"""


def _check(root: Path, *options: str) -> tuple[int, list[str], str]:
    """Exit code, lines of standard output, standard error."""
    script = str(_PROJECT / ".ci" / "words.py")
    command = [sys.executable, script, "--root", str(root), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a list, a document and a module in which nothing is found."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "words.toml").write_text(_LIST)
    (tmp_path / "page.md").write_text("Text.\n")
    (tmp_path / "module.py").write_text('"""A module."""\n')
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("page.md", "A transplant, planters, plant_id, plant-based", id="longer words"),
        pytest.param("page.md", "two other words", id="a phrase with a word in between"),
        pytest.param("module.py", "plant = planted(planting)", id="a name in the code"),
        pytest.param("module.py", 'print(f"{plant}")', id="a name in a formatted string"),
        pytest.param("module.py", "# two\nx = 1\n# words", id="comments that do not follow"),
        pytest.param("module.py", 'b"plant"', id="bytes"),
        pytest.param("data.json", '"plant"', id="a file that is not on the list"),
    ],
)
def test_what_is_no_word_of_the_list_is_not_found(root: Path, name: str, text: str) -> None:
    (root / name).write_text(text)
    assert _check(root) == (0, [], "0 hits\n")


@pytest.mark.parametrize(
    ("name", "text", "hit"),
    [
        pytest.param("page.md", "a\nPlanted.", 'page.md:2: "Planted"', id="a capital letter"),
        pytest.param("page.md", "a two\nwords", 'page.md:1: "two words"', id="a phrase over lines"),
        pytest.param("page.md", "`plant`", 'page.md:1: "plant"', id="code in a document"),
        pytest.param("module.py", '"""\nx\n\nplant\n"""', 'module.py:4: "plant"', id="a docstring"),
        pytest.param("module.py", "x = 1  # plant", 'module.py:1: "plant"', id="a comment"),
        pytest.param(
            "module.py", "x = 1\n# two\n# words", 'module.py:2: "two words"', id="two comments"
        ),
        pytest.param(
            "module.py",
            'x = (\n    "a "\n    "planting"\n)',
            'module.py:3: "planting"',
            id="a string in pieces",
        ),
        pytest.param(
            "module.py", 'x = f"{y} plant"', 'module.py:1: "plant"', id="a formatted string"
        ),
    ],
)
def test_a_planted_word_is_found(root: Path, name: str, text: str, hit: str) -> None:
    (root / name).write_text(text)
    code, lines, summary = _check(root)
    assert (code, [line.split(";")[0] for line in lines], summary) == (1, [hit], "1 hit\n")


def test_the_message_says_what_to_write(root: Path) -> None:
    (root / "page.md").write_text("plant")
    assert _check(root)[1] == ['page.md:1: "plant"; write "put"']


def test_the_count_is_by_folder(root: Path) -> None:
    (root / ".ci" / "words.toml").write_text(_LIST.replace('"*.py"', '"docs/*.md"'))
    (root / "docs").mkdir()
    (root / "docs" / "page.md").write_text("plant plant")
    (root / "page.md").write_text("plant")
    assert _check(root, "--count")[:2] == (1, ["     2  docs/", "     1  page.md"])


def test_a_word_is_allowed_where_the_list_says_so(root: Path) -> None:
    put = """write = '"put"'"""
    allow = f'{put}\nallow = {{ "page.md" = "quotes it", "data/" = "is data" }}'
    text = _LIST.replace('"*.py"', '"data/*.md"').replace(put, allow)
    (root / ".ci" / "words.toml").write_text(text)
    (root / "data").mkdir()
    (root / "data" / "page.md").write_text("plant")
    (root / "page.md").write_text("plant, two words")
    assert _check(root)[1] == ['page.md:1: "two words"; write "one"']


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param(".ci/words.toml", None, "cannot be read", id="no list"),
        pytest.param(".ci/words.toml", b"", "'word'", id="an empty list"),
        pytest.param(
            ".ci/words.toml", b'files = ["*.md"]\nword = []', "unknown keys", id="no word"
        ),
        pytest.param(
            ".ci/words.toml", b'[[word]]\nfind = "a"\nwrite = "b"', "'files'", id="no files"
        ),
        pytest.param(
            ".ci/words.toml",
            b'files = ["*.md"]\n[[word]]\nfind = "("\nwrite = "b"',
            "is not a regular expression",
            id="a word that is no expression",
        ),
        pytest.param(
            ".ci/words.toml",
            b'files = ["*.md"]\n[[word]]\nfind = "a"\nwrite = "b"\nalow = 1',
            "unknown keys",
            id="a key with a typing error",
        ),
        pytest.param(
            ".ci/words.toml",
            b'files = ["*.rst"]\n[[word]]\nfind = "a"\nwrite = "b"',
            'the files "*.rst" do not exist',
            id="files that do not exist",
        ),
        pytest.param(
            ".ci/words.toml",
            b'files = ["*.md"]\n[[word]]\nfind = "a"\nwrite = "b"\nallow = {"page.md" = "quoted"}',
            'does not occur in page.md; remove it from "allow"',
            id="an exception that is not needed",
        ),
        pytest.param("page.md", b"\xff", "page.md cannot be read", id="a page that is not UTF-8"),
        pytest.param("module.py", b"(", "module.py cannot be read", id="a module with an error"),
    ],
)
def test_what_cannot_be_read_is_an_error(
    root: Path, name: str, content: bytes | None, message: str
) -> None:
    (root / name).unlink()
    if content is not None:
        (root / name).write_bytes(content)
    code, lines, error = _check(root)
    assert (code, lines) == (2, [])
    assert error.startswith("error: ")
    assert message in error
