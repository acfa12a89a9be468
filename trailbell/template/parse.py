"""
Parse the text of a template as CloudFormation does.

In:    JSON or YAML.
Out:   the template in long form: only values that JSON can represent, and text as keys.
Never: an exception other than `UnreadableFileError`, whatever the text is.
"""

import json
import math
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar

import yaml

from trailbell import text_files
from trailbell.errors import UnreadableFileError

# CloudFormation does not support these tags. A value that only looks like a timestamp is text, as
# in the Version of an IAM policy.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
_YAML = "tag:yaml.org,2002:"
_UNSUPPORTED = frozenset(_YAML + name for name in ("binary", "omap", "pairs", "set", "timestamp"))
# PyYAML resolves a plain ``=`` and then cannot construct it; for AWS it is text.
_TEXT = frozenset((_YAML + "timestamp", _YAML + "value"))


def _construct(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            argument = loader.construct_scalar(node)
        case yaml.SequenceNode():
            argument = loader.construct_sequence(node, deep=True)
        case _:
            argument = loader.construct_mapping(node, deep=True)
    if suffix in ("Ref", "Condition"):
        return {suffix: argument}
    if suffix == "GetAtt" and isinstance(argument, str):
        argument = argument.split(".", 1)
    return {f"Fn::{suffix}": argument}


class _CloudFormationYaml:
    """YAML 1.1 as CloudFormation reads it, for both parsers of PyYAML.

    As in cfn-lint's decoder, all other rules of YAML 1.1 apply: ``0123`` is octal, ``1:30`` is 90,
    and ``on`` is true. CloudFormation reads account IDs in the same way:
    https://github.com/aws-cloudformation/cfn-language-discussion/issues/31. In YAML 1.1, ``0189``
    is text, although CloudFormation has been seen to read it as a number. Of two equal keys the
    last one counts, as in JSON: AWS accepts such templates, with undefined behavior.
    """

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TEXT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors: ClassVar = yaml.SafeLoader.yaml_constructors | {
        f"{_YAML}merge": yaml.SafeLoader.construct_yaml_str  # as a value, ``<<`` is text
    }
    yaml_multi_constructors: ClassVar = yaml.SafeLoader.yaml_multi_constructors | {"!": _construct}

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - as PyYAML
        """Construct a value; report the line of a number that JSON cannot represent."""
        mark = node.start_mark
        try:
            value = super().construct_object(node, deep)  # type: ignore[misc]  # mixin
            if isinstance(value, int):
                str(value)  # Python converts at most 4,300 digits
        except (ValueError, LookupError, AttributeError) as error:  # of PyYAML's constructors
            raise yaml.constructor.ConstructorError(problem_mark=mark) from error
        except OverflowError:
            value = math.inf
        if isinstance(value, float) and not math.isfinite(value):
            raise UnreadableFileError(f"the number at line {mark.line + 1} is not valid in JSON")
        return value

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - as PyYAML
        """Construct a mapping with text as keys: ``111122223333: x``, ``on: x``."""
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.tag == f"{_YAML}merge":
                line = key.start_mark.line + 1
                raise UnreadableFileError(
                    f"CloudFormation does not support the YAML merge (<<) at line {line}"
                )
            if isinstance(key, yaml.ScalarNode) and key.tag.startswith(_YAML):
                key.tag = f"{_YAML}str"
        return super().construct_mapping(node, deep)  # type: ignore[misc]  # mixin

    # PyYAML's scanner in Python opens a level in these two methods. It has no limit, and its time
    # grows with the square of the depth.

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        super().fetch_flow_collection_start(token)  # type: ignore[misc]  # mixin
        self._check_depth()

    def add_indent(self, column: int) -> bool:
        deeper: bool = super().add_indent(column)  # type: ignore[misc]  # mixin
        self._check_depth()
        return deeper

    def _check_depth(self) -> None:
        if self.flow_level + len(self.indents) > text_files.MAX_DEPTH:  # type: ignore[attr-defined]  # mixin
            raise UnreadableFileError(text_files.TOO_DEEP)


class _InPython(_CloudFormationYaml, yaml.SafeLoader):
    pass


class _Loader(_CloudFormationYaml, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # mixin
    pass


def parse_yaml(text: str) -> Any:
    """The template in a YAML text, in long form. Raises `UnreadableFileError`.

    Reads back exactly what `trailbell.compiler.render` wrote.
    """
    return _parse(text, _Loader)


def _parse(text: str, loader: Any) -> Any:
    try:
        _check(text, loader)
        return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader and our own tags
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableFileError(
            f"not YAML at line {mark.line + 1}" if mark else "not YAML"
        ) from error
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        position = error.position if isinstance(error, yaml.reader.ReaderError) else error.start
        line = text.count("\n", 0, position) + 1
        raise UnreadableFileError(
            f"not YAML at line {line}: a character that is not allowed"
        ) from error


def _check(text: str, loader: Any) -> None:
    """Reject texts that must not be constructed: PyYAML's parser in C crashes on deep nesting, and
    a short text with aliases can be an endless template. Iterating over its events is safe.
    """
    try:
        _check_events(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError:
        # The parser in C may have a lower limit on the depth (PyYAML 6.0.4 has one). The scanner in
        # Python reports whether the depth is the reason.
        with suppress(yaml.YAMLError):
            for _ in yaml.scan(text, Loader=_InPython):
                pass
        raise


def _check_events(events: Iterable[yaml.Event]) -> None:
    depth = documents = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 0
        tag = getattr(event, "tag", None)
        if tag in _UNSUPPORTED:
            name = tag.removeprefix(_YAML)
            raise UnreadableFileError(
                f"CloudFormation does not support the YAML tag !!{name} at line {line}"
            )
        match event:
            case yaml.CollectionStartEvent():
                depth += 1
                if depth > text_files.MAX_DEPTH:
                    raise UnreadableFileError(text_files.TOO_DEEP)
            case yaml.CollectionEndEvent():
                depth -= 1
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise UnreadableFileError(f"a second YAML document begins at line {line}")
            case yaml.AliasEvent():
                # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
                raise UnreadableFileError(
                    f"CloudFormation does not support the YAML alias at line {line}"
                )


def parse_template(text: str) -> Any:
    """The template in a text, in JSON or YAML, in long form. Raises `UnreadableFileError`."""
    template = _parse_either(text.removeprefix("\ufeff"))
    try:
        json.dumps(template, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise UnreadableFileError("contains half of a surrogate pair") from error
    except ValueError as error:  # Python's parser accepts NaN, and reads 1e999 as infinity
        raise UnreadableFileError("contains a number that is not valid in JSON") from error
    return template


def _parse_either(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return parse_yaml(text)
    try:
        return text_files.parse_json(text)
    except UnreadableFileError as error:
        if error.reason == text_files.TOO_DEEP:
            raise
        with suppress(UnreadableFileError):  # YAML can begin like JSON
            return parse_yaml(text)
        raise
