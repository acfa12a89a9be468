"""What people who respond to a notification may do."""

from typing import Any

from awacs import logs
from awacs.aws import Allow, PolicyDocument, Statement


def read_events(log_group: Any) -> PolicyDocument:
    """Run the query of a notification on the log group with this ARN, and read its events.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="RunQueries",
                Effect=Allow,
                Action=[logs.StartQuery, logs.FilterLogEvents, logs.GetLogEvents],
                Resource=[log_group],
            ),
            # These actions have no resource: a result belongs to a query, not to a log group.
            Statement(
                Sid="ReadResults",
                Effect=Allow,
                Action=[logs.GetQueryResults, logs.StopQuery],
                Resource=["*"],
            ),
        ],
    )
