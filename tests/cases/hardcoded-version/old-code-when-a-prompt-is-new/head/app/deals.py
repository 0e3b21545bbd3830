prompts.get("score-deal@0.1.0")
