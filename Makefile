# Two commands matter: `make book` and `make test`. Each first sets up .venv if it has to.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
BROWSING := .venv/.browsing
MUTATING := .venv/.mutating
ONLY ?=
ALL ?=
UPGRADE ?=
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate \
	--fork-strategy fewest $(UPGRADE) --custom-compile-command "make lock"

# Compiled modules halve the time that every later start takes. Another environment that happens
# to be active is not meant, nor another place for packages. In the locale C, Python 3.11 and 3.12
# cannot read the name of a folder with accents.
unexport PYTHONDONTWRITEBYTECODE VIRTUAL_ENV PYTHONHOME PYTHONPATH PYTHONSTARTUP \
	PYTHONOPTIMIZE PYTHONWARNINGS PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON UV_SYSTEM_PYTHON LC_ALL
export PIP_USER := 0

# The programs of an environment name the folder in which it was made, and its Python may since
# have been removed.
DEAD :=
ifneq ($(wildcard $(READY)),)
DEAD := $(shell test "$$(cat $(READY))" = "$$(pwd -P)" \
	&& LC_ALL= $(BIN)/python -I -c 'import uv' 2> /dev/null || echo dead)
endif
ifneq ($(DEAD),)
.PHONY: $(READY)
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help book runtime live pdf test test-site notebooks chapter lab mutants bench bench-site lock clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

book: $(READY)  ## build the site, strictly, into _build/html
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "The course is ready: open $(CURDIR)/_build/html/index.html in a browser."

runtime: $(READY)  ## fetch what runs Python on the pages, for make book to put there (needs node)
	$(BIN)/python tools/runtime.py

live: $(READY)  ## serve the book, and show each change of a page or a style at once
	$(BIN)/python tools/live.py

pdf: book $(BROWSING)  ## print the whole course as one PDF, with contents, into _build/pdf
	$(BIN)/python tools/pdf.py

# A process for each core; the files of tests are shared out as they come, the longest first.
test: $(READY)  ## check everything: lint, units, doctests, notebooks, proofs, site
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --cov

test-site: $(BROWSING) runtime book  ## read the built site in Chromium: screens, themes, keyboard, barriers
	$(BIN)/python -m pytest tests/site --reruns 2 --only-rerun crashed

notebooks: $(READY)  ## execute every chapter and store its outputs
	$(BIN)/python tools/notebooks.py

# As root, as in a container, Jupyter wants to be told that this is meant. Of a notebook that it is
# to open it takes the folder for all there is: pictures and sources are beside that.
lab: $(READY)  ## open the chapters in JupyterLab
	$(BIN)/jupyter trust chapters/*.ipynb
	$(BIN)/jupyter lab $$(test "$$(id -u)" != 0 || echo --allow-root) \
		--ServerApp.root_dir=. chapters/definition.ipynb

chapter: $(READY)  ## write the stubs of a chapter: NAME=going-further TITLE="Going further"
	$(BIN)/python tools/chapter.py $(NAME) $(if $(TITLE),--title "$(TITLE)") $(if $(PART),--part "$(PART)") \
		$(if $(QUESTION),--question "$(QUESTION)")

mutants: $(MUTATING)  ## spoil course and code in many small ways, see tests fail (ONLY=a module or folder, ALL=1)
	$(if $(ONLY),,$(BIN)/python tools/mutants.py)
	$(BIN)/python tools/code_mutants.py $(if $(ALL),--all) $(ONLY)

# PyTorch is left out, with a note, until .venv/bin/pip install -e ".[bench]" has added it.
bench: $(READY)  ## time the library beside its peers, for some minutes on a quiet machine
	$(BIN)/python benchmarks/speed.py

# Lighthouse is on npm alone; it finds Chromium by itself, or by CHROME_PATH.
bench-site: book  ## let Lighthouse judge every page of the built site, on a quiet machine
	cd benchmarks/lighthouse && npm ci --ignore-scripts --no-audit --no-fund && npx lhci autorun

lock: $(READY)  ## remake the locks from pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(COMPILE) pyproject.toml --extra book --extra test --output-file requirements.txt
	$(COMPILE) --group site --constraint requirements.txt --output-file tests/site/requirements.txt
	$(COMPILE) --group mutants --constraint requirements.txt --output-file tests/mutants/requirements.txt
	echo "-e ." >> requirements.txt

clean:  ## remove the environment and everything that was built
	rm -rf .venv .runtime _build .pytest_cache .ruff_cache .hypothesis .coverage chapters/.ipynb_checkpoints \
		tests/site/node_modules benchmarks/lighthouse/node_modules benchmarks/lighthouse/.lighthouseci
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv installs several times faster than pip, but does not read pip's settings: where those name
# another index or a proxy, pip takes over. An environment whose installation was stopped lacks the
# last file, and is made anew, as is a dead one.
$(READY): requirements.txt pyproject.toml
	@test -e $@ -a -z "$(DEAD)" || { \
		found=$$($(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2> /dev/null); \
		case "$$found" in 3.11.* | 3.12.* | 3.13.*) ;; *) \
			echo "Python 3.11, 3.12 or 3.13 is needed, found $${found:-none} as $(PYTHON):" \
				"say make PYTHON=python3.12" >&2; exit 1;; esac; \
		echo $(PYTHON) -m venv --clear .venv; $(PYTHON) -m venv --clear .venv; }
	@rm -f $@
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	$(BIN)/uv pip install --python $(BIN)/python -r requirements.txt \
		|| $(BIN)/python -m pip install -r requirements.txt
	pwd -P > $@

# What the browser tests need beyond that; axe-core is on npm alone.
$(BROWSING): $(READY) tests/site/requirements.txt tests/site/package-lock.json
	$(BIN)/uv pip install --python $(BIN)/python -r tests/site/requirements.txt \
		|| $(BIN)/python -m pip install -r tests/site/requirements.txt
	cd tests/site && npm ci --no-audit --no-fund
	touch $@

# The mutation tool.
$(MUTATING): $(READY) tests/mutants/requirements.txt
	$(BIN)/uv pip install --python $(BIN)/python -r tests/mutants/requirements.txt \
		|| $(BIN)/python -m pip install -r tests/mutants/requirements.txt
	touch $@
