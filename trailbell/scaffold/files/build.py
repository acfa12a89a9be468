"""The command line of this project, the same program as ``trailbell``."""

import sys
from pathlib import Path

try:
    from trailbell.command.main import main
except ModuleNotFoundError as missing:
    sys.exit(f"error: {missing.name} is not installed; run: pip install -r requirements.txt")

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
