"""
Bytes of a file, unpacked, block by block.

In:    a binary stream, gzip or not: its first two bytes say so, not its name.
Out:   blocks of bytes.
Never: an exception for a damaged file: what came before the damage is good, and `Blocks.fault`
       says what is wrong with the rest.

isal unpacks in half the time of zlib (0.32 against 0.58 seconds for 76 MB in 11,764 files, on
the machine where this was written); it reads the same format: https://www.rfc-editor.org/rfc/rfc1952
"""

from collections.abc import Iterator
from io import FileIO
from typing import BinaryIO

from isal import igzip, isal_zlib
from isal.igzip_lib import IsalError

_READ = 1 << 17
"""Bytes read at once. Ten times as many would cost a third more for files of a few kilobytes."""

_BLOCK = 1 << 20
"""Bytes unpacked at once."""

_MAGIC = b"\x1f\x8b"
_GZIP = 31  # window bits that mean: with the header and trailer of gzip
_DAMAGED = "damaged gzip data"
_TRUNCATED = "gzip data that ends too early"


class Blocks:
    """Iterate over it once; then `fault` is what was wrong, or `None`."""

    def __init__(self, stream: BinaryIO | FileIO) -> None:
        self._stream = stream
        self.fault: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            first = self._stream.read(_READ)
            if not first.startswith(_MAGIC):
                yield from self._plain(first)
            elif (whole := _small(first)) is not None:
                yield whole
            else:
                yield from self._gunzipped(first)
        except OSError as error:
            self.fault = error.strerror or str(error)

    def _plain(self, block: bytes) -> Iterator[bytes]:
        while block:
            yield block
            block = self._stream.read(_READ)

    def _gunzipped(self, packed: bytes) -> Iterator[bytes]:
        member = isal_zlib.decompressobj(wbits=_GZIP)
        try:
            while packed:
                if member.eof:
                    member = isal_zlib.decompressobj(wbits=_GZIP)
                unpacked = member.decompress(packed, _BLOCK)
                if unpacked:
                    yield unpacked
                packed = member.unused_data.lstrip(b"\0") if member.eof else member.unconsumed_tail
                packed = packed or self._stream.read(_READ)
        except IsalError:  # type: ignore[misc] # typed as an instance
            self.fault = _DAMAGED
            return
        if not member.eof:
            self.fault = _TRUNCATED


def _small(packed: bytes) -> bytes | None:
    """
    The whole of a small file at once, which is twice as fast; `None` if it is not one.

    The last four bytes of a gzip file say how long it is unpacked.
    """
    if len(packed) == _READ or int.from_bytes(packed[-4:], "little") > 16 * _BLOCK:
        return None
    try:
        unpacked: bytes = igzip.decompress(packed)  # type: ignore[no-untyped-call] # has no types
    except (IsalError, EOFError, OSError):  # type: ignore[misc]
        return None
    return unpacked
