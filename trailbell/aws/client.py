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
from typing import Any, TypeVar

import boto3
import botocore.exceptions as sdk_errors
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    DeferredRefreshableCredentials,
)
from botocore.parsers import ResponseParserError
from botocore.session import Session as BotocoreSession

from trailbell.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    AwsError,
    ChangeSetUnavailableError,
    ClockSkewError,
    CredentialsError,
    NotFoundError,
    OperationInProgressError,
    PreconditionError,
    ServiceUnavailableError,
    StaleRequestError,
    ThrottlingError,
)

T = TypeVar("T")
Response = Mapping[str, Any]

# CloudFormation publishes no request rates; it throttles a burst of some tens of calls. These
# values stay below that for any number of stacks, and leave room for other callers.
BURST = 25
CALLS_PER_SECOND = 10.0
_ATTEMPTS = 8


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


class RateLimiter:
    """A token bucket: a burst of calls, then a number of calls per second. Thread-safe."""

    def __init__(
        self,
        burst: float = BURST,
        per_second: float = CALLS_PER_SECOND,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._burst, self._per_second, self._now, self._sleep = burst, per_second, now, sleep
        self._tokens, self._updated_at, self._lock = burst, now(), threading.Lock()

    def acquire(self) -> None:
        """Wait until a call may be made."""
        with self._lock:
            now = self._now()
            self._tokens = min(
                self._burst, self._tokens + (now - self._updated_at) * self._per_second
            )
            self._updated_at = now
            self._tokens -= 1
            delay = -self._tokens / self._per_second
        if delay > 0:
            self._sleep(delay)


@dataclass(frozen=True)
class ServiceClient:
    """One AWS service in one account and Region. Thread-safe."""

    client: Any = field(repr=False)
    rate: RateLimiter = field(repr=False)

    def call(self, operation: str, **request: Any) -> Response:
        """Call an operation and return its response. Raises an `AwsError`.

        Example: ``call("DescribeStacks", StackName="trail")``.
        """
        self.rate.acquire()
        method = getattr(self.client, _method(self.client, operation))
        response: Response = _translate_errors(operation, lambda: method(**request))
        return response

    def pages(self, operation: str, **request: Any) -> Iterator[Response]:
        """Return all pages of an operation that uses NextToken. Raises an `AwsError`."""
        token: dict[str, str] = {}
        while True:
            response = self.call(operation, **request, **token)
            yield response
            if not response.get("NextToken"):
                return
            token = {"NextToken": response["NextToken"]}

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


def _method(client: Any, operation: str) -> str:
    """Return the Python name of an operation as the SDK derives it."""
    for method, name in client.meta.method_to_api_mapping.items():
        if name == operation:
            return str(method)
    raise AwsError(operation, "The installed boto3 does not support this operation. Upgrade boto3.")


class AwsSession:
    """Signed-in access to AWS. Clients are created once; creating one is not thread-safe."""

    def __init__(self, config: SessionConfig, rate: RateLimiter | None = None) -> None:
        self._config = config
        self._rate = rate or RateLimiter()
        self._services: dict[str, ServiceClient] = {}
        self._session = _translate_errors("sign in", lambda: _session(config))

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

    def service(self, name: str) -> ServiceClient:
        """Return a service by its name in boto3, like ``cloudformation``."""
        if name not in self._services:
            region = self.region
            client_config = Config(
                retries={"mode": "adaptive", "total_max_attempts": self._config.attempts},
                connect_timeout=10,
                read_timeout=60,
                user_agent_extra="trailbell",
            )
            client = _translate_errors(
                name, lambda: self._session.client(name, region_name=region, config=client_config)
            )
            self._services[name] = ServiceClient(client, self._rate)
        return self._services[name]

    def identity(self) -> CallerIdentity:
        """Return who calls. Raises `CredentialsError` without credentials."""
        response = self.service("sts").call("GetCallerIdentity")
        return CallerIdentity(account=response["Account"], arn=response["Arn"])


def _session(config: SessionConfig) -> boto3.Session:
    # boto3 reads AWS_DEFAULT_REGION alone; the AWS CLI and other SDKs read AWS_REGION.
    region = config.region or os.environ.get("AWS_REGION") or None
    base = boto3.Session(profile_name=config.profile or None, region_name=region)
    if not config.role:
        return base
    source = base._session.get_credentials()  # noqa: SLF001 - boto3 offers no refreshing role
    if source is None:
        raise sdk_errors.NoCredentialsError
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


def _translate_errors(operation: str, call: Callable[[], T]) -> T:
    """Call a function; what boto3 raises becomes an `AwsError`."""
    try:
        return call()
    except sdk_errors.ClientError as error:
        raise _client_error(operation, error) from error
    except (
        sdk_errors.NoCredentialsError,
        sdk_errors.PartialCredentialsError,
        sdk_errors.CredentialRetrievalError,
        sdk_errors.TokenRetrievalError,
        sdk_errors.SSOError,
        sdk_errors.ProfileNotFound,
        sdk_errors.ConfigParseError,
        sdk_errors.NoRegionError,
        sdk_errors.InvalidConfigError,
        sdk_errors.RefreshWithMFAUnsupportedError,
    ) as error:
        raise CredentialsError(operation, str(error)) from error
    except (sdk_errors.HTTPClientError, sdk_errors.ConnectionError, ResponseParserError) as error:
        raise ServiceUnavailableError(operation, str(error)) from error
    except sdk_errors.BotoCoreError as error:
        # The oldest supported SDK does not have the exceptions of `aws login` yet.
        signing_in = type(error).__name__.startswith("Login")
        raise (CredentialsError if signing_in else AwsError)(operation, str(error)) from error
    except ValueError as error:  # an endpoint or a Region that is not a host name
        raise ServiceUnavailableError(operation, str(error)) from error


_ERRORS_BY_CODE: Mapping[str, type[AwsError]] = {
    "AccessDenied": AccessDeniedError,
    "AccessDeniedException": AccessDeniedError,
    "AuthorizationError": AccessDeniedError,
    "UnauthorizedOperation": AccessDeniedError,
    "AuthFailure": CredentialsError,
    "ExpiredToken": CredentialsError,
    "ExpiredTokenException": CredentialsError,
    "InvalidAccessKeyId": CredentialsError,
    "InvalidClientTokenId": CredentialsError,
    "MissingAuthenticationToken": CredentialsError,
    "TokenRefreshRequired": CredentialsError,
    "UnrecognizedClientException": CredentialsError,
    "RequestExpired": ClockSkewError,
    "RequestTimeTooSkewed": ClockSkewError,
    "SignatureDoesNotMatch": CredentialsError,
    "InvalidSignatureException": CredentialsError,
    "404": NotFoundError,  # HeadObject has no body with an error code
    "ChangeSetNotFound": NotFoundError,
    "ChangeSetNotFoundException": NotFoundError,
    "NoSuchBucket": NotFoundError,
    "NotFound": NotFoundError,
    "NotFoundException": NotFoundError,
    "ResourceNotFoundException": NotFoundError,
    "TrailNotFoundException": NotFoundError,
    "AWSOrganizationsNotInUseException": NotFoundError,
    "AccountNotFoundException": NotFoundError,
    "ChildNotFoundException": NotFoundError,
    "OperationNotFoundException": NotFoundError,
    "OrganizationalUnitNotFoundException": NotFoundError,
    "ParentNotFoundException": NotFoundError,
    "StackInstanceNotFoundException": NotFoundError,
    "StackSetNotFoundException": NotFoundError,
    "AlreadyExistsException": AlreadyExistsError,
    "CreatedButModifiedException": AlreadyExistsError,
    "NameAlreadyExistsException": AlreadyExistsError,
    "OperationIdAlreadyExistsException": AlreadyExistsError,
    "TokenAlreadyExistsException": AlreadyExistsError,
    "InvalidChangeSetStatus": ChangeSetUnavailableError,
    "InvalidChangeSetStatusException": ChangeSetUnavailableError,
    "OperationInProgressException": OperationInProgressError,
    "StaleRequestException": StaleRequestError,
    "Throttling": ThrottlingError,
    "ThrottlingException": ThrottlingError,
    "TooManyRequestsException": ThrottlingError,
    "RequestLimitExceeded": ThrottlingError,
    "InternalFailure": ServiceUnavailableError,
    "ServiceUnavailable": ServiceUnavailableError,
}
_SERVER_ERROR = 500

# CloudFormation returns the code ValidationError for these; only the message differs.
_ERRORS_BY_MESSAGE: tuple[tuple[str, type[AwsError]], ...] = (
    ("does not exist", NotFoundError),
    ("_IN_PROGRESS state and can not be", OperationInProgressError),
    ("_IN_PROGRESS state and cannot be", OperationInProgressError),
    ("with status UPDATE_IN_PROGRESS", OperationInProgressError),
)


def _client_error(operation: str, error: sdk_errors.ClientError) -> AwsError:
    response: Any = error.response
    code = str(response.get("Error", {}).get("Code", ""))
    message = str(response.get("Error", {}).get("Message", "")) or code
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    error_type = _ERRORS_BY_CODE.get(code)
    if error_type is CredentialsError and (
        "Signature expired" in message or "not yet current" in message
    ):
        error_type = ClockSkewError
    if error_type is None and code == "ValidationError":
        error_type = next((type_ for text, type_ in _ERRORS_BY_MESSAGE if text in message), None)
    if error_type is None and status >= _SERVER_ERROR:
        error_type = ServiceUnavailableError
    return (error_type or AwsError)(operation, message)
