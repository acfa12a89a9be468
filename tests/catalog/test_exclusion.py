"""What ``exclude`` may name, and which events then do not count."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.catalog.exclusion import Exclusions, read_exclusions
from trailbell.errors import SettingsError
from trailbell.pattern import FilterPattern, Outcome, all_of
from trailbell.samples import api_call, assumed_role_identity, iam_user
from trailbell.settings import Table, parse

_A_ROLE = (
    'write the name of a role, at most 64 characters ("Deployer"), its path and name '
    '("/ops/Deployer"), or its ARN ("arn:aws:iam::111122223333:role/ops/Deployer")'
)
_A_PRINCIPAL = (
    'write the ARN of a user or of a role\'s session ("arn:aws:iam::111122223333:user/alice", '
    '"arn:aws:sts::111122223333:assumed-role/Deployer/*")'
)
_AN_ADDRESS = (
    'write an IP address, or its beginning and an asterisk ("192.0.2.44", "192.0.2.*"), or a '
    "calling service "
    '("cloudformation.amazonaws.com")'
)


def _read(text: str) -> Exclusions:
    table = parse(f"[catalog]\nexclude = {{ {text} }}").table("catalog")
    assert table is not None
    return read_exclusions(table, frozenset({"CreateUser", "DeleteTrail"}))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("roles", "my role", _A_ROLE, id="a role with a space"),
        pytest.param("roles", "x" * 65, _A_ROLE, id="a role of 65 characters"),
        pytest.param(
            "roles",
            "arn:aws:sts::111122223333:assumed-role/Deployer/session",
            "this is a session; write its role "
            '"arn:aws:iam::111122223333:role/Deployer", or the role name '
            '"Deployer"',
            id="a session for a role",
        ),
        pytest.param(
            "roles",
            "arn:aws:iam::111122223333:user/alice",
            "this is not a role; move it to principal_arns",
            id="a user for a role",
        ),
        pytest.param("roles", "arn:aws:iam::1111:role/Deployer", _A_ROLE, id="a short account"),
        pytest.param("roles", "arn:aws:iam:eu-west-1:111122223333:role/R", _A_ROLE, id="a Region"),
        pytest.param("roles", "arn:aws:ec2::111122223333:role/R*", _A_ROLE, id="not of IAM"),
        pytest.param(
            "roles", "ops/Deployer", 'begin a path with a slash: "/ops/Deployer"', id="no slash"
        ),
        pytest.param(
            "roles",
            "arn:aws:iam::*:role/ops/Deployer",
            "write a value, or its beginning and one asterisk at the end; "
            '"/ops/Deployer" is this role in any account',
            id="a star for the account",
        ),
        *(
            pytest.param(
                "principal_arns",
                value,
                'this excludes every account; name one: "arn:aws:iam::111122223333:*"',
                id=f"everybody, as {value}",
            )
            for value in ("arn:*", "arn:aws:*", "arn:aws:sts::*")
        ),
        pytest.param(
            "source_ips",
            "2001:DB8::1",
            'records contain "2001:db8::1"',
            id="an address in capitals",
        ),
        pytest.param(
            "source_ips", "2001:0db8:0:0::1", 'records contain "2001:db8::1"', id="a long address"
        ),
        pytest.param("principal_arns", "alice", _A_PRINCIPAL, id="a name for a principal"),
        pytest.param("principal_arns", "AIDAEXAMPLE", _A_PRINCIPAL, id="an id for a principal"),
        pytest.param("principal_arns", "arn:aws:s3:::bucket", _A_PRINCIPAL, id="a bucket"),
        pytest.param(
            "principal_arns", "arn:aws:iam::111122223333:group/admins", _A_PRINCIPAL, id="a group"
        ),
        pytest.param(
            "principal_arns",
            "arn:aws-cn:iam::111122223333:role/ops/Deployer",
            "records contain sessions of the role: write "
            '"arn:aws-cn:sts::111122223333:assumed-role/Deployer/*", or move it'
            " to roles",
            id="a role for a principal",
        ),
        pytest.param(
            "principal_arns",
            "arn:aws:sts::111122223333:assumed-role/Deployer",
            'add the session name: "arn:aws:sts::111122223333:assumed-role/Deployer/*"',
            id="a session without its name",
        ),
        pytest.param(
            "services",
            "AutoScaling",
            'write the name of a service; did you mean "autoscaling.amazonaws.com"?',
            id="a service without its domain",
        ),
        pytest.param(
            "services",
            "arn:aws:iam::111122223333:role/R",
            'write the name of a service, such as "autoscaling.amazonaws.com"',
            id="an ARN for a service",
        ),
        pytest.param("source_ips", "office", _AN_ADDRESS, id="a word for an address"),
        pytest.param("source_ips", "10.0.0.256", _AN_ADDRESS, id="a number past 255"),
        pytest.param("source_ips", "10.0.0", _AN_ADDRESS, id="three numbers without a star"),
        pytest.param("source_ips", "10.0.0.1.*", _AN_ADDRESS, id="five numbers"),
        pytest.param("source_ips", "10..*", _AN_ADDRESS, id="no number between points"),
        pytest.param(
            "events",
            "iam:CreateUser",
            'write the name of an event, without its service: "CreateUser"',
            id="an action of IAM for an event",
        ),
        pytest.param(
            "events",
            "Create User",
            'write the name of an event, without its service, such as "RunTask"',
            id="an event with a space",
        ),
        pytest.param(
            "events",
            "createuser",
            'unknown event "createuser"; did you mean "CreateUser"?',
            id="an event in another case",
        ),
        pytest.param(
            "events",
            "DeleteTral",
            'unknown event "DeleteTral"; did you mean "DeleteTrail"?',
            id="a misspelt event",
        ),
    ],
)
def test_what_no_record_can_hold_is_refused(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _read(f'{name} = ["{value}"]')
    address = f"trailbell.toml: catalog.exclude.{name}"
    problem = "" if expected.startswith("unknown") else f'invalid value "{value}"; '
    assert str(caught.value) == f"{address}: {problem}{expected}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("roles", "Deployer", id="a role"),
        pytest.param("roles", "AWSReservedSSO_Admin_*", id="the start of a role"),
        pytest.param("roles", "aws:ec2-infrastructure", id="a role of AWS itself"),
        pytest.param("roles", "/ops/*", id="a path"),
        pytest.param("roles", "arn:aws:iam::111122223333:role/*", id="all roles of an account"),
        pytest.param("roles", "arn:aws-us-gov:iam::111122223333:role/a/b/R", id="GovCloud"),
        pytest.param("principal_arns", "arn:aws-cn:iam::111122223333:user/x/alice", id="China"),
        pytest.param("principal_arns", "arn:aws:iam::111122223333:root", id="the root user"),
        pytest.param(
            "principal_arns", "arn:aws:sts::111122223333:assumed-role/R/*", id="a session"
        ),
        pytest.param(
            "principal_arns", "arn:aws:sts::111122223333:federated-user/bob", id="federated"
        ),
        pytest.param("principal_arns", "arn:aws:iam::1111*", id="the start of an account"),
        pytest.param("services", "AWS Internal", id="AWS itself"),
        pytest.param("services", "delivery.logs.amazonaws.com", id="a longer name"),
        pytest.param("services", "ec2.amazonaws.com.cn", id="a service in China"),
        pytest.param("source_ips", "192.0.2.44", id="an address"),
        pytest.param("source_ips", "10.*", id="the start of an address"),
        pytest.param("source_ips", "2001:db8::1", id="an address of version 6"),
        pytest.param("source_ips", "2001:db8:*", id="the start of one"),
        pytest.param("source_ips", "cloudformation.amazonaws.com", id="a service that calls"),
        pytest.param("events", "CreateFunction2020_05_31", id="an event with a date"),
        pytest.param("events", "GetCallerIdentity", id="an event that nothing watches"),
        pytest.param(
            "events", "DeleteTrial", id="nearly a watched event, and one of another service"
        ),
    ],
)
def test_what_a_record_can_hold_is_taken(name: str, value: str) -> None:
    assert _read(f'{name} = ["{value}"]') == Exclusions(((name, (value,)),))


def _role(path: str, name: str, account: str = "111122223333") -> dict[str, Any]:
    caller = assumed_role_identity(name)
    caller["sessionContext"]["sessionIssuer"]["arn"] = f"arn:aws:iam::{account}:role{path}{name}"
    return caller


_DEPLOYER = _role("/", "Deployer")


@pytest.mark.parametrize(
    ("text", "caller", "counts"),
    [
        pytest.param('roles = ["Deployer"]', iam_user("Deployer"), True, id="a user of that name"),
        pytest.param('roles = ["Deployer"]', _role("/", "Deployer2"), True, id="a longer name"),
        pytest.param('roles = ["Deployer"]', _DEPLOYER, False, id="by its name"),
        pytest.param('roles = ["Deployer"]', _role("/x/", "Deployer"), False, id="on any path"),
        pytest.param(
            'roles = ["/ops/Deployer"]', _role("/x/ops/", "Deployer"), True, id="a longer path"
        ),
        pytest.param('roles = ["/Deployer"]', _role("/ops/", "Deployer"), True, id="no path"),
        pytest.param('roles = ["/Deployer"]', _DEPLOYER, False, id="the role on no path"),
        pytest.param(
            'roles = ["/ops/*"]', _role("/ops/eu/", "Deployer"), False, id="all below a path"
        ),
        pytest.param(
            'roles = ["arn:aws:iam::111122223333:role/Deployer"]',
            _role("/", "Deployer", "123456789012"),
            True,
            id="an ARN, and the role of another account",
        ),
        pytest.param(
            'roles = ["arn:aws:iam::111122223333:role/Deployer"]',
            _role("/ops/", "Deployer"),
            True,
            id="an ARN, and the role on a path",
        ),
        pytest.param(
            'roles = ["CI", "arn:aws:iam::111122223333:role/Deployer"]',
            _DEPLOYER,
            False,
            id="an ARN next to a name",
        ),
        pytest.param(
            'roles = ["CI", "arn:aws:iam::111122223333:role/Deployer"]',
            _role("/", "CI"),
            False,
            id="a name next to an ARN",
        ),
        pytest.param(
            'roles = ["arn:aws:iam::111122223333:role/Dep*"]', _DEPLOYER, False, id="a start"
        ),
    ],
)
def test_which_events_count(text: str, caller: dict[str, Any], *, counts: bool) -> None:
    event = api_call("iam", "CreateUser", caller)
    condition = all_of(*_read(text).conditions())
    found = FilterPattern.of(condition).explain(json.dumps(event)).outcome
    assert found == (Outcome.MATCH if counts else Outcome.NO_MATCH)


@given(
    name=st.sampled_from(["roles", "principal_arns", "services", "source_ips", "events"]),
    value=st.text("arn:aws:iam::111122223333:role/ops*.@ ", min_size=1, max_size=40),
)
def test_whatever_is_given_is_taken_or_refused_with_its_key(name: str, value: str) -> None:
    table = Table("f", "", {"catalog": {"exclude": {name: [value]}}}).table("catalog")
    assert table is not None
    key = f"catalog.exclude.{name}"
    try:
        read_exclusions(table, frozenset())
    except SettingsError as error:
        key = error.key
    assert key == f"catalog.exclude.{name}"
