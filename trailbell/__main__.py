"""``python -m trailbell``: the program."""

import sys

from trailbell.command.main import main

if __name__ == "__main__":
    sys.exit(main())
