# `make run` and `make test` are all that a newcomer needs; both may be repeated at will.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test check dist constraints clean
.DEFAULT_GOAL := run

$(STAMP): pyproject.toml constraints.txt package-lock.json hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "fzbot needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@touch $(STAMP)

run: $(STAMP)
	@FZBOT_SIMULATOR=$${FZBOT_SIMULATOR:-1} $(BIN)/fzbot serve

test: $(STAMP)
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/fzbot knowledge check

dist: $(STAMP)
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check -c constraints.txt -w dist/wheels . async-timeout  # which redis asks for on 3.11.0 to 3.11.2, as in Debian 12
	mkdir dist/fzbot
	cp -R dist/wheels README.md README.zh-CN.md constraints.txt deploy docs dist/fzbot
	rm -rf dist/fzbot/deploy/.env dist/fzbot/deploy/certificates
	tar -C dist -czf dist/fzbot-offline.tar.gz fzbot
	rm -rf dist/fzbot
	@echo "dist/wheels holds the wheel and all it needs; dist/fzbot-offline.tar.gz has the guide, too, and installs without a network"

constraints:
	uv pip compile --universal --no-header --no-annotate --extra dev --python-version 3.11 pyproject.toml -o constraints.txt

clean:
	rm -rf $(VENV) node_modules build dist src/fzbot/site/assets/vendor
