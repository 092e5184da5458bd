# Two commands are enough: `make run` and `make test`. Each sets up what it needs, from the package registry only.
PYTHON ?= python3
UV := .tools/bin/uv
SYNC := UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --quiet --python $(PYTHON)
RUN := UV_PYTHON_DOWNLOADS=never $(UV) run --frozen --no-sync

.PHONY: run test soak check format bench bench-reload bench-scale bench-load docs setup clean

run: $(UV)  ## set up, index the articles, serve Telegram (or talk in the terminal without a token)
	@$(SYNC) --inexact --no-default-groups
	@$(RUN) footnote run

test: $(UV)  ## set up and run every test, in three processes: much of a test is waiting
	@$(SYNC) --inexact --no-default-groups --group test --group bench
	@$(RUN) pytest -n 3 --dist worksteal

soak: $(UV)  ## every test with many examples and rounds: kills, races, full disks, hundreds of reloads (an hour or two)
	@$(SYNC) --inexact --no-default-groups --group test --group bench
	@FOOTNOTE_SOAK=1 $(RUN) pytest -n 2 --dist worksteal

check: $(UV)  ## ruff and mypy --strict
	@$(SYNC)
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) mypy

format: $(UV)  ## mend what ruff can mend
	@$(SYNC)
	@$(RUN) ruff check --fix
	@$(RUN) ruff format

bench: $(UV)  ## measure quality and speed, write docs/benchmarks.md
	@$(SYNC) --inexact --no-default-groups --group test --group bench
	@$(RUN) python -m tests.bench.quality

bench-reload: $(UV)  ## measure what a reload costs, write docs/reload.md
	@$(SYNC) --inexact --no-default-groups --group test --group bench
	@$(RUN) python -m tests.bench.reload

bench-scale: $(UV)  ## measure growth up to 100,000 passages (an hour), write docs/scale.svg
	@$(SYNC) --inexact --no-default-groups --group test --group bench
	@$(RUN) python -m tests.bench.scale

bench-load: $(UV)  ## measure 1,000 chats at 30 questions a second (five minutes on an index made in an hour), write docs/load.md
	@$(SYNC) --inexact --no-default-groups --group test --group bench
	@$(RUN) python -m tests.bench.load

docs: $(UV)  ## hold the conversation of the README and draw it (needs Chromium), write docs/conversation.png
	@$(SYNC) --inexact --no-default-groups --group test --group bench
	@$(RUN) python -m tests.docs.conversation

setup: $(UV)  ## everything a developer needs, in .venv
	@$(SYNC)

clean:  ## remove what the commands above made, except DATA_DIR
	rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis

# `pip install --target` also works where the system's Python refuses installs into itself.
$(UV): uv-version.txt
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-warn-script-location \
		--upgrade --target .tools -r uv-version.txt
	@touch $@
