"""The only package that talks to git: views of a repository, the base to compare with, history and commits."""
