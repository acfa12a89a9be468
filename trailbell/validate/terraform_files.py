"""
The rules on files of Terraform's JSON syntax.

In:    paths of ``.tf.json`` files, and the rules that are loaded.
Out:   matches of cfn-lint, in the words of Terraform: addresses and arguments.
Never: a rule about what only CloudFormation has.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode import cfn_json
from cfnlint.match import Match
from cfnlint.rules import CloudFormationLintRule, RuleMatch, Rules
from cfnlint.rules.errors import ParseError
from cfnlint.template import Template

from trailbell import text_files
from trailbell.errors import UnreadableFileError
from trailbell.terraform import NATIVE_SYNTAX, NO_NATIVE_SYNTAX
from trailbell.terraform.arguments import RESOURCE_TYPES, Arguments, Nested
from trailbell.terraform.module import read_module
from trailbell.terraform.translate import Origin, Translation, translate
from trailbell.validate.rules import CLASSES

LEFT_OUT = {
    "E9808": "Pseudo parameters are CloudFormation's.",
    "E9811": "DeletionPolicy and UpdateReplacePolicy are CloudFormation's.",
}
"""Rules that say nothing about Terraform, with the reason."""

_NO_OBJECT = "The file has no JSON object, which a configuration of Terraform is."
_HUMPS = re.compile(r"(?<![:\w])[A-Z][a-z]+(?:[A-Z][A-Za-z]*)+\b")
_WORDS = (
    ("in this template", "in this module"),
    ("The template has", "The module has"),
    ("${AWS::AccountId}", "${data.aws_caller_identity.current.account_id}"),
    ("${AWS::Partition}", "${data.aws_partition.current.partition}"),
    ("${AWS::Region}", "${data.aws_region.current.region}"),
)


def terraform_matches(paths: Sequence[str], rules: Rules, config: ConfigMixIn) -> Iterator[Match]:
    """The matches in files, of which those in one folder are a module.

    A file that cannot be read is a match of E0000, and does not prevent those of others.
    """
    modules: dict[Path, dict[str, Any]] = {}
    for path in paths:
        document, problem = _read(path)
        if problem is not None:
            yield problem
            continue
        modules.setdefault(Path(path).parent, {})[path] = document
    own = {name.id for name in CLASSES.values()} - LEFT_OUT.keys()
    enabled = [
        rule
        for id_, rule in rules.data.items()
        if id_ in own and rules.is_rule_enabled(id_, config)
    ]
    for documents in modules.values():
        translation = translate(read_module(documents))
        template = Template("", translation.template, config.regions)
        for rule in enabled:
            for found in rule.match(template):
                if match := _match(found, rule, translation):
                    yield match


def _read(path: str) -> tuple[Any, Match | None]:
    """The decoded file, in which objects know their position; or the reason why it has none."""
    line = column = 1
    if path.endswith(NATIVE_SYNTAX):
        return None, _unreadable(path, f"{NO_NATIVE_SYNTAX}.")
    try:
        text = text_files.read_text(Path(path))
        document = _decode(text)
        reason = "" if isinstance(document, dict | list) else _NO_OBJECT
    except json.JSONDecodeError as error:
        line, column, reason = error.lineno, error.colno, f"This is not valid JSON: {error.msg}."
    except (UnreadableFileError, RecursionError) as error:
        reason = f"The file cannot be read: {error}."
    if not reason:
        return document, None
    return None, _unreadable(path, reason, line, column)


def _unreadable(path: str, reason: str, line: int = 1, column: int = 1) -> Match:
    return Match.create(
        message=reason,
        filename=path,
        rule=ParseError(),
        linenumber=line,
        columnnumber=column,
        linenumberend=line,
        columnnumberend=column,
    )


def _match(
    found: RuleMatch, rule: CloudFormationLintRule, translation: Translation
) -> Match | None:
    """A match of a rule at the argument it is about; None if a comment ignores the rule."""
    path = tuple(found.path)
    origin = translation.origin(path)
    if origin is None or rule.id in _ignored(translation, path):
        return None
    line, column = _position(origin)
    argument = f" ({origin.argument})" if origin.argument else ""
    message = in_words_of_terraform(found.message)
    for name, address in translation.addresses.items():
        message = re.sub(rf"\b{name}\b", address, message)
    return Match(
        message=f"{origin.address}{argument}: {message}",
        rule=rule,
        filename=origin.file,
        linenumber=line,
        columnnumber=column,
        linenumberend=line,
        columnnumberend=column,
        rulematch_obj=RuleMatch([origin.address, *filter(None, [origin.argument])], ""),
    )


def _decode(text: str) -> Any:
    """The document, in which objects and names know their position.

    A name that is in an object several times is like one with an array, and only then, positions
    are not known: https://github.com/hashicorp/hcl/blob/main/json/spec.md
    """
    document = json.loads(text, object_pairs_hook=_with_arrays)  # knows the line of an error
    try:
        return cfn_json.loads(text)
    except cfn_json.JSONDecodeError:
        return document


def _with_arrays(members: list[tuple[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name, value in members:
        values = value if isinstance(value, list) else [value]
        if name in merged:
            before = merged[name]
            merged[name] = [*(before if isinstance(before, list) else [before]), *values]
        else:
            merged[name] = value
    return merged


def _ignored(translation: Translation, path: tuple[str | int, ...]) -> set[str]:
    resource = translation.template["Resources"].get(path[1], {})
    config = resource.get("Metadata", {}).get("cfn-lint", {}).get("config", {})
    return set(config.get("ignore_checks", ()))


def _position(origin: Origin) -> tuple[int, int]:
    """Line and column of the argument's name, from 1; or of the name of the resource.

    cfn-lint counts lines from 0 and columns from 1.
    """
    steps = re.split(r"[.\[]", origin.argument)
    named = [key for key in origin.arguments if key in steps]
    mark = getattr(named[-1] if named else origin.label, "start_mark", None)
    return (mark.line + 1, mark.column) if mark else (1, 1)


def in_words_of_terraform(message: str) -> str:
    """A message with the arguments of Terraform instead of the properties of CloudFormation.

    >>> in_words_of_terraform("Add a topic to AlarmActions.")
    'Add a topic to alarm_actions.'
    """
    for old, new in _WORDS:
        message = message.replace(old, new)
    return _HUMPS.sub(lambda word: _arguments().get(word[0], word[0]), message)


@cache
def _arguments() -> dict[str, str]:
    """The arguments by the properties that they set."""
    names: dict[str, str] = {}
    for resource_type in RESOURCE_TYPES.values():
        names |= dict(_pairs(resource_type.arguments))
    return names


def _pairs(arguments: Arguments) -> Iterator[tuple[str, str]]:
    for argument, target in arguments.items():
        if isinstance(target, Nested):
            yield target.property, argument
            yield from _pairs(target.arguments)
        else:
            yield target, argument
