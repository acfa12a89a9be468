"""The AWS client: exception types, the request rate, and waits that end."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.deploy.fake import ApiError, Fake
from trailbell.aws.client import AwsSession, CallStatistics, SessionConfig
from trailbell.aws.waiter import Poller, WaitCanceledError
from trailbell.deploy import session
from trailbell.deploy.environment import Environment
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
    QuotaExceededError,
    ServiceUnavailableError,
    ThrottlingError,
)


@pytest.mark.parametrize(
    ("code", "message", "status", "expected"),
    [
        pytest.param("ValidationError", "1 error detected", 400, AwsError, id="anything else"),
        pytest.param("ValidationError", "Stack x does not exist", 400, NotFoundError, id="none"),
        pytest.param(
            "ValidationError", "Stack:x is in UPDATE_IN_PROGRESS state and can not be updated", 400,
            OperationInProgressError, id="busy",
        ),
        pytest.param("ChangeSetNotFound", "no", 404, NotFoundError, id="no change set"),
        pytest.param("InvalidChangeSetStatus", "no", 400, ChangeSetUnavailableError, id="executed"),
        pytest.param("AlreadyExistsException", "no", 400, AlreadyExistsError, id="there already"),
        pytest.param("AccessDenied", "no", 403, AccessDeniedError, id="not allowed"),
        pytest.param("ExpiredToken", "no", 403, CredentialsError, id="expired"),
        pytest.param("InvalidClientTokenId", "no", 403, CredentialsError, id="unknown key"),
        pytest.param("SignatureDoesNotMatch", "differs", 403, CredentialsError, id="wrong secret"),
        pytest.param(
            "SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2", 403,
            ClockSkewError, id="clock behind",
        ),
        pytest.param(
            "InvalidSignatureException", "Signature not yet current: 1", 403, ClockSkewError,
            id="clock ahead",
        ),
        pytest.param("Throttling", "Rate exceeded", 400, ThrottlingError, id="too often"),
        pytest.param("InternalFailure", "no", 500, ServiceUnavailableError, id="broken"),
        pytest.param("Unknown", "no", 503, ServiceUnavailableError, id="broken in a new way"),
    ],
)  # fmt: skip
def test_error_codes_become_exception_types(
    fake: Fake, code: str, message: str, status: int, expected: type[AwsError]
) -> None:
    def refuse() -> None:
        raise ApiError(code, message, status)

    fake.hooks["DescribeStacks"] = refuse
    service = AwsSession(SessionConfig(attempts=1)).service("cloudformation")
    with pytest.raises(AwsError) as caught:
        service.call("DescribeStacks", StackName="x")
    assert (type(caught.value), caught.value.reason) == (expected, message)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "not an address"])
def test_without_a_response_the_service_is_unavailable(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    account = AwsSession(SessionConfig(attempts=1))
    with pytest.raises(ServiceUnavailableError):
        account.service("cloudformation").call("DescribeStacks")
    assert fake.requests == []


@pytest.mark.usefixtures("fake")
def test_an_unknown_profile_is_an_error() -> None:
    with pytest.raises(CredentialsError, match="unknown"):
        AwsSession(SessionConfig(profile="unknown"))


@pytest.mark.usefixtures("fake")
def test_a_missing_region_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(PreconditionError, match="No AWS Region is configured"):
        AwsSession(SessionConfig()).service("sts")


def test_credentials_for_another_account_are_an_error(fake: Fake) -> None:
    with pytest.raises(
        PreconditionError, match="for account 123456789012, but the credentials are for account 111"
    ):
        session.open_session(Environment(name="production", account="123456789012"))
    assert fake.effects() == []


def test_a_member_that_the_sdk_does_not_support_is_an_error(fake: Fake) -> None:
    cloud = session.open_session(Environment()).cloud
    with pytest.raises(AwsError, match=r"does not support Newest\. Upgrade"):
        cloud.create_change_set({"StackName": "x", "Newest": True})
    assert fake.effects() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "message", "expected", "requests"),
    [
        pytest.param(
            # The words of LimitExceededException in the service model.
            "LimitExceededException", "The quota for the resource has already been reached.",
            QuotaExceededError, (1, 0), id="a quota that is used up is not tried again",
        ),
        pytest.param(
            "AccessDenied", "User is not authorized", AccessDeniedError, (1, 0),
            id="a denied call is not, either",
        ),
        pytest.param(
            "Throttling", "Rate exceeded", ThrottlingError, (2, 2), id="a throttled call is",
        ),
        pytest.param(
            # Unsure: that CloudFormation uses this code for a rate, as other services do.
            "LimitExceededException", "Rate exceeded", ThrottlingError, (2, 2),
            id="the same code about a rate is, too",
        ),
        pytest.param(
            "InternalFailure", "no", ServiceUnavailableError, (2, 0), id="a broken service is",
        ),
    ],
)  # fmt: skip
def test_a_call_is_repeated_only_where_that_can_help(
    fake: Fake, code: str, message: str, expected: type[AwsError], requests: tuple[int, int]
) -> None:
    def refuse() -> None:
        fake.hooks["CreateStackSet"] = refuse
        raise ApiError(code, message, 500 if code == "InternalFailure" else 400)

    fake.hooks["CreateStackSet"] = refuse
    service = AwsSession(SessionConfig(attempts=2)).service("cloudformation")
    with pytest.raises(AwsError) as caught:
        service.call("CreateStackSet", StackSetName="x")
    seen = service.statistics.requests, service.statistics.throttled
    assert (type(caught.value), caught.value.reason, seen) == (expected, message, requests)


@pytest.mark.usefixtures("fake")
def test_all_threads_get_one_client_and_share_its_rate() -> None:
    account = AwsSession(SessionConfig())
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(lambda _: account.service("s3"), range(16)))
    assert {id(client) for client in clients} == {id(account.service("s3"))}


def test_the_measured_rate_counts_from_the_first_response(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments = iter([10.0, 10.5, 12.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    statistics = CallStatistics()
    rates = []
    for throttled in (False, True, False):
        statistics.record(throttled=throttled)
        rates.append(statistics.per_second)
    assert (rates, statistics.requests, statistics.throttled) == ([0.0, 2.0, 1.0], 3, 1)


def test_poll_intervals_grow_from_one_to_five_seconds() -> None:
    slept: list[float] = []

    class Clock:
        def wait(self, seconds: float) -> bool:
            slept.append(round(seconds, 2))
            return False

    results = iter([None] * 9 + ["there"])
    poller = Poller(stop=Clock())  # type: ignore[arg-type]  # a clock that waits
    assert poller.wait_for("poll", lambda: next(results)) == "there"
    assert slept == [1.0, 1.3, 1.69, 2.2, 2.86, 3.71, 4.83, 5.0, 5.0]


def test_a_wait_times_out() -> None:
    clock = iter(range(1000))
    poller = Poller(shortest=0, limit=10, now=lambda: float(next(clock)))
    with pytest.raises(AwsError, match="continues in AWS"):
        poller.wait_for("poll", lambda: None)


def test_missing_responses_are_tolerated_a_few_times() -> None:
    def silent() -> None:
        raise ServiceUnavailableError("DescribeStacks", "no answer")

    with pytest.raises(ServiceUnavailableError):
        Poller(shortest=0, longest=0).wait_for("poll", silent)


def test_stop_ends_every_wait() -> None:
    poller = Poller()
    poller.stop.set()
    with pytest.raises(WaitCanceledError):
        poller.wait_for("poll", lambda: None)
