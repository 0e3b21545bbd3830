"""Prometheus' HTTP API: queries at an instant, over http or https."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from promptctl.core.errors import Undecided, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_SCHEMES: Final = {"prometheus": "http", "prometheus+http": "http", "prometheus+https": "https"}
_TIMEOUT: Final = 60
_SHOWN: Final = 200  # characters of what a server says


def is_prometheus(text: str) -> bool:
    """Whether a source is a server of Prometheus by its scheme."""
    return text.partition("://")[0] in _SCHEMES and "://" in text


class _Stay(HTTPRedirectHandler):
    """Headers may be secrets: they go to the server that was named and to no other."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Api:
    """A server; `url` has its path prefix and no slash at the end."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def query(self, expression: str, moment: datetime) -> list[dict[str, Any]]:
        """The series that an expression has at a moment. Raises Undecided where the server gives no answer."""
        found = self._get("query", {"query": expression, "time": f"{moment.timestamp():.3f}"})
        result = found.get("result") if isinstance(found, dict) else None
        if not isinstance(result, list):
            raise self._silent("its answer holds no series")
        return result

    def exposes(self, metric: str) -> bool:
        """Whether a process that is scraped has this metric, be it without any value yet."""
        names = (metric, metric.removesuffix("_total"))
        return any(self._get("metadata", {"metric": name}) for name in names)

    def _get(self, what: str, parameters: Mapping[str, str]) -> Any:
        request = Request(f"{self.url}/api/v1/{what}?{urlencode(parameters)}", headers=dict(self.headers))  # noqa: S310 - http or https
        try:
            with build_opener(_Stay).open(request, timeout=_TIMEOUT) as response:
                answer = json.loads(response.read())
        except HTTPError as error:
            raise self._silent(f"{error.code} {error.reason}: {_said(error)}") from error
        except (URLError, HTTPException, OSError) as error:
            raise self._silent(str(getattr(error, "reason", None) or error)) from error
        except ValueError as error:
            raise self._silent("its answer is not JSON") from error
        if not isinstance(answer, dict) or answer.get("status") != "success":
            raise self._silent(str(answer)[:_SHOWN])
        return answer.get("data")

    def _silent(self, why: str) -> Undecided:
        return Undecided(f"{self.url} does not answer: {why}", hint="PROMPTCTL_PROMETHEUS_HEADERS holds its headers")


def _said(error: HTTPError) -> str:
    text = error.read(_SHOWN * 10).decode("utf-8", "replace")
    try:
        return str(json.loads(text)["error"])[:_SHOWN]
    except (ValueError, KeyError, TypeError):
        return text[:_SHOWN].strip()


def api(text: str, headers: str) -> Api:
    """From `prometheus[+https]://HOST[:PORT][/PATH]`, and headers as lines `Name: value`. Raises UsageError."""
    scheme, _, rest = text.partition("://")
    parts = urlsplit(f"{_SCHEMES[scheme]}://{rest}")
    if not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"{text} names no server", hint="prometheus://HOST:9090/PATH")
    if parts.username or parts.password:
        hint = "put them into PROMPTCTL_PROMETHEUS_HEADERS, as `Authorization: Basic …`"
        raise UsageError("a source holds no user and password: it goes on record", hint=hint)
    found = {}
    for line in filter(str.strip, headers.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise UsageError(
                "PROMPTCTL_PROMETHEUS_HEADERS has a line that is no header", hint="Name: value, one a line"
            )
        found[name.strip()] = value.strip()
    return Api(parts.geturl().rstrip("/"), found)
