"""A name's story: what is a change, what raises notice, and what is neither."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.name_history import HISTORY_LIMIT, NOTICES, begin, observe, see_again
from pipelines.name_presence import DAMPING
from pipelines.name_record import ChangeKind, KnownFact, NameSight, Presence
from tests.builders import AT
from tests.name_builders import (
    HOST,
    REGISTERED,
    RESOLVING,
    UNANSWERED,
    UNREGISTERED,
    a_record,
    a_sight,
    after,
    kinds,
    notices,
    watched,
)


def test_a_name_somebody_named_is_news_and_one_of_our_own_invention_is_not():
    record, (first,) = begin(HOST, "cx.mem.gov.cn", "pinyin", 500, "ct:argon", AT, AT)
    assert (first.kind, first.is_notice, record.first_seen_at) == (ChangeKind.FIRST_SEEN, True, AT)
    for own in ("generation", "check"):
        _, (quiet,) = begin(HOST, "cx.mem.gov.cn", "pinyin", 500, own, AT, AT)
        assert not quiet.is_notice


def test_the_first_answer_is_no_change():
    record, changes = watched(a_sight(RESOLVING, at=after(hours=1)))
    assert changes == []
    assert (record.known.presence, record.known.presence_since) == (RESOLVING, after(hours=1))


@pytest.mark.parametrize(
    ("presence", "told"), [(RESOLVING, ["resolving"]), (REGISTERED, ["registered"]), (UNREGISTERED, [])]
)
def test_of_an_invented_name_the_first_answer_is_news_if_it_exists(presence, told):
    assert notices(watched(a_sight(presence), source="generation")[1]) == told


def test_a_name_comes_into_being_step_by_step():
    _, changes = watched(
        a_sight(UNREGISTERED), a_sight(REGISTERED, at=after(days=1)), a_sight(RESOLVING, at=after(days=2))
    )
    assert notices(changes) == ["registered", "resolving"]
    assert changes[1].before == ("registered",)
    assert changes[1].after == ("resolving", "203.0.113.7")
    assert changes[1].before_since == after(days=1)


@pytest.mark.parametrize("lost", [UNANSWERED, REGISTERED, UNREGISTERED])
def test_one_bad_look_takes_nothing_away(lost):
    record, changes = watched(a_sight(RESOLVING), a_sight(lost, at=after(days=1)), a_sight(RESOLVING, at=after(days=2)))
    assert changes == []
    assert record.known.presence is RESOLVING
    assert record.known.doubt is None


@pytest.mark.parametrize(
    ("known", "seen", "fallen"),
    [
        (RESOLVING, REGISTERED, Presence.REGISTERED),
        (RESOLVING, UNREGISTERED, Presence.GONE),
        (REGISTERED, UNREGISTERED, Presence.GONE),
    ],
)
def test_a_fall_is_believed_after_the_looks_and_the_time_of_the_table(known, seen, fallen):
    damping = DAMPING[known, fallen]
    first = after(days=1)
    soon = first + damping.apart - timedelta(seconds=1)
    record, changes = watched(a_sight(known), a_sight(seen, at=first), a_sight(seen, at=soon))
    assert changes == []
    assert record.known.presence is known
    record, changes = watched(a_sight(seen, at=first + damping.apart), record=record)
    assert record.known.presence is fallen
    assert record.known.presence_since == first
    assert [(one.at, one.noted_at) for one in changes] == [(first, first + damping.apart)]


def test_two_absences_with_a_presence_between_them_are_two_flaps():
    looks = [a_sight(RESOLVING if day % 2 == 0 else UNREGISTERED, at=after(days=day)) for day in range(10)]
    assert watched(*looks)[1] == []


def test_absences_with_silence_between_them_add_up():
    _, changes = watched(
        a_sight(RESOLVING), a_sight(UNREGISTERED, at=after(days=1)), a_sight(UNANSWERED, at=after(days=2)),
        a_sight(UNREGISTERED, at=after(days=3)),
    )  # fmt: skip
    assert notices(changes) == ["gone"]


def test_what_was_first_registered_only_and_then_not_at_all_falls_in_two_steps():
    record, changes = watched(
        a_sight(RESOLVING), a_sight(REGISTERED, at=after(days=1)), a_sight(UNREGISTERED, at=after(days=2)),
        a_sight(UNREGISTERED, at=after(days=3)),
    )  # fmt: skip
    assert notices(changes) == ["stopped_resolving", "gone"]
    assert [one.at for one in changes] == [after(days=1), after(days=2)]
    assert record.known.presence is Presence.GONE


def test_back_after_gone_says_how_long_it_was_away():
    _, changes = watched(
        a_sight(RESOLVING), a_sight(UNREGISTERED, at=after(days=1)), a_sight(UNREGISTERED, at=after(days=2)),
        a_sight(RESOLVING, "198.51.100.9", at=after(days=42)),
    )  # fmt: skip
    assert notices(changes) == ["gone", "back"]
    assert changes[-1].before_since == after(days=1)
    assert changes[-1].after == ("resolving", "198.51.100.9")


def test_resolving_again_after_a_stop_is_a_return_too():
    _, changes = watched(
        a_sight(RESOLVING), a_sight(REGISTERED, at=after(days=1)), a_sight(REGISTERED, at=after(days=2)),
        a_sight(RESOLVING, at=after(days=3)),
    )  # fmt: skip
    assert notices(changes) == ["stopped_resolving", "back"]


def test_a_registry_that_knows_the_name_lifts_it_although_dns_is_silent():
    seen = a_sight(UNANSWERED, at=after(days=1), is_at_least_registered=True)
    assert notices(watched(a_sight(UNREGISTERED), seen)[1]) == ["registered"]
    record, changes = watched(a_sight(RESOLVING), seen)
    assert changes == []
    assert record.known.presence is RESOLVING


def registered(on: str, registrar: str, days: int, registry: str = "whois", **more) -> NameSight:
    return a_sight(REGISTERED, at=after(days=days), registered_on=on, registrar=registrar, registry=registry, **more)


def test_another_registration_is_a_change_of_its_own():
    _, changes = watched(registered("2024-01-01", "甲公司", 0), registered("2026-11-20", "乙公司", 1))
    assert notices(changes) == ["reregistered"]
    assert (changes[0].before, changes[0].after) == (("2024-01-01", "甲公司"), ("2026-11-20", "乙公司"))


def test_another_registrar_alone_is_a_transfer():
    _, changes = watched(registered("2024-01-01", "甲公司", 0), registered("2024-01-01", "乙公司", 1))
    assert notices(changes) == ["transferred"]


@pytest.mark.parametrize(
    "second",
    [
        registered("2024-01-02", "甲公司", 1),
        registered("2023-12-31", "甲公司", 1),
        registered("2024-01-01", "Jia Co.", 1, registry="rdap"),
        registered("2024-01-01", "甲 公司.", 1),
    ],
)
def test_dates_and_spellings_of_two_registries_are_no_change(second):
    record, changes = watched(registered("2024-01-01", "甲公司", 0), second)
    assert changes == []
    assert record.known.registered_on.values == ("2024-01-01",)


def test_parking_and_unparking_raise_notice_and_another_service_does_not():
    looks = [a_sight(at=after(days=day), parking=name) for day, name in enumerate(["", "Sedo", "Bodis", ""])]
    _, changes = watched(*looks)
    assert kinds(changes) == ["parked", "parked", "unparked"]
    assert notices(changes) == ["parked", "unparked"]


def test_a_certificate_and_name_servers_change_quietly():
    _, changes = watched(
        a_sight(certificate="a" * 64, nameservers=("ns1.a.cn",)),
        a_sight(at=after(days=1), certificate="b" * 64, nameservers=("ns1.b.cn",)),
    )
    assert kinds(changes) == ["nameservers_changed", "certificate_changed"]
    assert notices(changes) == []


def test_every_kind_says_whether_it_raises_notice():
    assert set(NOTICES) == set(ChangeKind)


def test_a_second_source_is_kept_and_the_strongest_score_leads():
    record, changes = see_again(
        a_record(score=500), "zlaq.mohurd.gov.cn", "pinyin", 800, "tip", after(days=1), after(days=1)
    )
    assert changes == ()
    assert record.sources == ("list:new.txt", "tip")
    assert (record.imitates, record.score_permille) == ("zlaq.mohurd.gov.cn", 800)
    assert see_again(record, "x", "y", 100, "tip", after(days=2), after(days=2)) == (record, ())
    earlier, _ = see_again(record, "x", "y", 100, "ct:a", after(days=-3), AT)
    assert (earlier.first_seen_at, earlier.first_source) == (after(days=-3), "ct:a")


def test_an_invented_name_that_the_world_names_becomes_news_once():
    record, _ = watched(a_sight(UNREGISTERED), source="generation")
    record, changes = see_again(record, "x", "y", 100, "check", after(days=1), after(days=1))
    assert changes == ()
    record, changes = see_again(record, "x", "y", 100, "ct:a", after(days=1), after(days=1))
    assert notices(changes) == ["first_seen"]
    assert see_again(record, "x", "y", 100, "list:b", after(days=2), after(days=2))[1] == ()


def test_a_look_from_the_future_counts_as_one_of_now():
    record, _ = observe(a_record(), a_sight(at=after(days=400)), AT)
    assert record.checked_at == AT
    _, changes = watched(a_sight(REGISTERED, at=after(days=1)), a_sight(REGISTERED, at=after(days=2)), record=record)
    assert notices(changes) == ["stopped_resolving"]


def test_the_history_keeps_its_beginning_and_its_notices():
    record, _ = watched(a_sight(UNREGISTERED), a_sight(RESOLVING, at=after(days=1)))
    for day in range(2, 600):
        quiet = {"certificate": f"{day:064x}"}
        record, _ = watched(a_sight(at=after(days=day), parking="Sedo" if day == 300 else "", **quiet), record=record)
    assert len(record.history) == HISTORY_LIMIT
    assert kinds(record.history[:2]) == ["first_seen", "resolving"]
    assert {"parked", "unparked"} <= set(kinds(record.history))
    assert record.dropped_count == 2 + 597 + 2 - HISTORY_LIMIT
    for day in range(600, 1200):
        record, _ = watched(a_sight(at=after(days=day), parking="Sedo" if day % 2 else ""), record=record)
    assert len(record.history) == HISTORY_LIMIT
    assert kinds(record.history[:2]) == ["first_seen", "resolving"]


def test_what_a_suspect_says_is_cut():
    many = tuple(f"198.51.{n // 256}.{n % 256}" for n in range(2000))
    record, _ = watched(a_sight(RESOLVING, *many, nameservers=("n" * 9000,), registrar="甲" * 9000, registry="whois"))
    assert len(record.known.addresses.values) == 64
    assert len(record.known.homes) <= 64
    assert len(record.known.nameservers.values[0]) == 255
    assert len(record.known.registrar.values[0]) == 255


ADDRESSES = st.lists(
    st.sampled_from(["203.0.113.1", "203.0.113.2", "198.51.100.1", "192.0.2.1", "2001:db8::1"]), min_size=1, max_size=3
)
FACT = st.sampled_from([UNANSWERED, "", "a", "b"])


@st.composite
def looks(draw):
    presence = draw(st.sampled_from([RESOLVING, REGISTERED, UNREGISTERED, UNANSWERED]))
    addresses = tuple(draw(ADDRESSES)) if presence is RESOLVING else () if presence is not UNANSWERED else UNANSWERED
    return NameSight(
        at=after(hours=draw(st.integers(0, 400))), presence=presence, addresses=addresses, parking=draw(FACT),
        certificate=draw(FACT), registrar=draw(FACT), registry=draw(st.sampled_from(["rdap", "whois"])),
        registered_on=draw(st.sampled_from([UNANSWERED, "2024-01-01", "2024-01-02", "2026-01-01"])),
        is_at_least_registered=draw(st.booleans()),
    )  # fmt: skip


STORIES = st.lists(looks(), max_size=12)


@given(STORIES)
def test_the_same_look_twice_changes_nothing(story):
    record = a_record()
    for sight in story:
        record, _ = observe(record, sight, after(days=30))
        assert observe(record, sight, after(days=31)) == (record, ())


@given(STORIES)
def test_replaying_a_story_in_its_order_changes_nothing(story):
    story = sorted(story, key=lambda sight: sight.at)
    record, _ = watched(*story)
    again, changes = watched(*story, record=record)
    assert (again, changes) == (record, [])


@given(STORIES, st.lists(st.tuples(st.integers(0, 12), st.integers(0, 400)), max_size=8))
def test_silence_anywhere_changes_no_story(story, silences):
    story = sorted(story, key=lambda sight: sight.at)
    mixed = list(story)
    for place, hour in silences:
        mixed.insert(place, NameSight(at=after(hours=hour), presence=UNANSWERED, addresses=UNANSWERED))
    plain, changes = watched(*story)
    filled, filled_changes = watched(*mixed)
    assert (filled.known, filled_changes) == (plain.known, changes)


@given(STORIES, looks())
def test_a_late_look_never_rewrites_newer_knowledge(story, late):
    record, _ = watched(*sorted(story, key=lambda sight: sight.at))
    after_late, _ = observe(record, late, after(days=30))
    for name in ("addresses", "registrar", "registered_on", "certificate", "parking"):
        before, now = getattr(record.known, name), getattr(after_late.known, name)
        if isinstance(before, KnownFact) and before.confirmed_at >= late.at:
            assert now == before
    known = record.known
    if known.presence_confirmed_at and known.presence_confirmed_at >= late.at:
        assert after_late.known.presence is known.presence


@given(STORIES)
def test_a_name_is_never_gone_on_one_persons_word(story):
    """Whatever the story, every fall rests on two looks as far apart as the table wants."""
    story = sorted(story, key=lambda sight: sight.at)
    record = a_record()
    for place, sight in enumerate(story):
        before = record.known.presence
        record, changes = observe(record, sight, sight.at)
        for one in changes:
            if one.kind in {ChangeKind.GONE, ChangeKind.STOPPED_RESOLVING}:
                assert sight.at - one.at >= DAMPING[before, record.known.presence].apart > timedelta(0)
                assert any(earlier.at == one.at for earlier in story[:place])
