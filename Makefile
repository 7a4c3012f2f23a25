# casework: the commands of the house. `make demo` and `make test` need Python 3.11 and nothing else prepared.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
ARGS ?=

PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PORT ?= 8000
COMPILE := PIP_CONFIG_FILE=/dev/null PIP_FIND_LINKS= CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet \
	--generate-hashes --strip-extras --allow-unsafe --resolver=backtracking --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo serve setup system format types lint test manual bench prove lock wheel clean

help:  ## What can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/runtime.stamp  ## A city with invented cases, served on this machine
	bash tools/install-missing paper || echo "forms as PDF are left out" >&2
	export CASEWORK_ENV=development
	$(BIN)/casework demo
	$(BIN)/casework serve --port $(PORT)

serve: $(VENV)/runtime.stamp  ## Serve what is there
	CASEWORK_ENV=$${CASEWORK_ENV:-development} $(BIN)/casework serve --port $(PORT)

# A stamp older than its lock makes the environment follow the lock again.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements/runtime.txt requirements/build.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.txt -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.txt -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

setup: $(VENV)/dev.stamp system  ## Everything that the tests need

system:
	@bash tools/install-missing

lint: $(VENV)/dev.stamp  ## Style and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp  ## Bring the style in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/dev.stamp  ## Annotations
	$(BIN)/mypy

test:  ## All checks and tests, on SQLite and PostgreSQL
	$(MAKE) -j2 --output-sync=target setup
	$(MAKE) -j2 --output-sync=target lint types
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

manual: setup  ## Make the pictures of the manual anew
	MANUAL_PICTURES=casework/web/static $(BIN)/python -m pytest -q tests/browser/test_story_pages.py -k keyboard

bench: setup  ## Measure against the figures of docs/performance.md
	$(BIN)/python -m tests.bench $(ARGS)
	$(BIN)/python -m tests.bench.pages
	$(BIN)/python -m tests.bench.sealing

prove: setup  ## The long form of the tests marked `long`
	$(BIN)/python -m pytest -m long --long --timeout=0 -n $(WORKERS) $(ARGS)

lock: $(VENV)/dev.stamp  ## Choose versions anew and write their hashes
	$(COMPILE) --output-file requirements/runtime.txt pyproject.toml
	$(COMPILE) --output-file requirements/build.txt requirements/build.in
	$(COMPILE) --output-file requirements/dev.txt requirements/dev.in

wheel: $(VENV)/dev.stamp  ## The package with its migrations and configuration, in dist/
	$(BIN)/python -m build --wheel --no-isolation

clean:  ## Remove what was made; data in var/ stays
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find casework tests -name __pycache__ -type d -prune -exec rm -rf {} +
