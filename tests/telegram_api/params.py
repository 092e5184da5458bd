"""The parameters of one Bot API call, whichever way they were sent: query string, form, JSON or multipart."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.telegram_api.rules import Json, Refusal, bad_request

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart call."""

    name: str
    data: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Params:
    """Values by name, read as the type that the method wants."""

    values: Mapping[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    @classmethod
    async def from_request(cls, request: web.Request) -> Params:
        values: dict[str, Any] = dict(request.query)
        uploads: dict[str, Upload] = {}
        if request.content_type == "application/json":
            body = await request.text()
            values.update(_parsed(body, "the request body") if body else {})
        else:
            try:
                form = await request.post()
            except web.HTTPRequestEntityTooLarge:
                raise Refusal(413, "Request Entity Too Large") from None
            for name, value in form.items():
                if isinstance(value, web.FileField):
                    uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
                else:
                    values[name] = value
        return cls(values, uploads)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return None if value is None else str(value)

    def integer(self, name: str) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'field "{name}" must be a valid Number') from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "yes", "1"}

    def array(self, name: str) -> list[Any] | None:
        value = self._decoded(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"expected an Array of {name}")
        return value

    def mapping(self, name: str) -> Json | None:
        value = self._decoded(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name.replace('_', ' ')}")
        return value

    def upload(self, name: str) -> Upload | None:
        """The file sent under this name, or under the name that `attach://` points to."""
        value = self.values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.uploads.get(value.removeprefix("attach://"))
        return self.uploads.get(name)

    def _decoded(self, name: str) -> Any:  # noqa: ANN401 - JSON is any of seven types
        value = self.values.get(name)
        if isinstance(value, str):
            return _parsed(value, f"{name.replace('_', ' ')} JSON object") if value else None
        return value


def _parsed(text: str, what: str) -> Any:  # noqa: ANN401 - JSON is any of seven types
    try:
        return json.loads(text)
    except ValueError:
        raise bad_request(f"can't parse {what}") from None
