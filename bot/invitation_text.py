"""What is forwarded to somebody who is invited: links and a few warm words."""

from __future__ import annotations

from pathlib import Path

from bot.desk.role_names import ROLE_NAMES
from bot.i18n import later as _
from bot.i18n import speak
from bot.settings import Settings

FORWARD = _(
    "You are invited to be {role} of {area} for protecting children. Open {link} and you are in; "
    "or type this code in the chat: {code}. It works for {days} days. Please keep it to yourself."
)

ON_ZALO = _("On Zalo: open {link}, then type the code {code}.")


def links_and_text(
    settings: Settings, code: str, role: str, area: str, days: int, username: str = ""
) -> dict[str, str]:
    """`code`, `telegram_link`, `web_link` and `forward_text` of an invitation (contract §2)."""
    _ = speak("vi", settings.timezone)
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    web_link = f"{base}/?start={code}" if settings.web_chat == "on" else ""
    telegram_link = f"https://t.me/{username}?start={code}" if username else ""
    link, *other = [link for link in (web_link, telegram_link) if link] or [base]
    text = _(FORWARD).format(role=_(ROLE_NAMES[role]), area=area, link=link, code=code, days=days)
    text = "\n".join((text, *(f"Telegram: {link}" for link in other)))
    if settings.zalo_address:  # no link there can carry the code, so it is typed
        zalo = _(ON_ZALO).format(link=settings.zalo_address, code=code)
        text = f"{text}\n{zalo}"
    return {
        "code": code,
        "telegram_link": telegram_link,
        "web_link": web_link,
        "forward_text": text,
    }


def draw_code(link: str, file: Path) -> None:
    """Write a QR code of a link as PNG or SVG, by the ending of the file. Raises ValueError."""
    import segno

    if file.suffix.lower() not in (".png", ".svg"):
        raise ValueError("the picture must end in .png or .svg")
    segno.make(link, error="m", micro=False).save(str(file), scale=8, border=4)
