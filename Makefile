# 道しるべ: set up, run, test. Needs python3, make and the package registries; everything else is fetched.
SHELL := /bin/bash
ENGINE := .venv/engine/bin
DESK := .venv/desk/bin
# Rasa's dependencies warn on import about things nobody here can change; and nothing is reported to anybody.
export PYTHONPATH := .
export PYTHONWARNINGS ?= ignore
# Some shells and images forbid it; then every start compiles a thousand modules anew, for four seconds.
export PYTHONDONTWRITEBYTECODE :=
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export DATA_DIR ?= var

.DEFAULT_GOAL := help
.PHONY: test-faults test-faults-full bench-desk bench-console bench bench-stock bench-nlu test-nlu help setup setup-dev lock train run chat test test-tools check-knowledge adviser widget lint

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
	@export OPENBLAS_NUM_THREADS=1; \
	$(ENGINE)/python -m actions.self_analysis.train & beside=$$!; \
	$(ENGINE)/python -W ignore -m actions.knowledge.train; done=$$?; \
	wait $$beside && exit $$done

run: train check-settings ## Start engine and desk; prints the addresses (PORT, ENGINE_PORT, DATA_DIR)
	@exec $(DESK)/python -m desk.run

chat: train ## Talk to the engine in the terminal
	@SANIC_HOST=127.0.0.1 $(ENGINE)/python -m rasa_sdk --actions actions --port 5055 >/dev/null 2>&1 & actions=$$!; \
	trap "kill $$actions 2>/dev/null" EXIT; \
	until (exec 3<>/dev/tcp/127.0.0.1/5055) 2>/dev/null; do kill -0 $$actions || exit 1; sleep 0.2; done; \
	$(ENGINE)/rasa shell --model models/michishirube.tar.gz

# A name or a password may hold anything that a shell or make would take for its own: they travel in the environment.
adviser: export ADVISER_NAME := $(value NAME)
adviser: export ADVISER_PASSWORD := $(value PASSWORD)
adviser: export ADVISER_DISPLAY_NAME := $(value DISPLAY_NAME)
adviser: setup ## Make an adviser's account: NAME=... PASSWORD=... [ROLE=adviser|supervisor|admin] [DISPLAY_NAME=...]
	@$(DESK)/python -m desk.manage adviser --role "$(ROLE)"

check-knowledge: setup ## Check what the bot knows; says file, line and cure
	@$(ENGINE)/python -m actions.knowledge.check

widget: ## Build widget/dist/widget.js from widget/src (needs Node.js)
	@cd widget && npm ci --silent && npm run --silent build

test-tools:
	@python3 bin/test_tools.py

ENGINE_TESTS = tests/bot tests/nlu tests/actions tests/stories
DESK_TESTS = tests/desk tests/line
# Mostly they wait: for processes that come up, for a browser.
SERVICE_TESTS = tests/faults tests/browser

test: setup-dev test-tools train check-knowledge ## The whole suite, its parts side by side
	@python3 bin/side_by_side.py "tests of the engine=$(ENGINE)/pytest $(ENGINE_TESTS)" \
		"tests of the desk=$(DESK)/pytest $(DESK_TESTS)" "tests of both together=$(DESK)/pytest $(SERVICE_TESTS)"

lint: setup-dev ## ruff and mypy over both halves
	$(ENGINE)/ruff check . && $(ENGINE)/ruff format --check .
	$(ENGINE)/mypy bot actions
	$(DESK)/mypy --config-file desk/mypy.ini desk

simulate-analysis: setup ## How many simulated people land in each band of the self-analysis
	@$(ENGINE)/python -m actions.self_analysis.simulate

bench: train ## Measure the engine (beside stock Rasa where `make bench-stock` was run); writes docs/performance.md
	@$(ENGINE)/python bench/engine.py $(BENCH)

test-faults: setup-dev ## Kill desk, engine and database during conversations, in CI's size
	$(DESK)/pytest tests/faults

test-faults-full: setup-dev ## The same with 500 conversations of 10 turns, and 10,000 hostile requests (an hour)
	FAULTS_FULL=1 HOSTILE_FULL=1 $(DESK)/pytest tests/faults tests/desk/test_hostile.py tests/line/test_story.py::test_hostile_requests_store_nothing

bench-desk: setup-dev ## The desk alone: its share of a turn, 1,000 event streams, memory
	@$(DESK)/python -m bench.desk

bench-console: setup-dev ## The console on 100,000 conversations in DATABASE_URL (or SQLite in DATA_DIR): list, thread, search
	@$(DESK)/python -m bench.console $(BENCH)

bench-stock: setup ## Rasa with TensorFlow in an environment of its own, trained on the same data (EPOCHS=100: an hour)
	@bench/stock/make.sh

bench-nlu: setup-dev ## The candidates for the language understanding in one table (about ten minutes)
	@$(ENGINE)/python -W ignore -m bench.nlu

test-nlu: setup-dev ## Cross-validation of the training data: a line an intent, with what it is confused with
	@$(ENGINE)/python -W ignore -m bench.nlu --confusion

check-settings: setup ## Check data/operator.yml, data/safety/ and the texts
	@$(ENGINE)/python -m bot.check_settings
.PHONY: check-settings

line-menu: setup ## Make or renew the rich menu of the LINE account
	@$(DESK)/python -m desk.manage line_menu

bench-line: setup-dev ## LINE's webhook at 50 events a second, with the engine answering, slow and stopped
	@$(DESK)/python -m bench.line
.PHONY: line-menu bench-line
