"""Takes every picture of the guide and of the README anew, from a running demo.

    .venv/bin/python docs/huong-dan/make_pictures.py [part of a name ...]

Without a name all of them. Look at each before you commit it: a picture is a promise.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.browser import phones
from tests.browser.phones import WIDE, Phone

HERE = Path(__file__).parent
PLAN = HERE.parents[1] / "plans/hoang-duc-2021-2025.toml"
PICTURES = HERE / "hinh"
README_PICTURES = HERE.parent / "images"
LARGEST = {PICTURES: 120_000, README_PICTURES: 300_000}  # bytes
LAN, MINH, STRANGER = "/demo/collaborator/", "/demo/officer/", "/"


class Studio:
    """Phones at one demo, and a camera."""

    def __init__(self, browser: Browser, data: Path, address: str, wanted: list[str]) -> None:
        self.browser, self.data, self.address, self.wanted = browser, data, address, wanted

    def phone(self, path: str) -> Phone:
        """A phone with a sharp screen."""
        return phones.phone(self.browser, self.address + path, device_scale_factor=2)

    def shoot(self, phone: Phone, name: str, folder: Path = PICTURES) -> None:
        """Keep what a phone shows now."""
        if self.wanted and not any(part in name for part in self.wanted):
            return
        phone.view.locator("#log.paused").wait_for(state="hidden")
        phone.page.wait_for_timeout(400)  # what scrolls or fades has come to rest
        image = Image.open(io.BytesIO(phone.page.screenshot(caret="hide")))
        few = image.convert("RGB").quantize(128, dither=Image.Dither.NONE)
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.png"
        few.save(path, optimize=True)
        size = path.stat().st_size
        assert size <= LARGEST[folder], f"{path.name} has {size} bytes"
        print(f"{path.name}: {size // 1000} kB")


def collaborator(studio: Studio) -> None:
    """A report from the first tap to the officer's word, and what else Lan does."""
    lan, minh = studio.phone(LAN), studio.phone(MINH)
    studio.shoot(lan, "ctv-1-menu")
    lan.answers("[Báo tin trẻ em]")
    studio.shoot(lan, "ctv-2-cau-dau")
    lan.answers("Cháu nghỉ học đi phụ hồ ở thị trấn", "[Không]")
    lan.answers("pho vi")
    studio.shoot(lan, "ctv-3-go-khong-dau")
    lan.answers("13")
    studio.shoot(lan, "ctv-4-xem-lai")
    lan.answers("[Sửa]")
    studio.shoot(lan, "ctv-5-sua")
    lan.answers("[Tuổi]", "14")
    lan.answers("[Gửi ngay]")
    code = lan.code("Tin báo đã tới nơi")
    minh.hears(code)
    minh.press("Đã nhận")
    lan.hears("đã được cán bộ xã tiếp nhận")
    studio.shoot(lan, "ctv-6-ma-tin")
    lan.answers("/viec")
    studio.shoot(lan, "ctv-7-viec-cua-toi")
    lan.answers("/bao")
    lan.context.set_offline(True)
    lan.press("Phải đi làm")
    lan.own("Phải đi làm").last.locator(".waiting").wait_for()
    lan.view.locator("#state.offline").wait_for()
    studio.shoot(lan, "ctv-8-mat-mang")
    lan.context.set_offline(False)
    lan.hears("Ngay lúc này cháu có đang gặp nguy hiểm không?")
    lan.view.locator("#state", has_text="Có mạng").wait_for(state="hidden")
    choose_photo(lan)
    studio.shoot(lan, "ctv-9-anh")
    lan.view.locator("#tray .main").click()
    lan.hears("sẽ gửi kèm")
    lan.answers("[Không]", "[Thôn Nà Khau]", "15", "[Gửi ngay]")
    lan.answers("/truyenthong", "[Họp thôn]", "[Lao động trẻ em]", "[Thôn Phố Vị]", "hôm nay", "42")
    lan.answers("[Cha mẹ, người chăm sóc]")
    studio.shoot(lan, "ctv-10-truyen-thong")
    lan.answers("[Lưu]", "[Menu]", "[Dùng tiếp ở kênh khác]")
    studio.shoot(lan, "ctv-11-doi-may")
    lan.answers("/menu", "Cháu Nam 13 tuổi thôn Phố Vị bỏ học đi làm lò gạch 10 tiếng một ngày")
    studio.shoot(lan, "ctv-12-mot-dong")
    lan.answers("[Không]", "[Gửi ngay]")
    studio.shoot(lan, "ctv-13-nhan-dinh")
    minh.hears("nặng nhọc, độc hại")
    minh.answers("[Xem]")
    studio.shoot(minh, "cb-9-muc-do")
    minh.answers("[Vì sao mức này]")
    studio.shoot(minh, "cb-10-vi-sao")


def resident(studio: Studio) -> None:
    """Somebody who has never seen the bot."""
    hoa = studio.phone(STRANGER)
    studio.shoot(hoa, "dan-1-mo-ra")
    hoa.write("Đứa bé nhà bên đang bị đánh")
    hoa.hears("Ngay lúc này cháu có đang gặp nguy hiểm không?")
    studio.shoot(hoa, "dan-2-nguy-hiem")
    hoa.answers("[Có, đang nguy hiểm]", "làng giáo", "[Không rõ]", "[Gửi ngay]")
    hoa.answers("Cháu 14 tuổi đi rửa bát ở quán phở được không?")
    studio.shoot(hoa, "dan-3-hoi")
    hoa.answers("/111")
    studio.shoot(hoa, "dan-4-goi-111")
    hoa.view.locator("#menu-button").click()
    studio.shoot(hoa, "dan-5-menu-goc")
    hoa.view.locator("#menu-devices").click()
    hoa.view.locator("#device-list li").wait_for()
    studio.shoot(hoa, "dan-6-may-dang-dung")
    hoa.view.locator("#devices-close").click()
    hoa.view.locator("#hide").click()
    hoa.page.wait_for_timeout(300)
    studio.shoot(hoa, "dan-7-an-nhanh")


def officer(studio: Studio) -> None:
    """An alarm, a case, a question: Minh's day."""
    hoa, minh = studio.phone(STRANGER), studio.phone(MINH)
    studio.phone(STRANGER).report("[Bỏ học]", "[Không]", "goc sau", "13")
    studio.phone(STRANGER).report("[Phải đi làm]", "[Không]", "dong thuy", "15")
    minh.answers("/menu")
    hoa.answers("[Báo tin trẻ em]", "Cháu ở một mình, đang sốt cao, bố mẹ đi làm xa")
    hoa.answers("[Có, đang nguy hiểm]")
    code = hoa.code("Đã báo động")
    minh.hears(code)
    rest(minh)
    studio.shoot(minh, "cb-1-bao-dong")
    hoa.answers("ben luong", "7", "[Thêm chi tiết]")
    choose_photo(hoa)
    hoa.view.locator("#tray .main").click()
    hoa.hears("sẽ gửi kèm")
    hoa.answers("[Gửi ngay]")
    minh.hears("vừa bổ sung")
    minh.answers("[Đã nhận]", "[Xem]")
    minh.view.locator(".msg.bot img").last.scroll_into_view_if_needed()
    studio.shoot(minh, "cb-2-ho-so")
    minh.answers("[Đổi tình trạng]")
    studio.shoot(minh, "cb-3-doi-tinh-trang")
    minh.answers("[đã đến thăm]", "/hoso")
    studio.shoot(minh, "cb-4-danh-sach")
    minh.answers(f"/hoso {code}", "[Gọi người báo tin]")
    studio.shoot(minh, "cb-5-lien-lac")
    hoa.answers("/hoi", "[Hỏi cán bộ xã]", "Bao giờ xã mình phát quà Trung thu cho các cháu?")
    minh.hears("Câu hỏi số")
    minh.answers("[Trả lời]", "Tối 14 âm lịch, ở nhà văn hoá xã, chị nhé.")
    studio.shoot(minh, "cb-6-cau-hoi")
    minh.answers("/tiendo")
    studio.shoot(minh, "cb-7-tien-do")
    minh.answers("/thongbao", "[Cộng tác viên]", "[Cả xã]")
    minh.answers("Chiều thứ Sáu họp cộng tác viên ở nhà văn hoá xã, 14 giờ.")
    studio.shoot(minh, "cb-8-thong-bao")


def meeting(studio: Studio) -> None:
    """People check in at a meeting, and the commune sees how far its plan is."""
    plan = ["plan", "load", str(PLAN), "--area", "DM-VL"]
    settings = {**os.environ, "VONGTAY_DATA_DIR": str(studio.data)}
    subprocess.run([*phones.VONGTAY, *plan], env=settings, stdout=subprocess.PIPE, check=True)
    lan, minh = studio.phone(LAN), studio.phone(MINH)
    lan.answers("/truyenthong", "[Họp thôn]", "[Lao động trẻ em]", "[Thôn Phố Vị]", "hôm nay", "42")
    lan.answers("[Cha mẹ, người chăm sóc]", "[Lưu]", "[Mã QR điểm danh]")
    lan.view.locator(".msg.bot img").last.scroll_into_view_if_needed()
    studio.shoot(lan, "ctv-14-ma-qr")
    address = lan.view.locator(".msg.bot a.link").last.get_attribute("href")
    assert address
    page = phones.phone(studio.browser, studio.address + STRANGER, device_scale_factor=2).page
    page.goto(address)
    guest = Phone(page, page)
    page.locator("#form").wait_for()
    page.locator("#unit").fill("12")
    studio.shoot(guest, "dan-8-diem-danh")
    page.locator("#form button").click()
    page.locator("#says:not(:empty)").wait_for()
    studio.shoot(guest, "dan-9-da-diem-danh")
    for size in ("[Cha mẹ, người chăm sóc]", "[Hộ]", "không rõ", "2026", "320", "sổ hộ của xã"):
        minh.answers("/mauso", size) if size.startswith("[Cha") else minh.answers(size)
    minh.answers("[Có]", "[Lưu]", "/tiendo", "[Kế hoạch 2021–2025 (hoang-duc-2021-2025)]")
    studio.shoot(minh, "cb-11-ke-hoach")
    minh.press("Biểu đồ")
    minh.view.locator(".msg.bot:not(.heard) img").last.wait_for(timeout=30_000)
    minh.view.locator(".msg.bot img").first.scroll_into_view_if_needed()
    studio.shoot(minh, "cb-12-bieu-do")


def administrator(studio: Studio) -> None:
    """Somebody opens an invitation."""
    invite = ["member", "invite", "--role", "collaborator", "--area", "DM-VL-03", "--json"]
    made = subprocess.run(
        [*phones.VONGTAY, *invite],
        env={**os.environ, "VONGTAY_DATA_DIR": str(studio.data)},
        stdout=subprocess.PIPE,
        check=True,
    )
    invited = studio.phone(f"/?start={json.loads(made.stdout)['code']}")
    studio.shoot(invited, "qt-1-duoc-moi")


def three_phones(studio: Studio) -> None:
    """The picture of the README: a report on its way."""
    context = studio.browser.new_context(viewport=WIDE, locale="vi-VN")
    page = context.new_page()
    page.goto(f"{studio.address}/demo")
    names = ("collaborator", "resident", "officer")
    lan, hoa, minh = (Phone(page, page.frame_locator(f"#{name} iframe")) for name in names)
    for one in (lan, hoa, minh):
        one.ready()
    hoa.answers("[Gọi 111]")
    minh.answers("[Hồ sơ]")
    lan.answers("[Báo tin trẻ em]", "[Bị đánh, bị hành hạ]", "[Có, đang nguy hiểm]", "pho vi")
    lan.answers("9", "[Gửi ngay]")
    minh.hears("vừa bổ sung")
    rest(minh)
    studio.shoot(lan, "three-phones", README_PICTURES)


def rest(phone: Phone) -> None:
    """Wait until an alarm has stopped blinking."""
    phone.page.wait_for_timeout(6500)


def choose_photo(phone: Phone) -> None:
    """Choose a photo; it waits to be sent."""
    photo = {"name": "nha.png", "mimeType": "image/png", "buffer": drawing()}
    phone.page.set_input_files("#photo", photo)
    phone.view.locator("#tray:not(.fresh) .main").wait_for()


def drawing() -> bytes:
    """What stands for a photo: plainly drawn, of no real place."""
    image = Image.new("RGB", (960, 640), "#bcd9ee")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 430, 960, 640), fill="#c9a36a")
    draw.rectangle((250, 230, 720, 470), fill="#d98c5f", outline="#8a4f2e", width=6)
    draw.polygon([(210, 240), (485, 110), (760, 240)], fill="#8a4f2e")
    draw.rectangle((440, 330, 540, 470), fill="#5b3a29")
    for left in (300, 600):
        draw.rectangle((left, 300, left + 80, 370), fill="#f5e6c8", outline="#8a4f2e", width=6)
    draw.ellipse((800, 60, 900, 160), fill="#f7d354")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


STORIES: tuple[Callable[[Studio], None], ...] = (
    three_phones,
    collaborator,
    resident,
    officer,
    meeting,
    administrator,
)


def main() -> None:
    executable = phones.chromium()
    if executable is None:
        sys.exit("make_pictures: no Chromium here: apt-get install chromium")
    with phones.browsing(executable) as browser:
        for story in STORIES:  # each in a commune where nothing has happened yet
            with tempfile.TemporaryDirectory() as data, phones.demo(Path(data)) as address:
                story(Studio(browser, Path(data), address, sys.argv[1:]))
                for context in browser.contexts:
                    context.close()


if __name__ == "__main__":
    main()
