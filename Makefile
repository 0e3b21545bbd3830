# `make test` and `make demo` need git, make and a Python from 3.11 on; everything else goes into .venv.

# The first that runs: a name on PATH may be a shim with nothing behind it.
PYTHONS := python3.13 python3.12 python3.11 python3
PYTHON ?= $(firstword $(foreach name,$(PYTHONS),$(shell $(name) -c $(USABLE) 2>/dev/null && echo $(name))))
USABLE := 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
JOBS ?= 2

BIN := .venv/bin
READY := .venv/.ready
LOWEST := .venv-lowest/.ready
NODE_READY := .node/.ready
# promptfoo's optional packages are 1.6 GB; of them it needs the binding of its database alone.
BINDING = $(shell node -p "'@libsql/' + process.platform + '-' + process.arch + (process.platform === 'linux' ? '-gnu' : '')")@0.5.29

.DEFAULT_GOAL := help
.PHONY: help demo test test-lowest check bench docs clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

demo: $(READY) ## show what promptctl does, in a repository made for it
	$(BIN)/python scripts/demo.py

test: $(READY) ## run the tests
	$(BIN)/python -m pytest -n $(JOBS)

test-lowest: $(LOWEST) ## run the tests with the oldest dependencies that are allowed
	.venv-lowest/bin/python -m pytest -n $(JOBS)

check: $(READY) ## everything that a change must pass
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/generate_docs.py --check
	$(BIN)/promptctl check --all --worktree
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(JOBS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: $(READY) ## measure speed, and how well levels are told
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.edits
	$(BIN)/python -m benchmarks.runtime

docs: $(READY) ## write the generated pages anew
	$(BIN)/python scripts/generate_docs.py

clean: ## remove what the other targets made
	rm -rf .node .venv .venv-lowest .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	$(call new_venv,.venv)
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(NODE_READY): tests/promptfoo/package.json
	mkdir -p .node
	cp $< .node/package.json
	npm install --prefix .node --omit=optional --ignore-scripts --no-audit --no-fund --no-package-lock --no-save $(BINDING)
	@touch $@

$(LOWEST): pyproject.toml tests/lowest.txt
	$(call new_venv,.venv-lowest)
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check --constraint tests/lowest.txt --editable '.[test]'
	@touch $@

define new_venv
@test -n "$(PYTHON)" || { echo "no Python from 3.11 on that can make environments; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
test -x $(1)/bin/pip || $(PYTHON) -m venv $(1)
endef
