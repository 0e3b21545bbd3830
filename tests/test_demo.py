from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).parent.parent / "scripts" / "demo.py"


def test_the_demo_ends_as_it_tells(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, DEMO], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "wrote promptctl.yaml",
        "qualify-lead@1.1.0 is released and was edited in place [released-version-edited]",
        "created qualify-lead@1.2.0, which follows 1.1.0",
        "qualify-lead@1.0.0 is released and was removed [released-version-removed]",
        "qualify-lead@1.3.0 is now qualify-lead@1.4.0",
        "rollback(production): qualify-lead@1.4.0 back to qualify-lead@1.0.0",
        "0 errors, 2 warnings",
    ):
        assert words in done.stdout
