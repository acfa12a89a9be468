"""Whatever is wrong: one clear message, the right exit code, no traceback, the old dist/ whole."""

import json
import shutil
from pathlib import Path

import pytest

from tests.command.conftest import Done, Project

pytestmark = pytest.mark.slow

_HEAD = "from troposphere import Template, sns\n\nfrom trailbell.compiler.stack import Stack\n\n"


def _stack(name: str, body: str) -> str:
    inside = body.replace("\n", "\n    ")
    return f"""{_HEAD}
def template(catalog):
    made = Template()
    {inside}
    return made


STACK = Stack(name={name!r}, summary="s", template=template)
"""


# Modules that are dropped into stacks/ all at once, and what is said of each.
_MODULES = {
    "raises": (
        "x = 1\nraise RuntimeError('no')\n",
        ":2: stacks.raises: RuntimeError: no; fix this line",
    ),
    "exits": (
        "import sys\nsys.exit('bye')\n",
        ":2: stacks.exits: SystemExit: bye; fix this line",
    ),
    "no_python": (
        "x = 1\ndef x(:\n",
        ":2: stacks.no_python: SyntaxError: invalid syntax (no_python.py, line 2); fix this line",
    ),
    "imports_nothing": (
        "import nothing_of_that_name\n",
        (
            ":1: stacks.imports_nothing: ModuleNotFoundError: No module named "
            "'nothing_of_that_name'; fix this line"
        ),
    ),
    "no_stack": ("x = 1\n", ": STACK is not defined; define STACK = Stack(...) in the module"),
    "wrong_type": (
        "STACK = {}\n",
        ": STACK is not a Stack, but a dict; define STACK = Stack(...) in the module",
    ),
    "bad_name": (
        _stack("my stack", "pass"),
        (
            ':12: stacks.bad_name: ValueError: "my stack" is not a stack name: a letter, then '
            "letters, digits and hyphens; fix this line"
        ),
    ),
    "takes_manifest": (
        _stack("manifest", "pass"),
        (
            ':12: stacks.takes_manifest: ValueError: stack name "manifest" is reserved for '
            "dist/manifest.json; fix this line"
        ),
    ),
    "same_id": (
        _stack("same-id", "made.add_resource(sns.Topic('A'))\nmade.add_resource(sns.Topic('A'))"),
        ':9: stack same-id: ValueError: duplicate key "A" detected; fix this line',
    ),
    "unknown_property": (
        _stack("unknown-property", "made.add_resource(sns.Topic('A', Nme='x'))"),
        (
            ":8: stack unknown-property: AttributeError: AWS::SNS::Topic object does not support "
            "attribute Nme; fix this line"
        ),
    ),
    "wrong_value": (
        _stack("wrong-value", "made.add_resource(sns.Topic('A', DisplayName=5))"),
        (
            ":8: stack wrong-value: TypeError: sns.Topic: A.DisplayName is int, expected str; "
            "fix this line"
        ),
    ),
    "nothing_in_it": (
        _stack("nothing-in-it", "pass"),
        ":12: stack nothing-in-it has no resources; add at least one in its template function",
    ),
    "returns_nothing": (
        _stack("returns-nothing", "made = None"),
        (
            ":12: the template function of stack returns-nothing returns NoneType; return a "
            "troposphere.Template"
        ),
    ),
    "no_json": (
        _stack("no-json", "made.add_resource(sns.Topic('A'))\nmade.set_metadata({'M': {1}})"),
        (
            ":13: stack no-json: TypeError: Object of type set is not JSON serializable; "
            "fix this line"
        ),
    ),
    "too_deep": (
        _stack(
            "too-deep",
            "inner = {}\nfor _ in range(300):\n    inner = {'a': inner}\n"
            "made.add_resource(sns.Topic('A', Metadata=inner))",
        ),
        (
            ":15: stack too-deep is nested too deeply (more than 100 levels); remove "
            "levels of lists and mappings"
        ),
    ),
    "unknown_detection": (
        _stack("unknown-detection", "catalog.get('root-acount-use')"),
        (
            ':8: stack unknown-detection: unknown detection "root-acount-use"; did you mean '
            '"root-account-use"?; fix this line'
        ),
    ),
}


@pytest.fixture(scope="module")
def all_at_once(
    pristine: Project, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Project, Done, list[str]]:
    """One build over all of them, and what ``list`` says of them on standard error."""
    root = tmp_path_factory.mktemp("bad") / "project"
    shutil.copytree(pristine.root, root)
    project = Project(root, pristine.cache)
    for name, (text, _) in _MODULES.items():
        project.write(f"stacks/{name}.py", text)
    return project, project.run(), project.run("list").err.splitlines()


def test_everything_that_is_wrong_is_told_together_and_nothing_else(
    all_at_once: tuple[Project, Done, list[str]],
) -> None:
    _, done, _ = all_at_once
    expected = {f"stacks/{name}.py{message}" for name, (_, message) in _MODULES.items()}
    assert (done.code, set(done.told), len(done.told), done.err) == (
        2,
        expected,
        len(_MODULES),
        "",
    )


def test_nothing_is_written_while_anything_is_wrong(
    all_at_once: tuple[Project, Done, list[str]], pristine: Project
) -> None:
    project, _, _ = all_at_once
    assert project.dist == pristine.dist


def test_the_last_line_says_that_nothing_was_written_and_why(
    all_at_once: tuple[Project, Done, list[str]],
) -> None:
    _, done, _ = all_at_once
    assert done.last == f"dist: nothing written: {len(_MODULES)} errors"


def test_what_is_right_is_checked_all_the_same(
    all_at_once: tuple[Project, Done, list[str]],
) -> None:
    project, _, _ = all_at_once
    told = json.loads(project.run("--format", "json").out)
    assert {"alerts", "security-alerts", "trail"} <= {stack["name"] for stack in told["stacks"]}


def test_a_list_says_what_it_could_not_load(
    all_at_once: tuple[Project, Done, list[str]],
) -> None:
    _, _, listed = all_at_once
    compiling = [name for name, (_, message) in _MODULES.items() if "stack " in message[:15]]
    loading = {n: m for n, (_, m) in _MODULES.items() if n not in (*compiling, "returns_nothing")}
    assert sorted(listed) == sorted(f"error: stacks/{n}.py{m}" for n, m in loading.items())


def test_a_stack_whose_name_is_taken(project: Project) -> None:
    before = project.dist
    project.write("stacks/second.py", _stack("trail", "made.add_resource(sns.Topic('A'))"))
    done = project.run()
    assert (done.code, [line.split("; ")[1] for line in done.told], project.dist) == (
        2,
        ["give it another name"],
        before,
    )
    assert done.told[0].startswith("stacks/trail.py:")
    assert 'a second stack is called "trail", after stacks/second.py:12' in done.told[0]


def test_a_broken_stack_does_not_hide_that_a_name_is_unknown_for_its_sake(
    project: Project,
) -> None:
    project.write("stacks/mine.py", "raise RuntimeError('no')\n")
    done = project.run("build", "mine")
    assert (done.code, done.told) == (
        2,
        ["stacks/mine.py:1: stacks.mine: RuntimeError: no; fix this line"],
    )


# ------------------------------------------------------------------------------ detections


def test_no_detections(project: Project) -> None:
    before = project.dist
    for path in (project.root / "detections").glob("[a-z]*.py"):
        path.unlink()
    done = project.run()
    assert (done.code, done.told, project.dist) == (
        2,
        [
            (
                "detections/: the catalog is empty; write at least one Detection(...) in a "
                "module there"
            )
        ],
        before,
    )


def test_no_stacks(project: Project) -> None:
    before = project.dist
    for path in (project.root / "stacks").glob("[a-z]*.py"):
        path.unlink()
    done = project.run()
    assert (done.code, done.told, project.dist) == (
        2,
        ["stacks/: there is no stack; write at least one STACK = Stack(...) in a module there"],
        before,
    )


def test_an_id_that_is_taken(project: Project) -> None:
    before = project.dist
    iam = (project.root / "detections" / "iam.py").read_text()
    project.write("detections/zebra.py", iam.replace("IAM_CHANGES", "OTHER"))
    line = 1 + iam.splitlines().index("IAM_CHANGES = Detection(")
    done = project.run()
    assert (done.code, done.told, project.dist) == (
        2,
        [
            (
                f'detections/zebra.py:{line}: a second detection is called "iam-changes", after '
                f"detections/iam.py:{line}; give it another name"
            )
        ],
        before,
    )


# ------------------------------------------------------------------------------ unknown words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["build", "trial"],
            'error: unknown stack "trial"; did you mean "trail"?\n',
            id="a stack",
        ),
        pytest.param(
            ["--region", "eu-north-9"],
            'error: unknown Region "eu-north-9"; did you mean "eu-north-1"?\n',
            id="a Region",
        ),
        pytest.param(
            ["buidl"],
            'error: unknown command "buidl"; did you mean "build"?\n',
            id="a command",
        ),
    ],
)
def test_a_word_that_nobody_knows(arguments: list[str], message: str, pristine: Project) -> None:
    done = pristine.run(*arguments)
    assert done == Done(2, "", message)


def test_a_format_that_nobody_knows(pristine: Project) -> None:
    done = pristine.run("build", "--format", "yaml")
    named = [word for word in ("--format", "yaml", "text", "json", "sarif") if word in done.err]
    assert (done.code, done.out, named) == (2, "", ["--format", "yaml", "text", "json", "sarif"])


# ------------------------------------------------------------------------------ where it is written


def test_an_output_that_is_a_file(project: Project) -> None:
    project.write("file", "mine")
    done = project.run("-o", "file")
    assert (done.code, done.err, (project.root / "file").read_text()) == (
        2,
        "error: cannot write file: it is a file, not a directory; no files were changed\n",
        "mine",
    )


def test_an_output_below_a_file(project: Project) -> None:
    done = project.run("-o", "build.py/dist")
    assert (done.code, done.err) == (
        2,
        "error: cannot write build.py/dist: not a directory; no files were changed\n",
    )


def test_an_output_folder_that_may_not_be_written(project: Project) -> None:
    done = project.run("-o", "/proc/trailbell")
    assert (done.code, done.err) == (
        2,
        ("error: cannot write /proc/trailbell: no such file or directory; no files were changed\n"),
    )


def test_a_full_disk(project: Project) -> None:
    project.write("dist/alerts.yaml", "old")
    before = project.dist
    done = project.run(prefix="ulimit -f 16;")
    assert (done.code, done.err, project.dist) == (
        2,
        f"error: cannot write {project.root / 'dist'}: file too large; no files were changed\n",
        before,
    )


def test_a_folder_in_the_place_of_a_template(project: Project) -> None:
    path = Path(project.root, "dist", "trail.json")
    path.unlink()
    path.mkdir()
    done = project.run()
    assert (done.code, done.err) == (
        2,
        (
            f"error: {path}: cannot be read (is a directory); move it, because the build "
            "writes a template there\n"
        ),
    )


def test_a_manifest_that_cannot_be_read(project: Project) -> None:
    before = project.dist
    project.write("dist/manifest.json", "rubbish")
    one = project.run("build", "trail")
    path = project.root / "dist" / "manifest.json"
    assert (one.code, one.err) == (
        2,
        (f"error: {path}: is not a valid manifest; build all stacks again: trailbell build\n"),
    )
    everything = project.run()
    assert (everything.code, everything.last, project.dist) == (
        0,
        "dist: changed manifest.json",
        before,
    )
