# make demo: play a bundled real log.   make test: everything CI runs.
# Both set up a virtual environment inside the checkout first; only python3 (>= 3.11) with venv is needed.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test soak lint layouts snapshots bench clean

demo: $(VENV)/.installed
	$(BIN)/gctui demo

# Hundreds of tests watch real programs by a real clock, which a busy machine can starve: what fails
# is run once more, and the summary names it.
test: $(VENV)/.test-installed lint
	$(BIN)/python -m pytest -n auto --dist worksteal --reruns 1

# Half an hour of what no user should ever notice: long streams, many redraws and resizes.
soak: $(VENV)/.test-installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,soak]'
	$(BIN)/python -m pytest tests/soak -m soak -s

lint: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Rewrites the table of runtime layouts from the DWARF of every Go release on PyPI.
layouts: $(VENV)/.test-installed
	$(BIN)/python -m tests.sources.inside.make_layouts

# Rewrites the SVG snapshots; look at each before committing it.
snapshots: $(VENV)/.test-installed
	$(BIN)/python -m pytest tests/tui --snapshot-update

bench: $(VENV)/.test-installed
	$(BIN)/python -m benchmarks

$(VENV)/.created:
	$(PYTHON) -c 'import sys; sys.exit("gctui needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.test-installed: $(VENV)/.created pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist
