"""The content of gzip and UTF-16 data, intact and damaged."""

import gzip
import io
import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.cloudtrail.gunzip import DecompressedBlocks

CHECKSUM = "gzip data with a wrong checksum: the records read from it may be damaged"
TRUNCATED = "truncated gzip data"
DAMAGED = "damaged gzip data"
LONG = b"".join(b"%d " % number for number in range(500_000))


def decompress(data: bytes) -> tuple[bytes, str | None]:
    blocks = DecompressedBlocks(io.BytesIO(data))
    content = b"".join(blocks)
    return content, blocks.error


def with_header(text: bytes, flags: int, fields: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    compressed = deflate.compress(text) + deflate.flush()
    header = b"\x1f\x8b\x08" + bytes([flags]) + b"\0" * 6
    return header + fields + compressed + struct.pack("<II", zlib.crc32(text), len(text))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", (b"", None), id="nothing"),
        pytest.param(b"\x1f\x8b", (b"", TRUNCATED), id="two bytes"),
        pytest.param(
            gzip.compress(b"text")[:-9], (b"text", TRUNCATED), id="truncated before the trailer"
        ),
        pytest.param(
            gzip.compress(b"text")[:-3], (b"text", TRUNCATED), id="truncated in the trailer"
        ),
        pytest.param(
            b"\x1f\x8b\x08" + b"\0" * 7 + b"\xff" * 40, (b"", DAMAGED), id="no compressed data"
        ),
        pytest.param(
            gzip.compress(b"text")[:-8] + b"\0" * 8, (b"text", CHECKSUM), id="a wrong checksum"
        ),
        pytest.param(
            gzip.compress(b"text")[:-4] + b"\1\0\0\0", (b"text", CHECKSUM), id="a wrong length"
        ),
        pytest.param(
            gzip.compress(LONG)[:-8] + b"\0" * 8, (LONG, CHECKSUM), id="a large file's checksum"
        ),
        pytest.param(
            gzip.compress(b"one")[:-8] + b"\0" * 8 + gzip.compress(b"two"),
            (b"onetwo", CHECKSUM),
            id="a wrong checksum does not affect other members",
        ),
        pytest.param(
            gzip.compress(b"text") + b"more", (b"text", DAMAGED), id="a few bytes after the end"
        ),
        pytest.param(
            gzip.compress(b"text") + b"more" * 9, (b"text", DAMAGED), id="other data after the end"
        ),
        pytest.param(gzip.compress(b"text"), (b"text", None), id="a small file"),
        pytest.param(gzip.compress(LONG), (LONG, None), id="a large file"),
        pytest.param(gzip.compress(b""), (b"", None), id="an empty file"),
        pytest.param(
            gzip.compress(LONG) + b"\0" * 512 + gzip.compress(b"text"),
            (LONG + b"text", None),
            id="zeros between members",
        ),
        pytest.param(gzip.compress(gzip.compress(LONG)), (LONG, None), id="compressed twice"),
        pytest.param(
            with_header(LONG, 4 | 8 | 16 | 2, b"\2\0xxname\0comment\0hh"),
            (LONG, None),
            id="a header with all optional fields",
        ),
        pytest.param(
            "\u00e4 \U0001f600".encode("utf-16"), ("\u00e4 \U0001f600".encode(), None), id="UTF-16"
        ),
        pytest.param(
            b"\xfe\xff" + "{\u00e4}".encode("utf-16-be"),
            ("{\u00e4}".encode(), None),
            id="big-endian",
        ),
        pytest.param(
            '{"a": "\u00e4"}'.encode("utf-16-le"),
            ('{"a": "\u00e4"}'.encode(), None),
            id="without a byte-order mark",
        ),
        pytest.param(
            gzip.compress(LONG.decode().encode("utf-16")), (LONG, None), id="UTF-16 in gzip"
        ),
        pytest.param(
            "text".encode("utf-16")[:-1],
            (b"tex", "truncated UTF-16 text"),
            id="truncated UTF-16",
        ),
    ],
)
def test_blocks(data: bytes, expected: tuple[bytes, str | None]) -> None:
    assert decompress(data) == expected


@given(st.integers(1, 400), st.integers(1, 255))
@settings(max_examples=200)
def test_damage_anywhere_is_reported(position: int, change: int) -> None:
    """Unless it is in a part of the header that does not affect the data."""
    compressed = bytearray(gzip.compress(LONG[:3000], mtime=0))
    compressed[-position % len(compressed)] ^= change
    content, error = decompress(bytes(compressed))
    assert error or content == LONG[:3000] or not compressed.startswith(b"\x1f\x8b")


def test_content_before_damage_in_a_small_file() -> None:
    compressed = bytearray(gzip.compress(LONG[:60_000], 6))
    half = len(compressed) // 2
    compressed[half:] = random.Random(1).randbytes(half)  # noqa: S311 # the same on every machine
    content, error = decompress(bytes(compressed))
    assert error == DAMAGED
    assert len(content) > 20_000
    assert content[:20_000] == LONG[:20_000]
