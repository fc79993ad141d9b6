"""`jianwei engines`, `jianwei import listings` of browser records, `jianwei import seller`: as staff use them."""

import json
from datetime import UTC, datetime
from email.encoders import encode_quopri
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.engines.model import EngineCaptcha
from crawler.pauses import Pauses
from deploy.cli.engines import app as engines
from deploy.cli.import_ import app as imports
from pipelines.bootstrap import open_case
from pipelines.errors import InputUnreadable, UsageError
from pipelines.model import LeadQuery
from pipelines.settings import load_settings

RECORDED = Path("crawler/engines/recorded")
BROWSER = Path("crawler/platforms/recorded/xianyu_browser.json")


def run(app, home: Path, *words: str, code: int = 0):
    result = CliRunner().invoke(app, words, env={"JIANWEI_HOME": str(home)}, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def test_a_saved_page_is_parsed_row_by_row(tmp_path):
    rows = run(engines, tmp_path, "parse", "sogou", str(RECORDED / "sogou_2014.html"))
    assert [row["row"] for row in rows] == ["organic", "organic", "advert", "advert", "advert"]
    assert rows[0]["target"] == "http://www.tezhong.example.net/"


def test_a_saved_json_answer_is_parsed(tmp_path):
    assert len(run(engines, tmp_path, "parse", "searxng", str(RECORDED / "searxng_2026.txt"))) == 2


def snapshot(page: bytes, url: str) -> bytes:
    """Return a page as Chromium saves it: itself, then a frame and a picture."""
    whole = MIMEMultipart("related", type="text/html")
    whole["Snapshot-Content-Location"] = url
    frame = (
        b"<html><body><div class=vrwrap><h3><a href='http://frame.example.net/'>a frame</a></h3></div></body></html>"
    )
    for content, where in ((page, url), (frame, "cid:frame-1@mhtml.blink")):
        part = MIMEBase("text", "html")
        part["Content-Location"] = where
        part.set_payload(content)
        encode_quopri(part)
        whole.attach(part)
    whole.attach(MIMEImage(b"GIF89a", "gif"))
    return whole.as_bytes()


def test_a_page_saved_in_one_file_is_parsed_like_the_page(tmp_path):
    page = (RECORDED / "sogou_2014.html").read_bytes()
    (tmp_path / "saved.mhtml").write_bytes(snapshot(page, "https://www.sogou.com/web?query=x"))
    plain = run(engines, tmp_path, "parse", "sogou", str(RECORDED / "sogou_2014.html"))
    assert plain
    assert run(engines, tmp_path, "parse", "sogou", str(tmp_path / "saved.mhtml")) == plain


def test_all_result_pages_of_a_record_are_parsed(tmp_path):
    pages = [(RECORDED / name).read_text("utf-8") for name in ("sogou_2014.html", "bing_2026.html")]
    entries = [
        {
            "request": {"url": "https://x/"},
            "response": {"status": 200, "content": {"mimeType": "text/html", "text": one}},
        }
        for one in (pages[1], pages[0], pages[0])
    ]
    (tmp_path / "saved.har").write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}))
    rows = run(engines, tmp_path, "parse", "sogou", str(tmp_path / "saved.har"))
    assert rows == run(engines, tmp_path, "parse", "sogou", str(RECORDED / "sogou_2014.html")) * 2


@pytest.mark.parametrize(
    ("engine", "file", "said"),
    [
        ("quark", "quark_captcha.txt", "人机验证"),
        ("so360", "so360_too_many.html", "频繁"),
        ("sogou", "bing_2026.html", "rows"),
    ],
)
def test_a_page_without_rows_says_what_it_is(tmp_path, engine, file, said):
    with pytest.raises(InputUnreadable) as wrong:
        run(engines, tmp_path, "parse", engine, str(RECORDED / file))
    assert said in wrong.value.zh


def test_check_is_content_and_names_a_paused_engine_until_it_is_resumed(tmp_path):
    records = run(engines, tmp_path, "check", "--json")
    assert {"engine", "platform"} <= {key for record in records for key in record}
    assert not [record for record in records if record["problem"]]
    Pauses(tmp_path).begin("sogou", EngineCaptcha("wall"), datetime.now(UTC))
    records = run(engines, tmp_path, "check", "--json", code=1)
    assert [record["engine"] for record in records if record["problem"]] == ["sogou"]
    run(engines, tmp_path, "resume", "sogou")
    run(engines, tmp_path, "check", "--json")
    with pytest.raises(UsageError):
        run(engines, tmp_path, "resume", "altavista")


def test_a_browser_record_becomes_leads_and_its_seller_can_be_opened_on_the_record(tmp_path):
    (report,) = run(imports, tmp_path, "listings", str(BROWSER), "--platform", "闲鱼", "--json")
    assert (report["accepted"], report["rejected"]) == (2, 0)
    with open_case(load_settings({"JIANWEI_HOME": str(tmp_path)})) as case:
        leads = case.leads.find(LeadQuery()).leads
        sellers = {
            one.listing.seller
            for lead in leads
            for one in case.observations.of_lead(lead.document.id)
            if one.listing and "叉车证" in one.listing.title
        }
    assert len(sellers) == 1
    (opened,) = run(imports, tmp_path, "seller", sellers.pop(), "--reason", "协查函 2026-12")
    assert opened["stands_for"] == "xianyu:u-77"
    with open_case(load_settings({"JIANWEI_HOME": str(tmp_path)})) as case:
        assert "seller.open" in {entry.act for entry in case.audit.entries()}


def test_importing_it_twice_changes_nothing(tmp_path):
    run(imports, tmp_path, "listings", str(BROWSER), "--json")
    (again,) = run(imports, tmp_path, "listings", str(BROWSER), "--json")
    assert again["outcomes"].get("created", 0) == 0


def test_an_unknown_pseudonym_opens_nothing(tmp_path):
    with pytest.raises(UsageError):
        run(imports, tmp_path, "seller", "0" * 16, "--reason", "x")
