a = "qualify-lead/1.1.0"
b = "task/qualify-lead/1.1.0.md"
c = f"{root}/qualify-lead/2.0.0-rc.1.md"
d = "../prompts/qualify-lead/1.1.0+formal-tone.md"
COPY prompt-templates/task/qualify-lead/1.0.0.md /prompts/
e = "https://git.example.com/raw/main/prompt-templates/task/qualify-lead/1.1.0.md"
f = "qualify-lead/7.0.0/"
