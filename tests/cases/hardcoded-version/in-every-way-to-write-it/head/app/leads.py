a = "qualify-lead@1.1.0"
b = 'qualify-lead@1.1.0'
c = `qualify-lead@1.1.0`
PROMPT=qualify-lead@1.1.0
d = "see\nqualify-lead@1.1.0."
e = ("qualify-lead@2.0.0-rc.1+formal-tone","qualify-lead@1.0.0")
f = prompts["qualify-lead@9.9.9"]  # a number that nobody has given yet
url: https://prompts.example.com/?ref=qualify-lead@1.1.0&raw=1
