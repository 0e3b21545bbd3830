"""A real Prometheus on loopback, and an application that it scrapes."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BINARY = shutil.which("prometheus")
_PATIENCE = 120  # seconds: ends what never ends
_CONFIG = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - {{job_name: application, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}
"""


class Application:
    """Counts events as docs/metrics.md says. `restart` begins all counters anew, as a process that is started again."""

    def __init__(self) -> None:
        from prometheus_client import start_http_server

        self.registry: Any = None
        self.restart()
        self.server, self._thread = start_http_server(0, addr="127.0.0.1", registry=self)
        self.port = self.server.server_port

    def collect(self) -> Any:
        """A registry to prometheus_client: the present one."""
        return self.registry.collect()

    def restart(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        registry = CollectorRegistry()
        labels = ["environment", "prompt", "version", "tenant"]

        def counter(name: str, *more: str) -> Any:
            return Counter(name, name, [*labels, *more], registry=registry)

        self.calls, self.violating = counter("app_calls", "result"), counter("promptctl_violating_calls")
        self.cost = [counter(f"promptctl_cost_usd_{part}") for part in ("sum", "squares", "count")]
        name = "promptctl_call_duration_seconds"
        self.duration = Histogram(name, name, labels, registry=registry, buckets=(1.0, 5.0, 10.0))
        self.registry = registry

    def tell(self, event: dict[str, Any]) -> None:
        who = ("production", event["gen_ai.prompt.name"], event["gen_ai.prompt.version"], event["tenant"])
        self.calls.labels(*who, event["outcome"]).inc()
        self.duration.labels(*who).observe(event["duration_s"])
        for counter, value in zip(self.cost, (event["cost_usd"], event["cost_usd"] ** 2, 1), strict=True):
            counter.labels(*who).inc(value)


@contextmanager
def prometheus(folder: Path, application: Application) -> Iterator[str]:
    """Its host and path prefix, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "prometheus.yml"
    config.write_text(_CONFIG.format(port=application.port))
    where = f"127.0.0.1:{port}"
    arguments = [f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={where}"]
    prefix = ["--web.route-prefix=/metrics/prom", f"--web.external-url=http://{where}/metrics/prom"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([str(BINARY), *arguments, *prefix], stdout=log, stderr=log)
        try:
            wait_until(lambda: _answers(f"http://{where}/metrics/prom/-/ready"))
            yield f"{where}/metrics/prom"
        finally:
            server.terminate()
            server.wait(_PATIENCE)
            application.server.shutdown()
            application.server.server_close()


def total(where: str, metric: str) -> float:
    """The sum of a metric as it was scraped last."""
    with urlopen(f"http://{where}/api/v1/query?{urlencode({'query': f'sum({metric})'})}") as response:
        result = json.loads(response.read())["data"]["result"]
    return float(result[0]["value"][1]) if result else 0.0


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        with urlopen(url) as response:  # noqa: S310 - a server of the test
            return bool(response.status == 200)
    except OSError:
        return False
