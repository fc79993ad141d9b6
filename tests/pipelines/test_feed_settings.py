"""Feeds in the settings: every kind, and what is refused."""

from pathlib import Path

import pytest

from pipelines.errors import SettingInvalid
from pipelines.settings import CertstreamFeed, CtFeed, FolderFeed, load_settings
from tests.crawler.feeds.log_tree import LogTree


def settings(tmp_path: Path, text: str):
    path = tmp_path / "jianwei.toml"
    path.write_text(text, "utf-8")
    return load_settings({}, path)


def test_every_kind_of_feed_is_understood(tmp_path):
    feeds = settings(
        tmp_path,
        f"""
        [[feeds]]
        kind = "static_ct"
        name = "rome2026h2"
        url = "https://rome2026h2.example.org/"
        public_key = "{LogTree().public_key}"

        [[feeds]]
        kind = "rfc6962"
        name = "old"
        url = "https://ct.example.org/logs/2026"
        batch = 64

        [[feeds]]
        kind = "certstream"
        name = "stream"
        url = "wss://certstream.example.org/domains-only"

        [[feeds]]
        kind = "folder"
        name = "lists"
        path = "new-domains"
        column = "domain"
        """,
    ).feeds
    assert [type(one) for one in feeds] == [CtFeed, CtFeed, CertstreamFeed, FolderFeed]
    assert feeds[1].batch == 64
    assert feeds[3].path == Path("new-domains")


def test_feeds_may_come_from_the_environment(tmp_path):
    found = load_settings(
        {"JIANWEI_HOME": str(tmp_path), "JIANWEI_FEEDS": '[{"kind": "folder", "name": "lists", "path": "x"}]'}
    )
    assert found.feeds[0].name == "lists"


@pytest.mark.parametrize(
    "feed",
    [
        'kind = "calidog"\nname = "a"',
        'name = "a"\nurl = "https://log.example/"',
        'kind = "static_ct"\nname = "a"\nurl = "ftp://log.example/"',
        'kind = "static_ct"\nname = "a"\nurl = "https://log.example/?x=1"',
        'kind = "static_ct"\nname = "a b"\nurl = "https://log.example/"',
        'kind = "static_ct"\nname = "a"\nurl = "https://log.example/"\npublic_key = "not base64"',
        'kind = "static_ct"\nname = "a"\nurl = "https://log.example/"\npath = "x"',
        'kind = "rfc6962"\nname = "a"\nurl = "https://log.example/"\nbatch = 0',
        'kind = "certstream"\nname = "a"',
        'kind = "certstream"\nname = "a"\nurl = "https://stream.example/"',
        'kind = "folder"\nname = "a"',
        'kind = "folder"\nname = "a"\npath = "x"\n[[feeds]]\nkind = "folder"\nname = "a"\npath = "y"',
    ],
)
def test_a_feed_that_cannot_work_is_refused_with_key_and_place(tmp_path, feed):
    with pytest.raises(SettingInvalid) as caught:
        settings(tmp_path, f"[[feeds]]\n{feed}")
    assert caught.value.key.startswith("feeds")
    assert caught.value.where == str(tmp_path / "jianwei.toml")
