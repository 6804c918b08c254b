# Ticket-Rush: `make help` lists what there is. Settings (TICKETRUSH_…) are taken from the environment.
#
# build/ holds the release, build-*/ the same code built for one kind of check, build/stamps what was
# done. A stamp is older than its inputs, or missing, exactly when its step has to be done again.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:

run seed rush audit: export TICKETRUSH_DATA ?= data
export FUZZ_SECONDS ?= 6
export PATH := $(CURDIR)/build/tools/bin:$(PATH)

stamps := build/stamps

.PHONY: help
help: ## List every target with a sentence
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

# --- what is used ---------------------------------------------------------------------------------

.PHONY: run
run: build ## Install what is missing, build, load the initial data and serve http://localhost:8080
	@tools/run.sh

.PHONY: build
build: need page server ## Build the release: build/ticketrush and its page in build/web

.PHONY: seed
seed: build ## Load the full initial data (tens of thousands of seats a concert) into the data folder
	@build/ticketrush seed --size full

.PHONY: rush
rush: build ## Play an opening night against the server on port 8080, or against one of its own
	@tools/rush.sh $(RUSH)

.PHONY: audit
audit: build ## Check every promise that can be read off the database in the data folder
	@build/ticketrush audit

# --- what is checked ------------------------------------------------------------------------------

.PHONY: test
test: build need-test ## Run every test and check; the last line is the sum (CI=true: nothing may be skipped)
	@tools/test.sh all

.PHONY: check
check: build need-test ## Run only the checks: formatter, both compilers, house rules, clang-tidy
	@tools/test.sh check

.PHONY: story
story: build need-test ## Run only the release build's tests: unit, contract, story, fault, http
	@tools/test.sh release

.PHONY: fuzz
fuzz: export FUZZ_SECONDS = 60
fuzz: build need-test ## Run every fuzz target for a minute
	@tools/test.sh fuzz

.PHONY: bench
bench: build ## Measure against nginx on this machine; writes docs/knowledge/experiments/bench.md and .json
	@tools/need.sh bench
	@tools/bench.sh $(BENCH)

.PHONY: lab
lab: build ## Compare every strategy on every backing; writes docs/knowledge/experiments/strategies.{md,html,json}
	@tools/need.sh bench lab
	@tools/lab.sh $(LAB)

.PHONY: format
format: need-test ## Rewrite the C sources the way the formatter wants them
	@find src tests tools bench -name '*.[ch]' | xargs clang-format -i

.PHONY: clean
clean: ## Remove everything that was built; the data folder stays
	rm -rf build build-asan build-tsan build-fuzz web/node_modules web/.tested tests/e2e/node_modules tests/e2e/.tested

# --- how ------------------------------------------------------------------------------------------

.PHONY: need need-test
need:
	@tools/need.sh run
	@tools/node.sh
need-test: need tests/e2e/node_modules/.stamp
	@tools/need.sh test
	@tools/kafka.sh

.PHONY: server
server: build/build.ninja
	@ninja -C build -n ticketrush | grep -q 'no work to do' || \
	    { echo 'building the server'; ninja -C build $$(test -t 1 || echo --quiet) ticketrush; }

.PHONY: page
page: build/web/index.html

# The list of sources changes only when a file was added, moved or removed.
.PHONY: FORCE
$(stamps)/sources: FORCE
	@mkdir -p $(@D)
	@find src tests tools bench \( -name '*.[ch]' -o -name '*.sql' \) | sort >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(stamps)/page: FORCE
	@mkdir -p $(@D)
	@find web -name node_modules -prune -o -name .tested -prune -o -type f -print | sort >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# $(call configure,FOLDER,OPTIONS): the ninja files are written anew; what is compiled stays.
define configure
	@echo "configuring $(1)"
	@meson setup $$(test -f $(1)/build.ninja && echo --reconfigure) $(1) $(2) >$(stamps)/setup.log 2>&1 || \
	    { cat $(stamps)/setup.log; exit 1; }
	@touch $(1)/build.ninja
endef

build/build.ninja: $(stamps)/sources meson_options.txt | need
	$(call configure,build,)

# A sanitizer's code draws warnings of its own; both compilers' warnings are read elsewhere.
sanitized := -Dc_args=-w -Dwerror=false -Dbuildtype=custom -Doptimization=1 -Ddebug=true -Db_lundef=false
build-asan/build.ninja: $(stamps)/sources meson_options.txt
	$(call configure,build-asan,$(sanitized) -Db_sanitize=address$(comma)undefined)
build-tsan/build.ninja: $(stamps)/sources meson_options.txt
	$(call configure,build-tsan,$(sanitized) -Db_sanitize=thread)
build-fuzz/build.ninja: export CC = clang
build-fuzz/build.ninja: $(stamps)/sources meson_options.txt
	$(call configure,build-fuzz,-Dbuildtype=custom -Doptimization=1 -Ddebug=true -Db_lundef=false \
	    -Dfuzzers=true -Db_sanitize=address -Dc_args=-fsanitize=fuzzer-no-link)
comma := ,

%/node_modules/.stamp: %/package.json %/package-lock.json | need
	@echo 'installing what $*/package-lock.json names, from the npm registry'
	@cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

page_inputs = $(wildcard $(filter-out web/package%,$(shell cat $(stamps)/page 2>/dev/null)))
build/web/index.html: web/node_modules/.stamp $(stamps)/page $(page_inputs)
	@echo 'building the page'
	@cd web && npm run --silent build -- --outDir ../build/web --logLevel warn
	@touch $@
