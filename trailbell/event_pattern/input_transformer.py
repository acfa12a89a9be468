"""
Input transformers: how EventBridge makes the message of a target from an event.

In:    paths by the names of variables, and a template with ``<name>`` in it; an event.
Out:   the message as EventBridge delivers it; `Fault` for what EventBridge refuses or cannot say.
Never: an escaped character. EventBridge inserts values as they are, so a template must be safe
       for every value that an event can have. What no page says is marked as unsure here.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_TEMPLATE = 8_192
"""Characters of a template."""

MAX_PATHS = 100

RESERVED = frozenset(
    {
        "aws.events.rule-arn",
        "aws.events.rule-name",
        "aws.events.event.ingestion-time",
        "aws.events.event",
        "aws.events.event.json",
    }
)
"""Variables that need no path."""

_VALUES_ONLY = frozenset({"aws.events.event", "aws.events.event.json"})
"""Reserved variables that can only be the value of a member of JSON."""

SAFE_FIELDS = frozenset(
    {
        *("account", "id", "region", "time", "source", "detail-type"),
        *("detail.awsRegion", "detail.errorCode", "detail.eventID", "detail.eventName"),
        *("detail.eventSource", "detail.eventTime", "detail.eventType", "detail.eventVersion"),
        *("detail.recipientAccountId", "detail.requestID", "detail.sourceIPAddress"),
        *("detail.userIdentity.accessKeyId", "detail.userIdentity.accountId"),
        *("detail.userIdentity.invokedBy", "detail.userIdentity.type"),
        "detail.userIdentity.sessionContext.sessionIssuer.userName",
    }
)
"""Fields of an event whose values have no quote, no backslash and no control character.

AWS writes them, or IAM allows only letters, digits and ``_+=,.@-`` in them, as in names of roles.
Not the ARN of an identity: the path of a user or role can have any printable character of ASCII.
Not the names of users and principals, which identity providers choose. Not the user agent, the
error message and the request, which the caller chooses.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|<[^<>]*>')
_VARIABLE = re.compile(r"<([^<>]*)>")
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PATH = re.compile(r"\$(\.([A-Za-z0-9_/-]+|\*)(\[(\d+|\*)\])*)*")
_STEP = re.compile(r"[A-Za-z0-9_/-]+|\*|\[(?:\d+|\*)\]")
_MISSING = object()


@dataclass(frozen=True)
class InputTransformer:
    """The properties of AWS::Events::Rule InputTransformer: ``InputPathsMap``, ``InputTemplate``.

    ``paths`` maps the names of variables to paths in the event, such as ``$.detail.eventName``.
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    template: str = ""

    @property
    def is_json(self) -> bool:
        """Whether the message is a JSON object, as queues and functions expect, not lines."""
        return self.template.lstrip().startswith("{")


@dataclass(frozen=True)
class Fault:
    """A fault of a transformer: a stable ID, what is wrong, and what would be right."""

    id: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return f"{self.reason}; {self.fix}"


# ------------------------------------------------------------------------------- what is delivered


def render(transformer: InputTransformer, event: Mapping[str, Any], *, rule_arn: str = "") -> str:
    """The message that EventBridge delivers for an event, as it is on the bus.

    A variable of a path that the event does not have is empty inside of quotes. Outside of quotes,
    no page says what it becomes: here it is ``""``. A value that is null is written ``null``,
    which no page says either.
    """
    values = {name: _value(event, path) for name, path in transformer.paths.items()}
    values |= {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rpartition("/")[2],
        "aws.events.event.ingestion-time": event.get("time", _MISSING),
        "aws.events.event": {name: v for name, v in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }

    def write(token: re.Match[str]) -> str:
        text = token[0]
        if text.startswith('"'):
            return _VARIABLE.sub(lambda v: _inside_quotes(values, v[1], v[0]), text)
        return _bare(values, text[1:-1], text)

    return _TOKEN.sub(write, transformer.template)


def _inside_quotes(values: Mapping[str, Any], name: str, text: str) -> str:
    """Text as it is; of an object or array the JSON without its quotes."""
    match values.get(name, text):
        case str(value):
            return value
        case value if value is _MISSING:
            return ""
        case value:
            return json.dumps(value, ensure_ascii=False).replace('"', "")


def _bare(values: Mapping[str, Any], name: str, text: str) -> str:
    """The value as JSON: EventBridge adds the quotes of text."""
    if name not in values:
        return text
    value = values[name]
    return json.dumps("" if value is _MISSING else value, ensure_ascii=False)


def _value(event: Mapping[str, Any], path: str) -> Any:
    """The value at a path; of a path with ``*`` the array of all values."""
    steps = _STEP.findall(path.removeprefix("$"))
    found = list(_values(event, steps))
    if any("*" in step for step in steps):
        return found
    return found[0] if found else _MISSING


def _values(value: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, *others = steps
    match value:
        case dict() if step == "*":
            inner = list(value.values())
        case list() if step in ("*", "[*]"):
            inner = value
        case dict() if step in value:
            inner = [value[step]]
        case list() if step.startswith("[") and step[1:-1].isdigit():
            inner = value[int(step[1:-1]) :][:1]
        case _:
            return
    for each in inner:
        yield from _values(each, others)


# --------------------------------------------------------------------------------- what is refused


def faults(paths: Mapping[str, str], template: str) -> tuple[Fault, ...]:
    """The faults of a transformer, in the order of its parts; none if EventBridge accepts it."""
    return (*_path_faults(paths), *_template_faults(paths, template))


def _path_faults(paths: Mapping[str, str]) -> Iterator[Fault]:
    if len(paths) > MAX_PATHS:
        yield Fault(
            "too-many-paths", f"there are {len(paths)} paths", f"use at most {MAX_PATHS} paths"
        )
    for name, path in paths.items():
        if name in RESERVED:
            yield Fault(
                "reserved-name",
                f'the variable "{name}" is reserved',
                "remove it from InputPathsMap; EventBridge defines it",
            )
        elif not _NAME.fullmatch(name):
            yield Fault(
                "bad-name",
                f'the variable "{name}" has other characters than letters, digits, _ and -',
                "use a name like eventName",
            )
        if not _PATH.fullmatch(path):
            yield Fault(
                "bad-path",
                f'the path "{path}" is not valid',
                "begin with $ and use dots, such as $.detail.eventName or $.resources[0]",
            )


def _template_faults(paths: Mapping[str, str], template: str) -> Iterator[Fault]:
    if not template:
        yield Fault("empty-template", "the template is empty", 'write text such as "<name>"')
        return
    if len(template) > MAX_TEMPLATE:
        yield Fault(
            "long-template",
            f"the template has {len(template):,} characters",
            f"use at most {MAX_TEMPLATE:,} characters",
        )
    for name in dict.fromkeys(_VARIABLE.findall(template)):
        if name not in paths and name not in RESERVED:
            yield Fault(
                "undeclared-variable",
                f'the template has <{name}>, but InputPathsMap has no "{name}"',
                f"add it to InputPathsMap, or remove it{_nearest(name, paths)}",
            )
    yield from _value_only_faults(template)
    yield from _form_faults(template)


def _nearest(name: str, paths: Mapping[str, str]) -> str:
    known = next((known for known in paths if known.casefold() == name.casefold()), None)
    return f'; "{known}" differs in case only' if known else ""


def _value_only_faults(template: str) -> Iterator[Fault]:
    for token in _TOKEN.findall(template):
        if token.startswith('"'):
            for name in _VARIABLE.findall(token):
                if name in _VALUES_ONLY:
                    yield Fault(
                        "event-in-text",
                        f"<{name}> is inside of quotes",
                        "use it only as the value of a JSON member, without quotes",
                    )


def _form_faults(template: str) -> Iterator[Fault]:
    """A template is JSON, or lines of text in quotes of their own."""
    plain = _TOKEN.sub(lambda token: "" if token[0].startswith('"') else "0", template)
    if template.lstrip().startswith(("{", "[")):
        as_json = _TOKEN.sub(lambda token: token[0] if token[0].startswith('"') else "0", template)
        try:
            json.loads(as_json)
        except json.JSONDecodeError as error:
            key = re.search(r"<[^<>]*>\s*:", _TOKEN.sub(_without_text, template))
            fix = "a variable cannot be the name of a member" if key else "correct the JSON"
            yield Fault("not-json", f"the template is not valid JSON ({error.msg})", fix)
    elif re.sub(r"[\s0]", "", plain):
        yield Fault(
            "unquoted-text",
            "the template has text outside of quotes",
            "put each line in double quotes of its own",
        )


def _without_text(token: re.Match[str]) -> str:
    return '""' if token[0].startswith('"') else token[0]


def unsafe_variables(paths: Mapping[str, str], template: str) -> tuple[str, ...]:
    """The variables inside of the texts of a JSON template whose values can break the JSON.

    EventBridge escapes nothing, so a quote or backslash in such a value makes the message invalid.
    An object loses its quotes there, but keeps its backslashes.
    """
    if not InputTransformer(paths, template).is_json:
        return ()
    texts = (token for token in _TOKEN.findall(template) if token.startswith('"'))
    names = dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text))
    return tuple(
        name
        for name in names
        if name in paths and paths[name].removeprefix("$.") not in SAFE_FIELDS
    )
