"""
The metrics of metric filters and of alarms.

In:    a template.
Out:   the metrics that metric filters emit and that alarms monitor, as comparable values.
Never: a finding. `trailbell.validate.rules` compares them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import SUB_VARIABLE, branches, entries
from trailbell.template.resources import resources_of_type


@dataclass(frozen=True)
class Metric:
    """A namespace and a name, both as JSON, so that intrinsic functions can be compared."""

    namespace: str
    name: str
    path: TemplatePath = field(compare=False)

    @property
    def display_name(self) -> str:
        """Namespace and name, with a reference as ``${Name}``."""
        return f"{_display(self.namespace)}/{_display(self.name)}"

    def may_be(self, other: "Metric") -> bool:
        """Whether both may be the same metric; the result of a function may be any text."""
        return _may_be(self.namespace, other.namespace) and _may_be(self.name, other.name)


def _display(part: str) -> str:
    match json.loads(part):
        case str(text) | {"Fn::Sub": str(text)}:
            return text
        case {"Ref": name}:
            return f"${{{name}}}"
        case _:
            return part


def _may_be(text: str, other: str) -> bool:
    """Whether two texts may be equal: what an intrinsic function returns may be any text."""
    return text == other or _pieces_may_be(_pieces(json.loads(text)), _pieces(json.loads(other)))


_Pieces = tuple[str | None, ...]
"""The known pieces of a text in their order; None for a part that the deployment decides."""


def _pieces(value: Any) -> _Pieces:
    match value:
        case str(text):
            return (text,)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            found: list[str | None] = []
            end = 0
            for variable in SUB_VARIABLE.finditer(text):
                found += [text[end : variable.start()], None]
                end = variable.end()
            return (*found, text[end:])
        case {"Fn::Join": [str(separator), [*parts]]}:
            joined: list[str | None] = []
            for number, part in enumerate(parts):
                joined += [*([separator] if number else []), *_pieces(part)]
            return tuple(joined)
        case _:
            return (None,)


def _pieces_may_be(one: _Pieces, other: _Pieces) -> bool:
    """Whether the beginnings and the ends of two texts, as far as they are known, agree."""
    if None not in one and None not in other:
        return "".join(filter(None, one)) == "".join(filter(None, other))
    return _agree(_known_start(one), _known_start(other)) and _agree(
        _known_start(_reversed(one)), _known_start(_reversed(other))
    )


def _reversed(pieces: _Pieces) -> _Pieces:
    return tuple(piece if piece is None else piece[::-1] for piece in reversed(pieces))


def _known_start(pieces: _Pieces) -> str:
    return "".join(filter(None, takewhile(lambda piece: piece is not None, pieces)))


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


# SELECT SUM("Refused") FROM "Sign-ins", SELECT MAX(M) FROM SCHEMA("N", InstanceId)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
_NAME = r"""(?:"([^"]+)"|'([^']+)'|([\w.:/-]+))"""
_INSIGHTS = re.compile(
    rf"""\s*SELECT\s+\w+\(\s*{_NAME}\s*\)\s+FROM\s+(?:SCHEMA\(\s*)?{_NAME}""", re.IGNORECASE
)


def _queried_metrics(expression: Any, path: TemplatePath) -> Iterator[Metric]:
    """The metric of a query of CloudWatch Metrics Insights; none for metric math."""
    for value, value_path in branches(expression, path):
        match value:
            case str(text):
                query = _INSIGHTS.match(text)
            case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
                query = _INSIGHTS.match(SUB_VARIABLE.sub("*", text))
            case _:
                query = None
        if query:
            name = next(filter(None, query.groups()[:3]))
            namespace = next(filter(None, query.groups()[3:]))
            yield Metric(_as_json(namespace), _as_json(name), value_path)


def _as_json(text: str) -> str:
    """A text as JSON, with a variable of Fn::Sub for each star."""
    return json.dumps({"Fn::Sub": text.replace("*", "${Any}")} if "*" in text else text)


def _metrics(properties: Any, namespace_key: str, path: TemplatePath) -> Iterator[Metric]:
    for namespace, _ in branches(properties.get(namespace_key)):
        for name, name_path in branches(properties.get("MetricName"), (*path, "MetricName")):
            if namespace is not None and name is not None:
                yield Metric(
                    json.dumps(namespace, sort_keys=True),
                    json.dumps(name, sort_keys=True),
                    name_path,
                )


def emitted_metrics(document: Any) -> Iterator[Metric]:
    """The metrics of every metric filter."""
    for logical_id, properties in resources_of_type(document, "AWS::Logs::MetricFilter"):
        path: TemplatePath = ("Resources", logical_id, "Properties", "MetricTransformations")
        for transformation, entry_path in entries(properties.get("MetricTransformations"), path):
            if isinstance(transformation, dict):
                yield from _metrics(transformation, "MetricNamespace", entry_path)


def alarmed_metrics(document: Any) -> Iterator[Metric]:
    """The metrics of every alarm, including those in metric math."""
    for logical_id, properties in resources_of_type(document, "AWS::CloudWatch::Alarm"):
        path: TemplatePath = ("Resources", logical_id, "Properties")
        yield from _metrics(properties, "Namespace", path)
        for query, query_path in entries(properties.get("Metrics"), (*path, "Metrics")):
            match query:
                case {"MetricStat": {"Metric": dict(metric)}}:
                    yield from _metrics(metric, "Namespace", (*query_path, "MetricStat", "Metric"))
                case {"Expression": expression}:
                    yield from _queried_metrics(expression, (*query_path, "Expression"))
