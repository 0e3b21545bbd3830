load("qualify-lead", version="1.1.0")
