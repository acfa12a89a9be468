"""
A module of content without the statements that cannot be run: one bad literal costs no other.

In:    the name of a module that failed, and its fault.
Out:   the module with all else that it defines, and the fault of each statement that was left out.
Never: a statement left out that is more than one assignment of a literal. Without an import, say,
       every line after it would be at fault as well.
"""

import ast
import importlib.util
import traceback
from pathlib import Path
from types import ModuleType

from trailbell import text_files
from trailbell.compiler.content_errors import as_content_errors
from trailbell.errors import ContentError, UnreadableFileError


def without_broken_statements(
    module_name: str, kind: str, first: ContentError
) -> tuple[ModuleType | None, tuple[ContentError, ...]]:
    """The rest of a module (None if there is none to be had), and all of its faults."""
    spec = importlib.util.find_spec(module_name)
    if spec is None or spec.origin is None:
        return None, (first,)
    try:
        tree = ast.parse(text_files.read_text(Path(spec.origin)))
    except (UnreadableFileError, SyntaxError, ValueError):
        return None, (first,)
    faults, lost = [first], set[str]()
    fault: ContentError | None = first
    while fault is not None:
        failed = _statement(tree, _line(fault, spec.origin))
        if failed is None or not _is_literal(failed, kind):
            return None, tuple(faults)
        tree.body.remove(failed)
        lost |= {
            node.id
            for node in ast.walk(failed)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        module = ModuleType(module_name)
        vars(module).update(__file__=spec.origin, __package__=spec.parent, __spec__=spec)
        fault = _fault(tree, module)
        if fault is not None and not _follows(fault, lost):
            faults.append(fault)
    return module, tuple(faults)


def _fault(tree: ast.Module, module: ModuleType) -> ContentError | None:
    try:
        with as_content_errors(module.__name__, None):
            exec(compile(tree, str(module.__file__), "exec"), vars(module))  # noqa: S102 - as import does
    except ContentError as fault:
        return fault
    return None


def _line(fault: ContentError, origin: str) -> int:
    """The line of the module itself that was run, whatever it called."""
    trace = fault.__cause__.__traceback__ if fault.__cause__ else None
    lines = [line for frame, line in traceback.walk_tb(trace) if frame.f_code.co_filename == origin]
    return lines[0] if lines else 0


def _statement(tree: ast.Module, line: int) -> ast.stmt | None:
    for statement in tree.body:
        if statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            return statement
    return None


def _is_literal(statement: ast.stmt, kind: str) -> bool:
    """Whether it assigns what a call makes that has something to do with that kind."""
    match statement:
        case ast.Assign(value=ast.Call()) | ast.AnnAssign(value=ast.Call()):
            names = (getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(statement))
            return kind in names
        case _:
            return False


def _follows(fault: ContentError, lost: set[str]) -> bool:
    """Whether a fault is only that something is not there which was left out before."""
    return isinstance(fault.__cause__, NameError) and fault.__cause__.name in lost
