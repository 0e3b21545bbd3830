# promptctl: allow hardcoded-version replays March
prompt = prompts.get("qualify-lead@1.1.0")
