"""What a plan compares dist/ with: a revision, a folder, a file, or the target branch."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.dist.folders import commit, document, git, write
from trailbell.dist.baseline import Baseline, read_baseline
from trailbell.errors import ContentError, InputError

OLD, BRANCH, TREE = document("old"), document("branch"), document("tree")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone in which the branch "change" has a commit more than origin/main."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    commit(origin, one=OLD, gone=OLD)
    git(tmp_path, "clone", "-q", str(origin), "clone")
    clone = tmp_path / "clone"
    git(clone, "checkout", "-q", "-b", "change")
    commit(clone, one=BRANCH, new=BRANCH)
    return clone


def _head(folder: Path, revision: str = "HEAD") -> str:
    command = ["git", "-C", str(folder), "rev-parse", revision]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout[:9]


def _read(
    folder: Path, against: str | None = None, variables: dict[str, str] | None = None
) -> Baseline:
    stacks = ("one", "new")
    return read_baseline(
        against, folder / "dist", stacks, all_stacks=True, variables=variables or {}
    )


def test_a_branch_is_compared_with_the_commit_at_which_it_left_the_default_branch(
    repository: Path,
) -> None:
    assert _read(repository) == Baseline(
        name=f"merge base of origin/main ({_head(repository, 'origin/main')})",
        documents={"one": OLD},
        removed={"gone": OLD},
    )


def test_later_commits_of_the_target_branch_are_not_changes_of_this_one(repository: Path) -> None:
    base = _head(repository, "origin/main")
    commit(repository.parent / "origin", one=TREE, gone=OLD)
    git(repository, "fetch", "-q")
    assert _read(repository).name == f"merge base of origin/main ({base})"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("GITHUB_BASE_REF", "release", id="GitHub Actions"),
        pytest.param("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "release", id="GitLab"),
        pytest.param("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/release", id="Azure Pipelines"),
        pytest.param("BITBUCKET_PR_DESTINATION_BRANCH", "release", id="Bitbucket"),
        pytest.param("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "release", id="Buildkite"),
        pytest.param("CHANGE_TARGET", "release", id="Jenkins"),
    ],
)
def test_a_pull_request_is_compared_with_its_own_target_branch(
    repository: Path, variable: str, value: str
) -> None:
    origin = repository.parent / "origin"
    git(origin, "checkout", "-q", "-b", "release")
    git(repository, "fetch", "-q")
    assert _read(repository, variables={variable: value}).name == (
        f"merge base of origin/release ({_head(repository, 'origin/release')})"
    )


def test_a_target_branch_that_is_not_fetched_is_an_error(repository: Path) -> None:
    with pytest.raises(InputError) as error:
        _read(repository, variables={"GITHUB_BASE_REF": "release"})
    assert str(error.value) == (
        'The target branch "release" (GITHUB_BASE_REF) is not in this checkout. Fetch it (in '
        "GitHub Actions: fetch-depth: 0), or use --against REV."
    )


def test_a_history_that_is_too_short_is_an_error(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "other")
    commit(repository, one=BRANCH)
    with pytest.raises(InputError, match="where this branch left origin/main: the history is"):
        _read(repository)


def test_a_commit_of_the_target_branch_itself_is_compared_with_what_is_not_committed(
    repository: Path,
) -> None:
    git(repository, "checkout", "-q", "main")
    write(repository / "dist", one=TREE)
    assert _read(repository) == Baseline(
        name=f"HEAD ({_head(repository)})",
        documents={"one": OLD},
        removed={"gone": OLD},
        remark="HEAD is part of origin/main, so only uncommitted changes are compared. To compare "
        "with another commit, use --against REV.",
    )


def test_a_repository_without_remotes_has_its_main_branch_as_target(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, one=OLD)
    git(tmp_path, "checkout", "-q", "-b", "change")
    commit(tmp_path, one=BRANCH)
    assert _read(tmp_path).name == f"merge base of main ({_head(tmp_path, 'main')})"


def test_without_any_target_branch_only_uncommitted_changes_are_compared(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    commit(tmp_path, one=OLD)
    assert _read(tmp_path) == Baseline(
        name=f"HEAD ({_head(tmp_path)})",
        documents={"one": OLD},
        removed={},
        remark="No target branch was found, so only uncommitted changes are compared. To compare "
        "with another commit, use --against REV.",
    )


def test_a_folder_that_the_base_does_not_have_is_a_remark(repository: Path) -> None:
    name = f"merge base of origin/main ({_head(repository, 'origin/main')})"
    write(repository / "other", one=OLD)
    assert read_baseline(None, repository / "other", ["one"], variables={}) == Baseline(
        name=name,
        documents={},
        removed={},
        remark=f"{name} has none of these templates in other/, so every stack is planned as new. "
        "To compare with another commit, use --against REV.",
    )


def test_a_folder_outside_of_git_is_an_error(tmp_path: Path) -> None:
    folder = write(tmp_path / "dist", one=OLD)
    with pytest.raises(InputError, match="is not in a Git repository with a commit"):
        read_baseline(None, folder, ["one"], variables={})


def test_a_revision_is_compared_with(repository: Path) -> None:
    assert _read(repository, "origin/main").documents == {"one": OLD}


def test_a_directory_is_compared_with(repository: Path) -> None:
    folder = write(repository / "deployed", one=TREE, gone=TREE)
    assert _read(repository, str(folder)) == Baseline(
        name=str(folder), documents={"one": TREE}, removed={"gone": TREE}
    )


def test_only_the_stacks_that_are_named_are_compared(repository: Path) -> None:
    read = read_baseline("origin/main", repository / "dist", ["one"])
    assert (read.documents, read.removed) == ({"one": OLD}, {})


def test_a_file_is_compared_with(tmp_path: Path) -> None:
    path = tmp_path / "deployed.json"
    path.write_text(json.dumps(OLD))
    assert read_baseline(str(path), tmp_path, ["one"]).documents == {"one": OLD}


def test_a_file_is_no_baseline_of_several_stacks(tmp_path: Path) -> None:
    path = tmp_path / "deployed.json"
    path.write_text(json.dumps(OLD))
    with pytest.raises(ContentError, match="is one template, but several stacks are compared"):
        read_baseline(str(path), tmp_path, ["one", "two"])


@pytest.mark.parametrize("revision", ["no-such", "-x", "--help"])
def test_an_unknown_revision_is_an_error(repository: Path, revision: str) -> None:
    with pytest.raises(InputError, match=f'--against "{revision}" is not a Git revision'):
        _read(repository, revision)


def test_a_revision_with_a_file_that_is_not_text(repository: Path) -> None:
    (repository / "dist" / "one.json").write_bytes(b"\xff\xfe")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "a")
    with pytest.raises(ContentError, match=r"dist/one\.json: not UTF-8 text \(byte 1\)"):
        _read(repository, "HEAD")
