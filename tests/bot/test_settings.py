from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import SettingsError
from bot.settings import SAMPLE_ARTICLES, WANTED, Settings, load

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / ".env.example"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the machine's environment nor a .env of the working folder has a say here."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def loaded(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load()


def test_without_any_setting_everything_has_a_default() -> None:
    settings = load()

    assert settings.telegram_bot_token is None
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.admin_ids == frozenset()
    assert settings.articles_dir == SAMPLE_ARTICLES
    assert settings.data_dir == Path("data")
    assert settings.log_level == "INFO"


def test_the_default_articles_are_there() -> None:
    assert list(SAMPLE_ARTICLES.glob("*.md"))


BAD = [
    ("TELEGRAM_BOT_TOKEN", "zebra"),
    ("TELEGRAM_BOT_TOKEN", "zebra:ABC"),
    ("TELEGRAM_BOT_TOKEN", "123456:"),
    ("TELEGRAM_BOT_TOKEN", "123456:zebrä"),
    ("TELEGRAM_BOT_TOKEN", "123456:zebra\n"),
    ("TELEGRAM_API_URL", "zebra.example.org"),
    ("TELEGRAM_API_URL", "ftp://zebra.example.org"),
    ("ADMIN_IDS", "zebra"),
    ("ADMIN_IDS", "12, zebra"),
    ("ADMIN_IDS", "12.5"),
    ("ADMIN_IDS", "@zebra"),
    ("WEBHOOK_URL", "http://zebra.example.org/updates"),
    ("WEBHOOK_URL", "https://"),
    ("WEBHOOK_SECRET", "zebra stripes"),
    ("WEBHOOK_SECRET", "zebrä"),
    ("WEBHOOK_SECRET", "zebra" * 52),
    ("WEBHOOK_PORT", "zebra"),
    ("WEBHOOK_PORT", "0"),
    ("METRICS_PORT", "65536"),
    ("LISTEN_HOST", "zebra"),
    ("LLM_BASE_URL", "zebra.example.org/v1"),
    ("LLM_BASE_URL", "ftp://zebra.example.org/v1"),
    ("LLM_BASE_URL", "https://"),
    ("LLM_BASE_URL", "https:///zebra"),
    ("LLM_BASE_URL", "https://zebra:stripes@example.org/v1"),
    ("LLM_BASE_URL", "https://example.org/v1?key=zebra"),
    ("LLM_BASE_URL", "https://example.org/v1#zebra"),
    ("LLM_BASE_URL", "https://example.org/ zebra"),
    ("LLM_API_KEY", "zebra stripes"),
    ("LLM_API_KEY", "zebra\nHost: example.org"),
    ("LLM_API_KEY", "zebrä"),
    ("LLM_DAILY_TOKENS", "zebra"),
    ("LLM_DAILY_TOKENS", "-1"),
    ("LLM_USER_DAILY_TOKENS", "1.5"),
    ("LOG_LEVEL", "zebra"),
    ("LOG_LEVEL", "10"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused_in_one_sentence_that_names_the_setting_and_not_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(monkeypatch, **{name: value})

    assert str(refused.value) == f"{name} must be {WANTED[name]}."
    assert "zebr" not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_not_even_the_cause_of_a_refusal_repeats_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(monkeypatch, **{name: value})

    assert "zebr" not in str(refused.value.__cause__)


def test_a_bad_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"LOG_LEVEL=\xff\xfe")

    with pytest.raises(SettingsError, match=r"^The file \.env cannot be read; it must be UTF-8 text\.$"):
        load()


def test_the_file_is_read_and_the_environment_goes_before_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ADMIN_IDS=1\nLOG_LEVEL=ERROR\nSOMETHING_ELSE=3\n", encoding="utf-8")

    settings = loaded(monkeypatch, LOG_LEVEL="debug")

    assert settings.admin_ids == {1}
    assert settings.log_level == "DEBUG"


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("", set()),
        (" ", set()),
        (",", set()),
        ("12", {12}),
        ("12,34", {12, 34}),
        (" 12 , 34 , ", {12, 34}),
        ("12 34", {12, 34}),
        ("12,12", {12}),
        ("5000000000", {5_000_000_000}),
    ],
)
def test_admin_ids_take_commas_spaces_or_nothing(monkeypatch: pytest.MonkeyPatch, value: str, ids: set[int]) -> None:
    assert loaded(monkeypatch, ADMIN_IDS=value).admin_ids == ids


def test_an_empty_setting_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, TELEGRAM_BOT_TOKEN="", ARTICLES_DIR="", DATA_DIR="", LOG_LEVEL="")

    assert settings == load()
    assert settings.telegram_bot_token is None
    assert settings.data_dir == Path("data")


def test_the_address_of_the_server_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, TELEGRAM_API_URL="http://127.0.0.1:8081/").telegram_api_url == "http://127.0.0.1:8081"


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, DATA_DIR="~/footnote").data_dir == Path.home() / "footnote"


@pytest.mark.parametrize("show", [repr, str, lambda settings: repr(settings.model_dump())])
def test_the_token_is_masked_wherever_settings_are_shown(
    monkeypatch: pytest.MonkeyPatch, show: Callable[[Settings], str]
) -> None:
    settings = loaded(monkeypatch, TELEGRAM_BOT_TOKEN="123456:zebra")  # noqa: S106 - the token of no bot

    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.get_secret_value() == "123456:zebra"
    assert "zebra" not in show(settings)
    assert "**********" in show(settings)


def test_the_key_of_the_language_model_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, LLM_API_KEY="sk-zebra")

    assert settings.llm_api_key is not None
    assert settings.llm_api_key.get_secret_value() == "sk-zebra"
    assert "zebra" not in repr(settings) + str(settings) + repr(settings.model_dump())


@pytest.mark.parametrize("model", ["", " "])
def test_an_endpoint_needs_the_name_of_a_model(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(monkeypatch, LLM_BASE_URL="https://zebra.example.org/v1", LLM_MODEL=model)

    assert str(refused.value) == f"LLM_MODEL must be {WANTED['LLM_MODEL']}."


def test_a_model_without_an_endpoint_is_not_used_and_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, LLM_MODEL="small-model", LLM_API_KEY="sk-zebra")

    assert settings.llm_base_url is None


def test_a_local_endpoint_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, LLM_BASE_URL="http://127.0.0.1:11434/v1/", LLM_MODEL="small-model")

    assert settings.llm_base_url == "http://127.0.0.1:11434/v1"
    assert settings.llm_model == "small-model"
    assert settings.llm_api_key is None
    assert (settings.llm_daily_tokens, settings.llm_user_daily_tokens) == (0, 0)


def example_values() -> dict[str, str]:
    """The settings of .env.example, whether they are commented out or not."""
    found = re.findall(r"^#? ?([A-Z][A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)


def test_the_example_lists_exactly_the_settings_in_their_order() -> None:
    assert list(example_values()) == [name.upper() for name in Settings.model_fields]


def test_every_setting_has_its_sentence_for_a_bad_value() -> None:
    assert set(WANTED) == {name.upper() for name in Settings.model_fields}


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, **{name: value for name, value in example_values().items() if value})

    monkeypatch.undo()
    given = {name: getattr(settings, name) for name in Settings.model_fields if example_values()[name.upper()]}
    defaults = {name: Settings.model_fields[name].get_default(call_default_factory=True) for name in given}
    for value in (given, defaults):
        if "articles_dir" in value:
            value["articles_dir"] = (ROOT / value["articles_dir"]).resolve()
    assert given == defaults


def test_a_webhook_without_a_secret_gets_one_at_each_start(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (loaded(monkeypatch, WEBHOOK_URL="https://bot.example.org/updates") for _ in range(2))

    assert first.webhook_secret is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{40,256}", first.webhook_secret.get_secret_value())
    assert first.webhook_secret != second.webhook_secret


def test_without_a_webhook_there_is_no_secret() -> None:
    assert load().webhook_secret is None
