"""
Check that a wave is healthy before the next one starts, and before that, that it can be checked.

In:    the `WaveCheck` of a wave.
Out:   a sentence that says what is wrong; empty if the check passes. When a rollout is planned: an
       error for a check that could never pass.
Never: a pass without evidence. An alarm that does not exist is a failure too.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator

from trailbell.aws.client import ServiceClient
from trailbell.errors import AwsError, PreconditionError
from trailbell.rollout.apply.ui import RolloutUi
from trailbell.rollout.configuration.waves import WaveCheck
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.rollout.session import RolloutSession
from trailbell.text_files import reason
from trailbell.wording import pluralize

_MINUTE = 60.0
_MAX_OUTPUT_LINES = 10
_MAX_NAMES = 100
"""Alarms of one DescribeAlarms call."""


def check_wave_checks(session: RolloutSession, plan: RolloutPlan) -> Iterator[str]:
    """Check that the alarms and programs of a plan exist. Yields what to know about them.

    Raises `PreconditionError`. An alarm may be missing if the rollout itself deploys to the account
    that is asked, because a stack of the rollout may have it.
    """
    checks = {stage.name: stage.check for stage in plan.stages if stage.check}
    if plan.empty or not checks:
        return
    for name, check in checks.items():
        if check.command and shutil.which(check.command[0]) is None:
            raise PreconditionError(
                f"{session.rollout.origin}.wave.{name}.check.command",
                f'"{check.command[0]}" is not a program that can be run',
                "Correct the path, which is relative to the current directory.",
            )
    account = session.identity.account
    own = any(each.location.account == account for each in plan.instances)
    names = tuple(dict.fromkeys(alarm for check in checks.values() for alarm in check.alarms))
    try:
        states = _alarm_states(session.account.service("cloudwatch"), names) if names else {}
    except AwsError as error:
        why = f"{error.operation}: {error.reason}"
        yield f"Whether the alarms of the checks exist could not be read: {why}"
        return
    for name, check in checks.items():
        for alarm in check.alarms:
            where = f"{session.rollout.origin}.wave.{name}.check.alarms"
            if states.get(alarm) == "ALARM":
                yield f"Alarm {alarm} is in ALARM now. If it stays, the check of {name} fails."
            elif alarm not in states and own:
                yield (
                    f"Alarm {alarm} does not exist yet. If no stack of the rollout creates it, the "
                    f"check of {name} fails."
                )
            elif alarm not in states:
                problem = f'there is no alarm "{alarm}" in account {account}, {session.region}'
                raise PreconditionError(where, problem, "Correct the name, or create the alarm.")


def run_wave_check(session: RolloutSession, check: WaveCheck, wave: str, ui: RolloutUi) -> str:
    """Monitor the alarms for the configured time, then run the command. Raises `AwsError`."""
    problem = _monitor_alarms(session, check, wave, ui)
    if not problem and check.command:
        ui.info(f"Check after {wave}: running {' '.join(check.command)}")
        problem = _run_command(check.command, session.rollout.name, wave)
    return problem


def _monitor_alarms(session: RolloutSession, check: WaveCheck, wave: str, ui: RolloutUi) -> str:
    if not (check.alarms or check.wait_minutes):
        return ""
    alarms = f", monitoring alarms {', '.join(check.alarms)}" if check.alarms else ""
    ui.info(f"Check after {wave}: waiting {pluralize(check.wait_minutes, 'minute')}{alarms}")
    service = session.account.service("cloudwatch") if check.alarms else None
    clock = session.poller.now
    end = clock() + check.wait_minutes * _MINUTE

    def poll() -> tuple[str] | None:
        problem = _alarm_problem(service, check.alarms) if service is not None else ""
        return (problem,) if problem or clock() >= end else None

    return session.poller.wait_for("DescribeAlarms", poll)[0]


def _alarm_problem(service: ServiceClient, names: tuple[str, ...]) -> str:
    """What is wrong with one of the alarms."""
    states = _alarm_states(service, names)
    for name in names:
        if name not in states:
            return f"Alarm {name} does not exist in this account and Region."
        if states[name] == "ALARM":
            return f"Alarm {name} is in ALARM."
    return ""


def _alarm_states(service: ServiceClient, names: tuple[str, ...]) -> dict[str, str]:
    """The state of each alarm that exists. Without AlarmTypes, AWS returns metric alarms only.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    return {
        alarm["AlarmName"]: alarm["StateValue"]
        for start in range(0, len(names), _MAX_NAMES)
        for page in service.pages(
            "DescribeAlarms",
            AlarmNames=list(names[start : start + _MAX_NAMES]),
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        )
        for kind in ("MetricAlarms", "CompositeAlarms")
        for alarm in page.get(kind, ())
    }


def _run_command(command: tuple[str, ...], rollout: str, wave: str) -> str:
    """Run a command. Rollout and wave are in its environment; every exit code except 0 fails."""
    env = os.environ | {"TRAILBELL_ROLLOUT": rollout, "TRAILBELL_WAVE": wave}
    try:
        process = subprocess.run(  # noqa: S603 - the command of the settings, without a shell
            command, env=env, check=False, capture_output=True, text=True, errors="replace"
        )
    except OSError as error:
        return f"{command[0]} could not be started: {reason(error)}"
    if process.returncode == 0:
        return ""
    output = (process.stderr.strip() or process.stdout.strip()).splitlines()[-_MAX_OUTPUT_LINES:]
    return "\n".join([f"{command[0]} exited with {process.returncode}", *output])
