"""`python -m promptctl` is `promptctl`."""

from __future__ import annotations

from promptctl.cli.main import main

if __name__ == "__main__":
    main()
