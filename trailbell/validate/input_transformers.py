"""
The input transformers in a template, with what is unknown before deployment.

In:    a template.
Out:   each `TemplateOfTarget`: the paths and the text of a transformer, and where it is.
Never: a fault of a value that only a deployment knows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.event_pattern.input_transformer import Fault, faults
from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, is_intrinsic, substitute
from trailbell.validate.rule_targets import RuleTarget, rule_targets

UNKNOWN = "\ue000"
"""Replaces what is unknown in a text; no template contains this private-use character."""

_TEXT_OR_VARIABLE = re.compile(r'"(?:\\.|[^"\\])*"|<[^<>]*>')
_ODD_VARIABLE = re.compile(r"<([^<>]*[^A-Za-z0-9_.<>-][^<>]*)>")
"""``<https://example.com>``: no page says what EventBridge makes of such a text."""

_OF_FORM = ("not-json", "unquoted-text")

SUSPICIOUS = frozenset({"event-in-text", "unquoted-text"})
"""The IDs of faults that a page forbids or another one shows, but that may be accepted."""


@dataclass(frozen=True)
class TemplateOfTarget:
    """One text that a transformer of a target can have.

    ``paths`` are those of all branches. ``knows_paths`` is false if a function may add others.
    """

    target: RuleTarget
    paths: Mapping[str, str]
    knows_paths: bool
    text: str
    path: TemplatePath

    @property
    def is_certain(self) -> bool:
        """Whether nothing outside of quotes is unknown."""
        return UNKNOWN not in _TEXT_OR_VARIABLE.sub(_without_texts, self.text)

    def faults(self) -> tuple[Fault, ...]:
        """The faults that do not depend on what is unknown."""
        text = _ODD_VARIABLE.sub(r"(\1)", self.text)
        return tuple(
            fault
            for fault in faults(self.paths, text)
            if self.knows_paths or fault.id != "undeclared-variable"
            if self.is_certain or fault.id not in _OF_FORM
        )


def _without_texts(token: re.Match[str]) -> str:
    return "" if token[0].startswith('"') else token[0]


def input_templates(document: Any) -> Iterator[TemplateOfTarget]:
    """The texts of all input transformers, in all branches."""
    for target in rule_targets(document):
        yield from templates_of(target)


def templates_of(target: RuleTarget) -> Iterator[TemplateOfTarget]:
    """The texts of the input transformer of one target."""
    path = (*target.path, "InputTransformer")
    for transformer, transformer_path in branches(target.properties.get("InputTransformer"), path):
        if not isinstance(transformer, dict) or is_intrinsic(transformer):
            continue
        paths, knows_paths = _paths(transformer.get("InputPathsMap"))
        for template, template_path in branches(
            transformer.get("InputTemplate"), (*transformer_path, "InputTemplate")
        ):
            text = text_with_unknown(template)
            if text is not None:
                yield TemplateOfTarget(target, paths, knows_paths, text, template_path)


def _paths(value: Any) -> tuple[dict[str, str], bool]:
    """The paths of all branches, and whether those are all that there can be."""
    paths: dict[str, str] = {}
    knows_all = True
    for branch, _ in branches(value):
        if branch is None:
            continue
        is_known = isinstance(branch, dict) and not is_intrinsic(branch)
        if not is_known or any(str(name).startswith("Fn::") for name in branch):
            knows_all = False
            continue
        for name, path in branch.items():
            paths[str(name)] = path if isinstance(path, str) else "$"
    return paths, knows_all


def text_with_unknown(value: Any) -> str | None:
    """A text with `UNKNOWN` for each variable; None for a value that is unknown as a whole."""
    match value:
        case str(text):
            return text
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            return substitute(text, UNKNOWN)
        case {"Fn::Join": [str(delimiter), list(parts)]}:
            return delimiter.join(text_with_unknown(part) or UNKNOWN for part in parts)
        case _:
            return None
