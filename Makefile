# Tresen. `make run` opens a shop in a laptop, `make test` checks everything.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
GO ?= go
ADDR ?= 127.0.0.1:8080
DATA ?= ./var/shop
export CGO_ENABLED = 0

.PHONY: run build test check bench soak soak-kill soak-fuzz soak-cuts soak-million fmt image boottest fuzz deps clean

## Programs

build:
	$(GO) build -trimpath -o bin/tresen ./firmware/tresen
	$(GO) build -trimpath -o bin/shop ./tools/shop
	$(GO) build -trimpath -o bin/tresenctl ./tools/tresenctl

run: build
	@ADDR=$(ADDR) DATA=$(DATA) exec bin/shop

image: deps
	$(GO) run ./image/build

## Checks

fmt:
	gofmt -w $$(git ls-files '*.go')

# Format, vet, staticcheck, layers and unit tests, cross builds: under 3 minutes.
check:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "run make fmt on:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags boottest ./image/...
	$(GO) -C tools/lint build -o ../../bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck ./...
	GO="$(GO)" tools/gotest.sh -short ./...
	for t in linux/arm64 linux/arm linux/amd64; do \
	  GOOS=$${t%/*} GOARCH=$${t#*/} GOARM=7 $(GO) build -o /dev/null ./firmware/tresen && echo "builds for $$t" || exit 1; done

# Everything, on a fresh machine: what it needs, it installs.
test: deps
	$(MAKE) check
	$(GO) run ./tools/webbuild -check
	$(GO) run ./tools/webbuild -types
	CGO_ENABLED=1 GO="$(GO)" tools/gotest.sh -race -count=1 -timeout 20m ./...
	$(MAKE) fuzz FUZZTIME=3s
	$(MAKE) boottest

deps:
	@tools/deps.sh

boottest: image
	$(GO) test -tags boottest -count=1 -timeout 20m -v ./image/boottest

# Each fuzz target in turn, for FUZZTIME.
FUZZTIME ?= 60s
fuzz:
	tools/fuzz.sh $(FUZZTIME)

## Figures

bench: deps build
	$(GO) run ./tools/bench
	@$(MAKE) --no-print-directory boottest | grep -E '^(boot_to_http_s|image_)'

# The long campaigns, at most 60 minutes; the last figures stand in docs/figures.md.
soak: deps build
	timeout 60m $(MAKE) soak-kill soak-fuzz soak-cuts soak-million

soak-kill:
	SOAK=1 SOAK_DIR=/dev/shm $(GO) test -count=1 -timeout 25m -run 'Kill|Crash|Day|Promises|Random' -v ./tools/e2e ./hal/tse/softtse ./pos/... 2>&1 | grep -E '^(ok|FAIL|---|panic)|kills,'

soak-fuzz:
	tools/fuzz.sh 60s

soak-cuts: image
	SOAK=1 $(GO) test -tags boottest -count=1 -timeout 20m -v ./image/boottest

soak-million:
	$(GO) run ./tools/bench -only large -million

clean:
	rm -rf bin out var .cache
