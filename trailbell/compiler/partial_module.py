"""
Execute a module without the literals that fail, so that one bad literal does not hide others.

In:    the name of a module that failed, and its error.
Out:   the module with everything else that it defines, and an error for each removed statement.
Never: a removed statement that is not the assignment of a literal. Without an import, for example,
       every following line would fail.
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
    module_name: str, type_name: str, first: ContentError
) -> tuple[ModuleType | None, tuple[ContentError, ...]]:
    """The module without the statements that fail (None if there is none), and all errors."""
    spec = importlib.util.find_spec(module_name)
    if spec is None or spec.origin is None:
        return None, (first,)
    try:
        tree = ast.parse(text_files.read_text(Path(spec.origin)))
    except (UnreadableFileError, SyntaxError, ValueError):
        return None, (first,)
    errors, undefined = [first], set[str]()
    error: ContentError | None = first
    while error is not None:
        failed = _statement(tree, _line(error, spec.origin))
        if failed is None or not _is_literal(failed, type_name):
            return None, tuple(errors)
        tree.body.remove(failed)
        undefined |= {
            node.id
            for node in ast.walk(failed)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        module = ModuleType(module_name)
        vars(module).update(__file__=spec.origin, __package__=spec.parent, __spec__=spec)
        error = _execute(tree, module)
        if error is not None and not _is_consequence(error, undefined):
            errors.append(error)
    return module, tuple(errors)


def _execute(tree: ast.Module, module: ModuleType) -> ContentError | None:
    try:
        with as_content_errors(module.__name__, None):
            exec(compile(tree, str(module.__file__), "exec"), vars(module))  # noqa: S102 - as import does
    except ContentError as error:
        return error
    return None


def _line(error: ContentError, origin: str) -> int:
    """The line of the module's own code at which the error was raised."""
    trace = error.__cause__.__traceback__ if error.__cause__ else None
    lines = [line for frame, line in traceback.walk_tb(trace) if frame.f_code.co_filename == origin]
    return lines[0] if lines else 0


def _statement(tree: ast.Module, line: int) -> ast.stmt | None:
    for statement in tree.body:
        if statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            return statement
    return None


def _is_literal(statement: ast.stmt, type_name: str) -> bool:
    """Whether a statement assigns the result of a call in which the type occurs."""
    match statement:
        case ast.Assign(value=ast.Call()) | ast.AnnAssign(value=ast.Call()):
            names = (getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(statement))
            return type_name in names
        case _:
            return False


def _is_consequence(error: ContentError, undefined: set[str]) -> bool:
    """Whether an error is only that a name of a removed statement is not defined."""
    return isinstance(error.__cause__, NameError) and error.__cause__.name in undefined
