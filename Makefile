# `make run` and `make test` need only Python >= 3.11, pip and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ARGS   ?=

.PHONY: run test test-slow lint format bench experiments clean help

help:           ## show this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: .*##/\t/' | expand -t 16

run: $(VENV)/.installed             ## set up, then retrain on real digits and report
	@echo "retraining takes about four minutes on two cores"
	$(BIN)/retrain-sim run $(ARGS)

test: $(VENV)/.installed-dev        ## set up, then run the default tests
	$(BIN)/pytest --doctest-modules tests retrain_sim -n auto --dist worksteal $(ARGS)

test-slow: $(VENV)/.installed-dev   ## the long statistics
	JAX_DISABLE_MOST_OPTIMIZATIONS=0 $(BIN)/pytest -m slow $(ARGS)

lint: $(VENV)/.installed-dev        ## linter, formatter, type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/ty check retrain_sim experiments benchmarks

format: $(VENV)/.installed-dev      ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed-dev       ## speed beside NumPy, scikit-learn and PyTorch
	$(BIN)/python -m benchmarks $(ARGS)

experiments: $(VENV)/.installed     ## every claim, default size
	$(BIN)/python -m experiments run all $(ARGS)

clean:          ## remove the environment (results in runs/ stay)
	rm -rf $(VENV)

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python >= 3.11 is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	$(BIN)/python -m compileall -q retrain_sim
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.created pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.installed
