"""
Sigma rules in files, as pySigma reads them.

In:    paths of YAML files.
Out:   `Rule` for each rule on CloudTrail, and an error for each that cannot be used, with its line.
Never: the loss of a rule because another one is wrong. A rule that only a correlation uses is no
       detection of its own.

https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import (
    SigmaConditionError,
    SigmaCorrelationRuleError,
    SigmaDetectionError,
    SigmaError,
    SigmaLogsourceError,
    SigmaModifierError,
    SigmaTitleError,
    SigmaValueError,
)
from sigma.rule import SigmaRule

from trailbell.errors import ContentError
from trailbell.sigma.counting import Count, count_of_condition, count_of_correlation
from trailbell.sigma.documents import FIX, Document, read_documents
from trailbell.sigma.refused import RefusedError

# Other members, such as a date in the wrong form, do not change what a rule detects.
_FATAL = (
    *(SigmaConditionError, SigmaCorrelationRuleError, SigmaDetectionError, SigmaLogsourceError),
    *(SigmaModifierError, SigmaTitleError, SigmaValueError),
)
# pySigma also fails with these for values of other types than the format has.
_PARSER_ERRORS = (
    *(SigmaError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError),
    ValueError,
)
_TECHNIQUE = re.compile(r"t\d{4}(\.\d{3})?")


@dataclass(frozen=True)
class Rule:
    """
    A rule on CloudTrail.

    ``roots`` are its conditions as pySigma reads them, of which one is enough. ``count`` is set if
    it counts events. ``lines`` are the lines of the fields that it compares.
    """

    place: str
    title: str
    roots: tuple[Any, ...] = field(repr=False)
    count: Count | None = None
    level: str = ""
    description: str = ""
    false_positives: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    identifier: str = ""
    author: str = ""
    license: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)

    def place_of(self, name: str) -> str:
        """The file and the line of a field, or those of the rule."""
        file, _, line = self.place.rpartition(":")
        return f"{file}:{self.lines.get(name, line)}"


@dataclass(frozen=True)
class Rules:
    """The rules of all files, and the errors of those that cannot be used."""

    rules: tuple[Rule, ...]
    errors: tuple[ContentError, ...]


@dataclass
class _Document:
    """A document of a file, and what pySigma makes of it."""

    source: Document
    parsed: SigmaRule | SigmaCorrelationRule | None = None
    count: Count | None = None

    @property
    def content(self) -> dict[str, Any]:
        return self.source.content

    @property
    def place(self) -> str:
        return self.source.place


def read_rules(files: Iterable[str]) -> Rules:
    """Read all rules of the files."""
    sources, errors = read_documents(files)
    documents = [_Document(source) for source in sources]
    for document in documents:
        try:
            _parse(document)
        except ContentError as error:
            errors.append(error)
    rules = []
    for document in _own(documents):
        try:
            rules.append(_rule(document, documents))
        except ContentError as error:
            errors.append(error)
    return Rules(tuple(rules), tuple(errors))


# ---------------------------------------------------------------- documents


def _parse(document: _Document) -> None:
    """Let pySigma parse the document. Raises `ContentError`."""
    content = document.content
    for name, hint in (
        ("action", "Sigma 2 has no actions; write all members in each rule"),
        ("filter", "add the conditions of the filter to the rule"),
    ):
        if name in content:
            raise ContentError(document.place, f'documents with "{name}" are not imported', hint)
    try:
        if "correlation" not in content:
            content, document.count = count_of_condition(content)
        collection = SigmaCollection.from_dicts(
            [content], collect_errors=True, resolve_references=False
        )
    except RefusedError as error:
        raise ContentError(document.place, error.problem, error.hint) from error
    except _PARSER_ERRORS as error:
        raise ContentError(document.place, f"this is no Sigma rule: {error}", FIX) from error
    fatal = [error for error in collection.errors if isinstance(error, _FATAL)]
    if fatal or not collection.rules:
        problem = str(fatal[0]) if fatal else "it has no detection"
        raise ContentError(document.place, f"this is no Sigma rule: {problem}", FIX)
    document.parsed = collection.rules[0]


# ---------------------------------------------------------------- rules


def _own(documents: Sequence[_Document]) -> Iterator[_Document]:
    """The documents that are detections: not those that only a correlation counts."""
    used = {
        reference.reference
        for document in documents
        if isinstance(document.parsed, SigmaCorrelationRule) and not document.parsed.generate
        for reference in document.parsed.rules or ()
    }
    for document in documents:
        if document.parsed and not used & _names(document.parsed):
            yield document


def _names(rule: SigmaRule | SigmaCorrelationRule) -> set[str]:
    return {str(name) for name in (rule.id, rule.name) if name}


def _rule(document: _Document, documents: Sequence[_Document]) -> Rule:
    parsed = document.parsed
    try:
        counted, count = [document], document.count
        if isinstance(parsed, SigmaCorrelationRule):
            count = count_of_correlation(parsed)
            names = [reference.reference for reference in parsed.rules or ()]
            counted = [_referenced(name, documents) for name in names]
        for each in counted:
            _check_source(each.parsed)
        roots = tuple(root for each in counted for root in _roots(each))
        return replace(_texts(document), roots=roots, count=count)
    except RefusedError as error:
        raise ContentError(document.place, error.problem, error.hint) from error
    except _PARSER_ERRORS as error:
        raise ContentError(document.place, f"this is no Sigma rule: {error}", FIX) from error


def _referenced(name: str, documents: Sequence[_Document]) -> _Document:
    for document in documents:
        if isinstance(document.parsed, SigmaRule) and name in _names(document.parsed):
            if document.count:
                raise RefusedError(
                    f'the rule "{name}" counts events itself', "count in the correlation only"
                )
            return document
    raise RefusedError(
        f'no rule has the name or id "{name}"', "name the file of the rule on the command line, too"
    )


def _roots(document: _Document) -> list[Any]:
    parsed = document.parsed
    if not isinstance(parsed, SigmaRule):
        return []
    return [condition.parsed for condition in parsed.detection.parsed_condition]


def _check_source(rule: SigmaRule | SigmaCorrelationRule | None) -> None:
    source = rule.logsource if isinstance(rule, SigmaRule) else None
    if source is None or (source.product, source.service) != ("aws", "cloudtrail"):
        names = [
            f"{name} {value}"
            for name in ("product", "category", "service")
            if (value := getattr(source, name, None))
        ]
        raise RefusedError(
            f"it is about the log source {', '.join(names) or 'of no product'}",
            "only rules on product aws, service cloudtrail can be imported",
        )


def _texts(document: _Document) -> Rule:
    rule = document.parsed
    content: Mapping[str, Any] = document.content
    tags = [tag.name for tag in getattr(rule, "tags", ()) if tag.namespace == "attack"]
    techniques = [name.upper() for name in tags if _TECHNIQUE.fullmatch(name)]
    listed = content.get("falsepositives") or []
    return Rule(
        place=document.place,
        title=str(content["title"]),
        roots=(),
        level=str(content.get("level") or ""),
        description=str(content.get("description") or ""),
        false_positives=tuple(map(str, listed if isinstance(listed, list) else [listed])),
        techniques=tuple(dict.fromkeys(techniques)),
        identifier=str(content.get("id") or ""),
        author=str(content.get("author") or ""),
        license=str(content.get("license") or ""),
        lines=document.source.lines,
    )
