import io
import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.range.behaviours import BEHAVIOURS
from deploy.range.check import run_check, shortcomings
from deploy.range.model import HostKind
from deploy.range.world import DOCUMENTATION_NETWORKS, WorldInvalid, load_world
from keywords.hosts import canonical_host, canonical_url

WORLD = load_world()
GOOD = """
note = "a test host"
addresses = ["203.0.113.9"]
kind = "ordinary"
[truth]
verdict = "benign"
[[pages]]
path = "/"
file = "index.html"
"""


def written(root: Path, host_toml: str = GOOD, name: str = "www.lizi.com") -> Path:
    folder = root / "hosts" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "host.toml").write_text(host_toml, "utf-8")
    (folder / "index.html").write_text("<p>例子</p>", "utf-8")
    return root


def problems_of(root: Path) -> list[str]:
    with pytest.raises(WorldInvalid) as caught:
        load_world(root)
    return [f"{problem.key}: {problem.advice}" for problem in caught.value.problems]


def test_the_shipped_range_has_what_was_promised() -> None:
    kinds = [host.kind for host in WORLD.hosts]
    assert len(kinds) >= 60
    assert kinds.count(HostKind.COUNTERFEIT) >= 15
    assert kinds.count(HostKind.NEAR_MISS) >= 15
    assert kinds.count(HostKind.TRAP) >= 13
    assert len(WORLD.listings) >= 60
    assert len({listing.platform for listing in WORLD.listings}) == 3
    adverts = [entry for entry in WORLD.index if entry.advert]
    assert len(adverts) >= 12
    assert {entry.advert.verdict for entry in adverts if entry.advert} == {"counterfeit", "benign"}
    assert {entry.advert.shows_target for entry in adverts if entry.advert} == {True, False}
    assert shortcomings(WORLD) == ()


def test_check_counts_by_kind() -> None:
    out, err = io.StringIO(), io.StringIO()
    assert run_check(out, err) == 0
    assert err.getvalue() == ""
    assert f"trap {sum(host.kind is HostKind.TRAP for host in WORLD.hosts)}" in out.getvalue()


@pytest.mark.parametrize("host", WORLD.hosts, ids=lambda host: host.name)
def test_every_host_is_well_named_and_stays_in_documentation_networks(host) -> None:
    for name in (host.name, *host.aliases):
        assert canonical_host(name) == name
    if host.kind is HostKind.TRAP:
        return
    for address in host.addresses:
        assert any(ipaddress.ip_address(address) in network for network in DOCUMENTATION_NETWORKS)


@pytest.mark.parametrize("listing", WORLD.listings, ids=lambda listing: listing.url)
def test_every_listing_has_a_canonical_address(listing) -> None:
    assert canonical_url(listing.url) == listing.url


def test_every_behaviour_is_used_and_every_used_one_exists() -> None:
    assert {host.behaviour for host in WORLD.hosts} - {""} == set(BEHAVIOURS)


@given(st.text(max_size=80))
def test_finding_a_name_never_fails(name: str) -> None:
    host = WORLD.find(name)
    assert host is None or host in WORLD.hosts


def test_a_good_folder_loads(tmp_path: Path) -> None:
    world = load_world(written(tmp_path))
    assert [truth.key for truth in world.truth()] == ["www.lizi.com"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("203.0.113.9", "8.8.8.8"), "addresses"),
        (("203.0.113.9", "localhost"), "addresses"),
        (('kind = "ordinary"', 'kind = "bank"'), "kind"),
        (('kind = "ordinary"', 'kind = "counterfeit"'), "truth.verdict"),
        (('kind = "ordinary"', 'kind = "engine"'), "truth"),
        (('verdict = "benign"', 'verdict = "guilty"'), "truth.verdict"),
        (('path = "/"', 'path = "index"'), "pages[0].path"),
        (('file = "index.html"', 'file = "gone.html"'), "pages[0].file"),
        (('file = "index.html"', 'file = "../../secret"'), "pages[0].file"),
        (('file = "index.html"', ""), "pages[0].file"),
        (('note = "a test host"', ""), "note"),
        (('note = "a test host"', 'note = "x"\ncolour = "red"'), "colour"),
        (('note = "a test host"', 'note = "x"\nname = "red"'), "name"),
        (('note = "a test host"', 'note = "x"\naliases = ["WWW.Lizi.com"]'), "aliases"),
        (('addresses = ["203.0.113.9"]', ""), "addresses"),
        (("note =", "note"), "-"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    assert GOOD.count(change[0])
    found = problems_of(written(tmp_path, GOOD.replace(*change)))
    assert any(problem.startswith(f"{named}: ") or named in problem for problem in found), found


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("203.0.113.9", "8.8.8.8"))
    written(tmp_path, GOOD.replace("203.0.113.9", "9.9.9.9"), "www.lizi2.com")
    assert len(problems_of(tmp_path)) == 2


def test_two_hosts_cannot_have_one_name(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace("kind =", 'aliases = ["www.lizi.com"]\nkind ='), "www.lizi2.com")
    assert "belongs to" in problems_of(tmp_path)[0]


def test_only_traps_may_answer_with_inner_addresses(tmp_path: Path) -> None:
    inner = GOOD.replace("203.0.113.9", "10.0.0.1")
    assert problems_of(written(tmp_path, inner))
    trap = inner.replace('"ordinary"', '"trap"').replace('"benign"', '"none"')
    assert load_world(written(tmp_path, trap)).hosts[0].addresses == ("10.0.0.1",)


def test_broken_index_and_listings_are_named(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "index.toml").write_text('[[entries]]\nurl = "ftp://x"\ntitle = "t"\ntext = "t"\n[[rows]]\n')
    (tmp_path / "data" / "listings.toml").write_text('[[listings]]\nplatform = "x.com"\n')
    found = problems_of(tmp_path)
    assert any(problem.startswith("rows: is unknown") for problem in found)
    assert any(problem.startswith("entries[0].url") for problem in found)
    assert any(problem.startswith("listings[0].platform") for problem in found)


def test_engine_hosts_need_a_row_and_behaviours_a_function(tmp_path: Path) -> None:
    text = GOOD.replace('verdict = "benign"', 'verdict = "benign"\nfound_by = ["engine"]')
    written(tmp_path, text.replace("kind =", 'behaviour = "dance"\nkind ='))
    world = load_world(tmp_path)
    keys = [problem.key for problem in shortcomings(world, tmp_path)]
    assert keys == ["behaviour", "truth.found_by"]


def test_names_come_and_go_with_the_phase(tmp_path: Path) -> None:
    written(tmp_path, GOOD + '[[changes]]\nwhen = "moved"\ngone = true\n')
    back = '[[changes]]\nwhen = ""\ngone = true\n[[changes]]\nwhen = "moved"\ngone = false\n'
    written(tmp_path, GOOD + back, "www.lizi2.com")
    world = load_world(tmp_path)
    assert [truth.key for truth in world.truth()] == ["www.lizi.com"]
    assert [truth.key for truth in world.truth("moved")] == ["www.lizi2.com"]
    assert world.find("www.lizi2.com", "delisted") is None
