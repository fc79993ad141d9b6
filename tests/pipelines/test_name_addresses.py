"""A move to another network against the daily rotation within one."""

import pytest

from pipelines.name_addresses import HOME_HOLDS, home_networks
from tests.name_builders import RESOLVING, UNREGISTERED, a_sight, after, kinds, notices, watched


def moved(*sets: tuple[str, ...], networks: tuple[tuple[str, ...], ...] = ()):
    looks = []
    for day, addresses in enumerate(sets):
        more = {"networks": networks[day]} if networks else {}
        looks.append(a_sight(RESOLVING, *addresses, at=after(days=day), **more))
    return watched(*looks)[1]


A, A2, B, C, D = "203.0.113.7", "203.0.113.9", "198.51.100.7", "192.0.2.7", "100.20.30.40"


def test_another_network_is_a_move():
    (change,) = moved((A,), (B,))
    assert (change.kind.value, change.is_notice) == ("address_changed", True)
    assert (change.before, change.after) == ((A,), (B,))


@pytest.mark.parametrize(
    ("first", "second"),
    [((A,), (A2,)), ((A,), (A, B)), (("2001:db8:1:2::1",), ("2001:db8:1:ffff::2",)), ((A, B), (B, C))],
)
def test_another_address_nearby_or_beside_the_old_one_is_rotation(first, second):
    changes = moved(first, second)
    assert kinds(changes) == ["address_rotated"]
    assert notices(changes) == []


def test_another_block_of_the_same_system_is_rotation():
    assert notices(moved((A,), (B,), networks=(("AS64500 HOSTER",), ("AS64500 Hoster",)))) == []
    assert notices(moved((A,), (B,), networks=(("AS64500",), ("AS64501",)))) == ["address_changed"]


def test_whoever_adds_the_new_address_first_does_not_move_unseen():
    assert notices(moved((A,), (A, B), (B,))) == [], "once, the old address may be missing"
    assert notices(moved((A,), (A, B), (B,), (B,), (B,))) == ["address_changed"]


def test_a_set_that_slides_along_is_noticed():
    assert notices(moved((A, B), (B, C), (C, D), (D, "8.8.8.8"))) == ["address_changed"]


def test_two_content_networks_that_alternate_are_noticed_once():
    assert notices(moved(*[(A,), (B,)] * 10)) == ["address_changed"]


def test_a_return_to_a_network_left_long_ago_is_a_move():
    days = HOME_HOLDS.days + 2
    looks = [a_sight(RESOLVING, A), a_sight(RESOLVING, B, at=after(days=1)), a_sight(RESOLVING, B, at=after(days=days))]
    record, _ = watched(*looks)
    assert notices(watched(a_sight(RESOLVING, A, at=after(days=days + 1)), record=record)[1]) == ["address_changed"]


def test_a_name_that_kept_still_for_long_may_still_rotate():
    record, _ = watched(a_sight(RESOLVING, A), a_sight(RESOLVING, A, at=after(days=300)))
    assert notices(watched(a_sight(RESOLVING, A2, at=after(days=400)), record=record)[1]) == []


def test_a_return_with_other_addresses_is_one_change():
    looks = [
        a_sight(RESOLVING, A), a_sight(UNREGISTERED, at=after(days=1)), a_sight(UNREGISTERED, at=after(days=2)),
        a_sight(RESOLVING, B, at=after(days=3)), a_sight(RESOLVING, B, at=after(days=4)),
    ]  # fmt: skip
    assert kinds(watched(*looks)[1]) == ["gone", "back"]


def test_homes_of_what_is_no_address_are_none():
    assert home_networks(["nonsense", ""], ["Hoster without number"]) == frozenset()


@pytest.mark.parametrize("nowhere", ["127.0.0.1", "0.0.0.0", "10.1.2.3", "::1"])
def test_an_address_that_leads_nowhere_is_nobodys_home(nowhere):
    assert notices(moved((A,), (nowhere,), (A,))) == ["address_changed", "address_changed"]
    assert notices(moved((nowhere,), (A,))) == ["address_changed"]
    assert notices(moved((nowhere, A), (A,))) == []
    assert kinds(moved((nowhere,), ("127.0.0.2",))) == ["address_rotated"]
