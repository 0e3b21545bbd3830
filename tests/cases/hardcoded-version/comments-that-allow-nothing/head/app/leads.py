a = "qualify-lead@1.1.0"  # promptctl: allow hardcoded-version
# promptctl: allow hardcoded-version ...
b = "qualify-lead@1.1.0"
c = "qualify-lead@1.1.0"  # promptctl: allow hardcoded-path replays March
x = 1  # promptctl: allow hardcoded-version replays March
d = "qualify-lead@1.1.0"
# promptctl: allow hardcoded-version replays March

e = "qualify-lead@1.1.0"
f = "qualify-lead@1.1.0"  # promptctl: allow hardcoded-versions replays March
g = "qualify-lead@1.1.0 promptctl: allow hardcoded-version replays March"
/* promptctl: allow hardcoded-version replays March */ h = 1
i = "qualify-lead@1.1.0"
