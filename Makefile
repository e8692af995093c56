# Needs Python 3.11 or later, git and make; everything else goes into .venv.
#
#   make demo                     a simulated fleet, until Ctrl-C
#   make demo ARGS="--for 30"     the same for half a minute
#   make test                     lint, types, floors, and the tests on each Python that is here
#   make test ARGS="-e full"      the tests alone, on one Python
#   make bench                    all benchmarks; the tables in docs/performance.md are written anew
#   make bench ARGS=end-to-end    one of them (ARGS=--list says which there are)

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
ARGS ?=

# pyenv hides all Pythons but the chosen one behind its shims: let tox find the others too.
PYENV := $(shell pyenv root 2>/dev/null)
ifneq ($(PYENV),)
export PATH := $(PATH):$(subst $() ,:,$(wildcard $(PYENV)/versions/3.1[1-9]*/bin))
endif

.PHONY: demo test bench clean

demo: $(VENV)/.vurti
	@$(VENV)/bin/vurti demo $(ARGS)

# `full` runs the whole suite on the Python of .venv, so that one need not be run twice; -qq lets the
# output end with its summary.
test: $(VENV)/.tox
	@TOX_SKIP_ENV="$${TOX_SKIP_ENV:-$$($(VENV)/bin/python -c \
		'import sys; print("py%d%d" % sys.version_info[:2])')}" $(VENV)/bin/tox run -qq $(ARGS)

bench: $(VENV)/.bench
	@$(VENV)/bin/python -m benchmarks $(ARGS)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "vurti needs Python 3.11 or later: none found on PATH" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "could not make $(VENV): on Debian, apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.vurti: $(VENV)/bin/python setup.cfg pyproject.toml
	@echo "installing vurti into $(VENV) …"
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.bench: $(VENV)/bin/python setup.cfg pyproject.toml
	@echo "installing vurti and what benchmarks need into $(VENV) …"
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check -e '.[bench]'
	@touch $@

$(VENV)/.tox: $(VENV)/bin/python
	@echo "installing tox into $(VENV) …"
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check 'tox>=4.20'
	@touch $@

clean:
	rm -rf $(VENV) .tox build dist vurti.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
