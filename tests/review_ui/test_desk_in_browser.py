"""The desk in a real browser: sign in, read, decide by keys, on a desk, a phone and in the dark; leaves pictures in tests/artifacts."""

import threading
import time
from pathlib import Path

import pytest
import uvicorn

from crawler.browser_path import find_chromium
from review_ui.app import create_app
from tests.review_ui.desk_world import open_world

playwright_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = find_chromium()
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="this machine has no Chromium")]
ARTIFACTS = Path(__file__).parents[1] / "artifacts"


@pytest.fixture(scope="module")
def browser():
    with playwright_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def pictures(browser):
    from tests.review_ui.suspect_pages import photograph

    return photograph(browser)


@pytest.fixture
def desk(tmp_path, pictures):
    """The address of a running desk with a day's work in it."""
    case = open_world(tmp_path, pictures, practice_sign_in=True)
    server = uvicorn.Server(
        uvicorn.Config(create_app(case, case.settings), port=0, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    case.close()


def sign_in(browser, desk, role="应急管理局", **context):
    ARTIFACTS.mkdir(exist_ok=True)
    page = browser.new_context(locale="zh-CN", **{"viewport": {"width": 1366, "height": 768}, **context}).new_page()
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(desk)
    page.get_by_role("button", name=role).first.click()
    page.wait_for_selector(".row")
    return page


def test_queue_shows_twelve_rows_and_the_reasons_beside_them(browser, desk):
    page = sign_in(browser, desk)
    height = page.viewport_size["height"]
    boxes = [row.bounding_box() for row in page.locator(".row").all()]
    bar = page.locator(".bar").bounding_box()
    assert sum(box["y"] + box["height"] <= bar["y"] for box in boxes) >= 12
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.locator("#reading .reason").count() >= 5
    assert page.locator("#reading .decide").is_visible()
    page.screenshot(path=ARTIFACTS / "desk_queue_1366.png")
    assert page.problems == []


def test_deciding_by_keys_and_taking_it_back(browser, desk):
    page = sign_in(browser, desk)
    first = page.locator("#reading .lead").get_attribute("data-lead")
    page.keyboard.press("j")
    page.wait_for_selector(f"#reading .lead:not([data-lead='{first}'])")
    second = page.locator("#reading .lead").get_attribute("data-lead")
    page.keyboard.press("c")
    page.screenshot(path=ARTIFACTS / "desk_confirm_1366.png")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast")
    assert second not in [row.get_attribute("data-lead") for row in page.locator(".row").all()]
    assert page.locator("#reading .lead").get_attribute("data-lead") not in {first, second}
    page.screenshot(path=ARTIFACTS / "desk_decided_1366.png")
    page.keyboard.press("u")
    page.wait_for_selector(f"#reading .lead[data-lead='{second}'] .status-screening")
    assert "甄别中" in page.locator("#reading .lead-head").inner_text()
    page.keyboard.press("k")
    page.keyboard.press("/")
    page.keyboard.type("包过")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert page.locator(".row").count() == 2
    assert page.problems == []


def test_lead_page_puts_suspect_beside_official(browser, desk):
    page = sign_in(browser, desk)
    page.goto(f"{desk}/leads?q=cx-mem-gov")
    page.locator(".row-link").first.click()
    page.wait_for_url("**open=*")
    page.locator("#reading h1 a").click()
    page.wait_for_selector(".lead-page")
    suspect, official = page.locator(".shot img").all()
    for picture in (suspect, official):
        assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    left, right = suspect.bounding_box(), official.bounding_box()
    assert left["y"] == pytest.approx(right["y"], abs=4)
    assert left["x"] < right["x"]
    page.screenshot(path=ARTIFACTS / "lead_page_1366.png")
    page.screenshot(path=ARTIFACTS / "lead_page_full.png", full_page=True)
    page.locator(".proof").first.click()
    assert page.locator("tr:target").count() == 1
    page.emulate_media(media="print")
    page.pdf(path=ARTIFACTS / "lead_page_print.pdf")
    assert page.problems == []


@pytest.mark.parametrize("path", ["/runs", "/exports", "/help"])
def test_other_pages_fit(browser, desk, path):
    page = sign_in(browser, desk)
    page.goto(desk + path)
    page.screenshot(path=ARTIFACTS / f"desk{path.replace('/', '_')}_1366.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert page.problems == []


def test_phone_reading_pane_becomes_the_page(browser, desk):
    page = sign_in(browser, desk, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.screenshot(path=ARTIFACTS / "desk_queue_phone.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".row-link").first.click()
    page.wait_for_selector("#reading .lead", state="visible")
    assert not page.locator(".rows").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=ARTIFACTS / "desk_lead_phone.png")
    page.get_by_role("link", name="返回队列").click()
    assert page.locator(".rows").is_visible()
    assert page.problems == []


def test_dark(browser, desk):
    page = sign_in(browser, desk, color_scheme="dark")
    page.screenshot(path=ARTIFACTS / "desk_queue_dark.png")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 26)"


def test_without_javascript_reading_and_deciding_work(browser, desk):
    page = sign_in(browser, desk, java_script_enabled=False)
    page.locator(".row-link").nth(1).click()
    page.locator("details[data-key=d] summary").click()
    page.get_by_label("新闻报道、警示通报或辟谣内容").check()
    page.locator("details[data-key=d] button").click()
    assert "已排除" in page.locator(".toast").inner_text()
    page.get_by_role("button", name="撤销").first.click()
    assert "甄别中" in page.locator("#reading .lead-head").inner_text()


def test_a_run_is_stopped_by_its_button(browser, desk):
    page = sign_in(browser, desk)
    page.goto(desk + "/runs")
    page.get_by_role("button", name="停止巡查").click()
    page.wait_for_selector("[data-stop]")
    run = page.locator(".run").first
    assert "正在停止" in run.inner_text()
    assert run.get_by_role("button").count() == 0
    page.screenshot(path=ARTIFACTS / "desk_run_stopping.png")
    assert page.problems == []


BASICS = """() => {
  const problems = [];
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  if (new Set(ids).size !== ids.length) problems.push('an id occurs twice');
  for (const image of document.images) if (!image.hasAttribute('alt')) problems.push('image without alt: ' + image.src);
  for (const field of document.querySelectorAll('input:not([type=hidden]), select')) if (!field.labels?.length && !field.ariaLabel) problems.push('field without label: ' + field.outerHTML);
  for (const one of document.querySelectorAll('a[href], button')) if (one.checkVisibility() && !(one.ariaLabel || one.innerText || '').trim() && !one.querySelector('img[alt]:not([alt=""])')) problems.push('control without a name: ' + one.outerHTML.slice(0, 120));
  if (document.querySelectorAll('h1').length < 1) problems.push('no h1');
  if (document.documentElement.lang !== 'zh-CN') problems.push('no language');
  for (const one of document.querySelectorAll('button, .button, summary.button')) { const box = one.getBoundingClientRect(); if (one.checkVisibility() && box.height && box.height < 24) problems.push('small target: ' + one.outerHTML.slice(0, 80)); }
  for (const one of document.querySelectorAll('*')) { const size = parseFloat(getComputedStyle(one).fontSize); if (size < 12 && one.innerText) problems.push('text under 12 px: ' + one.outerHTML.slice(0, 80)); }
  if (document.querySelector('[style], style, script:not([src])')) problems.push('inline style or script');
  return problems;
}"""


@pytest.mark.parametrize("path", ["/leads?status=new", "/runs", "/exports", "/help"])
def test_basics_of_access(browser, desk, path):
    page = sign_in(browser, desk)
    page.goto(desk + path)
    assert page.evaluate(BASICS) == []
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
