"""From the swept range to the papers, through the desk in a real browser; makes the picture of the READMEs.

With `UPDATE_IMAGES=1` in the environment the picture in `deploy/images` is replaced by the new one.
"""

import io
import os
import shutil
from collections.abc import Iterator

import openpyxl
import pytest
from docx import Document
from playwright.sync_api import Browser, Page, sync_playwright

from crawler.browser_path import find_chromium
from tests.e2e.conftest import ROOT, PracticeRun

CHROMIUM = find_chromium()
ARTIFACTS = ROOT / "tests" / "artifacts"
IMAGE = ROOT / "deploy" / "images" / "lead_page.png"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(CHROMIUM is None, reason="this machine has no Chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield found
        found.close()


@pytest.fixture
def desk(browser: Browser, practice: PracticeRun) -> Iterator[Page]:
    ARTIFACTS.mkdir(exist_ok=True)
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768}, accept_downloads=True)
    page = context.new_page()
    page.goto(practice.address)
    page.get_by_role("button", name="应急管理局").first.click()
    page.wait_for_selector(".row")
    yield page
    context.close()


def test_lead_page_shows_suspect_beside_official(desk: Page, practice: PracticeRun) -> None:
    desk.screenshot(path=ARTIFACTS / "practice_queue.png")
    desk.goto(f"{practice.address}/leads?q=cx-mem-gov.cn")
    desk.locator(".row-link").first.click()
    desk.wait_for_url("**open=*")
    desk.locator("#reading h1 a").click()
    desk.wait_for_selector(".lead-page")
    pictures = desk.locator(".shot img").all()
    assert len(pictures) == 2
    for picture in pictures:
        assert picture.evaluate("image => image.complete && image.naturalWidth > 300")
    assert desk.locator(".reason mark").count() >= 3
    shown = ARTIFACTS / "practice_lead_page.png"
    desk.screenshot(path=shown)
    desk.screenshot(path=ARTIFACTS / "practice_lead_page_full.png", full_page=True)
    if os.environ.get("UPDATE_IMAGES"):
        IMAGE.parent.mkdir(exist_ok=True)
        shutil.copyfile(shown, IMAGE)
    assert IMAGE.exists()


def test_confirmed_sites_leave_as_a_takedown_list(desk: Page, practice: PracticeRun) -> None:
    hosts = [confirm_first(desk, practice, "kind=site&level=high&status=new") for _ in range(2)]
    desk.goto(f"{practice.address}/exports")
    desk.screenshot(path=ARTIFACTS / "practice_exports.png")
    with desk.expect_download() as started:
        desk.get_by_role("button", name="导出处置清单").click()
    content = started.value.path().read_bytes()
    (ARTIFACTS / "practice_takedown.xlsx").write_bytes(content)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["处置清单"]
    listed = {sheet.cell(row, 3).value for row in range(3, sheet.max_row + 1)}
    assert listed == set(hosts)


def test_confirmed_listings_leave_as_a_delisting_letter(desk: Page, practice: PracticeRun) -> None:
    confirm_first(desk, practice, "kind=listing&level=high&status=new")
    desk.goto(f"{practice.address}/exports")
    with desk.expect_download() as started:
        desk.locator(".letters button").first.click()
    content = started.value.path().read_bytes()
    (ARTIFACTS / "practice_delisting.docx").write_bytes(content)
    document = Document(io.BytesIO(content))
    assert len(document.tables[0].rows) == 2
    assert "下架" in "".join(paragraph.text for paragraph in document.paragraphs)


def test_runs_page_tells_what_did_not_work(desk: Page, practice: PracticeRun) -> None:
    desk.goto(f"{practice.address}/runs")
    desk.screenshot(path=ARTIFACTS / "practice_runs.png", full_page=True)
    assert desk.get_by_text("巡查").count() > 0


def confirm_first(desk: Page, practice: PracticeRun, query: str) -> str:
    """Confirm the first lead of a queue by the keyboard and return its host."""
    desk.goto(f"{practice.address}/leads?{query}")
    desk.wait_for_selector("#reading .lead")
    address = desk.locator("#reading .lead-head").inner_text()
    desk.keyboard.press("c")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".toast")
    return next(word.split("://")[1].split("/")[0].replace("[.]", ".") for word in address.split() if "://" in word)
