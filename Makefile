# Every target is one script; `make` alone lists them.
STACK ?= stack

.PHONY: help build up down test format lint benchmarks clean
help:
	@echo "make build       the optimised binary, at build/leanto"
	@echo "make up          builds, makes a stack in ./$(STACK), starts it, proves it"
	@echo "make down        stops it"
	@echo "make test        everything that CI runs"
	@echo "make format      formats the Swift sources"
	@echo "make benchmarks  measures Leanto beside its peers, into docs/performance.md"
	@echo "make clean       removes what was built; stacks stay"

build:
	@Scripts/build
up:
	@Scripts/up "$(STACK)"
down:
	@Scripts/down "$(STACK)"
test:
	@Scripts/test
lint:
	@Scripts/lint
format:
	@swift format --in-place --recursive --parallel Package.swift Sources Tests
benchmarks: build
	@Benchmarks/install-peers
	@Benchmarks/run
clean:
	@Scripts/clean
