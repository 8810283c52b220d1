# Python 3.11 or newer and make are all that is needed; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENT ?= norrhaven
WORKERS ?= auto

.PHONY: reports test test-browser test-services lint bench soak clean help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,database,cluster]'
	touch $@

reports: $(VENV)/installed  ## make the deliverables of the demo client in outputs/
	$(BIN)/workbook run $(CLIENT)

test: reports lint  ## make reports, then all tests that need Python only
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not browser and not services" tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --nbval-lax -p no:cacheprovider notebooks

lint: $(VENV)/installed  ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-browser: $(VENV)/installed  ## tests in Chromium, which must be installed
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { echo "Chromium is missing: install your system's chromium package" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,database,cluster,browser]'
	$(BIN)/python -m pytest -m browser tests

test-services: $(VENV)/installed  ## tests with PostgreSQL and LibreOffice, which must be installed
	@command -v soffice >/dev/null || { echo "LibreOffice is missing: install your system's libreoffice-calc package" >&2; exit 1; }
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || { echo "PostgreSQL is missing: install your system's postgresql package" >&2; exit 1; }
	$(BIN)/python -m pytest -m services tests

bench: $(VENV)/installed  ## benchmarks: ratios against what one would use instead
	$(BIN)/python tests/benchmarks/bench_eventlog.py
	$(BIN)/python tests/benchmarks/bench_finance.py
	$(BIN)/python tests/benchmarks/bench_live.py
	$(BIN)/python tests/benchmarks/bench_batch.py

soak: $(VENV)/installed  ## 300 clients, one in ten of them broken, and 20 kills
	$(BIN)/python tests/soak/soak.py

clean:  ## remove what was made, keep .venv
	rm -rf outputs/* .mypy_cache .ruff_cache .pytest_cache .hypothesis
