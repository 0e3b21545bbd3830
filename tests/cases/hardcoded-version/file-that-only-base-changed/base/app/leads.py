prompt = prompts.get("qualify-lead")
