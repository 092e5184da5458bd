"""The parts of the strict Bot API server that `tests.telegram_server` puts together, and their tests."""
