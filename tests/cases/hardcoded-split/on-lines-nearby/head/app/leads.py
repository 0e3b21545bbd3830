load(
    "qualify-lead",
    cached=True,
    version="1.1.0",
)
