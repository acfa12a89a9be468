"""
How fast patterns are read: a pattern of 1,000 characters, and the ones that auditors prescribe.

In:    nothing.
Out:   milliseconds on standard output; exit code 1 if 1,000 characters take 2 ms or more.
Never: a figure from the first run; the best of several counts, since a machine is never idle.

Run: python -m benchmarks.pattern
"""

import sys
from timeit import repeat

from trailbell.pattern import parse

LIMIT_MS = 2.0


def pattern_of(length: int) -> str:
    """Alternatives on one member after a shared condition: what long patterns look like."""
    text = '{ ($.eventSource = "ec2.amazonaws.com") && (($.eventName = "CreateVpc")'
    number = 0
    while len(text) < length - 4:
        number += 1
        text += f' || ($.eventName = "DescribeThing{number:03}")'
    return text[: text.rfind(" || ")] + ") }" if len(text) > length - 4 else text + ") }"


def milliseconds(text: str) -> float:
    rounds = 50
    return min(repeat(lambda: parse(text), number=rounds, repeat=7)) / rounds * 1_000


def main() -> int:
    text = pattern_of(1_024)
    took = milliseconds(text)
    per_thousand = took / len(text) * 1_000
    print(f"parse {len(text):,} characters: {took:.2f} ms, {per_thousand:.2f} ms a thousand")
    return 0 if per_thousand < LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
