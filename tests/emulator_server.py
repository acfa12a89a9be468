"""The emulator with the metrics and histories of `tests.emulator_metrics`."""

from tests import emulator_metrics
from trailbell.demo import emulator_server

if __name__ == "__main__":
    emulator_metrics.patch()
    emulator_server.main()
