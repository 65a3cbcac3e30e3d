# One entry to everything. Needs Python 3.11+ and make; the rest goes into .venv, at the versions of constraints.txt.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.stamp
ARGS ?=
# Three keep two processors busy: a worker often waits for the programs that its tests have started.
WORKERS ?= 3
FOR ?= 600

# What takes longest comes first: the others go through beside it. Nothing goes beside the tests: some attack a server.
STEPS := $(addprefix step-,types docs-check layers lint format-check spelling)
# Each step's output in one piece, where make can do that.
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=recurse)
# Every step loads the same modules: where an environment forbids to keep them compiled, each would compile them all.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-long figures fuzz check format-check format lint types layers spelling \
	docs docs-check screenshots bench bench-tui pins clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv with the pinned dependencies (every other target does it by itself)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; if you have it under another name: make PYTHON=python3.13 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing; on Debian and Ubuntu the package python3-venv has it." >&2; exit 1; }
	@echo "setup: installing the pinned dependencies into .venv (once; under a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
# As pip does for packages that are no links: programs start in half the time, also where nothing else may write it.
	@$(BIN)/python -m compileall -q chat_core chat_tui
	@touch $@

run: setup ## Open the full-screen client on this computer's own server
	@$(BIN)/chat-tui here

demo: setup ## The same among lively bots, in a world of its own
	@$(BIN)/chat-tui demo

test: setup ## Run the test suite (ARGS="-k outbox -x" goes to pytest)
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS) || { [ $$? -eq 1 ] && $(BIN)/python -m tests.second_look $(ARGS); }

test-long: setup ## Run the tests that take minutes
	@$(BIN)/pytest -m long --timeout 1800 $(ARGS)
	@$(BIN)/pytest -m "hypothesis and not long" --hypothesis-profile long --timeout 1800 -n 2 --dist worksteal $(ARGS)

figures: setup ## Besiege a server for twenty minutes and write the figures of docs/security.md; on a quiet machine
	@$(BIN)/python -m tests.attack.figures

fuzz: setup ## Let atheris hunt in the parser for ten minutes (FOR=600); it has wheels for Linux on x86-64 only
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[fuzz]'
	@$(BIN)/python -m tests.attack.fuzz $(FOR)

check: setup ## Run everything that CI runs, up to the first failure
	@$(MAKE) --no-print-directory --jobs $(WORKERS) $(SYNC) $(STEPS)
	@$(MAKE) --no-print-directory step-test

step-%: setup
	@echo "== $*"
	@$(MAKE) --no-print-directory $* || { echo "make check: $* failed" >&2; exit 1; }

format-check: setup ## Is the code formatted?
	@$(BIN)/ruff format --check .

format: setup ## Format the code, and mend what the linter can mend safely
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

lint: setup ## Look for faults and for habits that are not ours
	@$(BIN)/ruff check .

types: setup ## Check the types
	@$(BIN)/mypy

layers: setup ## Check who imports whom
	@$(BIN)/lint-imports --no-logo

spelling: setup ## Check the spelling
	@$(BIN)/codespell

docs: setup ## Write the generated tables of docs/
	@$(BIN)/python docs/generate.py

docs-check: setup ## Are the generated tables fresh?
	@$(BIN)/python docs/generate.py --check

screenshots: setup ## Take the pictures of the README again
	@$(BIN)/python -m screenshots.make

bench: setup ## Measure the fan-out and the client on this machine
	@$(BIN)/chat-core bench fanout
	@$(BIN)/python -m tests.bench.client

bench-tui: setup ## Measure the client beside WeeChat, and write the table of docs/performance.md; on a quiet machine, 6 minutes
	@$(BIN)/chat-tui bench --against weechat --rounds 3 --into docs/performance.md

# A fresh environment without constraints, so that every pin moves to the newest version that pyproject.toml allows.
pins: ## Remake constraints.txt with today's versions
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	$(PYTHON) -m venv "$$fresh"; \
	"$$fresh/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[dev,fuzz]'; \
	{ sed -n '/^#/p' constraints.txt; \
	  "$$fresh/bin/python" -m pip freeze --exclude-editable; } > "$$fresh/constraints.txt"; \
	cp "$$fresh/constraints.txt" constraints.txt

clean: ## Remove .venv and everything generated that git ignores here
	@rm -rf .venv build dist *.egg-info .*_cache .hypothesis
	@find chat_core chat_tui docs screenshots tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
