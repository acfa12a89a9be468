"""A project as it was committed, in a folder of its own."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dist.folders import git
from trailbell.project import git as git_module
from trailbell.project.git import GitError
from trailbell.project.revision import Revision, exported, find_revision

_SETTINGS = b'[catalog]\r\npacks = ["essentials"]\n'


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary folders."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path, temporary: Path) -> Iterator[Path]:
    """A project in a folder of a repository. The commit "old" has it, "before" does not."""
    repository = tmp_path / "repository"
    root = repository / "infra"
    (root / "detections").mkdir(parents=True)
    git(repository, "init", "-q", "-b", "main")
    (repository / "README.md").write_text("A repository\n")
    _commit(repository, "before")
    (root / "trailbell.toml").write_bytes(_SETTINGS)
    (root / ".gitattributes").write_text("* text eol=crlf\ndetections export-ignore\n")
    (root / "detections" / "mine é.py").write_text("ONE = 1\n")
    (root / "detections" / "link.py").symlink_to("mine é.py")
    (root / "elsewhere").symlink_to("../README.md")
    submodule = f"160000,{'1' * 40},infra/submodule"
    git(repository, "update-index", "--add", "--cacheinfo", submodule)
    (root / "submodule").mkdir()
    _commit(repository, "old")
    (root / "detections" / "mine é.py").write_text("TWO = 2\n")
    (root / "staged.py").write_text("")
    git(repository, "add", "infra/staged.py")
    before = _state(repository)
    yield root
    assert (_state(repository), list(temporary.iterdir())) == (before, [])


def _commit(repository: Path, tag: str) -> None:
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", tag)
    git(repository, "tag", tag)


def _state(repository: Path) -> dict[str, bytes]:
    """Every file of the repository and of its working tree, as far as a command may change it."""
    return {
        str(path.relative_to(repository)): path.read_bytes()
        for path in sorted(repository.rglob("*"))
        if path.is_file()
    }


def _files(folder: Path) -> dict[str, str | bytes]:
    """The files of a folder, and where its links lead."""
    return {
        path.relative_to(folder).as_posix(): (
            str(path.readlink()) if path.is_symlink() else path.read_bytes()
        )
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def test_the_files_are_those_of_the_commit_in_the_folder_of_the_project(project: Path) -> None:
    revision = find_revision(project, "old")
    assert re.fullmatch(r"old \([0-9a-f]{9}\)", revision.name)
    with exported(project, revision) as folder:
        assert folder.name == "infra"
        assert _files(folder) == {
            ".gitattributes": b"* text eol=crlf\ndetections export-ignore\n",
            "detections/link.py": "mine é.py",
            "detections/mine é.py": b"ONE = 1\n",
            "elsewhere": "../README.md",
            "trailbell.toml": b'[catalog]\npacks = ["essentials"]\n',
        }


def test_a_commit_has_a_short_name(project: Path) -> None:
    commit = find_revision(project, "old").commit
    assert find_revision(project, commit) == Revision(commit, commit[:9])


@pytest.mark.parametrize(
    ("revision", "problem"),
    [
        pytest.param(
            "gone",
            r'--against "gone" is not a Git revision or a file\. If it is a revision of another '
            r"clone, fetch it \(in GitHub Actions: fetch-depth: 0\)",
            id="there is no such revision",
        ),
        pytest.param("--help", r'--against "--help" is not a Git revision .*', id="an option"),
        pytest.param("", r'--against "" is not a Git revision .*', id="nothing"),
        pytest.param(
            "main:README.md",
            r'--against "main:README.md" is not a Git revision .*',
            id="a file of a commit is not a commit",
        ),
    ],
)
def test_an_unknown_revision_is_an_error(project: Path, revision: str, problem: str) -> None:
    with pytest.raises(GitError) as error:
        find_revision(project, revision)
    assert re.fullmatch(problem, str(error.value))


def test_a_folder_that_is_in_no_repository_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(GitError) as error:
        find_revision(tmp_path, "main")
    expected = r'--against "main" is not a file, and as a Git revision it cannot be read \(.*\)'
    assert re.fullmatch(expected, str(error.value), re.DOTALL)
    assert "not a git repository" in str(error.value)


def test_without_git_no_revision_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError) as error:
        find_revision(tmp_path, "main")
    assert "git is not installed" in str(error.value)
    with pytest.raises(GitError), git_module.open_blobs(tmp_path):
        pytest.fail("git is not installed")


def test_a_revision_without_the_project_is_an_error(project: Path) -> None:
    revision = find_revision(project, "before")
    with pytest.raises(GitError) as error, exported(project, revision):
        pytest.fail("there is no project")
    assert str(error.value) == (
        f"{revision.name} has no project in infra/: neither trailbell.toml nor build.py. Use "
        "--against with a revision that has one"
    )


@pytest.mark.parametrize(
    ("link", "target"),
    [
        pytest.param("detections/others", "../../shared", id="into another folder"),
        pytest.param("trailbell.toml", "/etc/trailbell.toml", id="to an absolute path"),
    ],
)
def test_content_outside_of_the_project_is_an_error(
    project: Path, tmp_path: Path, link: str, target: str
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(project.parent), "clone")
    (clone / "infra" / link).unlink(missing_ok=True)
    (clone / "infra" / link).symlink_to(target)
    _commit(clone, "linked")
    revision = find_revision(clone / "infra", "linked")
    with pytest.raises(GitError) as error, exported(clone / "infra", revision):
        pytest.fail("content would be lost")
    assert str(error.value) == (
        f"{revision.name}: {link} is a symbolic link to {target}, outside of the project. Content "
        "of other folders cannot be compared; copy it into the project"
    )


def test_the_folder_is_removed_when_a_command_is_interrupted(
    project: Path, temporary: Path
) -> None:
    there: list[Path] = []

    def interrupt() -> None:
        with exported(project, find_revision(project, "old")):
            there.extend(temporary.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert len(there) == 1
    assert list(temporary.iterdir()) == []


def test_an_object_that_the_clone_does_not_have_is_an_error(project: Path) -> None:
    with pytest.raises(GitError) as error, git_module.open_blobs(project) as read:
        read("0" * 40)
    assert str(error.value) == (
        f"the clone does not have the object {'0' * 40}; fetch the whole history"
    )


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_what_a_partial_clone_does_not_have_is_not_fetched(
    project: Path, tmp_path: Path, left_out: str
) -> None:
    origin = project.parent.as_uri()
    git(tmp_path, "clone", "-q", "--bare", origin, "origin")
    git(tmp_path / "origin", "config", "uploadpack.allowFilter", "true")
    origin = (tmp_path / "origin").as_uri()
    git(tmp_path, "clone", "-q", f"--filter={left_out}", "--no-checkout", origin, "partial")
    root = tmp_path / "partial" / "infra"
    root.mkdir()
    before = _state(tmp_path / "partial")
    with pytest.raises(GitError), exported(root, find_revision(root, "old")):
        pytest.fail("it was fetched")
    assert _state(tmp_path / "partial") == before


def test_a_commit_that_does_not_exist_is_an_error(project: Path) -> None:
    with pytest.raises(GitError), exported(project, Revision("0" * 40, "nothing")):
        pytest.fail("there is no commit")
