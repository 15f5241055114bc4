# Cổng Thư: what a newcomer, a developer and CI run. `make help` lists it.
# Everything is installed into .venv from the hashed lock files; nothing outside this folder is touched, except Debian's
# packages of the services that the tests talk to (see deploy/dev/services.sh) and a Debian Python that is too old to be
# safe (see deploy/dev/venv.sh).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Debian's own interpreter is built with profile-guided optimisation and about a tenth faster than a plain build.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3.11) $(shell command -v python3.11 || command -v python3))
PY := .venv/bin/python
RUNTIME := .venv/.congthu-runtime
DEV := .venv/.congthu-dev

.PHONY: help demo cluster test services check bench config-example lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-15s %s\n", $$1, $$2}' Makefile

$(RUNTIME): requirements.lock deploy/dev/venv.sh
	@deploy/dev/venv.sh "$(PYTHON)" requirements.lock
	@touch $@

$(DEV): requirements-dev.lock deploy/dev/venv.sh
	@deploy/dev/venv.sh "$(PYTHON)" requirements-dev.lock
	@touch $(RUNTIME) $@

demo: $(RUNTIME)  ## set up and run the gateway with an embedded upstream; prints what to try
	@exec .venv/bin/congthu demo $(ARGS)

cluster: $(DEV) services  ## two gateways, PostgreSQL, Redis, HAProxy and Prometheus on this machine, to try
	@exec deploy/cluster/cluster.sh up

services:  ## install the Debian packages that the tests talk to (not started)
	@deploy/dev/services.sh

test: $(DEV) services  ## every test, with the real services (ARGS="-k name" to choose)
	@$(PY) -m compileall -q gateway  # a first start in the middle of a test would do it in each process at once
	@exec deploy/dev/test.sh $(ARGS)

check: $(DEV)  ## lint, format, types, imports
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@$(PY) -m mypy
	@deploy/dev/imports.sh

bench: $(DEV) services  ## the relay, latency and scan benchmarks (ARGS="--quick")
	@$(PY) -m benchmarks.relay $(ARGS)
	@$(PY) -m benchmarks.latency $(ARGS)
	@$(PY) -m benchmarks.inspect $(ARGS)

config-example: $(RUNTIME)  ## write config.example.toml from the settings
	@$(PY) -m gateway.config_example > config.example.toml.new
	@mv config.example.toml.new config.example.toml

lock:  ## resolve pyproject.toml into the two hashed lock files (needs uv)
	@deploy/dev/lock.sh

clean:  ## remove what make and the tools made, not the demo's data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build benchmarks/results
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
