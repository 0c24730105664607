# Goen. `make` alone prints what there is.

SHELL := /bin/bash
.DEFAULT_GOAL := help
NODE_LEAST := 20.19
comma := ,

APP_SOURCES := $(shell find pwa/src pwa/public pwa/tools pwa/index.html pwa/vite.config.ts pwa/tsconfig*.json -type f 2>/dev/null)
GENERATED   := pwa/src/protocol.ts pwa/src/trades.ts docs/forms.md

.PHONY: help run demo dev pwa test check go-test app-test e2e crash hostile fuzz siege match-eval match-fit bench size setup node clean

help: ## print the targets
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

run: pwa ## build the app if its sources changed, and start the server on http://localhost:8080
	go run ./server $(ARGS)

demo: pwa ## the same with an evening of 24 invented people in it, in a folder of its own
	go run ./server $(ARGS) demo

pwa: pwa/dist/index.html ## build the phone app

test: setup check go-test app-test e2e ## everything: format, vet, Go with -race, types, units, size, browser

check: node ## format, vet, staticcheck, generated files fresh
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'gofmt would change these'; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	cd realtime/crowd/storm && go vet ./... && go test ./...
	@tmp=$$(mktemp -d) && go run ./realtime/tsgen -out $$tmp && for f in $(GENERATED); do \
	  cmp -s $$tmp/$$f $$f || { echo "$$f is stale: go generate ./realtime"; exit 1; }; done; rm -rf $$tmp

go-test: ## Go tests with the race detector
	go test -race -shuffle=on -timeout 30m ./...

app-test: pwa/node_modules/.stamp ## types, unit tests, size of the first load
	cd pwa && npm run check && npm test && npm run build && npm run size

e2e: setup pwa ## the browser tests against the real program
	cd pwa && npm run e2e

crash: ## 1,000 deaths of each of three kinds, and damage at every 7th byte, about 15 minutes; see docs/crash.md
	go test -count=1 -timeout 2h -v -run '^TestAcknowledgedIsThere$$' ./server -crash.rounds=$(or $(ROUNDS),1000)
	go test -count=1 -timeout 2h -v -run 'PowerCut|Torn|Bit|Damaged|FullDisk|FailedSync' ./store/sqlite -damage.every=7

hostile: ## 100,000 requests and messages changed by chance (COUNT, SEED); see docs/hostile.md
	GOEN_HOSTILE_COUNT=$(or $(COUNT),100000) GOEN_HOSTILE_SEED=$(or $(SEED),1) go test -count=1 -timeout 2h -v -run '^TestHostileMutations$$' ./server

fuzz: ## every fuzz target for FUZZTIME each (20s)
	@.ci/fuzz

siege: pwa ## attacks in full size against the program itself, and the clock, 7 minutes; docs/bench.md has their figures
	go test -count=1 -timeout 1h -v -run '^TestSiegeInFull$$' ./server -siege

match-eval: ## figures of the matcher on its labelled set, plain and cross-validated
	go run ./realtime/match/eval -figures -data realtime/match/testdata/dev.jsonl -held realtime/match/testdata/held.txt

match-fit: ## fit the matcher's weights anew, after the lexicon has changed; then go test ./realtime/match/eval -update
	go run ./realtime/match/eval -fit realtime/match/data/weights.tsv -data realtime/match/testdata/dev.jsonl -held realtime/match/testdata/held.txt

bench: storm ## benchmarks, and the room beside two peers; docs/bench.md says what they mean
	go test -run '^$$' -bench . -benchmem ./...

storm: ## thousands of phones: the room, a server on centrifuge and a plain hub, in one interleaved run
	cd realtime/crowd/storm && go build -o $(CURDIR)/bin/ ./... && cd $(CURDIR)/bin && ./storm compare -rounds $(or $(ROUNDS),3) -steady 4s -sat 3s \
	  -shapes $(or $(SHAPES),100x50$(comma)1x300$(comma)1x500$(comma)1x2000$(comma)1x5000$(comma)1x10000) -out storm.jsonl \
	  -target 'A=centrifuge=./peer-a -addr {addr}' -target 'B=raw=./peer-b -addr {addr}' -target 'Goen=goen=./room -addr {addr}' | tee storm.md
	{ printf '%s\n' '# The storm' '' 'The tables of the last `make storm`, as they came: medians, with the smallest and largest value. docs/bench.md says what they mean.'; \
	  cat bin/storm.md; } > docs/storm.md

dev: pwa/node_modules/.stamp ## app with live reload (start `make run` beside it)
	cd pwa && npm run dev

setup: node ## what the tests need of the machine: a C compiler, chromium, Japanese fonts
	@.ci/setup

clean: ## remove what was built
	rm -rf pwa/node_modules bin
	find pwa/dist -mindepth 1 ! -name .gitkeep -delete

node:
	@command -v node >/dev/null || { echo 'Node.js $(NODE_LEAST) or newer is needed to build the phone app'; exit 1; }
	@node -e 'const [a,b]=process.versions.node.split(".").map(Number), [c,d]="$(NODE_LEAST)".split(".").map(Number); process.exit(a>c||a==c&&b>=d?0:1)' \
	  || { echo "Node.js $(NODE_LEAST) or newer is needed, this is $$(node --version)"; exit 1; }

pwa/node_modules/.stamp: pwa/package-lock.json | node
	cd pwa && npm ci --no-audit --no-fund
	@touch $@

pwa/dist/index.html: pwa/node_modules/.stamp $(APP_SOURCES)
	cd pwa && npm run build
	@touch $@
