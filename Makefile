# 道しるべ: set up, run, test. Needs python3, make and the package registries; everything else is fetched.
SHELL := /bin/bash
ENGINE := .venv/engine/bin
DESK := .venv/desk/bin
# Rasa's dependencies warn on import about things nobody here can change; and nothing is reported to anybody.
export PYTHONPATH := .
export PYTHONWARNINGS ?= ignore
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export DATA_DIR ?= var

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev lock train run chat test lint

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 22

setup: ## The two environments, from the lock files
	@python3 bin/setup.py

setup-dev: ## The same, with the tools for tests and checks
	@python3 bin/setup.py --dev

lock: ## Write the lock files anew from requirements/*.in
	@python3 bin/setup.py --lock

train: setup ## Train the model, if its inputs changed
	@$(ENGINE)/python -m bot.train

lint: setup-dev ## ruff and mypy over both halves
	$(ENGINE)/ruff check . && $(ENGINE)/ruff format --check .
	$(ENGINE)/mypy bot actions
	$(DESK)/mypy desk
