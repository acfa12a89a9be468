"""
The one door to boto3.

In:    a `SessionConfig`: Region, profile, role; operations of AWS by their API names.
Out:   answers as plain dicts, and faults as the types of `trailbell.errors`.
Never: what an answer means. `cloudformation` and `verify` read answers; nothing else in
       Trailbell imports boto3, and no error code of AWS leaves this module.

A role is taken anew before its credentials end, so a long wait outlives an hour.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import boto3
import botocore.exceptions as refused
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
    ThrottlingError,
)

T = TypeVar("T")
Response = Mapping[str, Any]

# CloudFormation publishes no rates; it throttles a burst of some tens of calls. This stays
# below, whatever the number of stacks, and leaves room for others in the account.
BURST = 25
CALLS_A_SECOND = 10.0
_ATTEMPTS = 8


@dataclass(frozen=True, kw_only=True)
class SessionConfig:
    """Who calls, and where: names from the AWS configuration, or the ARN of a role to take."""

    region: str = ""
    profile: str = ""
    role: str = ""
    attempts: int = _ATTEMPTS


@dataclass(frozen=True)
class CallerIdentity:
    """Who calls, as AWS says."""

    account: str
    arn: str


class RateLimiter:
    """A bucket of calls: so many at once, then so many a second. Safe between threads."""

    def __init__(
        self,
        burst: float = BURST,
        per_second: float = CALLS_A_SECOND,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._burst, self._per_second, self._now, self._sleep = burst, per_second, now, sleep
        self._left, self._at, self._lock = burst, now(), threading.Lock()

    def acquire(self) -> None:
        """Wait until a call may be made."""
        with self._lock:
            now = self._now()
            self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
            self._at = now
            self._left -= 1
            late = -self._left / self._per_second
        if late > 0:
            self._sleep(late)


@dataclass(frozen=True)
class ServiceClient:
    """One service of AWS in one account and Region. Threads may share it."""

    client: Any = field(repr=False)
    rate: RateLimiter = field(repr=False)

    def call(self, operation: str, **request: Any) -> Response:
        """The answer to one call, like ``call("DescribeStacks", StackName="trail")``.

        Raises an `AwsError`.
        """
        self.rate.acquire()
        method = getattr(self.client, _method(self.client, operation))
        answer: Response = _translate_errors(operation, lambda: method(**request))
        return answer

    def pages(self, operation: str, **request: Any) -> Iterator[Response]:
        """All answers of an operation that pages by NextToken. Raises an `AwsError`."""
        token: dict[str, str] = {}
        while True:
            answer = self.call(operation, **request, **token)
            yield answer
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    @property
    def endpoint(self) -> str:
        """The address that it speaks to, without a path."""
        return str(self.client.meta.endpoint_url).rstrip("/")

    def supports(self, operation: str, member: str) -> bool:
        """Whether the installed SDK knows this operation and this member of its request."""
        model = self.client.meta.service_model
        if operation not in model.operation_names:
            return False
        shape = model.operation_model(operation).input_shape
        return shape is not None and (not member or member in shape.members)


def _method(client: Any, operation: str) -> str:
    """The Python name of an operation, as the SDK makes it (``SSESpecification`` and its kind)."""
    for method, name in client.meta.method_to_api_mapping.items():
        if name == operation:
            return str(method)
    raise AwsError(operation, "the installed boto3 does not know it; upgrade boto3")


class AwsSession:
    """What a login opens. Services are made once; making one is not safe between threads."""

    def __init__(self, login: SessionConfig, rate: RateLimiter | None = None) -> None:
        self._login = login
        self._rate = rate or RateLimiter()
        self._services: dict[str, ServiceClient] = {}
        self._session = _translate_errors("sign in", lambda: _session(login))

    @property
    def region(self) -> str:
        """The Region of all calls. Raises `PreconditionError` if nobody says one."""
        region = self._session.region_name
        if not region:
            raise PreconditionError(
                "no Region",
                "neither option, settings, profile nor environment name one",
                "give --region, or region in trailbell.toml, or AWS_REGION",
            )
        return str(region)

    def service(self, name: str) -> ServiceClient:
        """A service by its name in boto3, like ``cloudformation``."""
        if name not in self._services:
            region = self.region
            config = Config(
                retries={"mode": "adaptive", "total_max_attempts": self._login.attempts},
                connect_timeout=10,
                read_timeout=60,
                user_agent_extra="trailbell",
            )
            client = _translate_errors(
                name, lambda: self._session.client(name, region_name=region, config=config)
            )
            self._services[name] = ServiceClient(client, self._rate)
        return self._services[name]

    def identity(self) -> CallerIdentity:
        """Who calls. Raises `CredentialsError` for want of credentials."""
        answer = self.service("sts").call("GetCallerIdentity")
        return CallerIdentity(account=answer["Account"], arn=answer["Arn"])


def _session(login: SessionConfig) -> boto3.Session:
    # boto3 reads AWS_DEFAULT_REGION alone; the AWS CLI and other SDKs read AWS_REGION.
    region = login.region or os.environ.get("AWS_REGION") or None
    base = boto3.Session(profile_name=login.profile or None, region_name=region)
    if not login.role:
        return base
    source = base._session.get_credentials()  # noqa: SLF001 - boto3 offers no refreshing role
    if source is None:
        raise refused.NoCredentialsError
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=base._session.create_client,  # noqa: SLF001 - as above
        source_credentials=source,
        role_arn=login.role,
        extra_args={"RoleSessionName": "trailbell"},
    )
    inner = BotocoreSession()
    inner._credentials = DeferredRefreshableCredentials(  # noqa: SLF001 - as above
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return boto3.Session(botocore_session=inner, region_name=base.region_name)


def _translate_errors(operation: str, work: Callable[[], T]) -> T:
    """Do it; whatever boto3 raises arrives as an `AwsError`."""
    try:
        return work()
    except refused.ClientError as error:
        raise _client_error(operation, error) from error
    except (
        refused.NoCredentialsError,
        refused.PartialCredentialsError,
        refused.CredentialRetrievalError,
        refused.TokenRetrievalError,
        refused.SSOError,
        refused.ProfileNotFound,
        refused.ConfigParseError,
        refused.NoRegionError,
        refused.InvalidConfigError,
        refused.RefreshWithMFAUnsupportedError,
    ) as error:
        raise CredentialsError(operation, str(error)) from error
    except (refused.HTTPClientError, refused.ConnectionError, ResponseParserError) as error:
        raise ServiceUnavailableError(operation, str(error)) from error
    except refused.BotoCoreError as error:
        # The faults of `aws login` are younger than the oldest SDK that we run with.
        signing_in = type(error).__name__.startswith("Login")
        raise (CredentialsError if signing_in else AwsError)(operation, str(error)) from error
    except ValueError as error:  # an endpoint or a Region that is no host name
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
    "404": NotFoundError,  # HeadObject has no body to say more in
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
    "StaleRequestException": OperationInProgressError,
    "Throttling": ThrottlingError,
    "ThrottlingException": ThrottlingError,
    "TooManyRequestsException": ThrottlingError,
    "RequestLimitExceeded": ThrottlingError,
    "InternalFailure": ServiceUnavailableError,
    "ServiceUnavailable": ServiceUnavailableError,
}
_SERVER = 500

# CloudFormation says these by the one code ValidationError, and a sentence.
_ERRORS_BY_MESSAGE: tuple[tuple[str, type[AwsError]], ...] = (
    ("does not exist", NotFoundError),
    ("_IN_PROGRESS state and can not be", OperationInProgressError),
    ("_IN_PROGRESS state and cannot be", OperationInProgressError),
    ("with status UPDATE_IN_PROGRESS", OperationInProgressError),
)


def _client_error(operation: str, error: refused.ClientError) -> AwsError:
    answer: Any = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    words = str(answer.get("Error", {}).get("Message", "")) or code
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind = _ERRORS_BY_CODE.get(code)
    if kind is CredentialsError and ("Signature expired" in words or "not yet current" in words):
        kind = ClockSkewError
    if kind is None and code == "ValidationError":
        kind = next((kind for sentence, kind in _ERRORS_BY_MESSAGE if sentence in words), None)
    if kind is None and status >= _SERVER:
        kind = ServiceUnavailableError
    return (kind or AwsError)(operation, words)
