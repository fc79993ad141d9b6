"""Pages rendered by another worker over a real Redis: with a real Chromium, with one that dies, and with none at all."""

import asyncio

import pytest

from crawler.browser import Rendered, RenderFailed
from crawler.browser_path import find_chromium
from crawler.capture import Answer
from crawler.workers.render_pool import PoolRenderer, packed, packed_failure
from crawler.workers.renderer import run_renderer
from detectors.model import Hop, Profile
from pipelines.errors import RendererMissing
from pipelines.settings import load_settings
from pipelines.stores.redis.connection import RedisLink
from pipelines.stores.redis.renders import RedisRenders
from tests.crawler.test_sweep import base_tables, write_settings, zone
from tests.crawler.tiny_world import HTML, name_server, tiny_world
from tests.redis_server import needs_redis

pytestmark = [needs_redis]
HOST = "cx-mem-gov.cn"
SCRIPT = "<html><body><script>document.body.innerHTML = '<h1>由脚本生成</h1><p style=height:3000px>长</p>'</script>"
PNG = b"\x89PNG" + bytes(5000)


class OwnBrowser:
    """A browser of this machine that shows what it is told to."""

    def __init__(self, shows=None):
        self.is_missing = shows is None
        self._shows = shows
        self.rendered = 0

    async def render(self, url, profile):
        self.rendered += 1
        return self._shows

    async def close(self):
        pass


def shown(url=f"http://{HOST}/", body="正文" * 100, screenshot=PNG):
    answer = Answer(
        requested_url=url,
        final_url=f"{url}end",
        status=200,
        headers=(("content-type", "text/html; charset=utf-8"), ("x", "y")),
        body=body.encode(),
        redirects=(Hop(url=url, status=302, location=f"{url}end"),),
        user_agent="phone",
    )
    return Rendered(answer=answer, screenshot=screenshot)


def settings_for(**workers):
    words = {f"JIANWEI_WORKERS__{name.upper()}": str(value) for name, value in workers.items()}
    return load_settings({"JIANWEI_CRAWL__TIMEOUT_S": "10", **words})


def in_pool(redis_url, work, *, lease_s=2.0):
    """Run `work(queue)` and let go of its connections."""

    async def run():
        link = RedisLink(redis_url, patience_s=2.0)
        queue = RedisRenders(link, lease_s=lease_s)
        try:
            return await work(queue)
        finally:
            await queue.aclose()
            link.close()

    return asyncio.run(run())


async def answering(queue, renderer, content, *, jobs=1):
    """Be a renderer that answers so many jobs."""
    await queue.renew(renderer)
    while jobs:
        if taken := await queue.take(renderer):
            await queue.answer(taken[0], content)
            jobs -= 1


@pytest.mark.browser
@pytest.mark.skipif(not find_chromium(), reason="there is no Chromium on this machine")
def test_a_page_is_rendered_elsewhere_and_looks_the_same(tmp_path, redis_url):
    pages = {(HOST, "/"): (200, HTML, SCRIPT.encode()), (HOST, "/old"): (302, {"Location": "/"}, b"")}

    async def work(queue):
        stopping, counted = asyncio.Event(), []
        renderer = asyncio.ensure_future(run_renderer(settings, queue, counted.append, stopping))
        pool = PoolRenderer(queue, OwnBrowser(), settings)
        page = await pool.render(f"http://{HOST}/old", Profile.RENDERED_PHONE)
        with pytest.raises(RenderFailed) as refused:
            await pool.render("http://127.0.0.1/", Profile.RENDERED)
        stopping.set()
        await renderer
        return page, counted, refused.value.sentence, await queue.renderers()

    with tiny_world(pages) as world, name_server(zone(HOST)) as dns:
        tables = base_tables(
            world,
            dns,
            crawl={"renders": True, "timeout_s": 30.0},
            workers={"redis_url": redis_url, "renders_here": False, "renderer_wait_s": 60.0},
        )
        settings = write_settings(tmp_path, tables)
        page, counted, refused, left = in_pool(redis_url, work, lease_s=30.0)
    assert "由脚本生成" in page.answer.body.decode()
    assert page.screenshot.startswith(b"\x89PNG")
    assert page.answer.requested_url == f"http://{HOST}/old"
    assert page.answer.final_url == f"http://{HOST}/"
    assert 302 in [hop.status for hop in page.answer.redirects]
    assert "iPhone" in page.answer.user_agent
    assert counted == [1, 2]
    assert refused
    assert left == 0, "who stops is not counted any more"


def test_everything_about_a_page_comes_back_as_it_was(redis_url):
    async def work(queue):
        renderer = asyncio.ensure_future(answering(queue, "r", packed(shown(), 1_000_000)))
        page = await PoolRenderer(queue, OwnBrowser(), settings_for(renderer_wait_s=20)).render(
            f"http://{HOST}/", Profile.RENDERED
        )
        await renderer
        return page

    assert in_pool(redis_url, work, lease_s=30.0) == shown()


@pytest.mark.parametrize(
    ("limit", "has_screenshot", "body_bytes", "is_cut"),
    [(10_000, True, 600, False), (5000, False, 600, False), (100, False, 100, True)],
)
def test_what_is_too_big_loses_its_screenshot_first(redis_url, limit, has_screenshot, body_bytes, is_cut):
    async def work(queue):
        renderer = asyncio.ensure_future(answering(queue, "r", packed(shown(), limit)))
        page = await PoolRenderer(queue, OwnBrowser(), settings_for(renderer_wait_s=20)).render(
            "http://a.cn/", Profile.RENDERED
        )
        await renderer
        return page

    page = in_pool(redis_url, work, lease_s=30.0)
    assert (bool(page.screenshot), len(page.answer.body), page.answer.is_truncated) == (
        has_screenshot,
        body_bytes,
        is_cut,
    )


@pytest.mark.parametrize("content", [packed_failure("浏览器渲染超时，已重新启动浏览器"), b"\xc1nonsense"])
def test_a_page_that_failed_there_failed_here(redis_url, content):
    async def work(queue):
        renderer = asyncio.ensure_future(answering(queue, "r", content))
        with pytest.raises(RenderFailed):
            await PoolRenderer(queue, OwnBrowser(), settings_for(renderer_wait_s=20)).render(
                "http://a.cn/", Profile.RENDERED
            )
        await renderer

    in_pool(redis_url, work, lease_s=30.0)


def test_a_page_whose_renderer_died_is_given_to_another(redis_url):
    async def work(queue):
        asking = asyncio.ensure_future(queue.ask(b"job", 60.0))
        await queue.renew("dead")
        while not (taken := await queue.take("dead")):
            pass
        await asyncio.sleep(1.2)
        other = asyncio.ensure_future(answering(queue, "other", b"answer"))
        assert await asking == b"answer"
        await other
        await queue.answer(taken[0], b"too late")
        return taken

    assert in_pool(redis_url, work, lease_s=1.0)[1] == b"job"


def test_without_a_renderer_this_machine_renders_if_it_may(redis_url):
    async def work(queue):
        own = OwnBrowser(shown())
        assert await PoolRenderer(queue, own, settings_for()).render("http://a.cn/", Profile.RENDERED) == shown()
        assert own.rendered == 1
        apart = PoolRenderer(queue, own, settings_for(renders_here=False, renderer_wait_s=0.1))
        assert not apart.is_missing
        with pytest.raises(RendererMissing) as missing:
            await apart.render("http://a.cn/", Profile.RENDERED)
        assert "jianwei render" in missing.value.zh
        assert apart.is_missing, "the crawl goes on without for a while"
        assert own.rendered == 1

    in_pool(redis_url, work)


def test_nothing_stays_in_redis(redis_url):
    import redis

    async def work(queue):
        assert await queue.ask(b"job", 0.2) is None
        await queue.answer("gone", b"x" * 1000)

    in_pool(redis_url, work)
    with redis.Redis.from_url(redis_url) as client:
        assert client.keys("jianwei:{render}:job:*") == []
        assert client.keys("jianwei:{render}:answer:*") == []
