"""
The templates that a plan compares ``dist/`` with.

In:    ``--against`` (a Git revision, a folder or a file), or nothing: then the commit at which this
       branch left its target branch.
Out:   a `Baseline`, which says what it is.
Never: a comparison of ``dist/`` with itself that passes for one. Where the target branch of a pull
       request cannot be read, that is an error.

A pull request contains the built ``dist/``, so its last commit has no difference to the files in
the checkout. What is reviewed is the difference to the target branch.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trailbell import text_files
from trailbell.dist import manifest
from trailbell.dist.built_templates import TEMPLATE_HINT, decode, load_templates, parse_document
from trailbell.errors import ContentError, UnreadableFileError
from trailbell.project.git import GitError, find_commit, git, read_blobs, try_git
from trailbell.template import Template

# The variables in which CI systems name the branch that a pull request is merged into.
# https://docs.github.com/en/actions/reference/workflows-and-actions/variables
# https://docs.gitlab.com/ci/variables/predefined_variables/
# https://learn.microsoft.com/azure/devops/pipelines/build/variables
# https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
# https://buildkite.com/docs/pipelines/configure/environment-variables
# https://plugins.jenkins.io/branch-api/
TARGET_BRANCH_VARIABLES = (
    "GITHUB_BASE_REF",
    "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "BITBUCKET_PR_DESTINATION_BRANCH",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH",
    "CHANGE_TARGET",
)
_DEFAULT_BRANCHES = ("main", "master")


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The templates by stack with which plans are compared, and where they are from.

    ``removed`` are the stacks that it has and ``dist/`` has no longer, as far as all stacks are
    compared. ``remark`` is a sentence about a comparison that shows less than it seems to.
    """

    name: str
    documents: Mapping[str, Template]
    removed: Mapping[str, Template]
    remark: str = ""


@dataclass(frozen=True)
class _Revision:
    """A commit, its name for people, and a remark about the comparison with it."""

    commit: str
    name: str
    remark: str = ""


def read_baseline(
    against: str | None,
    folder: Path,
    stacks: Sequence[str],
    *,
    all_stacks: bool = False,
    variables: Mapping[str, str] | None = None,
) -> Baseline:
    """Read what ``folder`` is compared with; without ``against``, the merge base.

    ``all_stacks`` says that ``stacks`` are all of the folder, so others were removed from it.
    ``variables`` are those of the process by default. Raises `GitError` for a revision that cannot
    be read, and `ContentError` for a file without a template.
    """
    if against is None:
        variables = os.environ if variables is None else variables
        return _read_commit(_merge_base(folder, variables), folder, stacks, all_stacks=all_stacks)
    path = Path(against)
    if path.is_dir():
        entries = manifest.read(path).stacks
        names = [name for name in entries if all_stacks or name in stacks]
        documents = {t.stack: t.document for t in load_templates(path, names)} if names else {}
        return _baseline(against, documents, stacks)
    if path.is_file():
        if len(stacks) != 1:
            raise ContentError(
                location=against,
                problem="is one template, but several stacks are compared",
                hint="give the name of its stack",
            )
        return _baseline(against, {stacks[0]: parse_document(_text(path), against)}, stacks)
    commit = find_commit(folder, against)
    if commit is None:
        raise GitError(f'--against "{against}" is not a Git revision, file or directory')
    revision = _Revision(commit, f"{against} ({commit[:9]})")
    return _read_commit(revision, folder, stacks, all_stacks=all_stacks)


def _baseline(
    name: str, documents: Mapping[str, Template], stacks: Sequence[str], remark: str = ""
) -> Baseline:
    return Baseline(
        name=name,
        documents={stack: documents[stack] for stack in stacks if stack in documents},
        removed={stack: documents[stack] for stack in documents if stack not in stacks},
        remark=remark,
    )


def _text(path: Path) -> str:
    try:
        return text_files.read_text(path)
    except UnreadableFileError as error:
        raise ContentError(str(path), error.reason, TEMPLATE_HINT) from error


def _merge_base(folder: Path, variables: Mapping[str, str]) -> _Revision:
    """The commit at which the branch of the checkout left its target branch."""
    head = find_commit(folder, "HEAD")
    if head is None:
        raise GitError(
            f"{folder} is not in a Git repository with a commit. Name what to compare with: "
            "--against REV|FILE|DIR"
        )
    target = _target_branch(folder, variables)
    if target is None:
        return _Revision(
            head,
            f"HEAD ({head[:9]})",
            "No target branch was found, so only uncommitted changes are compared. To compare with "
            "another commit, use --against REV.",
        )
    base = try_git(folder, "merge-base", "HEAD", target)
    if not base:
        raise GitError(
            f"Git cannot determine where this branch left {target}: the history is incomplete. "
            "Fetch all of it (in GitHub Actions: fetch-depth: 0), or use --against REV."
        )
    if base == head:
        return _Revision(
            head,
            f"HEAD ({head[:9]})",
            f"HEAD is part of {target}, so only uncommitted changes are compared. To compare with "
            "another commit, use --against REV.",
        )
    return _Revision(base, f"merge base of {target} ({base[:9]})")


def _target_branch(folder: Path, variables: Mapping[str, str]) -> str | None:
    """The branch that this one is merged into: that of CI, else the default branch."""
    remotes = sorted(git(folder, "remote").decode().split(), key=lambda name: name != "origin")
    for variable in TARGET_BRANCH_VARIABLES:
        branch = variables.get(variable, "").removeprefix("refs/heads/")
        if not branch:
            continue
        for name in (*(f"{remote}/{branch}" for remote in remotes), branch):
            if find_commit(folder, name) is not None:
                return name
        raise GitError(
            f'The target branch "{branch}" ({variable}) is not in this checkout. Fetch it (in '
            "GitHub Actions: fetch-depth: 0), or use --against REV."
        )
    for remote in remotes:
        default = try_git(folder, "symbolic-ref", "--quiet", f"refs/remotes/{remote}/HEAD")
        for name in (
            default.removeprefix("refs/remotes/"),
            *(f"{remote}/{branch}" for branch in _DEFAULT_BRANCHES),
        ):
            if name and find_commit(folder, name) is not None:
                return name
    return next((name for name in _DEFAULT_BRANCHES if find_commit(folder, name) is not None), None)


def _read_commit(
    revision: _Revision, folder: Path, stacks: Sequence[str], *, all_stacks: bool
) -> Baseline:
    """The templates of a commit, read with one git process for their list and one for all."""
    names = dict.fromkeys(stacks)
    if all_stacks:
        names |= dict.fromkeys(_stacks_of_commit(revision, folder))
    blobs = read_blobs(folder, [f"{revision.commit}:./{name}.json" for name in names])
    documents = {}
    for name, content in zip(names, blobs, strict=True):
        if content is not None:
            location = f"{revision.name}: {folder.name}/{name}.json"
            documents[name] = parse_document(decode(content, location), location)
    remark = revision.remark
    if stacks and not documents:
        remark = (
            f"{revision.name} has none of these templates in {folder.name}/, so every stack is "
            "planned as new. To compare with another commit, use --against REV."
        )
    return _baseline(revision.name, documents, stacks, remark)


def _stacks_of_commit(revision: _Revision, folder: Path) -> tuple[str, ...]:
    """The stacks whose templates a commit has in this folder."""
    listing = git(folder, "ls-tree", "--name-only", "-z", revision.commit)
    names = [name for name in listing.decode().split("\0") if name.endswith(".json")]
    return tuple(name.removesuffix(".json") for name in names if name != manifest.MANIFEST)
