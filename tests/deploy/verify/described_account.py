"""
A fake of what AWS describes of one stack, in the answers of its SDK.

In:    changes of a test: a member with another value, an answer that does not exist or is denied.
Out:   answers to every read of `verify` but those of CloudFormation.
Never: an answer that the model of the SDK does not have: each is validated against it.

`HEALTHY` is what AWS describes of `tests.deploy.verify.watched_stack`. The identifier of an answer
is the first text in the request.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.validate import validate_parameters

from tests.deploy.verify.watched_stack import HEALTHY, NOT_THERE


class Gone:
    """In place of a value: the member, or the answer, is not there."""


GONE = Gone()


@dataclass
class DescribedAccount:
    """The answers, by operation and identifier."""

    answers: dict[tuple[str, str], Any] = field(default_factory=lambda: copy.deepcopy(HEALTHY))
    pages: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    # -- the vocabulary of tests --------------------------------------------------------------

    def change(self, operation: str, identifier: str, path: str, value: Any) -> None:
        """Give a member another value. ``path`` is like ``MetricAlarms.0.Threshold``."""
        *parents, last = [int(p) if p.isdecimal() else p for p in path.split(".")]
        target = self.answers[operation, identifier]
        for part in parents:
            target = target[part]
        if value is not GONE:
            target[last] = value
        else:
            del target[last]

    def remove(self, operation: str, identifier: str) -> None:
        """Let AWS answer that there is no such thing."""
        del self.answers[operation, identifier]

    def deny(self, operation: str) -> None:
        """Deny an operation to the caller."""
        self.denied.add(operation)

    # -- the API ------------------------------------------------------------------------------

    def answer(self, model: Any, request: Mapping[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
        self.requests.append((model.name, request))
        if model.name in self.denied:
            return _error("AccessDenied", "User is not authorized to perform it", 403)
        if model.name in self.errors:
            return _error(self.errors[model.name], "", 400)
        key = model.name, _identifier(request)
        answer = self.pages[key].pop(0) if self.pages.get(key) else self.answers.get(key)
        if answer is None:
            code, empty = NOT_THERE[model.name]
            if code:
                return _error(code, "It does not exist", 404)
            answer = empty
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return AWSResponse("", 200, {}, None), copy.deepcopy(answer)


def _identifier(request: Mapping[str, Any]) -> str:
    values = [*request.values(), ""]
    texts = [v[0] if isinstance(v, list) else v for v in values]
    return next(text for text in texts if isinstance(text, str))


def _error(code: str, message: str, status: int) -> tuple[AWSResponse, dict[str, Any]]:
    return AWSResponse("", status, {}, None), {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
