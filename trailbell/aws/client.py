"""
The only module that imports boto3.

In:    a `SessionConfig`: Region, profile, role; operations of AWS by their API names.
Out:   responses as plain dicts, and errors as the types of `trailbell.errors`.
Never: the meaning of a response. No error code of AWS leaves this module.

A role is assumed again before its credentials expire, so a wait can last longer than an hour.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError
from botocore.loaders import Loader
from botocore.session import Session as BotocoreSession

from trailbell.aws.sdk_error import is_throttling, is_used_up_quota, translate_errors
from trailbell.errors import PreconditionError, UnknownOperationError

Response = Mapping[str, Any]

_ATTEMPTS = 9
"""Attempts of one call. Organizations still throttles parallel readers after 5:
https://github.com/awslabs/aws-deployment-framework/issues/752
"""

_CONNECT_SECONDS, _READ_SECONDS = 10, 30
_CONNECTIONS = 20


@dataclass(frozen=True, kw_only=True)
class SessionConfig:
    """Which credentials and Region to use. ``role`` is the ARN of a role to assume."""

    region: str = ""
    profile: str = ""
    role: str = ""
    attempts: int = _ATTEMPTS


@dataclass(frozen=True)
class CallerIdentity:
    """The account and principal of the caller (GetCallerIdentity)."""

    account: str
    arn: str


class CallStatistics:
    """How many requests got a response, how many of those were throttled, and how fast.

    Thread-safe. A retry of the SDK is a request, too.
    """

    def __init__(self) -> None:
        self.requests = self.throttled = 0
        self._first = self._last = 0.0
        self._lock = threading.Lock()

    def record(self, *, throttled: bool = False) -> None:
        """Count a response."""
        with self._lock:
            self._last = time.monotonic()
            self._first = self._first or self._last
            self.requests += 1
            self.throttled += throttled

    @property
    def per_second(self) -> float:
        """The measured rate between the first and the last response."""
        return (self.requests - 1) / seconds if (seconds := self._last - self._first) else 0.0


@dataclass(frozen=True)
class ServiceClient:
    """One AWS service in one account and Region. Thread-safe.

    All threads share it, and with it the rate that the SDK's adaptive mode adjusts to: that rate
    is kept per client.
    """

    client: Any = field(repr=False)
    statistics: CallStatistics = field(default_factory=CallStatistics, repr=False)
    open_account: Callable[[], str] = field(default=lambda: "", repr=False)
    """Returns the account of the caller."""

    def call(self, operation: str, **request: Any) -> Response:
        """Call an operation and return its response. Raises an `AwsError`.

        Example: ``call("DescribeStacks", StackName="trail")``.
        """
        method = getattr(self.client, _method(self.client, operation))
        response: Response = translate_errors(operation, lambda: method(**request))
        return response

    def pages(self, operation: str, **request: Any) -> Iterator[Response]:
        """Return all pages of an operation. Raises an `AwsError`."""
        token: dict[str, str] = {}
        while True:
            response = self.call(operation, **request, **token)
            yield response
            token = {name: response[name] for name in _PAGE_TOKENS if response.get(name)}
            if not token:
                return

    @property
    def endpoint(self) -> str:
        """The endpoint URL, without a path."""
        return str(self.client.meta.endpoint_url).rstrip("/")

    def supports(self, operation: str, member: str) -> bool:
        """Whether the installed SDK knows this operation and this request member."""
        model = self.client.meta.service_model
        if operation not in model.operation_names:
            return False
        shape = model.operation_model(operation).input_shape
        return shape is not None and (not member or member in shape.members)


_PAGE_TOKENS = ("NextToken", "nextToken", "Marker")
"""The members that hold the token of the next page: of most services, CloudWatch Logs, and IAM."""


def _method(client: Any, operation: str) -> str:
    """Return the Python name of an operation as the SDK derives it."""
    for method, name in client.meta.method_to_api_mapping.items():
        if name == operation:
            return str(method)
    raise UnknownOperationError(
        operation, "The installed boto3 does not support this operation. Upgrade boto3."
    )


class AwsSession:
    """Signed-in access to AWS. Each client is created once; threads can share the session."""

    def __init__(self, config: SessionConfig) -> None:
        self._config = config
        self._services: dict[tuple[str, str], ServiceClient] = {}
        self._identity: CallerIdentity | None = None
        self._lock = threading.Lock()  # boto3 does not allow two threads to create clients
        self._session = translate_errors("sign in", lambda: _session(config))

    @property
    def region(self) -> str:
        """The Region of all calls. Raises `PreconditionError` if none is configured."""
        region = self._session.region_name
        if not region:
            raise PreconditionError(
                "--region",
                "No AWS Region is configured.",
                "Use --region, set region in trailbell.toml, or set AWS_REGION.",
            )
        return str(region)

    def service(self, name: str, region: str = "") -> ServiceClient:
        """Return a service by its name in boto3, like ``cloudformation``.

        It is that of the Region of this session, unless another Region is given.
        """
        key = name, region or self.region
        with self._lock:
            if key not in self._services:
                self._services[key] = self._create(*key)
            return self._services[key]

    def _create(self, name: str, region: str) -> ServiceClient:
        config = Config(
            retries={"mode": "adaptive", "total_max_attempts": self._config.attempts},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            max_pool_connections=_CONNECTIONS,
            user_agent_extra="trailbell",
        )
        client = translate_errors(
            name, lambda: self._session.client(name, region_name=region, config=config)
        )
        statistics = CallStatistics()

        def on_response(parsed_response: dict[str, Any] | None = None, **_: Any) -> None:
            error = (parsed_response or {}).get("Error", {})
            if is_used_up_quota(error):
                error["Code"] = "QuotaExceeded"  # the SDK retries LimitExceededException
            statistics.record(throttled=is_throttling(error))

        client.meta.events.register("response-received", on_response)
        return ServiceClient(client, statistics, lambda: self.identity().account)

    def identity(self) -> CallerIdentity:
        """Return who calls, from one call. Raises `CredentialsError` without credentials."""
        if self._identity is None:
            response = self.service("sts").call("GetCallerIdentity")
            self._identity = CallerIdentity(account=response["Account"], arn=response["Arn"])
        return self._identity


def _session(config: SessionConfig) -> boto3.Session:
    # boto3 reads AWS_DEFAULT_REGION alone; the AWS CLI and other SDKs read AWS_REGION.
    region = config.region or os.environ.get("AWS_REGION") or None
    base = boto3.Session(profile_name=config.profile or None, region_name=region)
    if not config.role:
        return base
    source = base._session.get_credentials()  # noqa: SLF001 - boto3 offers no refreshing role
    if source is None:
        raise NoCredentialsError
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=base._session.create_client,  # noqa: SLF001 - as above
        source_credentials=source,
        role_arn=config.role,
        extra_args={"RoleSessionName": "trailbell"},
    )
    inner = BotocoreSession()
    inner._credentials = DeferredRefreshableCredentials(  # noqa: SLF001 - as above
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return boto3.Session(botocore_session=inner, region_name=base.region_name)


def sdk_regions() -> frozenset[str]:
    """Return the Regions that the installed SDK knows, of all partitions. No call."""
    return frozenset(sdk_partitions())


def sdk_partitions() -> dict[str, str]:
    """Return the partition of each Region that the installed SDK knows. No call."""
    partitions = Loader().load_data("partitions")["partitions"]
    return {
        region: partition["id"]
        for partition in partitions
        for region in partition["regions"]
        if not region.endswith("-global")
    }
