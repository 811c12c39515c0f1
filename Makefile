# Needs Python 3.11 and the package registries, nothing else; everything it makes lies in .tools, .venv and build.
.PHONY: help setup servers check test demo sim bench fuzz docs fix
.DEFAULT_GOAL := help
.NOTPARALLEL:

BIN := .venv/bin
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
# Larger data that some tests compare with, where it lies beside the project; without it they are skipped, and say so.
ifneq ($(wildcard ../shared/data),)
export CLONEWARD_TEST_DATA ?= $(abspath ../shared/data)
endif

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1	\2/p' Makefile | expand -t 18

setup: ## environment from the lock file (fetches the pinned uv itself)
	@PYTHON="$(PYTHON)" sh make/setup.sh

servers: ## what tests talk to, by apt: chromium and fonts
	@sh make/servers.sh

check: setup ## format, lint, types, imports, docs, licences, house, unit tests
	@$(BIN)/python -m make.check

test: setup servers check ## check, then the tests with servers and a browser; what CI runs
	@$(BIN)/python -m make.check real

demo: setup ## the main job on real input
	@$(BIN)/python examples/demo.py

sim: setup ## the seeded world, written to build/world
	@$(BIN)/python -m cloneward.sim build/world

bench: setup ## figures beside the peers (the one target that needs a C++ compiler)
	@UV_PROJECT_ENVIRONMENT=.tools/bench .tools/bin/uv run --quiet --frozen --python $(BIN)/python --no-default-groups --group bench python benchmarks/run.py

fuzz: setup ## hostile bytes for every reader, a minute each
	@$(BIN)/python tests/fuzz/run.py 60

docs: setup ## writes docs/reference from the code
	@$(BIN)/python -m make.reference

fix: setup ## format and safe fixes
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .
