"""Every setting, from the environment or the file .env; `.env.example` lists them, and a test keeps the two equal."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, IPvAnyAddress, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

import corpus
from bot.errors import SettingsError

SAMPLE_ARTICLES = Path(corpus.__file__).parent / "articles"

WANTED = {
    "TELEGRAM_BOT_TOKEN": "the token that @BotFather gave, such as 123456:ABC-DEF",
    "TELEGRAM_API_URL": "an address that starts with http:// or https://",
    "ADMIN_IDS": "Telegram user ids (whole numbers) separated by commas",
    "ALLOWED_CHATS": "ids of groups (whole numbers, negative) separated by commas",
    "ARTICLES_DIR": "the path of a folder",
    "DATA_DIR": "the path of a folder",
    "FEEDS": "addresses of RSS or Atom feeds, separated by spaces",
    "REFRESH_EVERY": "a number of minutes, 5 or more",
    "CHROMA_URL": "an address that starts with http:// or https://",
    "CHROMA_TOKEN": "the token that the proxy before the Chroma server asks for",
    "WEBHOOK_URL": "an address that starts with https:// and that Telegram reaches",
    "WEBHOOK_SECRET": "1 to 256 of the characters A-Z, a-z, 0-9, _ and -",
    "WEBHOOK_PORT": "a port number, 1 to 65535",
    "METRICS_PORT": "a port number, 1 to 65535",
    "LISTEN_HOST": "an address of this machine, such as 127.0.0.1 or 0.0.0.0",
    "DAILY_QUESTIONS": "a whole number, 0 for no limit",
    "LLM_BASE_URL": "an address that starts with http:// or https://, without user name, password or question mark",
    "LLM_MODEL": "what the endpoint at LLM_BASE_URL calls the model",
    "LLM_API_KEY": "the key that the endpoint at LLM_BASE_URL asks for, without spaces or line breaks",
    "LLM_DAILY_TOKENS": "a whole number, 0 for no limit",
    "LLM_USER_DAILY_TOKENS": "a whole number, 0 for no limit",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
}
"""What each setting must be, in the words of the error that says it is not."""


class Settings(BaseSettings):
    """The settings of one run. Secrets print as asterisks."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    telegram_bot_token: SecretStr | None = Field(
        default=None, description="Without it the conversation is in the terminal."
    )
    telegram_api_url: str = Field(
        default="https://api.telegram.org", description="Another Bot API server, without /bot."
    )
    admin_ids: Annotated[frozenset[int], NoDecode] = Field(
        default=frozenset(), description="Who may change the articles and see /status; empty means nobody."
    )
    allowed_chats: Annotated[frozenset[int], NoDecode] = Field(
        default=frozenset(), description="The groups that the bot stays in; empty means all. Private chats are open."
    )
    articles_dir: Path = Field(default=SAMPLE_ARTICLES, description="The folder of articles.")
    data_dir: Path = Field(default=Path("data"), description="Where the index and the prepared model are kept.")
    feeds: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="RSS or Atom feeds whose items become articles."
    )
    refresh_every: int = Field(default=60, ge=5, description="Minutes between two looks at the feeds.")
    chroma_url: str | None = Field(
        default=None, description="A Chroma server for the vectors, instead of a folder in DATA_DIR."
    )
    chroma_token: SecretStr | None = Field(default=None, description="Sent to the Chroma server as a bearer token.")
    webhook_url: str | None = Field(
        default=None, description="Where Telegram brings the updates; without it they are fetched."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="What Telegram shows as proof that it is Telegram; made anew at each start if empty."
    )
    webhook_port: int = Field(default=8443, ge=1, le=65535, description="Where the reverse proxy finds the webhook.")
    metrics_port: int | None = Field(default=None, ge=1, le=65535, description="Serves /healthz and /metrics.")
    listen_host: IPvAnyAddress = Field(
        default=IPv4Address("127.0.0.1"), description="The address of both ports; 0.0.0.0 in a container."
    )
    daily_questions: int = Field(
        default=0, ge=0, description="How many questions a person may ask in a day; 0 means as many as they like."
    )
    llm_base_url: str | None = Field(
        default=None, description="An OpenAI-compatible endpoint that words the answers; without it quotes answer."
    )
    llm_model: str | None = Field(
        default=None, validate_default=True, description="What that endpoint calls the model; needed where it is set."
    )
    llm_api_key: SecretStr | None = Field(default=None, description="Sent to that endpoint as a bearer token.")
    llm_daily_tokens: int = Field(
        default=0, ge=0, description="How many tokens all people together may use in a day; 0 means no limit."
    )
    llm_user_daily_tokens: int = Field(
        default=0, ge=0, description="How many tokens a person may use in a day; 0 means no limit."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="What is logged to stderr."
    )

    @field_validator("admin_ids", "allowed_chats", mode="before")
    @classmethod
    def _split_ids(cls, value: object) -> object:
        return [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value

    @field_validator("telegram_bot_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        number, colon, secret = value.get_secret_value().partition(":") if value else ("1", ":", "-")
        if not (
            number.isascii() and number.isdecimal() and colon and secret and secret.isascii() and secret.isprintable()
        ):
            raise ValueError
        return value

    @field_validator("telegram_api_url", "chroma_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError
        return value.rstrip("/") if value else None

    @field_validator("llm_base_url")
    @classmethod
    def _is_an_open_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        # What stands there would be in the logs of every proxy on the way; the key has its own setting.
        if not re.fullmatch(r"https?://[^\s?#@]+", value) or not urlsplit(value).hostname:
            raise ValueError
        return value.rstrip("/")

    @field_validator("llm_model")
    @classmethod
    def _is_named_where_there_is_an_endpoint(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("llm_base_url") and not (value and value.strip()):
            raise ValueError
        return value

    @field_validator("llm_api_key")
    @classmethod
    def _fits_into_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[!-~]+", value.get_secret_value()):
            raise ValueError
        return value

    @field_validator("webhook_url")
    @classmethod
    def _is_a_safe_address(cls, value: str | None) -> str | None:
        if value is not None and not (value.startswith("https://") and urlsplit(value).hostname):
            raise ValueError
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _is_taken_by_telegram(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError
        return value

    @model_validator(mode="after")
    def _draw_a_secret(self) -> Self:
        if self.webhook_url and self.webhook_secret is None:
            self.webhook_secret = SecretStr(token_urlsafe(32))
        return self

    @field_validator("feeds", mode="before")
    @classmethod
    def _split_addresses(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("feeds")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(address.startswith(("http://", "https://")) for address in value):
            raise ValueError
        return value

    @field_validator("articles_dir", "data_dir")
    @classmethod
    def _home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


def load() -> Settings:
    """Return the settings of the environment and .env.

    Raises:
        SettingsError: one of them cannot be used; the message names it and what is wanted, never its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        raise SettingsError(f"{name} must be {WANTED.get(name, 'another value')}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("The file .env cannot be read; it must be UTF-8 text.") from error
