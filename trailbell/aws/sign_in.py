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
from trailbell.aws.regions import check_regions_exist
from trailbell.errors import PreconditionError


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
    identity = session.identity()
    if expected.account and identity.account != expected.account:
        raise PreconditionError(
            expected.subject,
            f"It is for account {expected.account}, but the credentials are for account "
            f"{identity.account}.",
            expected.hint
            or f'Sign in to account {expected.account}, or correct "account" in trailbell.toml.',
        )
    return session, identity
