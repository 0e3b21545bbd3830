open("task/score-deal/0.1.0.md")
