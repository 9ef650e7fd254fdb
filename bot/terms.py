"""How each channel that the operator has set up may be written to."""

from __future__ import annotations

from bot.settings import Settings
from bot.windows import OA_DONG, OA_FREE, OA_OPEN, Terms


def terms_of(settings: Settings) -> dict[str, Terms]:
    """How each channel that is set up may be written to."""
    found: dict[str, Terms] = {}
    if settings.web_chat == "on":
        found["web"] = Terms(rings=False)
    if settings.telegram_token:
        found["telegram"] = Terms()
    if settings.zalo_bot_token:
        found["zalo_bot"] = Terms(typed=True, monthly=settings.zalo_bot_monthly)
    if settings.zalo_oa_id:
        found["zalo_oa"] = Terms(OA_FREE, OA_OPEN, OA_DONG, typed=True)
    return found
