"""The JSON Canonicalization Scheme (RFC 8785), and the behaviour digest that is built on it."""

import json
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

BEHAVIOUR_FIELDS: Final = ("template", "input", "output", "model", "config", "regimes")

_EXACT = 2**53  # every integer up to here is a double
_MAX_PLAIN = 21  # Number::toString of ECMAScript writes numbers from 10**21 on with an exponent
_MIN_PLAIN = -6  # and numbers below 10**-6


def canonical_json(value: object) -> bytes:
    """Return the canonical UTF-8 bytes of a JSON value; integers beyond 2**53 become the nearest double.

    Raises:
        TypeError: the value holds something that JSON lacks, or a key that is no string.
        ValueError: a number is not finite, a string holds a lone surrogate, or the value is nested too deeply.
    """
    try:
        return "".join(_write(value)).encode()
    except UnicodeEncodeError as error:
        raise ValueError("a string holds a lone surrogate") from error
    except RecursionError as error:
        raise ValueError("the value is nested too deeply") from error


def behaviour_digest(fields: Mapping[str, object], body: str) -> str:
    """Return the hex sha256 over what can change what a model does: the body and those behaviour fields that are set.

    Raises:
        TypeError, ValueError: as `canonical_json`.
    """
    present = {name: fields[name] for name in BEHAVIOUR_FIELDS if name in fields}
    return sha256_of(canonical_json({**present, "body": body}))


def sha256_of(data: bytes) -> str:
    """Return the hex sha256 of some bytes."""
    from hashlib import sha256  # loads OpenSSL, which takes longer than most checks

    return sha256(data).hexdigest()


def _write(value: object) -> Iterator[str]:
    if value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, str):
        yield json.dumps(value, ensure_ascii=False)
    elif isinstance(value, (int, float)):
        yield _number(value)
    elif isinstance(value, Mapping):
        yield from _object(value)
    elif isinstance(value, (list, tuple)):
        yield "["
        for index, item in enumerate(value):
            yield "," if index else ""
            yield from _write(item)
        yield "]"
    else:
        raise TypeError(f"JSON has no {type(value).__name__}")


def _object(value: Mapping[object, object]) -> Iterator[str]:
    members: list[tuple[str, object]] = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"a JSON key must be a string, not {type(key).__name__}")
        members.append((key, item))
    members.sort(key=lambda member: member[0].encode("utf-16-be"))
    yield "{"
    for index, (key, item) in enumerate(members):
        yield "," if index else ""
        yield json.dumps(key, ensure_ascii=False)
        yield ":"
        yield from _write(item)
    yield "}"


def _number(value: float) -> str:
    if isinstance(value, int) and abs(value) <= _EXACT:
        return str(int(value))
    try:
        double = float(value)
    except OverflowError:
        double = math.inf
    if not math.isfinite(double):
        raise ValueError("JSON has no number that is not finite")
    return "0" if double == 0 else f"{'-' if double < 0 else ''}{_positive(abs(double))}"


def _positive(double: float) -> str:
    """Write a double as Number::toString of ECMAScript does; the names are those of its specification."""
    decimal = Decimal(repr(double)).as_tuple()
    digits = "".join(map(str, decimal.digits))
    n = len(digits) + int(decimal.exponent)
    digits = digits.rstrip("0")
    k = len(digits)
    if k <= n <= _MAX_PLAIN:
        return digits + "0" * (n - k)
    if 0 < n <= _MAX_PLAIN:
        return f"{digits[:n]}.{digits[n:]}"
    if _MIN_PLAIN < n <= 0:
        return f"0.{'0' * -n}{digits}"
    fraction = f".{digits[1:]}" if k > 1 else ""
    return f"{digits[0]}{fraction}e{n - 1:+d}"
