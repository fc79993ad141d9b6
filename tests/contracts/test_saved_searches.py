"""What every `SavedSearches` must do."""

from dataclasses import replace

from pipelines.model import SavedSearch
from tests.builders import AT

SEARCH = SavedSearch(owner="wang", name="本周到期", query="q=%E5%88%B0%E6%9C%9F", saved_at=AT)


def test_a_search_is_kept_replaced_and_forgotten_by_its_name(stores):
    kept = stores.saved_searches
    assert kept.of("wang") == ()
    kept.put(SEARCH)
    kept.put(replace(SEARCH, name="a", query=""))
    newer = replace(SEARCH, query="status=new")
    kept.put(newer)
    assert kept.of("wang") == (replace(SEARCH, name="a", query=""), newer)
    assert kept.delete("wang", "本周到期")
    assert not kept.delete("wang", "本周到期")
    assert [one.name for one in kept.of("wang")] == ["a"]


def test_nobody_sees_or_forgets_those_of_another(stores):
    stores.saved_searches.put(SEARCH)
    assert stores.saved_searches.of("li") == ()
    assert not stores.saved_searches.delete("li", SEARCH.name)
    stores.saved_searches.put(replace(SEARCH, owner="li", query="x=1"))
    assert stores.saved_searches.of("wang") == (SEARCH,)
