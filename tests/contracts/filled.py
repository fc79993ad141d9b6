"""Fills any stores with something of every kind, through their own ports: what a shelf, a copy or a backup must carry over."""

from datetime import timedelta

from pipelines import lifecycle
from pipelines.feeds import FeedBookmark
from pipelines.model import Account, Role, RunReport, SavedSearch, WorkItem
from tests.builders import AT, a_listing, a_sighting, a_site, a_snapshot, an_advert
from tests.name_builders import HOST, UNREGISTERED, a_record, a_sight, watched


def fill(stores, leads: int = 5) -> None:
    """Put in so many leads, the first two of them decided on, and a few of everything else."""
    seen = [
        a_site(f"cx-mem-gov{number}.cn", text="包过 全国可查" * (number % 3))
        if number % 2
        else a_listing(item_id=str(number), text="先出证后付款\x1f\U0001f525")
        for number in range(leads)
    ]
    merged = stores.leads.merge_many([a_sighting(one, 100 + number % 900) for number, one in enumerate(seen)])
    for one, made in zip(seen, merged, strict=True):
        stores.observations.add(one, made.lead_id)
        stores.audit.append(AT, "system", "lead.sighted", made.lead_id)
    stores.observations.add(an_advert(), "")
    for made in merged[:2]:
        found = stores.leads.get(made.lead_id)
        screening = lifecycle.start_screening(found.document, "wang", AT + timedelta(hours=1))
        stores.leads.put(screening, found.version)
        stores.leads.put(lifecycle.dismiss(screening, "wang", "不是假冒", AT + timedelta(hours=2)), found.version + 1)
        stores.audit.append(AT, "wang", "lead.dismiss", made.lead_id, "不是假冒")
    for name, role in (("wang", Role.CYBERSPACE), ("李 四", Role.POLICE)):
        stores.accounts.put(Account(name=name, display_name=name, role=role, password_hash="$argon2id$x"))
    for owner, name in (("wang", "包过"), ("wang", "a b"), ("李 四", "包过")):
        stores.saved_searches.put(SavedSearch(owner=owner, name=name, query="q=%E5%8C%85", saved_at=AT))
    for day in range(3):
        stores.snapshots.put(a_snapshot(html=f"<title>{day}</title>", at=AT + timedelta(days=day, microseconds=day)))
    stores.snapshots.put(a_snapshot("https://zlaqsc.mohurd.gov.cn/"))
    stores.runs.put(RunReport(id="r1", started_at=AT, sources=("engines",), done={}, left={"visit": 1}, outcomes={}))
    stores.runs.put(RunReport(id="r0", started_at=AT, finished_at=AT, done={"visit": 2}, left={}, outcomes={}))
    items = [WorkItem(kind="visit", key=key, payload="{}") for key in ("http://b/", "http://a/", "http://c/")]
    stores.frontier.add("r1", items)
    stores.frontier.finish("r1", items[1], [WorkItem(kind="name", key="d")])
    record, changes = watched(
        a_sight(UNREGISTERED, at=AT), a_sight(at=AT + timedelta(days=1)), a_sight(at=AT + timedelta(days=2))
    )
    stores.names.put(a_record(), 0)
    stores.names.put(record, 1, changes)
    stores.names.put(a_record(host=f"x-{HOST}"), 0)
    stores.names.note_look(1)
    bookmark = FeedBookmark(feed="argon", kind="rfc6962", offset=2**40, missed_s=1.5, contact_at=AT)
    stores.feed_bookmarks.put(bookmark, ["b.cn", "a.cn"], AT)
    stores.feed_bookmarks.put(FeedBookmark(feed="new", kind="folder"), ["a.cn"])
