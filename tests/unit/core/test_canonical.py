import hashlib
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptctl.core.canonical import behaviour_digest, canonical_json

# RFC 8785, appendix B: the bits of a double and its canonical form.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_rfc_numbers(bits: str, text: str) -> None:
    (double,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical_json(double).decode() == text


@pytest.mark.parametrize("bits", ["7fffffffffffffff", "7ff0000000000000", "fff0000000000000"])
def test_rfc_numbers_that_are_none(bits: str) -> None:
    with pytest.raises(ValueError, match="not finite"):
        canonical_json(struct.unpack(">d", bytes.fromhex(bits)))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-7, "-7"),
        (4.0, "4"),
        (100, "100"),
        (1e2, "100"),
        (12.5, "12.5"),
        (0.2, "0.2"),
        (2**53 + 1, "9007199254740992"),
        (10**20, "100000000000000000000"),
        (10**21, "1e+21"),
        (-(10**22), "-1e+22"),
    ],
)
def test_numbers(number: float, text: str) -> None:
    assert canonical_json(number).decode() == text


def test_rfc_sorting() -> None:
    members = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical_json(members)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_rfc_sample() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        r'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        r'"string":"€$\u000f\nA'
        r"'"
        r'B\"\\\\\"/"}'
    )
    assert canonical_json(value) == expected.encode()


def test_strings() -> None:
    assert canonical_json("\b\t\n\f\r\x00\x1f\x7f/é\u2028") == '"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f/é\u2028"'.encode()


@pytest.mark.parametrize("value", ["\ud800", ["a\udc80"], {"\udfff": 1}, 10**400])
def test_refused_values(value: object) -> None:
    with pytest.raises(ValueError, match=r"lone surrogate|not finite"):
        canonical_json(value)


@pytest.mark.parametrize("value", [{1: "a"}, {"a": {None: 1}}, {1, 2}, b"bytes", [object()]])
def test_refused_types(value: object) -> None:
    with pytest.raises(TypeError, match="JSON"):
        canonical_json(value)


def test_refused_depth() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match="too deeply"):
        canonical_json(value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
)


@given(json_values)
def test_round_trip(value: object) -> None:
    written = canonical_json(value)
    assert json.loads(written, parse_int=float) == value  # the shortest digits name a double, not always an integer
    assert canonical_json(json.loads(written)) == written


@given(st.dictionaries(st.text(), st.integers(0, 9)))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))


def test_behaviour_digest() -> None:
    fields = {"name": "n", "version": "1.0.0", "summary": "s", "template": "plain", "config": {"temperature": 0.0}}
    canonical = b'{"body":"Hi {{x}}\\n","config":{"temperature":0},"template":"plain"}'
    assert behaviour_digest(fields, "Hi {{x}}\n") == hashlib.sha256(canonical).hexdigest()


@pytest.mark.parametrize("name", ["template", "input", "output", "model", "config", "regimes"])
def test_every_behaviour_field_counts(name: str) -> None:
    assert len({behaviour_digest(fields, "b") for fields in ({}, {name: "x"}, {name: "y"}, {name: None})}) == 4


def test_nothing_else_counts() -> None:
    assert behaviour_digest({"body": "x", "summary": "s"}, "b") == behaviour_digest({}, "b")
