"""
Measure how fast a filter pattern is parsed: ``python -m benchmarks.pattern``.

In:    nothing.
Out:   milliseconds for a pattern of about 1,000 characters; exit code 1 if 1,000 characters take
       2 ms or more.
Never: a figure from the first run. The best of several runs counts, because no machine is idle.
"""

import sys
from timeit import repeat

from trailbell.pattern import parse

LIMIT_MS = 2.0


def build_pattern(length: int) -> str:
    """Build a typical long pattern: a condition, and alternatives for one field."""
    text = '{ ($.eventSource = "ec2.amazonaws.com") && (($.eventName = "CreateVpc")'
    number = 0
    while len(text) < length - 4:
        number += 1
        text += f' || ($.eventName = "DescribeThing{number:03}")'
    return text[: text.rfind(" || ")] + ") }" if len(text) > length - 4 else text + ") }"


def measure(text: str) -> float:
    """Milliseconds to parse a pattern."""
    rounds = 50
    return min(repeat(lambda: parse(text), number=rounds, repeat=7)) / rounds * 1_000


def main() -> int:
    """Measure, and print the result."""
    text = build_pattern(1_024)
    duration = measure(text)
    per_thousand = duration / len(text) * 1_000
    print(f"parse {len(text):,} characters: {duration:.2f} ms, {per_thousand:.2f} ms per 1,000")
    return 0 if per_thousand < LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
