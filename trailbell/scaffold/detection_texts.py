"""
The texts of a new detection: sentences that are true of every event it matches.

In:    a scrubbed record, and the clauses on its request.
Out:   title, reason and false positives.
Never: what an attacker gains, or what is normal: only a person knows that.
"""

from trailbell.samples import Event
from trailbell.scaffold.request_clauses import Clause
from trailbell.scaffold.sample import is_root, service_of


def title_of(record: Event) -> str:
    """What happened, as far as the pattern says it: at most 92 characters."""
    kind, error = record.get("eventType", "AwsApiCall"), record.get("errorCode")
    details = record.get("insightDetails") or {}
    name = f"{service_of(record)}:{record.get('eventName')}"
    by_root = " by the root user" if is_root(record) else ""
    call = f"The call {name}{by_root}"
    if kind == "AwsCloudTrailInsight":
        service = str(details.get("eventSource")).partition(".")[0]
        title = f"Unusual rate of {service}:{details.get('eventName')}"
    elif (kind, record.get("eventName")) == ("AwsConsoleSignIn", "ConsoleLogin"):
        outcome = (record.get("responseElements") or {}).get("ConsoleLogin")
        mfa = (record.get("additionalEventData") or {}).get("MFAUsed")
        how = {"No": " without MFA", "Yes": " with MFA"}.get(str(mfa), "")
        word = "succeeded" if outcome == "Success" else "failed"
        title = f"A console sign-in{by_root}{how} {word}"
    elif kind != "AwsApiCall":
        title = f"The service event {name}{by_root} was recorded"
    else:
        title = f"{call} failed with {error}" if error else f"{call} succeeded"
    return title[:92].rstrip(" .!?,;:")


def why_of(record: Event, request: tuple[Clause, ...]) -> str:
    if record.get("eventType") == "AwsCloudTrailInsight":
        return "CloudTrail Insights reports a rate of this call that is unusual for the account."
    event = f"{service_of(record)}:{record.get('eventName')}"
    only = " and ".join(clause.words for clause in request)
    return f"This project watches {event}{f' with {only}' if only else ''}."


def false_positives_of(record: Event) -> str:
    if record.get("eventType") == "AwsCloudTrailInsight":
        return "Planned changes that call the API more often than before."
    planned = "Planned calls by administrators and deployments. Exclude them by role name."
    if record.get("eventName") == "ConsoleLogin":
        return "Sign-ins that were planned."
    if record.get("eventType", "AwsApiCall") != "AwsApiCall":
        return "Planned changes by administrators."
    if record.get("errorCode"):
        return f"{planned} Successful calls are not detected."
    return f"{planned} Failed calls are not detected."
