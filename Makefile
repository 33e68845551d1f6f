# `make demo` and `make test` are all a fresh machine needs: Python 3.11 or later, and make.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check coverage docs hooks bench clean

demo: .venv/installed
	$(BIN)/triptych demo

test: .venv/tested # one thread each: two processes on two cores would wait for each other's threads
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

check: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

coverage: .venv/tested # the files of which the tests run least, and the total
	$(BIN)/python -m pytest --cov --cov-report=
	$(BIN)/coverage report --sort=cover | sed -n '1,12p;/^TOTAL/p'

docs: .venv/documented # build/site/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

hooks: .venv/hooked # check before every commit; see .pre-commit-config.yaml
	$(BIN)/pre-commit install

bench: .venv/tested
	$(BIN)/python -m benchmarks

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

.venv/documented: .venv/installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	touch $@

.venv/hooked: .venv/tested
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

clean:
	rm -rf .venv build dist src/*.egg-info
