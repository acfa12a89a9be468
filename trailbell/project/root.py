"""
Where the project, the engine and the baseline are.

In:    the folder that a program names, or the current folder and ``trailbell.toml`` above it.
Out:   folders.
Never: the folder of the installed package as a project. Nothing is written there.
"""

from pathlib import Path

from trailbell.errors import ProjectError

FILE = "trailbell.toml"
"""The settings of a project. Where it is, is the root."""

CONTENT = ("detections", "policies", "stacks")
"""The folders of a project that hold its modules."""

ENGINE = Path(__file__).resolve().parent.parent
_PACKAGED = ENGINE / "baseline"
BASELINE = _PACKAGED if _PACKAGED.is_dir() else ENGINE.parent
"""The folder with our detections, policies and stacks: in the package, or the clone."""

BASELINE_NAME = "trailbell/baseline"
"""How files of the baseline are displayed in other projects, the same on every machine."""

_chosen: list[Path] = []


def use_project(folder: Path) -> None:
    """Choose the project. Its settings are optional: the program is in its folder."""
    _chosen[:] = [folder.resolve()]


def choose_project(folder: Path) -> None:
    """Choose the project in a folder that a person names. Raises `ProjectError`."""
    if not _has_settings(folder):
        raise ProjectError(
            f"{folder} is not a project, because it has no {FILE}",
            f'"trailbell init {folder}" makes it one',
        )
    use_project(folder)


def project_root() -> Path:
    """The root of the project that was chosen, or that the current folder is in.

    Raises `ProjectError` if there is none, or two of them above each other.
    """
    if not _chosen:
        use_project(find_root(Path.cwd()))
    return _chosen[0]


def find_root(folder: Path) -> Path:
    """The folder with the settings that is this one or above it. Raises `ProjectError`."""
    roots = _roots(folder)
    if not roots:
        raise ProjectError(
            f"{folder} is not in a project: neither it nor a folder above it has a {FILE}",
            'start one with "trailbell init", or name its folder with --project',
        )
    if len(roots) > 1:
        raise ProjectError(
            f"there are two projects above each other: {roots[0] / FILE} and {roots[1] / FILE}",
            f"name the one that you mean with --project, for example --project {roots[0]}",
        )
    return roots[0]


def root_above(folder: Path) -> Path | None:
    """The root of the project that a folder is, or is in; None if it is in none."""
    return next(iter(_roots(folder)), None)


def chosen_root() -> Path | None:
    """The root of the project if one is in use."""
    return _chosen[0] if _chosen else None


def _roots(folder: Path) -> list[Path]:
    """The folders with settings that are this one or above it, the innermost first."""
    return [each for each in (folder, *folder.parents) if _has_settings(each)]


def _has_settings(folder: Path) -> bool:
    try:
        return (folder / FILE).is_file()
    except OSError:  # a folder above that may not be read
        return False


def folder_in_repository() -> str:
    """The folder of the project in its Git repository: ``infra/alarms``.

    Empty if the project is all of the repository, or in none.
    """
    root = project_root()
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            path = root.relative_to(folder).as_posix()
            return "" if path == "." else path
    return ""
