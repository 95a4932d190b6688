# The front door: `make help`. Everything runs in .venv, made from requirements.lock by the first command that needs it.
PYTHON ?= python3
VENV := .venv/bin
# The tests of the whole stack go to one of them, so more than two gain little.
processes ?= 2
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help up down reset status logs url demo test test-full lint format texts screenshots bench lock

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: ## bring the CRM up and print its addresses and log-ins
	@$(PYTHON) -m stack up

down: ## stop everything that `up` started
	@$(PYTHON) -m stack down

reset: ## stop, and forget all data
	@$(PYTHON) -m stack reset

status: ## one line per process
	@$(PYTHON) -m stack status

logs: ## show the logs (name=billing-worker for one of them)
	@$(PYTHON) -m stack logs $(name)

url: ## print the address of the running CRM
	@$(PYTHON) -m stack url

demo: ## play the whole sales cycle over HTTP against the running CRM
	@$(PYTHON) -m stack venv
	@$(VENV)/python -m stack.demo

test: ## run every test that needs no Docker engine (args="-k billing" for some of them, processes=1 one after the other)
	@CRM_INFRASTRUCTURE=native CRM_BROWSER=1 $(PYTHON) -m stack prepare
	@mkdir -p var
	@$(VENV)/python -m pytest -q -n $(processes) --dist loadscope --junitxml=var/junit.xml $(args)

test-full: ## the same with the long forms of the load and fault tests
	@CRM_FULL=1 $(MAKE) --no-print-directory test

lint: ## style, types and import rules
	@$(PYTHON) -m stack venv
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy --strict services libs sandbox stack
	@$(VENV)/lint-imports

format: ## put the code into its one form
	@$(PYTHON) -m stack venv
	@$(VENV)/ruff check --fix-only --quiet .
	@$(VENV)/ruff format .

texts: ## collect the pages' texts into the catalogues
	@$(PYTHON) -m stack venv
	@$(VENV)/python -m services.gateway.web.texts

screenshots: ## take a picture of every page, light and dark, desktop and phone (var/screenshots)
	@CRM_BROWSER=1 $(PYTHON) -m stack prepare
	@$(VENV)/python -m stack.screenshots

bench: ## run the benchmarks, one JSON line per figure
	@$(PYTHON) -m stack prepare
	@$(VENV)/python -m bench

lock: ## write requirements.lock, and one lock per service for its image
	@$(PYTHON) -m stack venv
	@$(VENV)/python -m stack.lock
