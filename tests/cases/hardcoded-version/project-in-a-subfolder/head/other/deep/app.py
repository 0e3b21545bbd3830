prompt = prompts.get("qualify-lead@1.1.0")
