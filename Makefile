# The only way things are run. `make help` lists what there is.

# The newest Python that is installed and works.
PYTHON ?= $(shell for v in 3.14 3.13 3.12 3.11; do \
	python$$v -c 'import ensurepip, venv' 2>/dev/null && { echo python$$v; break; }; done || true)
ifeq ($(PYTHON),)
PYTHON := python3
endif
VENV := .venv
BIN := $(VENV)/bin
export PYTHONPATH := src
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE # or else each process that is started compiles all of it again

.PHONY: help
help: ## List the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

$(VENV)/main: requirements/main.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/main.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --no-index -e . # needs no network
	touch $@

$(VENV)/dev: requirements/dev.txt $(VENV)/main
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

# Node's programs: the machine's, or else those of a Python package.
NODE := $(BIN)/python tools/node.py
$(VENV)/node: requirements/node.txt $(VENV)/main
	command -v npm >/dev/null && command -v node >/dev/null || \
		$(BIN)/pip install --quiet --require-hashes -r requirements/node.txt
	touch $@

UI := src/commerce_api/web/graphiql/vendor/fetched
$(UI): tools/fetch_graphiql.py $(VENV)/node
	$(BIN)/python tools/fetch_graphiql.py && touch $@

.PHONY: ui
ui: $(UI) ## Fetch the files of GraphiQL, which the page at /graphql needs.

tools/%/node_modules/fetched: tools/%/package-lock.json $(VENV)/node
	$(NODE) npm ci --prefix tools/$* --ignore-scripts --silent --no-audit --no-fund
	touch $@

.PHONY: demo
demo: $(VENV)/main ## Set everything up and run the store with demonstration data.
	-test -e $(UI) || $(MAKE) --no-print-directory ui
	$(BIN)/python -m commerce_api demo

.PHONY: test
test: $(VENV)/dev ## Run all tests, PostgreSQL included.
	$(BIN)/python -m pytest -n 2 --dist worksteal

.PHONY: faults
faults: $(VENV)/dev ## Kill the server in the middle of 200 placings, and see that nothing is lost (a minute).
	$(BIN)/python -m pytest tests/faults/kill_the_server.py

.PHONY: coverage
coverage: $(VENV)/dev ## Show that the examples in tests/domain reach every branch of the domain.
	$(BIN)/coverage run -m pytest --noconftest tests/domain -m "not hypothesis"
	$(BIN)/coverage report

.PHONY: check
check: $(VENV)/dev ## Lint, format, import rules, types, contract.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy
	$(BIN)/python -m commerce_api schema check

.PHONY: audit
audit: $(VENV)/dev tools/audit/node_modules/fetched ## GraphQL over HTTP: all audits of the package graphql-http, on both addresses.
	$(BIN)/python tools/with_store.py $(NODE) node tools/audit/audit.mjs

.PHONY: fuzz
fuzz: $(VENV)/dev ## Schemathesis over both contracts, as nobody, as a shopper and as staff; and the executor against graphql-core.
	EXAMPLES=$${EXAMPLES:-500} $(BIN)/python -m pytest -n 2 --timeout 7200 tests/compiled/test_same_as_graphql_core.py tests/compiled/test_same_over_the_demonstration_shop.py
	$(BIN)/python tools/fuzz/fuzz.py

$(VENV)-clients/made: tools/clients/python/requirements.txt
	test -x $(VENV)-clients/bin/python || $(PYTHON) -m venv $(VENV)-clients
	$(VENV)-clients/bin/pip install --quiet --require-hashes -r $<
	touch $@

.PHONY: clients
clients: $(VENV)/dev $(VENV)-clients/made tools/clients/node_modules/fetched ## Try the shop contract with generators of clients.
	$(BIN)/python tools/with_store.py tools/clients/run.sh "$(CURDIR)/$(BIN)/python $(CURDIR)/tools/node.py" $(CURDIR)/$(VENV)-clients/bin/python

.PHONY: browser
browser: $(VENV)/dev $(UI) ## Try GraphiQL in a headless Chromium.
	tools/browser/run.sh $(BIN)/python tools/with_store.py $(NODE) node tools/browser/drive.mjs

.PHONY: format
format: $(VENV)/dev ## Format and mend what can be mended.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: schema
schema: $(VENV)/main ## Write the published contracts.
	$(BIN)/python -m commerce_api schema print

.PHONY: import-bench
import-bench: $(VENV)/main ## Time the import of a product file of 200,000 lines.
	$(BIN)/python bench/import_products.py

.PHONY: lock
lock: $(VENV)/dev ## Lock the requirements again; needs `uv`.
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --quiet -o requirements/main.txt
	uv pip compile pyproject.toml --group dev -c requirements/main.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet -o requirements/dev.txt
	uv pip compile --group node -c requirements/dev.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet -o requirements/node.txt

.PHONY: bench
bench: $(VENV)/dev ## Measure against a hand-written server; ARGS="--quick" for a first look.
	PYTHONPATH=src:. $(BIN)/python -m bench $(ARGS)

.PHONY: bench-pages
bench-pages: $(VENV)/dev ## What a page of 100 products with everything costs beside one of 24 (three minutes).
	PYTHONPATH=src:. $(BIN)/python -m bench.pages $(ARGS)

.PHONY: bench-closures
bench-closures: $(VENV)/dev ## What closures would take where operations are compiled to source (seconds).
	PYTHONPATH=src:. $(BIN)/python -m bench.closures

.PHONY: bench-scale
bench-scale: $(VENV)/dev ## W1, W2 and W3 among 10,000 products and among a million (a quarter of an hour, once the stores are made).
	PYTHONPATH=src:. $(BIN)/python -m bench.scale $(ARGS)

.PHONY: bench-processes
bench-processes: $(VENV)/dev ## Two server processes beside one (eight minutes).
	PYTHONPATH=src:. $(BIN)/python -m bench.processes $(ARGS)

.PHONY: bench-latency
bench-latency: $(VENV)/dev ## How long visitors wait at 70 % of the highest rate (a quarter of an hour).
	PYTHONPATH=src:. $(BIN)/python -m bench.latency $(ARGS)

.PHONY: bench-hot
bench-hot: $(VENV)/dev ## 64 buyers of one article beside 64 buyers of many (five minutes).
	PYTHONPATH=src:. $(BIN)/python -m bench.hot $(ARGS)

.PHONY: soak
soak: $(VENV)/dev ## An hour of visitors as in a shop, the memory of the server meanwhile; ARGS="--minutes 10" for less.
	PYTHONPATH=src:. $(BIN)/python -m bench.soak $(ARGS)

.PHONY: bench-orders
bench-orders: $(VENV)/dev ## Find orders and customers among 100,000 orders and a million; ARGS="--orders 10000 100000" for less.
	PYTHONPATH=src:. $(BIN)/python -m bench.orders $(ARGS)
