text = open("prompt-templates/task/qualify-lead/1.1.0.md").read()
