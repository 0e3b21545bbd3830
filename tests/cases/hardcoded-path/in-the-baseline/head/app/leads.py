a = "qualify-lead/1.1.0"
b = "qualify-lead@1.1.0"
