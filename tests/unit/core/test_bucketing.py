"""The hash against its author's published numbers, and the share that it makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.bucketing import in_share, murmur3_32

# From the Wikipedia article on MurmurHash, section "Algorithm".
PUBLISHED = [
    (b"", 0x00000000, 0x00000000),
    (b"", 0x00000001, 0x514E28B7),
    (b"", 0xFFFFFFFF, 0x81F16F39),
    (b"test", 0x00000000, 0xBA6BD213),
    (b"test", 0x9747B28C, 0x704B81DC),
    (b"Hello, world!", 0x00000000, 0xC0363E43),
    (b"Hello, world!", 0x9747B28C, 0x24884CBA),
    (b"The quick brown fox jumps over the lazy dog", 0x00000000, 0x2E4FF723),
    (b"The quick brown fox jumps over the lazy dog", 0x9747B28C, 0x2FA826CD),
]


@pytest.mark.parametrize(("data", "seed", "wanted"), PUBLISHED)
def test_published_hashes(data: bytes, seed: int, wanted: int) -> None:
    assert murmur3_32(data, seed) == wanted


def test_the_verification_value_of_smhasher() -> None:
    """Its `VerificationTest`: keys of 0 to 255 bytes with seeds that go down, and the hash of all those hashes."""
    hashes = [murmur3_32(bytes(range(length)), 256 - length) for length in range(256)]
    assert murmur3_32(b"".join(value.to_bytes(4, "little") for value in hashes)) == 0xB0F57EE3


@given(st.text(), st.text(), st.integers(0, 99))
def test_who_is_in_stays_in_when_the_share_grows(flag: str, key: str, percentage: int) -> None:
    assert in_share(flag, key, percentage) <= in_share(flag, key, percentage + 1)


@given(st.text(), st.text())
def test_nothing_is_nobody_and_a_hundred_is_everybody(flag: str, key: str) -> None:
    assert not in_share(flag, key, 0)
    assert in_share(flag, key, 100)


@pytest.mark.parametrize("percentage", [1, 10, 50, 90])
def test_a_share_is_about_as_large_as_it_says(percentage: int) -> None:
    found = sum(in_share("formal-tone", f"tenant-{number}", percentage) for number in range(20_000))
    assert found / 200 == pytest.approx(percentage, abs=1)


def test_what_is_hashed_is_the_flag_and_then_the_key() -> None:
    hashed = murmur3_32("häufig".encode() + b"42")
    assert in_share("häufig", "42", (hashed * 100 >> 32) + 1)
    assert not in_share("häufig", "42", hashed * 100 >> 32)
