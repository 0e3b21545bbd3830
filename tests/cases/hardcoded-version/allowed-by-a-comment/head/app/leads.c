/* promptctl: allow hardcoded-version replays March */
char *a = "qualify-lead@1.1.0";
char *b = "qualify-lead@1.1.0"; // promptctl: allow hardcoded-version replays March
