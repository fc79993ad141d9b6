"""What every `FilingRegistry` and `FilingImports` must do."""

from dataclasses import replace
from datetime import date

import pytest

from detectors.model import FilingRecord
from pipelines.filings.registry import Edition, ImportOvertaken, SourcedRejection
from pipelines.imports.model import Rejection
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.filings import SqliteFilings
from tests.builders import AT

EDITION = Edition(
    number=0, source="a.csv", sha256="00", registry_on=date(2026, 10, 31), imported_at=AT, imported_by="wang",
    records=0, domains=0, provinces="",
)  # fmt: skip


def record(domain="a.cn", number="苏ICP备12001234号-1", **more) -> FilingRecord:
    return FilingRecord(domain=domain, number=number, holder=more.pop("holder", "甲公司"), **more)


def loaded(store, *records, fingerprint="f"):
    staged = store.begin(fingerprint)
    store.stage(staged.token, records, (), len(records))
    return store.publish(staged.token, EDITION)


def test_nothing_is_known_before_an_import(stores):
    assert stores.filings.edition() is None
    assert stores.filings.of_domain("a.cn") == ()
    assert stores.filings.of_number("苏ICP备12001234") == ()
    assert stores.filings.answer("a.cn") is None


def test_records_are_found_by_domain_and_by_any_form_of_their_number(stores):
    full = record(holder_kind="企业", site_name="甲网", approved_on=date(2012, 3, 4), status="正常")
    published = loaded(stores.filings, full, record("b.cn", "苏ICP备12001234号-2"), record("c.cn", "粤B2-20090059-3"))
    assert stores.filings.of_domain("a.cn") == (full,)
    assert [one.domain for one in stores.filings.of_number("苏ICP备12001234")] == ["a.cn", "b.cn"]
    assert [one.domain for one in stores.filings.of_number("苏ICP备12001234", 1)] == ["a.cn"]
    assert [one.domain for one in stores.filings.of_number("粤B2-20090059")] == ["c.cn"]
    assert (published.number, published.records, published.domains, published.provinces) == (1, 3, 3, "苏粤")
    assert stores.filings.edition() == published


def test_a_province_that_uses_two_letters_is_one(stores):
    loaded(stores.filings, record("a.cn", "川ICP备12001234号"))
    assert stores.filings.of_number("蜀ICP备12001234")
    assert stores.filings.edition().provinces == "蜀"


def test_valid_records_come_before_cancelled_ones(stores):
    loaded(stores.filings, record(number="京ICP备05000001号", is_cancelled=True), record())
    assert [one.is_cancelled for one in stores.filings.of_domain("a.cn")] == [False, True]


def test_of_the_same_domain_and_number_the_last_row_stands(stores):
    published = loaded(stores.filings, record(holder="旧"), record(holder="新"))
    assert [one.holder for one in stores.filings.of_domain("a.cn")] == ["新"]
    assert published.records == 1


def test_a_new_registry_takes_the_place_of_the_old_as_a_whole(stores):
    loaded(stores.filings, record("old.cn"))
    staged = stores.filings.begin("g")
    stores.filings.stage(staged.token, (record("new.cn", "京ICP备05000002号"),), (), 1)
    assert stores.filings.of_domain("old.cn") and not stores.filings.of_domain("new.cn")
    published = stores.filings.publish(staged.token, EDITION)
    assert not stores.filings.of_domain("old.cn") and stores.filings.of_domain("new.cn")
    assert not stores.filings.of_number("苏ICP备12001234")
    assert published.number == 2


def test_a_stopped_import_is_taken_up_by_the_same_content_only(stores):
    refused = SourcedRejection("a.csv", Rejection(2, "没有填写域名", ",x"))
    first = stores.filings.begin("f")
    stores.filings.stage(first.token, (record(),), (refused,), 2)
    again = stores.filings.begin("f")
    assert (again.rows_read, again.staged, again.rejected) == (2, 1, 1)
    assert list(stores.filings.rejections(again.token)) == [refused]
    other = stores.filings.begin("g")
    assert (other.rows_read, other.staged, other.rejected) == (0, 0, 0)
    assert list(stores.filings.rejections(other.token)) == []


def test_an_overtaken_import_cannot_go_on(stores):
    first = stores.filings.begin("f")
    second = stores.filings.begin("g")
    for attempt in (
        lambda: stores.filings.stage(first.token, (record(),), (), 1),
        lambda: stores.filings.publish(first.token, EDITION),
        lambda: stores.filings.drop(first.token),
    ):
        with pytest.raises(ImportOvertaken):
            attempt()
    stores.filings.stage(second.token, (record("b.cn"),), (), 1)
    assert stores.filings.publish(second.token, EDITION).records == 1


def test_a_dropped_import_leaves_the_registry_in_use(stores):
    loaded(stores.filings, record())
    staged = stores.filings.begin("g")
    stores.filings.stage(staged.token, (record("b.cn"),), (), 1)
    stores.filings.drop(staged.token)
    assert stores.filings.of_domain("a.cn")
    assert stores.filings.begin("g").rows_read == 0


def test_answers_are_kept_and_never_replaced_by_older_ones(stores):
    none = FilingRecord(domain="a.cn", number="", looked_on=date(2026, 11, 2))
    assert stores.filings.put_answers((none, record("b.cn", looked_on=date(2026, 11, 1)))) == 2
    assert stores.filings.put_answers((none,)) == 0
    assert stores.filings.put_answers((record(looked_on=date(2026, 11, 1)),)) == 0
    assert stores.filings.answer("a.cn") == none
    newer = record(looked_on=date(2026, 11, 3))
    assert stores.filings.put_answers((newer,)) == 1
    assert stores.filings.answer("a.cn") == newer
    assert stores.filings.answers_count() == 2
    loaded(stores.filings, record("z.cn"))
    assert stores.filings.answer("a.cn") == newer


def test_more_rows_than_one_part_are_all_copied(stores):
    many = [record(f"{n:06d}.cn", f"苏ICP备{n % 9:02d}{n:06d}号") for n in reversed(range(60_000))]
    published = loaded(stores.filings, *many)
    assert (published.records, published.domains) == (60_000, 60_000)
    assert stores.filings.of_domain("000000.cn") and stores.filings.of_domain("059999.cn")
    assert len(stores.filings.of_number("苏ICP备08000008")) == 1


def test_another_process_sees_the_new_registry_at_once(tmp_path):
    one, two = Database(tmp_path / "case.sqlite"), Database(tmp_path / "case.sqlite")
    reader, writer = SqliteFilings(one), SqliteFilings(two)
    loaded(writer, record())
    assert reader.edition().number == 1
    loaded(writer, record("b.cn"), fingerprint="g")
    assert (reader.edition().number, reader.of_domain("a.cn")) == (2, ())
    assert reader.edition() == replace(writer.edition())
    one.close()
    two.close()


def test_a_publication_cut_short_is_done_again(tmp_path):
    database = Database(tmp_path / "case.sqlite")
    store = SqliteFilings(database)
    loaded(store, record())
    staged = store.begin("g")
    store.stage(staged.token, (record("b.cn"),), (), 1)
    with database.writing() as connection:  # what a kill between two parts leaves behind
        connection.execute("INSERT INTO filing_records VALUES (2, 'half.cn', 'x', '', '', '', '', '', 0)")
    assert store.of_domain("half.cn") == ()
    again = store.begin("g")
    assert again.rows_read == 1
    assert store.publish(again.token, EDITION).records == 1
    assert store.of_domain("half.cn") == () and store.of_domain("b.cn")
    database.close()
