"""
The module of a policy, and the test of it.

In:    a name.
Out:   the texts of ``policies/<name>.py`` and ``tests/test_<name>_policy.py``.
Never: ``*`` as an action or a resource.
"""

from trailbell.scaffold.stack_source import logical_id, module


def policy_source(name: str) -> str:
    """A function that returns a policy: who has it may read the events of one log group."""
    return _POLICY.format(module=module(name), sid=logical_id(name))


def policy_test_source(name: str) -> str:
    return _POLICY_TEST.format(name=name, module=module(name), sid=logical_id(name))


_POLICY = '''"""
Who may read the events of the trail.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
"""

from typing import Any

from awacs import logs
from awacs.aws import Allow, PolicyDocument, Statement

# Review: replace the actions and the resource with what you allow. A stack imports the function
# and gives it the ARNs of its resources.


def {module}_policy(*, log_group_arn: Any) -> PolicyDocument:
    """Allow reading the events of one log group only."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="{sid}",
                Effect=Allow,
                Action=[logs.DescribeLogStreams, logs.FilterLogEvents],
                Resource=[log_group_arn],
            )
        ],
    )
'''
_POLICY_TEST = '''"""The policy {name}, as a whole document."""

from troposphere import encode_to_dict

from policies.{module} import {module}_policy


def test_it_allows_reading_one_log_group_only() -> None:
    arn = "arn:aws:logs:us-east-1:111122223333:log-group:trail:*"
    assert encode_to_dict({module}_policy(log_group_arn=arn)) == {{
        "Version": "2012-10-17",
        "Statement": [
            {{
                "Sid": "{sid}",
                "Effect": "Allow",
                "Action": ["logs:DescribeLogStreams", "logs:FilterLogEvents"],
                "Resource": [arn],
            }}
        ],
    }}
'''
