"""Which look comes next."""

from datetime import UTC, datetime

import pytest

from crawler.visit_policy import next_look
from detectors.model import Capture, PageContent, Profile
from detectors.ruleset import signal
from detectors.scoring import assess

AT = datetime(2026, 11, 22, tzinfo=UTC)
NAME = signal("name.brand_context", brand="mem", official="cx.mem.gov.cn", technique="机构标识加查询字样")
CLAIM = signal("identity.claims_official_site", claim="应急管理部", official="cx.mem.gov.cn")
FULL = "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台。" * 10
NOTHING, SUSPICIOUS_NAME, SUSPICIOUS = assess(()), assess((NAME,)), assess((NAME, CLAIM))


def seen(profile=Profile.DESKTOP, text=FULL, html="<p>", status=200):
    return Capture(
        profile=profile,
        requested_url="http://a.cn/",
        final_url="http://a.cn/",
        status=status,
        captured_at=AT,
        body_bytes=len(html),
        html=html,
        page=PageContent(text=text),
    )


def profile_of(captures, assessment, **how):
    look = next_look(captures, assessment, **how)
    return look.profile if look else None


def test_nothing_answered_nothing_more_to_look_at():
    assert next_look((), SUSPICIOUS) is None


def test_an_ordinary_page_is_looked_at_once():
    assert next_look([seen()], NOTHING) is None


def test_a_suspicious_page_gets_its_screenshot_once():
    assert profile_of([seen()], SUSPICIOUS) is Profile.RENDERED
    assert next_look([seen(), seen(Profile.RENDERED)], SUSPICIOUS) is None


def test_an_official_page_gets_its_screenshot():
    assert profile_of([seen()], NOTHING, is_official=True) is Profile.RENDERED


def test_a_suspicious_name_with_a_harmless_page_is_looked_at_as_from_wechat():
    assert profile_of([seen()], SUSPICIOUS_NAME) is Profile.WECHAT


def test_a_page_blank_for_a_desk_is_looked_at_as_phone_then_drawn_as_phone():
    captures = [seen(text="")]
    assert profile_of(captures, NOTHING) is Profile.WECHAT
    captures.append(seen(Profile.WECHAT, text=""))
    assert profile_of(captures, NOTHING) is Profile.PHONE
    captures.append(seen(Profile.PHONE))
    assert profile_of(captures, SUSPICIOUS) is Profile.RENDERED_PHONE


def test_a_page_that_is_not_what_the_engine_read_there_is_looked_at_as_from_wechat():
    row = "特种作业操作证查询 微信扫一扫即可查看电子证照"
    blog = seen(text="今天天气很好，我去公园散步，看见很多人在放风筝，晚上回家做了红烧肉，味道不错。" * 2)
    assert profile_of([blog], NOTHING, promised=row) is Profile.WECHAT
    assert profile_of([blog], NOTHING, promised="公园散步 今天天气很好，很多人在放风筝") is None
    assert profile_of([blog], NOTHING, promised="短句") is None


def test_a_page_that_is_all_script_is_rendered_before_anything_else():
    assert profile_of([seen(text="加载中", html="<script src=app.js></script>")], NOTHING) is Profile.RENDERED


def test_an_error_for_a_desk_counts_as_blank():
    assert profile_of([seen(status=403)], NOTHING) is Profile.WECHAT


def test_an_unfollowed_redirect_and_a_download_are_not_asked_again():
    assert next_look([seen(status=302, text="")], NOTHING) is None
    assert next_look([seen(text="", html="")], NOTHING) is not None  # an empty answer is worth a phone
    download = seen(text="", html="")
    assert next_look([Capture(**{**as_dict(download), "body_bytes": 99})], NOTHING) is None


def as_dict(capture):
    return {name: getattr(capture, name) for name in Capture.__dataclass_fields__}


@pytest.mark.parametrize("assessment", [NOTHING, SUSPICIOUS_NAME, SUSPICIOUS])
def test_without_a_browser_nothing_is_rendered(assessment):
    look = next_look([seen()], assessment, can_render=False)
    assert look is None or look.profile in {Profile.WECHAT, Profile.PHONE}


@pytest.mark.parametrize("assessment", [NOTHING, SUSPICIOUS_NAME, SUSPICIOUS])
@pytest.mark.parametrize("html", ["", "<p>", "<script>"])
@pytest.mark.parametrize("text", ["", "短", FULL])
def test_looks_end_and_never_repeat(assessment, html, text):
    captures = [seen(text=text, html=html)]
    while look := next_look(captures, assessment):
        assert look.profile not in {capture.profile for capture in captures}
        captures.append(seen(look.profile, text=text, html=html))
    assert len(captures) <= 5
