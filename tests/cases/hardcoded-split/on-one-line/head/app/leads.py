load("qualify-lead", version="1.1.0")
load(version='1.0.0', name='qualify-lead')
path = Path("prompts") / "qualify-lead" / "1.0.0"
path = root / "task/qualify-lead" / "1.1.0.md"
PINS = {"qualify-lead": ["1.0.0", "1.1.0"]}
