"""Signing in to the expected account, and to no other."""

from typing import cast

import pytest

from tests.deploy.fake import Fake
from trailbell.aws.client import AwsSession, CallerIdentity, SessionConfig
from trailbell.aws.sign_in import ExpectedAccount, sign_in
from trailbell.errors import CredentialsError, PreconditionError

_CALLER = CallerIdentity("111122223333", "arn:aws:iam::111122223333:user/alice")


class _Session:
    """A session of alice in 111122223333."""

    region = "eu-central-1"

    def identity(self) -> CallerIdentity:
        return _CALLER


def _open(_: SessionConfig) -> AwsSession:
    return cast("AwsSession", _Session())


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        pytest.param(
            ExpectedAccount("environment prod", "123456789012"),
            "environment prod: It is for account 123456789012, but the credentials are for account "
            '111122223333.\n  Sign in to account 123456789012, or correct "account" in '
            "trailbell.toml.",
            id="another account",
        ),
        pytest.param(
            ExpectedAccount("the management account", "123456789012", "Give a role there."),
            "the management account: It is for account 123456789012, but the credentials are for "
            "account 111122223333.\n  Give a role there.",
            id="another account, with a hint",
        ),
    ],
)
def test_credentials_for_another_account_are_rejected(
    expected: ExpectedAccount, message: str
) -> None:
    with pytest.raises(PreconditionError) as caught:
        sign_in(SessionConfig(), expected, _open)
    assert str(caught.value) == message


def test_a_region_that_does_not_exist_is_rejected_before_any_call(fake: Fake) -> None:
    with pytest.raises(PreconditionError) as caught:
        sign_in(SessionConfig(region="eu-centrall-1"), ExpectedAccount("prod", ""))
    assert str(caught.value) == (
        'the AWS Region: There is no Region "eu-centrall-1".\n  Did you mean "eu-central-1"? '
        "If the Region is new, upgrade boto3."
    )
    assert fake.requests == []


class _Rejected(_Session):
    """STS in a Region that the account has not enabled does not know its keys. Unsure: its words.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
    """

    def __init__(self, region: str) -> None:
        self.region = region

    def identity(self) -> CallerIdentity:
        raise CredentialsError("GetCallerIdentity", "The security token is invalid.")


@pytest.mark.parametrize(
    ("region", "reason"),
    [
        pytest.param("eu-central-1", "The security token is invalid.", id="enabled everywhere"),
        pytest.param(
            "me-central-1",
            "The security token is invalid. Or the account has not enabled Region me-central-1.",
            id="an opt-in Region",
        ),
    ],
)
def test_rejected_credentials_can_mean_a_region_that_is_not_enabled(
    region: str, reason: str
) -> None:
    with pytest.raises(CredentialsError) as caught:
        sign_in(
            SessionConfig(),
            ExpectedAccount("prod", ""),
            lambda _: cast("AwsSession", _Rejected(region)),
        )
    assert caught.value.reason == reason


@pytest.mark.parametrize("account", ["", "111122223333"], ids=["any account", "that account"])
def test_credentials_for_the_expected_account_are_accepted(account: str) -> None:
    session, identity = sign_in(SessionConfig(), ExpectedAccount("prod", account), _open)
    assert isinstance(session, _Session)
    assert identity == _CALLER
