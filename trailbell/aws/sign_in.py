"""
Signing in to the account that the settings name, and to no other.

In:    how to sign in, and the account that is expected.
Out:   the session and the identity of the caller.
Never: a call to a Region that does not exist; a call with credentials for another account, other
       than the one that says so.
"""

from collections.abc import Callable
from dataclasses import dataclass

from trailbell.aws.client import AwsSession, CallerIdentity, SessionConfig
from trailbell.aws.regions import check_regions_exist, opt_in_regions
from trailbell.errors import CredentialsError, PreconditionError


@dataclass(frozen=True)
class ExpectedAccount:
    """The account to sign in to; empty if any will do.

    ``subject`` says what is for that account; ``hint`` what to do with credentials for another one.
    """

    subject: str
    account: str
    hint: str = ""


def sign_in(
    config: SessionConfig,
    expected: ExpectedAccount,
    open_: Callable[[SessionConfig], AwsSession] = AwsSession,
) -> tuple[AwsSession, CallerIdentity]:
    """Sign in.

    Raises `CredentialsError`, and `PreconditionError` if the credentials are for another account,
    or if the Region does not exist.
    """
    session = open_(config)
    check_regions_exist("the AWS Region", [session.region])
    try:
        identity = session.identity()
    except CredentialsError as error:
        for region in opt_in_regions([session.region]):
            error.reason += f" Or the account has not enabled Region {region}."
        raise
    if expected.account and identity.account != expected.account:
        raise PreconditionError(
            expected.subject,
            f"It is for account {expected.account}, but the credentials are for account "
            f"{identity.account}.",
            expected.hint
            or f'Sign in to account {expected.account}, or correct "account" in trailbell.toml.',
        )
    return session, identity
