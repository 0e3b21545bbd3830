"""Which share of requests a percentage takes: as flagd's `fractional` does in its string generation."""

from __future__ import annotations

from typing import Final

_MASK: Final = 0xFFFFFFFF
_WHOLE: Final = 100


def in_share(flag: str, key: str, percentage: int) -> bool:
    """Whether a targeting key is among the first `percentage` of a hundred for this flag.

    Raising the percentage keeps everyone who was in.
    """
    hashed = murmur3_32(f"{flag}{key}".encode("utf-8", "surrogatepass"))
    return (hashed * _WHOLE) >> 32 < percentage


def murmur3_32(data: bytes, seed: int = 0) -> int:
    """MurmurHash3_x86_32 by A. Appleby, unsigned."""
    whole = len(data) // 4 * 4
    state = seed
    for start in range(0, whole, 4):
        state ^= _scrambled(int.from_bytes(data[start : start + 4], "little"))
        state = (_rotated(state, 13) * 5 + 0xE6546B64) & _MASK
    state ^= _scrambled(int.from_bytes(data[whole:], "little"))
    return _mixed(state ^ len(data))


def _scrambled(block: int) -> int:
    return _rotated(block * 0xCC9E2D51 & _MASK, 15) * 0x1B873593 & _MASK


def _rotated(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _MASK


def _mixed(value: int) -> int:
    """Let every bit of the input reach every bit of the result."""
    value = (value ^ value >> 16) * 0x85EBCA6B & _MASK
    value = (value ^ value >> 13) * 0xC2B2AE35 & _MASK
    return value ^ value >> 16
