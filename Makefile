# One command for people and for CI. `make help` lists them. Everything that is needed is installed on the way.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: help setup peers run demo test check format bench mutants test-backstage test-image lock clean

help: ## What there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/ready ## The virtual environment with everything in it
$(VENV)/ready: requirements/dev.lock pyproject.toml
	@bash scripts/python.sh $(PYTHON) $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

peers: ## What tests and the demo talk to (by apt, where that is permitted)
	@bash scripts/peers.sh

run: setup ## The service on http://127.0.0.1:8080, with its data in data/
	$(BIN)/image-factory serve

demo: setup peers ## Watch a base image move and the right images rebuild once (KEEP=1 leaves it up)
	@$(BIN)/python -m demo

test: setup peers ## Every test but those with a real Backstage or the built image
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not backstage and not image" $(TESTS)

check: setup ## Style, types and the boundaries between rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Put the style right
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup peers $(BENCH)/ready ## Ratios against named peers, each with its mark
	@bash scripts/peers.sh bench
	$(BIN)/python -m bench $(ARGS)
$(BENCH)/ready: requirements/bench.lock
	@bash scripts/python.sh $(PYTHON) $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

mutants: export PYTHONDONTWRITEBYTECODE =
mutants: setup ## What the tests of the decisions do not notice (an hour; ARGS=provider.domain.plan for one module)
	nice $(BIN)/python -m tests.mutants $(ARGS)

test-backstage: setup peers ## The whole way, seen by a real Backstage, and what else needs Node (installs it, three minutes)
	bash backstage/install.sh
	bash backstage/clients/install.sh
	bash tests/browser/axe/install.sh
	$(BIN)/python -m pytest -m backstage tests/end_to_end tests/browser

test-image: setup peers ## The container image, really built and run without rights (as root, on Debian)
	@bash scripts/image.sh $(BIN)/python
	$(BIN)/python -m pytest -m image tests/image

lock: setup ## Pin every package anew, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 pyproject.toml --extra postgresql -o requirements/runtime.lock
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 pyproject.toml --extra postgresql --extra dev -c requirements/runtime.lock -o requirements/dev.lock
	echo hatchling | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 -c requirements/dev.lock - -o requirements/build.lock

clean: ## Everything that can be made again
	rm -rf $(VENV) $(BENCH) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache backstage/backend/node_modules backstage/clients/node_modules tests/browser/axe/node_modules .cache mutants
