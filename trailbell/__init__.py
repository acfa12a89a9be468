"""
Trailbell: a compiler from security detections and IAM policies to CloudFormation.

Detections, stacks and tests of a project import from here, and everything else is private::

    from trailbell import Detection, Example, Severity, all_of, api_call, field, iam_user

A name is imported when it is used, because the command line starts without most of them.
"""

from typing import Any

from trailbell.lazy_import import lazy_import

__version__ = "0.2.0"

_MODULES = {
    "trailbell.build.for_tests": (
        "compile_template",
        "fires",
        "load_catalog",
        "use_project",
    ),
    "trailbell.catalog.detection": (
        "Catalog",
        "Controls",
        "Detection",
        "Example",
        "Severity",
        "Timing",
    ),
    "trailbell.catalog.pack": ("Pack",),
    "trailbell.catalog.placeholders": ("PLACEHOLDERS",),
    "trailbell.compiler.stack": (
        "ParameterInput",
        "Piece",
        "RegionScope",
        "Stack",
        "assemble",
        "is_set",
        "rule",
    ),
    "trailbell.compiler.suppressions": (
        "suppress",
        "suppress_lint",
    ),
    "trailbell.pattern": (
        "all_of",
        "any_of",
        "field",
    ),
    "trailbell.pattern.ast": ("Condition",),
    "trailbell.samples": (
        "ACCOUNT",
        "Event",
        "Identity",
        "OTHER_ACCOUNT",
        "api_call",
        "assume_role_request",
        "assumed_role_identity",
        "aws_service",
        "console_sign_in",
        "cross_account_caller",
        "federated_user",
        "iam_user",
        "identity_center_user",
        "insight_event",
        "root",
        "service_event",
        "service_linked_role",
    ),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [*_MODULE_OF, "__version__"]

# ``trailbell.detection`` and others that content imports are found under their former names too.
__path__ += [f"{folder}/former" for folder in __path__]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(lazy_import(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
