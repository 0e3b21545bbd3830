prompt = prompts.get("qualify-lead@1.1.0")
prompt = prompts.get("qualify-lead@1.1.0")
