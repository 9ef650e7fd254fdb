"""Every setting of the operator, typed, once (contract §3)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args, get_origin
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.words import Policy

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# All of them or none: an official account without one of these can do nothing.
OFFICIAL_ACCOUNT = (
    "zalo_oa_id",
    "zalo_oa_app_id",
    "zalo_oa_app_secret",
    "zalo_oa_secret_key",
    "zalo_oa_refresh_token",
)


_ZALO_TOKEN = r"[0-9]+:[A-Za-z0-9_.-]+"  # as Zalo's own server gives them


class WrongSetting(Exception):
    """A setting is wrong or missing; the message is one line that names it."""


class Settings(BaseSettings):
    """Read from VONGTAY_… variables and from a .env file."""

    model_config = SettingsConfigDict(
        env_prefix="VONGTAY_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
    )

    data_dir: Path = Path("data")
    database_url: str = ""
    master_key: str = ""
    master_key_file: Path | None = None
    timezone: str = "Asia/Ho_Chi_Minh"
    public_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)

    telegram_token: str = ""
    telegram_api_base: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: str = ""
    telegram_proxy: str = ""
    telegram_personal_data: Policy = "code_only"

    zalo_bot_token: str = ""
    zalo_bot_api_base: str = "https://bot-api.zaloplatforms.com"
    zalo_bot_mode: Literal["polling", "webhook"] = "polling"
    zalo_bot_secret: str = ""
    # What a free bot had in September 2026, by third parties who read its page; Zalo's own number
    # stands in its bot creator.
    zalo_bot_monthly: int = Field(3000, ge=1, le=10_000_000)
    zalo_bot_personal_data: Policy = "full"
    zalo_oa_id: str = ""
    zalo_oa_app_id: str = ""
    zalo_oa_app_secret: str = ""
    zalo_oa_secret_key: str = ""
    zalo_oa_refresh_token: str = ""
    zalo_oa_api_base: str = "https://openapi.zalo.me"
    zalo_oa_oauth_base: str = "https://oauth.zaloapp.com"
    zalo_oa_signature: Literal[
        "any",
        "app_id+secret_key",
        "oa_id+secret_key",
        "app_id+app_secret",
        "oa_id+app_secret",
    ] = "any"
    zalo_oa_template_alarm: str = ""
    zalo_oa_template_push: str = ""
    zalo_oa_personal_data: Policy = "full"

    zalo_link: str = ""

    web_chat: Literal["on", "off"] = "on"
    web_personal_data: Policy = "full"

    # Policy of the commune, not law: process.md part (b), clocks P1 and K1.
    answer_hours: float = Field(24, gt=0, le=24 * 60)
    escalate_minutes: float = Field(15, gt=0, le=24 * 60)
    pushes_per_hour: int = Field(20, ge=1, le=1000)

    @field_validator("data_dir", "master_key_file")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        """In a .env file no shell has put the home in the place of ~."""
        try:
            return value.expanduser() if value else value
        except RuntimeError:
            raise ValueError("the home that ~ stands for is not known") from None

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("no such time zone") from None
        return value

    @field_validator(
        "public_url",
        "telegram_api_base",
        "zalo_bot_api_base",
        "zalo_oa_api_base",
        "zalo_oa_oauth_base",
        "zalo_link",
    )
    @classmethod
    def _address(cls, value: str, info: ValidationInfo) -> str:
        # Paths are put behind our own, and people are sent there.
        refused = r"[\s?#@\\]" if info.field_name == "public_url" else r"\s"
        plain = not re.search(refused, value)
        if value and not (plain and _is_address(value, "http", "https")):
            raise ValueError("must be an address like https://bot.example.vn")
        return value.rstrip("/")

    @field_validator("telegram_proxy")
    @classmethod
    def _proxy(cls, value: str) -> str:
        if value and not _is_address(value, "http", "https", "socks5", "socks5h"):
            raise ValueError("must be an address like socks5://10.0.0.1:1080")
        return value

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, value: str) -> str:
        if value and not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", value):
            raise ValueError("must look like 12345:letters")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret(cls, value: str) -> str:
        # Bot API, setWebhook: 1-256 characters, A-Z, a-z, 0-9, _ and -
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
            raise ValueError("may hold up to 256 of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("zalo_bot_token")
    @classmethod
    def _zalo_token(cls, value: str) -> str:
        # It becomes a part of every address; other servers of the platform know other forms.
        if value and not re.fullmatch(r"[A-Za-z0-9_:.-]{2,200}", value):
            raise ValueError("must be one word like 12345:letters")
        return value

    @field_validator("zalo_bot_secret")
    @classmethod
    def _zalo_secret(cls, value: str) -> str:
        # setWebhook of the bot platform takes 8 to 256; what a header can carry is ours to ask
        if value and not re.fullmatch(r"[!-~]{8,256}", value):
            raise ValueError("must have 8 to 256 letters, digits or signs, without spaces")
        return value

    @field_validator("zalo_oa_id", "zalo_oa_app_id")
    @classmethod
    def _zalo_id(cls, value: str) -> str:
        if value and not re.fullmatch(r"[0-9]{1,30}", value, re.ASCII):
            raise ValueError("must be a number as Zalo shows it")
        return value

    @field_validator("zalo_oa_app_secret", "zalo_oa_secret_key", "zalo_oa_refresh_token")
    @classmethod
    def _zalo_word(cls, value: str) -> str:
        if value and not re.fullmatch(r"[!-~]+", value):
            raise ValueError("must be one word without spaces, as Zalo shows it")
        return value

    @field_validator("zalo_oa_template_alarm", "zalo_oa_template_push")
    @classmethod
    def _zalo_template(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{1,50}", value):
            raise ValueError("must be the id of an approved template")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not _sqlite_file(value) and not _is_address(value, "postgresql+asyncpg"):
            raise ValueError(
                "must be sqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
            )
        return value

    @model_validator(mode="after")
    def _together(self) -> Settings:
        if self.telegram_token and self.telegram_mode == "webhook":
            if not self.public_url:
                raise ValueError("VONGTAY_PUBLIC_URL is needed for TELEGRAM_MODE=webhook")
            if not self.telegram_webhook_secret:
                raise ValueError("VONGTAY_TELEGRAM_WEBHOOK_SECRET is needed for a webhook")
        if self.zalo_bot_token and self.zalo_bot_mode == "webhook":
            if not self.public_url:
                raise ValueError("VONGTAY_PUBLIC_URL is needed for ZALO_BOT_MODE=webhook")
            if not self.zalo_bot_secret:
                raise ValueError("VONGTAY_ZALO_BOT_SECRET is needed for a webhook")
        own = self.zalo_bot_api_base == type(self).model_fields["zalo_bot_api_base"].default
        if self.zalo_bot_token and own and not re.fullmatch(_ZALO_TOKEN, self.zalo_bot_token):
            raise ValueError("VONGTAY_ZALO_BOT_TOKEN: must look like 12345:letters")
        given = [name for name in OFFICIAL_ACCOUNT if getattr(self, name)]
        if given and (missing := [name for name in OFFICIAL_ACCOUNT if name not in given]):
            names = f"VONGTAY_{missing[0].upper()}", given[0].upper()
            raise ValueError("{} is needed where {} is set".format(*names))
        for name in ("telegram", "zalo_bot"):
            secret = "telegram_webhook_secret" if name == "telegram" else "zalo_bot_secret"
            needs = f"VONGTAY_{name.upper()}_TOKEN is needed where {{}}"
            if not getattr(self, f"{name}_token"):
                if getattr(self, secret):
                    raise ValueError(needs.format(f"{secret.upper()} is set"))
                if getattr(self, f"{name}_mode") == "webhook":
                    raise ValueError(needs.format(f"{name.upper()}_MODE is webhook"))
        return self

    @property
    def zalo_address(self) -> str:
        """What people open to write to us on Zalo: the operator's link, or the account's own."""
        if self.zalo_link or not self.zalo_oa_id:
            return self.zalo_link
        return f"https://zalo.me/{self.zalo_oa_id}"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'vongtay.sqlite3'}"

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database."""
        return _sqlite_file(self.database)

    @property
    def key_file(self) -> Path:
        """Where the master key is, when it is not given itself."""
        return self.master_key_file or self.data_dir / "master.key"

    @property
    def policies(self) -> dict[str, Policy]:
        """The personal-data policy of each channel."""
        return {
            "telegram": self.telegram_personal_data,
            "zalo_bot": self.zalo_bot_personal_data,
            "zalo_oa": self.zalo_oa_personal_data,
            "web": self.web_personal_data,
        }


def _is_address(value: str, *schemes: str) -> bool:
    """Whether this is an address of one of these schemes, with a host where one is needed."""
    scheme, separator, _ = value.partition("://")
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    needs_host = not scheme.startswith("postgresql")  # it may listen on a socket file
    return bool(separator) and scheme in schemes and (bool(host) or not needs_host)


def _sqlite_file(url: str) -> Path | None:
    """The file that a SQLite address names; None when it is another, or lives in memory only."""
    found = re.fullmatch(r"sqlite(?:\+\w+)?:///([^?]+)(?:\?.*)?", url)
    return Path(found[1]) if found and found[1] != ":memory:" else None


def unknown() -> list[str]:
    """What is named like a setting and is none: a slip of the pen, most likely."""
    known = {f"VONGTAY_{name}".upper() for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *dotenv_values(".env"))}
    return sorted(name for name in given - known if name.startswith("VONGTAY_"))


def _wanted(mistake: ErrorDetails) -> str:
    """What a setting must be, in plain words, where pydantic would say it in its own."""
    field = Settings.model_fields.get(str(mistake["loc"][0]).lower() if mistake["loc"] else "")
    if field is None or mistake["type"] == "value_error":
        return ""
    if get_origin(field.annotation) is Literal:
        *others, last = get_args(field.annotation)
        return f"must be {', '.join(others)} or {last}"
    if field.annotation not in (int, float):
        return ""
    limits = {type(each).__name__.lower(): each for each in field.metadata}
    least = getattr(limits.get("ge"), "ge", None)
    most = getattr(limits.get("le"), "le", None)
    if field.annotation is int:
        return f"must be a whole number from {least} to {most}"
    return f"must be a number over {getattr(limits.get('gt'), 'gt', 0)}, up to {most}"


def _whole_file() -> None:
    """Raises WrongSetting for a line of .env that would be passed over: it was meant to set."""
    file = Path(".env")
    if not file.is_file():
        return
    with file.open(encoding="utf-8") as lines:
        for found in parse_stream(lines):
            line = found.original.line
            if found.error:
                raise WrongSetting(f".env: line {line}: cannot be read; is a quote never closed?")
            if found.value is None and found.key and found.key.upper().startswith("VONGTAY_"):
                raise WrongSetting(f".env: line {line}: {found.key} has no = and no value")


def load(**overrides: object) -> Settings:
    """The settings of the environment. Raises WrongSetting: one line that names the setting."""
    try:
        _whole_file()
        return Settings(**overrides)  # type: ignore[arg-type]
    except UnicodeDecodeError:
        raise WrongSetting(".env: the file is not in UTF-8") from None
    except ValidationError as problem:
        first = problem.errors()[0]
        reason = _wanted(first) or first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise WrongSetting(reason) from None
        name = "VONGTAY_" + str(first["loc"][0]).upper().removeprefix("VONGTAY_")
        raise WrongSetting(f"{name}: {reason}") from None
