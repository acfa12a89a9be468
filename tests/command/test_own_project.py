"""Projects outside of the repository: started, built with the baseline, kept apart from it."""

import json
import subprocess
from pathlib import Path

import pytest

from tests import PROJECT
from tests.command.own_project import Ended, OwnProject
from trailbell import __version__

_FILES = (
    ".github/workflows/trailbell.yml",
    ".gitignore",
    "build.py",
    "detections/production_access.py",
    "policies/responders.py",
    "requirements.txt",
    "stacks/own.py",
    "tests/conftest.py",
    "tests/test_own.py",
    "trailbell.schema.json",
    "trailbell.toml",
)
pytestmark = pytest.mark.slow

_BASELINE = sorted(path.stem for path in (PROJECT / "dist").glob("*.yaml"))
_ELSEWHERE = (
    "which [baseline] in trailbell.toml leaves out; add one of them to [baseline] stacks; or, if "
    "another project deploys it, to [baseline] deployed_elsewhere"
)


@pytest.fixture(scope="session")
def pristine_own(tmp_path_factory: pytest.TempPathFactory) -> OwnProject:
    """A project that was started and built once, and is never changed."""
    project = OwnProject(tmp_path_factory.mktemp("own") / "alarms", tmp_path_factory.mktemp("c"))
    started = project.run("init", "alarms", cwd=project.root.parent)
    assert started == Ended(
        0,
        "\n".join(
            [
                f"Created a project in {project.root}: {len(_FILES)} files.",
                *(f"  {name}" for name in _FILES),
                "Next:",
                "  cd alarms",
                "  trailbell build    compile everything to dist/",
                "  trailbell list     list stacks and detections\n",
            ]
        ),
        "",
    )
    built = project.run()
    assert (built.code, built.err) == (0, "")
    return project


@pytest.fixture
def own(pristine_own: OwnProject, tmp_path: Path) -> OwnProject:
    """A built project, to be changed."""
    return pristine_own.copy(tmp_path / "alarms")


def _errors(ended: Ended) -> list[str]:
    """The lines of a build before those that say what is ignored, and the last line."""
    lines = (ended.out + ended.err).splitlines()
    return [line for line in lines if not line.startswith(("ignored: ", "note: "))]


# ------------------------------------------------------------------------------------- as it is


def test_everything_of_the_baseline_and_the_project_is_built(pristine_own: OwnProject) -> None:
    assert pristine_own.built() == sorted([*_BASELINE, "own"])


def test_stacks_of_the_baseline_are_those_of_the_repository(pristine_own: OwnProject) -> None:
    """Only those about all detections have more: the detection of the project."""
    same = [name for name in _BASELINE if name not in ("dashboard", "realtime-forward")]
    for name in same:
        for suffix in ("json", "yaml"):
            file = f"{name}.{suffix}"
            ours, theirs = PROJECT / "dist" / file, pristine_own.root / "dist" / file
            assert ours.read_bytes() == theirs.read_bytes(), file


def test_the_manifest_names_sources_of_both_without_a_path_of_the_machine(
    pristine_own: OwnProject,
) -> None:
    manifest = json.loads((pristine_own.root / "dist" / "manifest.json").read_text())
    files = {
        name: {line.split(":")[0] for line in manifest["stacks"][name]["sources"].values()}
        for name in ("own", "queue")
    }
    assert files == {
        "own": {"stacks/own.py", "trailbell/baseline/stacks/pieces/alarms.py"},
        "queue": {
            "trailbell/baseline/stacks/pieces/alert_queue.py",
            "trailbell/baseline/stacks/pieces/encryption.py",
            "trailbell/baseline/stacks/pieces/queue_alarm.py",
        },
    }


def test_git_sees_what_was_written_and_dist(own: OwnProject) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Start"]):
        subprocess.run([*git, *words], cwd=own.root, check=True)
    assert own.run("check").code == 0
    assert own.run("list").code == 0
    assert own.python("-m", "pytest", "-q").code == 0
    own.replace("detections/production_access.py", "Severity.LOW", "Severity.MEDIUM")
    assert own.run().code == 0
    status = subprocess.run(
        ["git", "status", "--short"], cwd=own.root, capture_output=True, text=True, check=True
    )
    changed = {line.strip().split(" ")[-1] for line in status.stdout.splitlines()}
    assert changed == {
        "detections/production_access.py",
        *(f"dist/{name}" for name in ("manifest.json", "own.json", "own.yaml")),
        *(f"dist/dashboard.{suffix}" for suffix in ("json", "yaml")),
    }


def test_the_program_is_the_same_in_every_way_to_start_it(own: OwnProject) -> None:
    (own.root / "stacks" / "deep").mkdir()
    ways = [
        own.run("list"),
        own.run("list", cwd=own.root / "stacks" / "deep"),
        own.run("list", "--project", str(own.root), cwd=own.root.parent),
        own.run("--project", str(own.root), "list", cwd=own.root.parent),
        own.run(f"--project={own.root}", "list", cwd=own.root.parent),
        own.python(str(own.root / "build.py"), "list", cwd=own.root.parent),
    ]
    assert ways == [ways[0]] * len(ways)
    assert "production-role-assumed" in ways[0].out


@pytest.mark.parametrize("words", [[], ["--region", "us-east-1"], ["build"]])
def test_the_project_can_be_named_without_a_command(own: OwnProject, words: list[str]) -> None:
    built = own.run("--project", str(own.root), *words, cwd=own.root.parent)
    assert (built.code, built.out.splitlines()[-1][:11]) == (0, "alarms/dist")


def test_a_second_build_changes_nothing(own: OwnProject) -> None:
    again = own.run()
    assert (again.code, again.out.splitlines()[-1]) == (0, "dist: no changes")


# ---------------------------------------------------------------------------- what is taken of ours


@pytest.mark.parametrize(
    ("settings", "stacks"),
    [
        pytest.param(
            '[baseline]\nstacks = ["security-alerts"]', ["own", "security-alerts"], id="one stack"
        ),
        pytest.param(
            '[baseline]\nstacks = ["tamper"]\ndeployed_elsewhere = ["security-alerts"]',
            ["own", "tamper"],
            id="a pack whose base another project deploys",
        ),
        pytest.param(
            '[baseline]\nenabled = false\ndeployed_elsewhere = ["alerts"]',
            ["own"],
            id="nothing, and the base is deployed by another project",
        ),
        pytest.param(
            '[baseline]\npacks = ["tamper"]',
            sorted(
                [
                    *("alerts", "dashboard", "hunt", "log-archive", "organization-trail", "own"),
                    *("queue", "tamper-hunt"),
                    *("realtime", "realtime-chat", "realtime-forward", "realtime-hub"),
                    *("search", "security-alerts", "stackset-roles", "tamper", "tamper-chat"),
                    *("tamper-queries", "tamper-realtime", "trail"),
                ]
            ),
            id="one pack, and all stacks without a pack",
        ),
    ],
)
def test_what_is_built_of_the_baseline(own: OwnProject, settings: str, stacks: list[str]) -> None:
    own.settings(settings)
    built = own.run()
    assert (built.code, own.built()) == (0, stacks), built.err + built.out


@pytest.mark.parametrize(
    ("settings", "errors"),
    [
        pytest.param(
            '[baseline]\npacks = ["tampr"]',
            [
                (
                    "error: {root}/trailbell.toml: baseline.packs: the baseline has no pack "
                    '"tampr"; did you mean "tamper"?'
                )
            ],
            id="an unknown pack",
        ),
        pytest.param(
            '[baseline]\nstacks = ["own"]',
            [
                (
                    "error: {root}/trailbell.toml: baseline.stacks: the baseline has no stack "
                    f'"own"; known: {", ".join(_BASELINE)}'
                )
            ],
            id="a stack of the project",
        ),
        pytest.param(
            '[baseline]\nenabled = false\npacks = ["tamper"]',
            [
                (
                    "error: {root}/trailbell.toml: baseline.packs: has no effect with enabled = "
                    "false; remove one of the two"
                )
            ],
            id="a pack of nothing",
        ),
        pytest.param(
            '[baseline]\nstacks = ["trail"]\ndeployed_elsewhere = ["trail"]',
            [
                (
                    'error: {root}/trailbell.toml: baseline.deployed_elsewhere: "trail" is also in '
                    '"stacks"; remove it from one of the two'
                )
            ],
            id="a stack that is built here and deployed elsewhere",
        ),
        pytest.param(
            '[baseline]\nstacks = ["tamper"]',
            [
                f"stacks/own.py:17: stack own imports from alerts or security-alerts, {_ELSEWHERE}",
                (
                    "trailbell/baseline/stacks/tamper.py:14: stack tamper imports from alerts or "
                    f"security-alerts, {_ELSEWHERE}"
                ),
                "dist: nothing written: 2 errors",
            ],
            id="a pack without its base",
        ),
        pytest.param(
            '[project]\nminimum_version = "99.1"\n[rollouts]\nx = 1',
            [
                (
                    "error: {root}/trailbell.toml: this project is for Trailbell 99.1 or newer, "
                    f"and {__version__} is installed"
                ),
                '  Install what the project requires: "pip install -r requirements.txt".',
            ],
            id="a project for a newer version, whose keys are not known yet",
        ),
    ],
)
def test_settings_that_contradict_the_baseline(
    own: OwnProject, settings: str, errors: list[str]
) -> None:
    own.settings(settings)
    before = own.built()
    assert _errors(own.run()) == [line.replace("{root}", str(own.root)) for line in errors]
    assert own.built() == before


def test_a_detection_in_a_pack_that_is_left_out(own: OwnProject) -> None:
    own.replace("detections/production_access.py", '("own",)', '("tamper",)')
    own.settings('[baseline]\npacks = ["essentials"]')
    assert _errors(own.run()) == [
        (
            "detections/production_access.py:20: detection production-role-assumed is in the pack "
            '"tamper", which [baseline] in trailbell.toml leaves out; add the pack and one of its '
            "stacks (tamper, tamper-chat, tamper-hunt, tamper-queries, tamper-realtime) to "
            "[baseline], or name a pack of your own"
        ),
        "dist: nothing written: 1 error",
    ]


def test_a_pack_that_no_stack_has(own: OwnProject) -> None:
    own.replace("detections/production_access.py", '("own",)', '("tampr",)')
    assert _errors(own.run()) == [
        (
            "detections/production_access.py:20: detection production-role-assumed: unknown pack "
            '"tampr"; did you mean "tamper"?; name a pack of a stack'
        ),
        "dist: nothing written: 1 error",
    ]


def test_two_stacks_that_define_a_pack_differently(own: OwnProject) -> None:
    own.write(
        "stacks/more.py",
        "from stacks.pieces.pack import queries_stack\nfrom trailbell import Pack\n"
        'STACK = queries_stack(Pack(name="own", title="another title", order=100))\n',
    )
    assert _errors(own.run()) == [
        (
            'stacks/own.py:17: the stacks own-queries and own define the pack "own" differently; '
            "the first is at stacks/more.py:3; define it in one module and import it in the other"
        ),
        "dist: nothing written: 1 error",
    ]


def test_a_detection_can_join_a_pack_of_the_baseline(own: OwnProject) -> None:
    own.replace("detections/production_access.py", '("own",)', '("identity",)')
    assert own.run().code == 0
    identity = json.loads((own.root / "dist" / "identity.json").read_text())
    assert "ProductionRoleAssumedAlarm" in identity["Resources"]
    assert "own" not in own.built()


def test_a_module_that_replaces_ours_is_named(own: OwnProject) -> None:
    own.write("detections/kms.py", '"""Nothing is detected here."""\n')
    built = own.run()
    assert built.code == 0
    assert [line for line in built.out.splitlines() if line.startswith("note: ")] == [
        (
            "note: detections/kms.py replaces the module of the baseline with that name, so "
            "kms-key-destroyed, kms-decrypt-by-people are not built; rename it if you do not mean "
            "that"
        )
    ]
    assert "KmsKeyDestroyedAlarm" not in (own.root / "dist" / "tamper.json").read_text()


def test_a_helper_of_ours_that_is_replaced_is_named_with_the_errors(own: OwnProject) -> None:
    own.write("stacks/pieces/queue_alarm.py", "")
    built = own.run()
    note = (
        "note: stacks/pieces/queue_alarm.py replaces the module of the baseline with that name; "
        "rename it if you do not mean that"
    )
    assert (built.code, note in built.out.splitlines()) == (2, True)


def test_a_stack_of_ours_that_is_replaced_can_be_selected(own: OwnProject) -> None:
    own.write(
        "stacks/queue.py",
        "from stacks.trail import template\nfrom trailbell import Stack\n"
        'STACK = Stack(name="queue", summary="ours", template=template)\n',
    )
    own.settings('[baseline]\nstacks = ["security-alerts", "queue"]')
    built = own.run()
    assert (built.code, own.built()) == (0, ["own", "queue", "security-alerts"]), built.out


def test_a_stack_whose_pack_has_no_detection_is_named(own: OwnProject) -> None:
    own.settings('[catalog]\ndisable = ["production-role-assumed"]')
    built = own.run()
    assert 'note: stack own is not built, because no detection of its pack "own" is deployed' in (
        built.out.splitlines()
    )


def test_an_error_in_a_detection_makes_no_error_in_the_settings(own: OwnProject) -> None:
    own.settings('[catalog.detection.production-role-assumed]\nseverity = "high"')
    own.replace("detections/production_access.py", "title=", "titel=")
    assert len(_errors(own.run())) == 2


def test_a_parameter_that_the_template_does_not_have(own: OwnProject) -> None:
    own.settings('[environment.a.stack.security-alerts.parameters]\nNotificationEmial = "a@b.c"')
    (error, last) = _errors(own.run("check"))
    assert error.endswith(
        "environment.a.stack.security-alerts: NotificationEmial: does not exist in the template; "
        'correct the name, did you mean "NotificationEmail"?'
    )
    assert last == "dist: not compared: 1 error"


def test_an_offline_plan_needs_no_environment(own: OwnProject) -> None:
    own.settings('[environment.sandbox]\nregion = "us-east-1"\n[environment.production]')
    planned = own.run("plan", "--against", "dist")
    assert (planned.code, planned.err) == (0, "")


def test_a_module_that_hides_a_package_of_ours_is_the_only_error(own: OwnProject) -> None:
    own.write("stacks/pieces.py", "")
    assert _errors(own.run()) == [
        (
            "stacks/pieces.py: has the name of a package of the baseline, whose modules can then "
            "not be imported; rename it"
        ),
        "dist: nothing written: 1 error",
    ]


def test_a_detection_in_a_folder_is_named(own: OwnProject) -> None:
    (own.root / "detections" / "team").mkdir()
    (own.root / "detections" / "production_access.py").rename(
        own.root / "detections" / "team" / "access.py"
    )
    checked = own.run("check", "--content")
    assert [line for line in checked.out.splitlines() if line.startswith("note: ")] == [
        (
            "note: detections/team/access.py is in a folder below detections/, so "
            "production-role-assumed is not built; move it up, or import it in a module there"
        ),
        'note: stack own is not built, because no detection of its pack "own" is deployed',
    ]


def test_names_of_ours_are_free_if_nothing_of_ours_is_built(own: OwnProject) -> None:
    own.settings('[baseline]\nenabled = false\ndeployed_elsewhere = ["alerts"]')
    own.replace("detections/production_access.py", "production-role-assumed", "iam-changes")
    own.replace("stacks/own.py", 'name="own"', 'name="cis"')
    own.replace("detections/production_access.py", '("own",)', '("cis",)')
    built = own.run()
    assert (built.code, own.built()) == (0, ["cis"]), built.out


def test_a_library_of_someone_else_is_read_in_every_build(own: OwnProject) -> None:
    """Its version is not part of what an unchanged build is known by."""
    library = own.root.parent / "acme.py"
    library.write_text('WORD = "first"\n')
    own.write(
        "policies/acme_word.py",
        f"import sys\nsys.path.insert(0, {str(library.parent)!r})\nimport acme\nWORD = acme.WORD\n",
    )
    own.replace("stacks/own.py", "OWN = Pack", "from policies.acme_word import WORD\n\nOWN = Pack")
    own.replace("stacks/own.py", '"Read the events', 'f"{WORD}: Read the events')
    assert own.run().code == 0
    library.write_text('WORD = "second, which differs"\n')
    assert own.run("check").code == 1


def test_an_error_in_a_module_of_the_project_is_located_there(own: OwnProject) -> None:
    own.write("stacks/broken.py", "STACK = 1 / 0\n")
    assert _errors(own.run()) == [
        "stacks/broken.py:1: stacks.broken: ZeroDivisionError: division by zero; fix this line",
        "dist: nothing written: 1 error",
    ]


def test_detections_of_the_project_are_documented(own: OwnProject) -> None:
    assert own.run("docs") == Ended(0, "Written: docs/packs/own.md\n", "")
    assert own.run("docs", "--check") == Ended(0, "All pages are up to date.\n", "")
    text = (own.root / "docs" / "packs" / "own.md").read_text()
    assert "**The role ProductionAdmin was assumed.** With this role production" in text


@pytest.mark.parametrize("options", [[], ["--check"]])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(
            b"# Our alarms\n",
            'not a generated page: it does not have "<!-- Generated from "; rename it, as a page '
            "of this name is generated; no file was changed",
            id="written by hand",
        ),
        pytest.param(
            b"# The pack \xff\n",
            "not UTF-8 text (byte 12); delete or rename it; no file was changed",
            id="not UTF-8",
        ),
    ],
)
def test_a_page_that_was_not_generated_is_kept(
    own: OwnProject, content: bytes, problem: str, options: list[str]
) -> None:
    page = own.root / "docs" / "packs" / "own.md"
    page.parent.mkdir(parents=True)
    page.write_bytes(content)
    assert own.run("docs", *options) == Ended(2, "", f"error: docs/packs/own.md: {problem}\n")
    assert page.read_bytes() == content


def test_a_generated_page_of_a_pack_that_is_gone_is_reported(own: OwnProject) -> None:
    own.write("docs/packs/gone.md", "# Gone\n\n<!-- Generated from detections/ by x. -->\n")
    own.write("docs/packs/notes.md", "# Written by hand\n")
    orphan = "docs/packs/gone.md describes nothing of this project: delete the page.\n"
    assert own.run("docs") == Ended(0, f"{orphan}Written: docs/packs/own.md\n", "")
    assert own.run("docs", "--check") == Ended(1, orphan, "")


def test_an_audit_of_dist_needs_usable_settings(own: OwnProject) -> None:
    own.settings("[catalog]\nbogus = 1")
    audit = own.run("audit")
    assert (audit.code, audit.out, "catalog.bogus: unknown key" in audit.err) == (2, "", True)
    assert own.run("audit", "dist/security-alerts.yaml").code in (0, 1)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param('[catalog]\npacks = ["essentials"]', id="its pack is not selected"),
        pytest.param('[catalog]\ndisable = ["production-role-assumed"]', id="it is disabled"),
    ],
)
def test_the_tests_of_a_project_hold_without_its_example(own: OwnProject, settings: str) -> None:
    own.settings(settings)
    tests = own.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_own.py")
    assert tests.code == 0, tests.out


# -------------------------------------------------------------------------------------- starting


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        pytest.param(
            "alarms",
            "{root} is a project already: it has a trailbell.toml\n  Edit that file.",
            id="a project",
        ),
        pytest.param(
            "alarms/more",
            "{root}/more is in the project {root}, and a project cannot be in another one\n"
            "  Choose a folder outside of it.",
            id="a folder in a project",
        ),
        pytest.param(
            "taken",
            "{parent}/taken has files of the same name already: build.py\n"
            "  Choose a folder without them, such as a new one.",
            id="a folder with another build.py",
        ),
        pytest.param(
            "/proc/alarms",
            "cannot write .github/workflows/trailbell.yml: no such file or directory; no files "
            "were changed",
            id="a folder that cannot be written",
        ),
    ],
)
def test_a_folder_that_cannot_become_a_project(own: OwnProject, folder: str, message: str) -> None:
    parent = own.root.parent
    (parent / "taken").mkdir()
    (parent / "taken" / "build.py").write_text("")
    ended = own.run("init", folder, cwd=parent)
    expected = message.replace("{root}", str(own.root)).replace("{parent}", str(parent))
    assert ended == Ended(2, "", f"error: {expected}\n")
    assert [path.name for path in (parent / "taken").iterdir()] == ["build.py"]
    assert not (own.root / "more").exists()


def test_a_gitignore_that_is_a_folder_is_named(own: OwnProject) -> None:
    folder = own.root.parent / "repository"
    (folder / ".gitignore").mkdir(parents=True)
    assert own.run("init", cwd=folder) == Ended(
        2,
        "",
        f"error: {folder} has files of the same name already: .gitignore\n"
        "  Choose a folder without them, such as a new one.\n",
    )


def test_the_next_command_can_be_copied(own: OwnProject) -> None:
    started = own.run("init", "my alarms", cwd=own.root.parent)
    assert (started.code, "\n  cd 'my alarms'\n" in started.out) == (0, True)


def test_a_file_that_the_system_refuses_is_named(own: OwnProject) -> None:
    own.write("docs/packs", "a file where a folder is needed\n")
    folder = own.root / "docs" / "packs"
    assert own.run("docs") == Ended(2, "", f"error: {folder}: File exists\n")


@pytest.mark.parametrize("words", [["list"], ["init"], ["new", "policy", "reader"]])
def test_a_current_folder_that_was_deleted(own: OwnProject, words: list[str]) -> None:
    gone = own.root.parent / "gone"
    gone.mkdir()
    script = (
        "import os, sys; from trailbell.command.main import main; "
        "os.rmdir(os.getcwd()); sys.exit(main())"
    )
    ended = own.python("-c", script, *words, cwd=gone)
    problem = "the current folder does not exist any more; change to another one"
    assert ended == Ended(2, "", f"error: {problem}\n")


def test_an_existing_gitignore_is_kept(own: OwnProject) -> None:
    folder = own.root.parent / "repository"
    folder.mkdir()
    (folder / ".gitignore").write_text("*.log\n.venv/\n")
    started = own.run("init", cwd=folder)
    assert (started.code, (folder / ".gitignore").read_text()) == (0, "*.log\n.venv/\n")
    missing = "__pycache__/ .pytest_cache/ plan.json plan.md trailbell-demo.html"
    assert f"Your .gitignore was kept. Add to it: {missing}\n" in started.out


# ------------------------------------------------------------------------------------- upgrading


def test_nothing_changes_without_an_upgrade(own: OwnProject) -> None:
    assert own.run("diff-baseline", "--exit-code") == Ended(
        0, f"The templates in dist/ are what Trailbell {__version__} builds.\n", ""
    )


def test_a_build_that_would_fail_is_no_upgrade(own: OwnProject) -> None:
    own.settings('[baseline]\nstacks = ["tamper"]')
    ended = own.run("diff-baseline")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: stacks/own.py:17: stack own imports from alerts or")


def test_what_a_newer_baseline_changes(own: OwnProject) -> None:
    """``dist/`` as an older version built it: another severity, a stack fewer, a stack more."""
    own.settings('[catalog.detection.region-enabled]\nseverity = "low"')
    own.write(
        "stacks/gone.py",
        "from stacks.queue import template\nfrom trailbell import Stack\n"
        'STACK = Stack(name="gone", summary="another queue", template=template)\n',
    )
    assert own.run().code == 0
    (own.root / "stacks" / "gone.py").unlink()
    own.settings("")
    ended = own.run("diff-baseline", "--exit-code")
    assert (ended.code, ended.err) == (3, "")
    changed = ("dashboard", "exposure", "exposure-chat", "exposure-realtime", "gone")
    headings = [line for line in ended.out.splitlines() if line.endswith("against dist/")]
    assert headings == [f"{stack}, against dist/" for stack in changed]
    assert ended.out.splitlines()[-1] == (
        f'Trailbell {__version__} changes 5 stacks. "trailbell build" writes it.'
    )
