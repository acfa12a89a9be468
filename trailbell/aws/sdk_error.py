"""
What boto3 raises, as the errors of `trailbell.errors`.

In:    a function that calls boto3.
Out:   its result, or an `AwsError` whose type says what happened.
Never: an error code of AWS beyond this module.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import botocore.exceptions as sdk_errors
from botocore.parsers import ResponseParserError

from trailbell.errors import (
    AccessDeniedError,
    AlreadyExistsError,
    AwsError,
    ChangeSetUnavailableError,
    ClockSkewError,
    CredentialsError,
    NotFoundError,
    OperationInProgressError,
    QuotaExceededError,
    ServiceUnavailableError,
    StaleRequestError,
    ThrottlingError,
    UnknownOperationError,
    WrongRegionError,
)

T = TypeVar("T")


def translate_errors(operation: str, call: Callable[[], T]) -> T:
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
    "KMSAccessDenied": AccessDeniedError,  # Publish to an encrypted topic
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
    "403": AccessDeniedError,  # the response to HeadObject and HeadBucket has no error code
    "404": NotFoundError,
    "412": AlreadyExistsError,  # PutObject with IfNoneMatch
    "PreconditionFailed": AlreadyExistsError,
    "ConditionalRequestConflict": OperationInProgressError,
    "ChangeSetNotFound": NotFoundError,
    "ChangeSetNotFoundException": NotFoundError,
    "EntityNotFoundException": NotFoundError,  # AWS Glue
    "NoSuchBucket": NotFoundError,
    # The SDK follows these where AWS names the Region, and otherwise raises them:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    "301": WrongRegionError,
    "AuthorizationHeaderMalformed": WrongRegionError,
    "IllegalLocationConstraintException": WrongRegionError,
    "PermanentRedirect": WrongRegionError,
    "AllAccessDisabled": AccessDeniedError,
    "AWS.SimpleQueueService.NonExistentQueue": NotFoundError,
    "NoSuchBucketPolicy": NotFoundError,
    "NoSuchEntity": NotFoundError,  # IAM
    "NoSuchLifecycleConfiguration": NotFoundError,
    "NoSuchPublicAccessBlockConfiguration": NotFoundError,
    "ObjectLockConfigurationNotFoundError": NotFoundError,
    "OwnershipControlsNotFoundError": NotFoundError,
    "ResourceNotFound": NotFoundError,  # GetDashboard
    "ServerSideEncryptionConfigurationNotFoundError": NotFoundError,
    "NoSuchKey": NotFoundError,
    "NotFound": NotFoundError,
    "NotFoundException": NotFoundError,
    "QueueDoesNotExist": NotFoundError,
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
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html
    "InvalidAction": UnknownOperationError,
    "UnknownOperationException": UnknownOperationError,
    "AlreadyExistsException": AlreadyExistsError,
    "CreatedButModifiedException": AlreadyExistsError,
    "NameAlreadyExistsException": AlreadyExistsError,
    "OperationIdAlreadyExistsException": AlreadyExistsError,
    "TokenAlreadyExistsException": AlreadyExistsError,
    "InvalidChangeSetStatus": ChangeSetUnavailableError,
    "InvalidChangeSetStatusException": ChangeSetUnavailableError,
    "OperationInProgressException": OperationInProgressError,
    "StaleRequestException": StaleRequestError,
    "LimitExceededException": QuotaExceededError,
    "QuotaExceeded": QuotaExceededError,  # our name of it, see `is_used_up_quota`
    "ServiceQuotaExceededException": QuotaExceededError,
    "RequestThrottled": ThrottlingError,
    "RequestThrottledException": ThrottlingError,
    "SlowDown": ThrottlingError,
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
    if error_type is QuotaExceededError and _RATE.search(message):
        error_type = ThrottlingError
    if error_type is CredentialsError and (
        "Signature expired" in message or "not yet current" in message
    ):
        error_type = ClockSkewError
    if error_type is None and code == "ValidationError":
        error_type = next((type_ for text, type_ in _ERRORS_BY_MESSAGE if text in message), None)
    if error_type is None and status >= _SERVER_ERROR:
        error_type = ServiceUnavailableError
    return (error_type or AwsError)(operation, message)


_RATE = re.compile(r"rate exceeded|throttl|too many requests|slow down", re.IGNORECASE)


def is_throttling(error: Mapping[str, Any]) -> bool:
    """Whether the Error member of a response says that there were too many calls."""
    code = str(error.get("Code", ""))
    return _ERRORS_BY_CODE.get(code) is ThrottlingError or (
        code == "LimitExceededException" and not is_used_up_quota(error)
    )


def is_used_up_quota(error: Mapping[str, Any]) -> bool:
    """Whether a LimitExceededException means a quota of the account, where a retry cannot help.

    CloudFormation: "The quota for the resource has already been reached." The SDK retries this
    code, which other services use for a rate.
    """
    return error.get("Code") == "LimitExceededException" and not _RATE.search(
        str(error.get("Message", ""))
    )
