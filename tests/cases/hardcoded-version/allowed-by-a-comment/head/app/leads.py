a = "qualify-lead@1.1.0"  # promptctl: allow hardcoded-version replays March
# promptctl: allow hardcoded-version replays March, see qualify-lead@1.0.0
b = "qualify-lead@1.1.0"
