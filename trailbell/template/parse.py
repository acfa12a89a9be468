"""
The text of a template, read as CloudFormation reads it.

In:    JSON or YAML.
Out:   the document in long form: what JSON can hold, with text as keys.
Never: anything but a document or `UnreadableFileError`, whatever the text is.
"""

import json
import math
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar

import yaml

from trailbell import text_files
from trailbell.errors import UnreadableFileError

Document = dict[str, Any]

# Not supported, says AWS; what merely looks like a timestamp is text, as IAM needs it to be.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
_YAML = "tag:yaml.org,2002:"
_UNSUPPORTED = frozenset(_YAML + name for name in ("binary", "omap", "pairs", "set", "timestamp"))
# PyYAML resolves a plain ``=`` too, and then cannot construct it; AWS's parser has it as text.
_TEXT = frozenset((_YAML + "timestamp", _YAML + "value"))


def _construct(loader: Any, suffix: str, node: yaml.Node) -> Document:
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


class _Reading:
    """YAML 1.1 as CloudFormation reads it, on top of either parser of PyYAML.

    Whatever is 1.1 stays 1.1, as in cfn-lint's decoder: ``0123`` is octal, ``1:30`` is ninety,
    ``on`` is true. That CloudFormation reads account ids so is reported in
    https://github.com/aws-cloudformation/cfn-language-discussion/issues/31. ``0189`` is text here
    and in cfn-lint, as 1.1 has it; CloudFormation was seen to make a number of it. Of two equal
    keys the last wins, as in JSON: AWS takes such templates, with undefined behavior.
    """

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _TEXT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors: ClassVar = yaml.SafeLoader.yaml_constructors | {
        f"{_YAML}merge": yaml.SafeLoader.construct_yaml_str  # as a value, ``<<`` is text
    }
    yaml_multi_constructors: ClassVar = yaml.SafeLoader.yaml_multi_constructors | {"!": _construct}

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """What looks like a number and is none, or none that JSON can hold, has a line."""
        mark = node.start_mark
        try:
            value = super().construct_object(node, deep)  # type: ignore[misc]
            if isinstance(value, int):
                str(value)  # Python writes 4,300 digits at most
        except (ValueError, LookupError, AttributeError) as error:  # whatever PyYAML stumbles on
            raise yaml.constructor.ConstructorError(problem_mark=mark) from error
        except OverflowError:
            value = math.inf
        if isinstance(value, float) and not math.isfinite(value):
            raise UnreadableFileError(f"a number at line {mark.line + 1}, which JSON cannot hold")
        return value

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """A mapping whose keys are text: ``111122223333: x`` and ``on: x`` mean what they say."""
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.tag == f"{_YAML}merge":
                line = key.start_mark.line + 1
                raise UnreadableFileError(
                    f"a YAML merge (<<) at line {line}, which CloudFormation refuses"
                )
            if isinstance(key, yaml.ScalarNode) and key.tag.startswith(_YAML):
                key.tag = f"{_YAML}str"
        return super().construct_mapping(node, deep)  # type: ignore[misc]

    # The two places in which PyYAML's scanner in Python goes one level down. It has no limit, and
    # takes time in the square of the depth.

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        super().fetch_flow_collection_start(token)  # type: ignore[misc]
        self._limit()

    def add_indent(self, column: int) -> bool:
        deeper: bool = super().add_indent(column)  # type: ignore[misc]
        self._limit()
        return deeper

    def _limit(self) -> None:
        if self.flow_level + len(self.indents) > text_files.MAX_DEPTH:  # type: ignore[attr-defined]
            raise UnreadableFileError(text_files.TOO_DEEP)


class _InPython(_Reading, yaml.SafeLoader):
    pass


class _Loader(_Reading, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    pass


def parse_yaml(text: str) -> Any:
    """The document that YAML text holds, in long form: what `trailbell.compiler.render` was
    given.

    Whatever the text, it is what JSON can hold, with text as keys. Raises `UnreadableFileError`.
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
        place = error.position if isinstance(error, yaml.reader.ReaderError) else error.start
        line = text.count("\n", 0, place) + 1
        raise UnreadableFileError(
            f"not YAML at line {line}: a character that is not allowed"
        ) from error


def _check(text: str, loader: Any) -> None:
    """Refuse what must not be built: the parser in C crashes on deep nesting, and aliases make
    endless documents out of short ones. Parsing alone does neither.
    """
    try:
        _check_events(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError:
        # The parser in C may stop at a depth of its own (PyYAML 6.0.4 does) before any event told
        # of ours. The scanner in Python says whether it was the depth.
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
                f"a YAML tag !!{name} at line {line}, which CloudFormation refuses"
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
                    raise UnreadableFileError(f"a second YAML document at line {line}")
            case yaml.AliasEvent():
                # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
                raise UnreadableFileError(
                    f"a YAML alias at line {line}, which CloudFormation refuses"
                )


def parse_template(text: str) -> Any:
    """The document in a text of either format. Raises `UnreadableFileError`."""
    found = _either(text.removeprefix("\ufeff"))
    try:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise UnreadableFileError("half of a character (a surrogate alone)") from error
    except ValueError as error:  # Python's reader takes NaN, and 1e999 for infinity
        raise UnreadableFileError("a number which JSON cannot hold") from error
    return found


def _either(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return parse_yaml(text)
    try:
        return text_files.parse_json(text)
    except UnreadableFileError as fault:
        if fault.reason == text_files.TOO_DEEP:
            raise
        with suppress(UnreadableFileError):  # what begins like JSON may be YAML
            return parse_yaml(text)
        raise
