PINS = {
    "score-deal": "1.0.0",
    "qualify-lead": "1.0.0",
    "other": "1.1.0",
}
