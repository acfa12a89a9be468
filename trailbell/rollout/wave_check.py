"""
What must hold before the next wave.

In:    the `WaveCheck` of a wave.
Out:   a sentence on what is wrong; none if all is well.
Never: a wave that goes on because nobody could tell: an alarm that is not there is wrong, too.
"""

import os
import subprocess

from trailbell.aws.client import ServiceClient
from trailbell.rollout.session import RolloutSession
from trailbell.rollout.ui import RolloutUi
from trailbell.rollout.waves import WaveCheck

_MINUTE = 60.0
_LINES = 10


def run_wave_check(desk: RolloutSession, wanted: WaveCheck, wave: str, voice: RolloutUi) -> str:
    """Watch the alarms for as long as is wanted, then run the command. Raises `AwsError`."""
    wrong = _alarms(desk, wanted, wave, voice)
    if not wrong and wanted.command:
        voice.info(f"after wave {wave}: {' '.join(wanted.command)}")
        wrong = _command(wanted.command, desk.rollout.name, wave)
    return wrong


def _alarms(desk: RolloutSession, wanted: WaveCheck, wave: str, voice: RolloutUi) -> str:
    if not (wanted.alarms or wanted.wait_minutes):
        return ""
    watched = f", watching {', '.join(wanted.alarms)}" if wanted.alarms else ""
    voice.info(f"after wave {wave}: waiting {wanted.wait_minutes} minutes{watched}")
    service = desk.account.service("cloudwatch") if wanted.alarms else None
    clock = desk.pace.now
    end = clock() + wanted.wait_minutes * _MINUTE

    def look() -> tuple[str] | None:
        wrong = _alarms_in_alarm(service, wanted.alarms) if service is not None else ""
        return (wrong,) if wrong or clock() >= end else None

    return desk.pace.wait_for("DescribeAlarms", look)[0]


def _alarms_in_alarm(service: ServiceClient, names: tuple[str, ...]) -> str:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html"""
    states = {
        each["AlarmName"]: each["StateValue"]
        for page in service.pages("DescribeAlarms", AlarmNames=list(names))
        for kind in ("MetricAlarms", "CompositeAlarms")
        for each in page.get(kind, ())
    }
    for name in names:
        if name not in states:
            return f"there is no alarm {name} in this account and Region"
        if states[name] == "ALARM":
            return f"alarm {name} rings"
    return ""


def _command(words: tuple[str, ...], rollout: str, wave: str) -> str:
    """Run a program. It finds rollout and wave in its environment; anything but 0 is wrong."""
    env = os.environ | {"TRAILBELL_ROLLOUT": rollout, "TRAILBELL_WAVE": wave}
    try:
        done = subprocess.run(  # noqa: S603 - words of the settings, and no shell
            words, env=env, check=False, capture_output=True, text=True, errors="replace"
        )
    except OSError as error:
        return f"{words[0]} cannot be run: {(error.strerror or str(error)).lower()}"
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-_LINES:]
    return "\n".join([f"{words[0]} ended with {done.returncode}", *said])
