"""Values and pure meaning: what a version, a finding or an entry is, free of files, git and the clock."""
