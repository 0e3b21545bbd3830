"""From a rollback to the next call of a running application, which is not restarted."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from promptctl.runtime import load
from tests.runtime.test_reload import wait_for

if TYPE_CHECKING:
    from tests.support.repos import Repo


def test_a_rollback_is_served_by_the_process_that_runs(story: Repo) -> None:
    command = [sys.executable, "-m", "promptctl", "export", "bundle", "-o", "out.json", "--watch"]
    with subprocess.Popen(command, cwd=story.path, stderr=subprocess.DEVNULL) as watching:
        try:
            wait_for((story.path / "out.json").exists)
            with load(story.path / "out.json", poll=0.1) as prompts:
                file = "prompt-config/production.yaml"
                story.write(file, story.read(file).replace("use: qualify-lead@1.0.0", "use: qualify-lead@3.0.0"))
                story.git("commit", "-qam", "Move everybody")
                wait_for(lambda: prompts.get("qualify-lead").version == "3.0.0")
                arguments = ("--env", "production", "--yes", "-m", "Refusals doubled.")
                done = story.promptctl("rollback", "qualify-lead@3.0.0", *arguments)
                assert done.code == 0, done.err
                wait_for(lambda: prompts.get("qualify-lead").version == "1.0.0")
                assert prompts.status.config_commit == story.git("rev-parse", "HEAD")
        finally:
            watching.terminate()
