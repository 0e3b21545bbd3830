load(
    "qualify-lead",
    a=1,
    b=2,
    c=3,
    version="1.1.0",
)
