"""
The part of Logs Insights that our queries use: there is no emulator of it.

In:    a query of ``fields`` and ``filter``, the records of log events, and a reading.
Out:   the number of results by a field, as ``stats count(*) by`` has it.
Never: a result that AWS does not document. Where the pages leave a choice, a `Reading` has it, and
       tests require the same result from every reading.

Fields are discovered in the order of the event, at most 200; null is none of them; the entries of a
list have their position as a name:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
``and``, ``or``, ``not``, comparisons, ``in``, and ``like``, which is true if the expression matches
a part of the field:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html
``ispresent``, ``coalesce`` (the first value that is not null), ``jsonParse`` and the access to its
maps by dots, lists by brackets, and names with other characters by backticks:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
``stats count(*) by``:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

LOG_STREAM = "111122223333_CloudTrail_us-east-1"
_MAX_DISCOVERED = 200


@dataclass(frozen=True)
class Reading:
    """What the pages do not say.

    ``differs`` is whether a missing field differs from a value (``!=``, ``not like``). Booleans
    are text, or the number 1 or 0. Text of digits is compared by its value, or as text.
    """

    differs: bool
    booleans_are_text: bool
    digits_are_numbers: bool


READINGS = tuple(Reading(*choice) for choice in product((True, False), repeat=3))

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<regex>/(?:\\.|[^/\\])*/)
      | (?P<text>"[^"]*")
      | (?P<symbol>!=|<=|>=|[=<>()\[\],])
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[@A-Za-z_]\w*(?:\.(?:\w+|`[^`]*`)|\[\d+\])*)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"\.?(?:(\w+)|`([^`]*)`)|\[(\d+)\]")

Event = Mapping[str, Any]
Holds = Callable[[Event], bool]


def count_by(query: str, field: str, records: Iterable[Any], reading: Reading) -> Counter[str]:
    """The number of events that the query returns, by the value of a field."""
    fields, condition = query.split("\n| filter ")
    holds = _Parser(condition, reading).parse()
    events = (_event(fields.removeprefix("fields "), record, reading) for record in records)
    return Counter(str(event[field]) for event in events if holds(event))


def _event(fields: str, record: Any, reading: Reading) -> Event:
    event: dict[str, Any] = {"@message": json.dumps(record), "@logStream": LOG_STREAM}
    for name, value in _discovered(record, ""):
        if len(event) < _MAX_DISCOVERED + 2:
            event[name] = _scalar(value, reading)
    for name, arguments, alias in re.findall(r"(\w+)\(([^)]*)\) as (\w+)", fields):
        if name == "coalesce":
            values = (event.get(argument.strip()) for argument in arguments.split(","))
            event[alias] = next((value for value in values if value is not None), None)
        elif (name, arguments) == ("jsonParse", "@message"):
            event[alias] = record
        else:
            raise ValueError(name)
    return event


def _discovered(value: Any, name: str) -> Iterable[tuple[str, Any]]:
    prefix = f"{name}." if name else ""
    match value:
        case dict():
            for key, member in value.items():
                yield from _discovered(member, prefix + key)
        case list():
            for position, entry in enumerate(value):
                yield from _discovered(entry, f"{prefix}{position}")
        case None:
            return
        case _:
            yield name, value


def _scalar(value: Any, reading: Reading) -> Any:
    if isinstance(value, bool):
        return str(value).lower() if reading.booleans_are_text else int(value)
    return value


@dataclass
class _Parser:
    """A recursive descent over the tokens of a condition: ``or`` binds weaker than ``and``."""

    text: str
    reading: Reading
    position: int = 0

    def parse(self) -> Holds:
        holds = self._alternatives()
        if self.position != len(self.text):
            raise ValueError(self.text[self.position :])
        return holds

    def _next(self, *expected: str) -> str:
        """The next token. With ``expected``, empty if it is none of these."""
        token = _TOKEN.match(self.text, self.position)
        if token is None:
            if expected:
                return ""
            raise ValueError(self.text[self.position :])
        if expected and token[0].strip() not in expected:
            return ""
        self.position = token.end()
        return token[0].strip()

    def _alternatives(self) -> Holds:
        parts = [self._conjunction()]
        while self._next("or"):
            parts.append(self._conjunction())
        return lambda event: any(part(event) for part in parts)

    def _conjunction(self) -> Holds:
        parts = [self._clause()]
        while self._next("and"):
            parts.append(self._clause())
        return lambda event: all(part(event) for part in parts)

    def _clause(self) -> Holds:
        if self._next("not"):
            negated = self._clause()
            return lambda event: not negated(event)
        if self._next("("):
            inner = self._alternatives()
            self._require(")")
            return inner
        if self._next("ispresent"):
            self._require("(")
            field = self._next()
            self._require(")")
            return lambda event: self._value(field, event) is not None
        return self._comparison(self._next())

    def _require(self, token: str) -> None:
        if not self._next(token):
            raise ValueError(f"no {token} at {self.text[self.position :]}")

    def _comparison(self, field: str) -> Holds:
        negated = bool(self._next("not"))
        operator = self._next()
        match operator:
            case "like":
                expression = re.compile(_python_regex(self._next()))
                return lambda event: self._is_like(field, expression, event, negated=negated)
            case "in":
                self._require("[")
                options = [self._next()]
                while self._next(","):
                    options.append(self._next())
                self._require("]")
                return lambda event: any(self._equals(field, option, event) for option in options)
            case "=":
                option = self._next()
                return lambda event: self._equals(field, option, event)
            case "!=":
                option = self._next()
                return lambda event: self._differs(field, option, event)
            case "<" | "<=" | ">" | ">=":
                limit = float(self._next())
                return lambda event: self._is_ordered(field, operator, limit, event)
            case _:
                raise ValueError(operator)

    def _value(self, field: str, event: Event) -> Any:
        """A discovered field, or a member of the parsed message; `None` if it is missing."""
        if field in event:
            return event[field]
        first, *steps = [next(filter(None, step)) for step in _STEP.findall(field)]
        if first != "record":
            return None
        value = event["record"]
        for step in steps:
            match value:
                case dict():
                    value = value.get(step)
                case list() if step.isdecimal() and int(step) < len(value):
                    value = value[int(step)]
                case _:
                    return None
        return _scalar(value, self.reading)

    def _is_like(
        self, field: str, expression: re.Pattern[str], event: Event, *, negated: bool
    ) -> bool:
        value = self._value(field, event)
        if value is None:
            return negated and self.reading.differs
        return (expression.search(_text(value)) is None) is negated

    def _differs(self, field: str, option: str, event: Event) -> bool:
        if self._value(field, event) is None:
            return self.reading.differs
        return not self._equals(field, option, event)

    def _equals(self, field: str, option: str, event: Event) -> bool:
        value = self._value(field, event)
        if value is None:
            return False
        text, number = _text(value), _number(value)
        if not option.startswith('"'):
            return number is not None and number == float(option)
        other = option[1:-1]
        if self.reading.digits_are_numbers and number is not None and _number(other) is not None:
            return number == _number(other)
        return text == other

    def _is_ordered(self, field: str, operator: str, limit: float, event: Event) -> bool:
        number = _number(self._value(field, event))
        if number is None:
            return False
        return {
            "<": number < limit,
            "<=": number <= limit,
            ">": number > limit,
            ">=": number >= limit,
        }[operator]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _number(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, (str, int, float)) else None
    except ValueError:
        return None


def _python_regex(literal: str) -> str:
    """The expression between slashes. ``$`` is the end of the text, not a line break before it."""
    return re.sub(r"(\\.)|\$", lambda match: match[1] or r"\Z", literal[1:-1])
