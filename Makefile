# Both main commands set up .venv by themselves: `make discover` runs the main job, `make test` passes the tests.
VENV := .venv
QM := $(VENV)/bin/quantummind
PYTHON ?= python3
PROBLEM ?= tfim
ARGS ?=

.PHONY: help discover test lint format docs learn-check embedded clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

discover: $(VENV)/.ready-train  ## discover a circuit for PROBLEM (default tfim, 4 qubits) and export it
	$(QM) discover $(PROBLEM) $(ARGS)

test: $(VENV)/.ready-dev  ## the whole test suite, some ten minutes on 2 cores
	$(VENV)/bin/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: $(VENV)/.ready-dev  ## ruff (format and rules) and mypy, strict on quantum, rewards and loop
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

format: $(VENV)/.ready-dev  ## let ruff rewrite what it can
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

docs: $(VENV)/.ready-dev  ## the documentation as a site in site/, without the network
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict $(ARGS)

learn-check: $(VENV)/.ready-train  ## does GRPO learn? its reward against the frozen policy's, over 5 seeds
	$(VENV)/bin/python benchmarks/learn_check.py $(ARGS)

embedded: $(VENV)/.ready-train  ## train a small embedded model from nothing, on the CPU (some minutes)
	$(QM) sft configs/sft/embedded-cpu.yaml $(ARGS)

$(VENV)/.ready-train: bootstrap.py pyproject.toml constraints.txt
	$(PYTHON) bootstrap.py train,report

$(VENV)/.ready-dev: bootstrap.py pyproject.toml constraints.txt
	$(PYTHON) bootstrap.py train,dev

clean:  ## remove the virtual environment and caches (runs stay)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache *.egg-info
