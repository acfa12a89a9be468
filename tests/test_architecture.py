"""Which way the arrows run: who may import whom, read from the sources."""

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

# Each module, or each module below a package ("...*"), and what it may import beside the standard
# library: modules by their name, packages with all below them as "...*". The longest row counts.
_ROWS: dict[str, tuple[str, ...]] = {
    "build": ("click", "trailbell", "trailbell.errors", "trailbell.late"),
    # Content: it imports the engine, never the reverse.
    "detections.*": (
        *("detections.*", "trailbell.deployed_name", "trailbell.detection", "trailbell.event"),
        *("trailbell.pattern", "trailbell.pattern.ast"),
    ),
    "policies.*": ("awacs.*",),
    "stacks.*": (
        *("troposphere.*", "awacs.*", "policies.*", "stacks.pieces.*"),
        *("trailbell.answer", "trailbell.deployed_name", "trailbell.detection"),
        *("trailbell.errors", "trailbell.stack", "trailbell.template.partitions"),
    ),
    # The engine: what everything stands on.
    "trailbell": (),
    "trailbell.errors": (),
    "trailbell.late": (),
    "trailbell.literal": (),
    "trailbell.event": (),
    "trailbell.garbage": (),
    "trailbell.deployed_name": (),
    "trailbell.place": (),
    # Templates, wherever they come from.
    "trailbell.template.*": (
        "trailbell.errors",
        "trailbell.reading",
        "trailbell.template.*",
        "yaml",
    ),
    "trailbell.service": ("botocore.loaders",),
    "trailbell.reading": ("trailbell.errors",),
    "trailbell.settings": ("trailbell.errors", "trailbell.reading"),
    "trailbell.finding": ("trailbell.place",),
    "trailbell.foreign": ("trailbell.errors", "trailbell.place"),
    "trailbell.dist": ("trailbell.errors", "trailbell.place"),
    "trailbell.render": (*("trailbell.template.limits", "trailbell.template.loops"),),
    # The language: nothing of ours but errors. Targets do not know each other.
    "trailbell.pattern.*": ("trailbell.errors", "trailbell.pattern.*"),
    "trailbell.pattern.ast": (),
    "trailbell.pattern.targets.*": (
        *("trailbell.errors", "trailbell.pattern", "trailbell.pattern.ast"),
        *(
            "trailbell.pattern.athena_table",
            "trailbell.pattern.compare",
            "trailbell.pattern.fields",
        ),
        *("trailbell.pattern.matcher", "trailbell.pattern.outcome", "trailbell.pattern.predicate"),
        *("trailbell.pattern.printer", "trailbell.pattern.record", "trailbell.pattern.regex"),
        *("trailbell.pattern.shape", "trailbell.pattern.sql", "trailbell.pattern.lines"),
        *("trailbell.pattern.split", "trailbell.pattern.filter_pattern"),
    ),
    # Event patterns: what is known of CloudTrail comes from the language.
    "trailbell.event_pattern.*": (
        *("trailbell.event_pattern.*", "trailbell.pattern.ast"),
        *("trailbell.pattern.lint", "trailbell.pattern.lint.cloudtrail"),
    ),
    # From content to documents.
    "trailbell.detection": (
        *("trailbell.deployed_name", "trailbell.errors", "trailbell.event", "trailbell.place"),
        *("trailbell.pattern", "trailbell.pattern.*"),
    ),
    "trailbell.answer": (
        *("trailbell.deployed_name", "trailbell.detection", "trailbell.errors"),
        "trailbell.pattern",
        *("trailbell.pattern.ast", "trailbell.pattern.targets.*"),
    ),
    "trailbell.explanation": (
        *("trailbell.detection", "trailbell.errors", "trailbell.pattern.targets.*"),
    ),
    "trailbell.exclusion": (
        *("trailbell.late", "trailbell.settings", "trailbell.pattern", "trailbell.pattern.*"),
    ),
    "trailbell.selection": (
        *("trailbell.detection", "trailbell.errors", "trailbell.exclusion", "trailbell.settings"),
        *("trailbell.pattern", "trailbell.pattern.*"),
    ),
    "trailbell.stack": ("trailbell.detection", "trailbell.place", "troposphere"),
    "trailbell.collect": (
        *("trailbell.errors", "trailbell.foreign", "trailbell.literal", "trailbell.partial"),
        *("trailbell.place", "trailbell.reading"),
    ),
    "trailbell.partial": ("trailbell.errors", "trailbell.foreign", "trailbell.reading"),
    "trailbell.provenance": ("trailbell.place", "troposphere"),
    "trailbell.compile": (
        *("trailbell.detection", "trailbell.errors", "trailbell.foreign", "trailbell.place"),
        *("trailbell.provenance", "trailbell.reading", "trailbell.render", "trailbell.stack"),
        "troposphere",
    ),
    # Judges. cfn-lint is imported by lint and by rules only.
    "trailbell.proof": (
        *("trailbell.detection", "trailbell.errors", "trailbell.late", "trailbell.validate.cache"),
        *("trailbell.pattern", "trailbell.pattern.*"),
        *("trailbell.detection_rules", "trailbell.event_name"),
    ),
    "trailbell.detection_rules": (
        *("trailbell.answer", "trailbell.deployed_name", "trailbell.detection"),
        "trailbell.pattern.*",
    ),
    "trailbell.event_name": ("trailbell.detection", "trailbell.pattern.*"),
    "trailbell.validate": (),
    "trailbell.validate.cache": ("platformdirs", "trailbell.finding", "trailbell.place"),
    "trailbell.validate.document": ("trailbell.template.loops",),
    "trailbell.validate.events": (
        *("trailbell.event_pattern", "trailbell.service", "trailbell.validate.document"),
    ),
    "trailbell.validate.lint": ("cfnlint.*", "trailbell.finding", "trailbell.garbage"),
    "trailbell.validate.metrics": ("trailbell.validate.document",),
    "trailbell.validate.patterns": (
        *("trailbell.errors", "trailbell.service", "trailbell.validate.document"),
        *("trailbell.pattern", "trailbell.pattern.*"),
    ),
    "trailbell.validate.linting": ("trailbell.finding", "trailbell.garbage", "trailbell.late"),
    "trailbell.validate.lint_settings": ("trailbell.settings", "trailbell.validate.region"),
    "trailbell.validate.policy_size": ("trailbell.template.loops", "trailbell.validate.document"),
    "trailbell.validate.quota": (
        *("trailbell.template.limits", "trailbell.template.loops", "trailbell.validate.document"),
        "trailbell.validate.policy_size",
    ),
    "trailbell.validate.region": ("trailbell.errors",),
    "trailbell.validate.rules.*": (
        *("cfnlint.*", "trailbell.errors", "trailbell.pattern", "trailbell.pattern.*"),
        *("trailbell.validate.document", "trailbell.validate.metrics"),
        *("trailbell.event_pattern", "trailbell.validate.events", "trailbell.validate.patterns"),
    ),
    "trailbell.validate.stamp": ("trailbell.place", "trailbell.validate.cache"),
    "trailbell.validate.suppression": ("trailbell.template.loops",),
    "trailbell.validate.verdict": (
        *("trailbell.compile", "trailbell.finding", "trailbell.template.limits"),
        *("trailbell.validate.cache", "trailbell.validate.linting", "trailbell.validate.quota"),
        "trailbell.validate.suppression",
    ),
    # The whole flow, and its words.
    "trailbell.build": (
        *(
            "trailbell.template.capabilities",
            "trailbell.compile",
            "trailbell.detection",
            "trailbell.dist",
        ),
        *("trailbell.errors", "trailbell.finding", "trailbell.template.loops", "trailbell.stack"),
        *("trailbell.validate.linting", "trailbell.validate.verdict"),
    ),
    "trailbell.report": (
        *("trailbell", "trailbell.build", "trailbell.errors", "trailbell.finding"),
        "trailbell.place",
    ),
    "trailbell.docs": (
        *("trailbell.audit.control", "trailbell.detection", "trailbell.errors"),
        *("trailbell.explanation", "trailbell.stack"),
    ),
    # After the seam: templates and the manifest, not how they came to be.
    "trailbell.deploy.*": (
        *("trailbell.deploy.*", "trailbell.dist", "trailbell.errors", "trailbell.finding"),
        *("trailbell.late", "trailbell.place", "trailbell.reading", "trailbell.settings"),
        *("trailbell.template.limits", "trailbell.template.partitions"),
    ),
    "trailbell.deploy.source": (
        *("trailbell.deploy.*", "trailbell.dist", "trailbell.errors", "trailbell.place"),
        *("trailbell.reading", "trailbell.template.parse"),
    ),
    "trailbell.deploy.permissions": (
        *("awacs.*", "trailbell.template.capabilities", "trailbell.deploy.*", "trailbell.dist"),
        *("trailbell.errors", "trailbell.place", "trailbell.settings"),
    ),
    "trailbell.deploy.aws": ("boto3.*", "botocore.*", "trailbell.errors"),
    "trailbell.rollout.*": (
        *("trailbell.rollout.*", "trailbell.deploy.*", "trailbell.dist", "trailbell.errors"),
        *("trailbell.late", "trailbell.place", "trailbell.settings"),
        "trailbell.template.limits",
    ),
    # Deliveries of CloudTrail, read fast: they know the language, not the catalogue.
    "trailbell.delivery.*": (
        *("trailbell.delivery.*", "trailbell.errors", "isal.*", "msgspec.*"),
        *("trailbell.pattern", "trailbell.pattern.*"),
    ),
    # Auditors: they read templates, ours or anybody's.
    "trailbell.audit.*": ("trailbell.audit.*", "trailbell.docs", "trailbell.validate.document"),
    "trailbell.audit": (),
    # The command line: it may see all, and nobody sees it.
    "trailbell.command.*": ("click", "rich.*", "trailbell.*"),
    "trailbell.command.docs": ("click", "cfnlint.helpers", "trailbell.*"),
}

_LATE = {
    "build": "subcommands, so that --help is instant",
    "trailbell.command.build": "all that builds, when something may have changed",
    "trailbell.command.plan": "boto3, which an offline plan does without",
    "trailbell.validate.linting": "cfn-lint, when a verdict is not in the cache",
    "trailbell.exclusion": "the names of APIs, when an excluded event is nearly a watched one",
    "trailbell.proof": "the lint of patterns, when its verdict is not in the cache",
}
"""Who may import while the program runs, and what."""


def _sources() -> dict[str, ast.Module]:
    paths = [
        _PROJECT / "build.py",
        *(path for package in _PACKAGES for path in sorted((_PROJECT / package).rglob("*.py"))),
    ]
    return {_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


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


@pytest.mark.parametrize("module", sorted(_SOURCES))
def test_a_module_imports_what_its_row_allows(module: str) -> None:
    allowed = _allowed(module)
    assert allowed is not None, f"{module} has no row in the table; give it one"
    forbidden = {
        imported
        for imported in _imports(_SOURCES[module])
        if imported.split(".")[0] not in sys.stdlib_module_names
        and not any(_covers(row, imported) for row in allowed)
    }
    assert forbidden == set()


def test_no_row_is_about_a_module_that_is_gone() -> None:
    coming = {"trailbell.deploy.aws", "trailbell.rollout.*", "trailbell.delivery.*"}
    gone = {row for row in _ROWS if not any(_covers(row, module) for module in _SOURCES)}
    assert gone - coming == set()


def test_no_module_imports_in_circles() -> None:
    arrows = {
        module: {found for found in _imports(tree) if found in _OURS and found != module}
        for module, tree in _SOURCES.items()
    }
    while leaves := {module for module, into in arrows.items() if not into}:
        arrows = {m: into - leaves for m, into in arrows.items() if m not in leaves}
    assert arrows == {}


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
    assert found <= {"trailbell.deploy.aws"}


def test_importing_while_the_program_runs_is_left_to_a_few() -> None:
    late = {m for m, tree in _SOURCES.items() if "trailbell.late" in _imports(tree)}
    deploying = {m for m in late if m.startswith(("trailbell.deploy.", "trailbell.rollout."))}
    by_name = {
        module
        for module, tree in _SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "import_module"
    }
    assert (late - deploying, by_name) == (set(_LATE), {"trailbell.late", "trailbell.collect"})


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
    loaded beside it before anything is known to need it.
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
