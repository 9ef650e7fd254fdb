"""What is forwarded to somebody who is invited, and the code to scan."""

from pathlib import Path

import pytest

from bot.invitation_text import draw_code, links_and_text
from bot.settings import Settings

OA = {
    "zalo_oa_id": "431",
    "zalo_oa_app_id": "2",
    "zalo_oa_app_secret": "s",
    "zalo_oa_secret_key": "k",
    "zalo_oa_refresh_token": "r",
}


def text(**settings: object) -> str:
    made = Settings(_env_file=None, public_url="https://vongtay.example", **settings)
    return links_and_text(made, "ABCDE12345", "collaborator", "Thôn Mẫu", 7)["forward_text"]


def test_on_zalo_the_code_is_typed_because_no_link_carries_it() -> None:
    assert "Zalo" not in text()
    assert "https://zalo.me/431" in text(**OA) and text(**OA).count("ABCDE12345") == 3
    shared = text(zalo_link="https://zalo.me/s/bot-mau")
    assert "https://zalo.me/s/bot-mau" in shared and "gõ mã ABCDE12345" in shared


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_a_link_can_be_scanned(tmp_path: Path, ending: str) -> None:
    draw_code("https://zalo.me/431", file := tmp_path / f"qr{ending}")
    assert file.stat().st_size > 200
    with pytest.raises(ValueError, match="png"):
        draw_code("https://zalo.me/431", tmp_path / "qr.exe")
