Moves to qualify-lead@1.1.0.
