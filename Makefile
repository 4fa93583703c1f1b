# Everything runs in .venv, which is made when it is missing or pyproject.toml is newer.
# PYTHON chooses the interpreter (3.11 or later).

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
DEMO := rulesets/sample
OUT := demo-out

.DEFAULT_GOAL := help
.PHONY: help demo test check format table bench peers clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# One stamp for running, one for developing: the demo needs no test tools.
$(VENV)/.run: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[tables]'
	@touch $@

$(VENV)/.dev: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[durable]' >/dev/null 2>&1 || \
		echo "durable_rules can't be built here (it needs a C compiler): the tests of the second matcher are skipped"
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run ## decide the shipped sample of leads and explain one of them
	@mkdir -p $(OUT)
	@echo "$$ lead run $(DEMO)/demo.lead $(DEMO)/leads.csv --facts Member=$(DEMO)/members.csv"
	@$(BIN)/lead run $(DEMO)/demo.lead $(DEMO)/leads.csv --facts Member=$(DEMO)/members.csv \
		--now "2026-11-20 10:00" --out $(OUT)/decisions.jsonl --errors $(OUT)/errors.csv || test $$? -eq 1
	@echo "$$ lead explain $(DEMO)/demo.lead $(DEMO)/leads.csv --lead $(DEMO_LEAD)"
	@$(BIN)/lead explain $(DEMO)/demo.lead $(DEMO)/leads.csv --facts Member=$(DEMO)/members.csv \
		--now "2026-11-20 10:00" --lead $(DEMO_LEAD)
	@echo "decisions: $(OUT)/decisions.jsonl, bad rows: $(OUT)/errors.csv"

DEMO_LEAD ?= L007

test: $(VENV)/.dev ## run all tests
	@$(BIN)/python -m pytest -q -n auto $(ARGS)

check: $(VENV)/.dev ## lint, layout of the code, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(VENV)/.dev ## lay out the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

table: $(VENV)/.dev ## make the parse table anew, after a change of the grammar
	@$(BIN)/python -m leadpolicy.compiler.grammar_table

bench: $(VENV)/.dev ## measure, side by side; writes benchmarks/results/ and docs/benchmarks.md
	@$(BIN)/python -m benchmarks

peers: $(VENV)/.dev ## install what the benchmarks compare with
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'

clean: ## remove what make made
	@rm -rf $(VENV) $(OUT) build dist *.egg-info src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
