"""What a project imports: the names of ``trailbell``, and nothing else of it."""

import ast
import inspect
import subprocess
import sys

import pytest

import trailbell
from tests import PROJECT

_NAMES = (
    "ACCOUNT",
    "Catalog",
    "Condition",
    "Controls",
    "Detection",
    "Event",
    "Example",
    "Identity",
    "OTHER_ACCOUNT",
    "PLACEHOLDERS",
    "Pack",
    "ParameterInput",
    "Piece",
    "RegionScope",
    "Severity",
    "Stack",
    "Timing",
    "__version__",
    "all_of",
    "any_of",
    "api_call",
    "assemble",
    "assume_role_request",
    "assumed_role_identity",
    "aws_service",
    "compile_template",
    "console_sign_in",
    "cross_account_caller",
    "federated_user",
    "field",
    "fires",
    "iam_user",
    "identity_center_user",
    "insight_event",
    "is_set",
    "load_catalog",
    "root",
    "rule",
    "service_event",
    "service_linked_role",
    "suppress",
    "suppress_lint",
    "use_project",
)
"""The public names. To remove one breaks projects, and the changelog says so."""


def test_the_public_names() -> None:
    assert sorted(trailbell.__all__) == sorted(_NAMES)


def test_each_name_exists_and_is_listed() -> None:
    assert {*_NAMES} <= {*dir(trailbell)}
    assert {name: hasattr(trailbell, name) for name in _NAMES} == dict.fromkeys(_NAMES, True)


def test_another_name_does_not_exist() -> None:
    with pytest.raises(AttributeError, match="module 'trailbell' has no attribute 'Detections'"):
        trailbell.Detections  # type: ignore[attr-defined]  # noqa: B018 - its absence is tested


def test_the_stub_has_the_same_names() -> None:
    tree = ast.parse((PROJECT / "trailbell" / "__init__.pyi").read_text())
    stub = {
        alias.asname: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    modules = vars(trailbell)["_MODULES"]
    assert stub == {name: module for module, names in modules.items() for name in names}


@pytest.mark.parametrize("name", [name for name in _NAMES if name[0].islower()])
def test_each_function_has_a_docstring(name: str) -> None:
    assert inspect.getdoc(getattr(trailbell, name))


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, trailbell; print(*(m for m in sys.modules if m.startswith('trailbell')))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert {*done.stdout.split()} == {"trailbell", "trailbell.lazy_import"}


def test_content_of_the_baseline_uses_public_names() -> None:
    modules = {
        node.module
        for path in (PROJECT / "detections").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module not in sys.stdlib_module_names
    }
    assert modules == {"trailbell", "detections._conditions"}
