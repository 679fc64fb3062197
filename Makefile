# Playhead: `make demo` and `make test` are all that a fresh machine needs; both set themselves up.
.DEFAULT_GOAL := help
SHELL := /bin/bash
UV = $(shell command -v uv || echo .venv/bin/uv)
PYTHON_FOLDERS := backend evals ui_gradio ui_streamlit tests benchmarks scripts

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

.PHONY: setup
setup: ## Make .venv from the hashed lock (a second call costs a second)
	@scripts/setup

.PHONY: demo
demo: setup ## Start the backend and both UIs; options in ARGS="--port 9000"
	@exec .venv/bin/playhead demo $(ARGS)

.PHONY: test
test: setup browser nginx caddy redis iproute node-clients lint ## Lint, then all tests, in two processes; options in ARGS="-k cursor" or ARGS="-n 0 --pdb"
	@# With bytecode, also where the machine is set not to write it: the tests start the product some hundred times.
	@exec env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m pytest --numprocesses 2 $(ARGS)

.PHONY: faults
faults: setup redis ## Hurt a deployment of many machines in every way that is known (minutes)
	@# In one process, which is not this one, so that a test that cannot be ended ends that (tests/overdue.py).
	@exec env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m pytest -m faults --numprocesses 1 tests/faults $(ARGS)

.PHONY: lint
lint: setup ## Check style, types, the import arrows and how dense functions are
	@.venv/bin/ruff check $(PYTHON_FOLDERS)
	@.venv/bin/ruff format --check $(PYTHON_FOLDERS)
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/python -m scripts.complexity

.PHONY: format
format: setup ## Lay out the code and mend what can be mended
	@.venv/bin/ruff check --fix $(PYTHON_FOLDERS)
	@.venv/bin/ruff format $(PYTHON_FOLDERS)

.PHONY: fuzz
fuzz: setup ## Call the API with what Schemathesis makes of its description (minutes; options in ARGS="--max-examples 100")
	@scripts/fuzz $(ARGS)

.PHONY: bench
bench: setup ## Print the figures of every benchmark (minutes; on a quiet machine)
	@set -e; for name in $(basename $(notdir $(wildcard benchmarks/[a-z]*.py))); do \
		echo "== $$name"; .venv/bin/python -m benchmarks.$$name; \
	done

.PHONY: checks
checks: setup browser ## Ask the pages of both UIs what a stranger would (ten minutes; by hand); options in ARGS="scroll --ui ui_gradio"
	@.venv/bin/python -m scripts.checks $(ARGS)

.PHONY: browser
browser: ## Find Chromium for the browser tests, or install it
	@scripts/ensure-browser

.PHONY: nginx
nginx: ## Find nginx for the tests behind a proxy, or install it
	@scripts/ensure-nginx

.PHONY: redis
redis: ## Find redis-server and faketime for the tests with many nodes, or install them
	@scripts/ensure-redis

.PHONY: caddy
caddy: ## Find Caddy for the tests behind a proxy, or install it
	@scripts/ensure-caddy

.PHONY: iproute
iproute: ## Find the command ip for the test of a stranger's machine, or install it
	@scripts/ensure-iproute

.PHONY: node-clients
node-clients: ## Install the foreign clients for the tests, where there is node
	@scripts/ensure-node-clients

.PHONY: lock
lock: ## Write requirements.lock anew from pyproject.toml
	@$(UV) pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --generate-hashes --all-extras \
		--group build --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		pyproject.toml --output-file requirements.lock
	@# What the container image has: the same versions, without what only tests need.
	@$(UV) pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --group build \
		--extra ui --extra model --extra redis --extra socks --constraint requirements.lock --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" pyproject.toml --output-file deploy/requirements.lock

.PHONY: pictures
pictures: setup browser ## Take the README's pictures anew, into docs
	@.venv/bin/python -m scripts.pictures

.PHONY: animation
animation: setup browser ## Make the README's animation anew, into docs
	@.venv/bin/python -m scripts.animation

.PHONY: clean
clean: ## Remove .venv, caches and builds
	@rm -rf .venv build dist test-output .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(PYTHON_FOLDERS) -name __pycache__ -type d -prune -exec rm -rf {} +
