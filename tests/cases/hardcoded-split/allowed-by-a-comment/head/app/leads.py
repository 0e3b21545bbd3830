load(
    "qualify-lead",
    # promptctl: allow hardcoded-split replays March
    version="1.1.0",
)
