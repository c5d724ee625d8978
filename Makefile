# `make` lists what there is. Everything is installed into .venv; nothing outside the checkout is touched,
# except by `make system`.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
# One more than the cores of a small machine: tests also wait, for PostgreSQL, browsers and other processes.
WORKERS ?= 3
ARGS ?=
SYSTEM_PACKAGES := git python3-venv postgresql fonts-wqy-microhei chromium node-acorn

.PHONY: help
help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */\1\t/' \
		| awk -F'\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

.PHONY: system
system:  ## Install the Debian packages that the tests need (asks sudo unless you are root)
	@missing=
	for package in $(SYSTEM_PACKAGES); do
		dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || missing+=" $$package"
	done
	if [ -z "$$missing" ]; then echo "All there: $(SYSTEM_PACKAGES)"; exit; fi
	if ! command -v apt-get >/dev/null; then
		echo "There is no apt-get here. Install what this system calls:$$missing" >&2; exit 1
	fi
	sudo=
	if [ "$$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || { echo "Run as root: apt-get install$$missing" >&2; exit 1; }
		sudo=sudo
	fi
	echo "Installing$$missing"
	$$sudo apt-get -qq update
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $$missing >/dev/null

.venv/bin/python:
	@for python in python3.11 python3 python3.12 python3.13; do
		$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
		echo "Creating .venv with $$($$python --version)"
		exec $$python -m venv --clear .venv
	done
	echo "Turnout needs Python 3.11 or newer with its venv module. On Debian: apt-get install python3-venv" >&2
	exit 1

# --no-index: what Turnout itself needs to be built comes from the lock and from nowhere else.
.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing what Turnout runs on"
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-index --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "Installing what Turnout is tested with"
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@

.PHONY: install
install: .venv/.run  ## Install Turnout and what it runs on into .venv, every file checked by its hash

.PHONY: demo
demo: .venv/.run  ## Show Turnout on every platform on a page, without credentials (ARGS="--headless" plays once)
	@$(BIN)/turnout demo $(ARGS)

.PHONY: postgresql
postgresql:
	@if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then exit; fi
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then exec $(MAKE) --no-print-directory system; fi
	echo "The tests run on PostgreSQL too, and its server is not installed: make system" >&2
	exit 1

.PHONY: test
test: postgresql .venv/.dev  ## Run every test, on SQLite and PostgreSQL (ARGS="-k rebook", WORKERS=4)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: check
check: .venv/.dev  ## Lint, format, types, who may import whom, translations
	@failed=0
	$(BIN)/ruff check --quiet --output-format concise || failed=1
	$(BIN)/ruff format --check --quiet --output-format concise || { failed=1; echo "Not formatted as agreed; remedy: make format"; }
	$(BIN)/mypy --no-error-summary || failed=1
	$(BIN)/lint-imports --no-logo || failed=1
	$(BIN)/python -m locales.messages --check || failed=1
	exit $$failed

.PHONY: format
format: .venv/.dev  ## Format the code and apply ruff's safe fixes
	@$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet

.PHONY: bench
bench: postgresql .venv/.dev  ## Run the benchmarks, tests/benchmarks/bench_*.py
	@$(BIN)/python -m pytest -n 0 -p no:randomly -s --timeout 0 -o python_files='bench_*.py' tests/benchmarks $(ARGS)

.PHONY: preview
preview: .venv/.run  ## Show every message on every route in both languages, on one HTML page
	@$(BIN)/turnout preview $(ARGS)

.PHONY: graph
graph: .venv/.run  ## Draw the dialogs
	@$(BIN)/turnout graph $(ARGS)

.PHONY: messages
messages: .venv/.run  ## Collect what can be said into locales/turnout.pot and every .po
	@$(BIN)/python -m locales.messages $(ARGS)

.PHONY: lock
lock: .venv/.dev  ## Remake the locks, keeping pins that still fit (ARGS=--upgrade moves them)
	@compile="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links $(ARGS)"
	$$compile --extra build -o requirements.lock pyproject.toml
	$$compile --extra build --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

.PHONY: clean
clean:  ## Remove .venv, caches and build results
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
