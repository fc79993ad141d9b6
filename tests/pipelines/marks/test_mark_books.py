"""From accepted observations to gangs: intake writes, decisions move, personal marks are pseudonyms; golden cases of whole gangs."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from detectors.marks.model import Mark, MarkKind, Standing
from detectors.model import SCREENSHOT, Code, EvidenceKind, HostFacts, Picture
from detectors.pages.read import read_page
from keywords.roster import load_roster
from pipelines import lifecycle
from pipelines.intake import Intake
from pipelines.marks.books import Look, MarkBooks, shown_form
from pipelines.marks.followed_leads import FollowedLeads
from pipelines.marks.record import gang_number, mark_number
from pipelines.marks.refresh import refresh_marks
from pipelines.marks.report import bond_sentence, discount_sentence, gang_of_lead, gang_sentence, read_gang
from pipelines.model import FindingOutcome, MergeOutcome
from pipelines.secrets import pseudonym
from pipelines.stores.memory import MemoryEvidence, MemoryLeads, MemoryObservations
from pipelines.stores.memory_marks import MemoryMarks
from tests.builders import AT, a_listing, a_site, a_snapshot, an_advert, an_attachment
from tests.pipelines.test_intake import WordDetector

TONGJI = "<script src='//hm.baidu.com/hm.js?41fc030db57d5570dd22f78997dc4a7e'></script>"
GOLDEN = sorted((Path(__file__).parents[2] / "golden" / "gangs").glob("*.json"))


class Case:
    """A case in memory; what says 包过 becomes a lead."""

    def __init__(self, clock):
        self.evidence, self.observations, self.marks = MemoryEvidence(), MemoryObservations(), MemoryMarks()
        self.books = MarkBooks(self.marks, load_roster(), lambda text: pseudonym(b"key", text))
        self.leads = FollowedLeads(MemoryLeads(clock), self.books)
        self.intake = Intake(
            evidence=self.evidence,
            observations=self.observations,
            leads=self.leads,
            detectors=lambda: (WordDetector(),),
            marks=self.books,
        )

    def see(self, host: str, html: str = "", text: str = "包过", **more) -> str:
        url = f"http://{host}/"
        html = f"<html><body><p>{text}</p>{html}</body></html>"
        return self.intake.accept(a_site(host, html=html, page=read_page(html, url), **more)).lead_id

    def decide(self, lead_id: str, outcome: FindingOutcome = FindingOutcome.NOT_COUNTERFEIT) -> None:
        stored = self.leads.get(lead_id)
        screened = lifecycle.start_screening(stored.document, "wang", AT)
        self.leads.put(lifecycle.dismiss(screened, "wang", "本地超市", AT, outcome), stored.version)

    def gangs(self) -> list[list[str]]:
        with self.marks.reading() as ledger:
            return sorted(sorted(wearer.id for wearer in read_gang(ledger, size).wearers) for size in ledger.gangs())


@pytest.fixture
def case(clock):
    return Case(clock)


def test_two_sites_with_one_account_are_a_gang_and_the_sentence_says_why(case):
    a, b = case.see("a-gang.top", TONGJI), case.see("b-gang.cn", TONGJI)
    listing = case.intake.accept(a_listing(text="包过 详见 http://x", seller="s1")).lead_id
    assert listing
    assert case.gangs() == [sorted((a, b))]
    with case.marks.reading() as ledger:
        (size,) = ledger.gangs()
        gang = read_gang(ledger, size)
        assert gang_of_lead(ledger, a) == size.number
        assert gang_of_lead(ledger, listing) == gang_of_lead(ledger, "Lnone") == 0
    assert gang_sentence(size) == "一个团伙：2 个网站"
    (bond,) = gang.bonds
    sentence = bond_sentence(bond)
    assert "a-gang[.]top 与 b-gang[.]cn：同一百度统计编号 41fc030db57d5570dd22f78997dc4a7e" in sentence
    assert "足以单独认定相连" in sentence


def test_seeing_again_changes_nothing(case):
    for _ in range(2):
        case.see("a-gang.top", TONGJI)
        case.see("b-gang.cn", TONGJI)
    with case.marks.reading() as ledger:
        assert [size.number for size in ledger.gangs()] == [1]
        assert ledger.gangs()[0].leads == 2


def test_a_dismissed_lead_leaves_its_gang_and_a_new_sighting_does_not_bring_it_back(case):
    a, b, c = (case.see(host, "<p>微信 gang_2046</p>") for host in ("a-gang.top", "b-gang.cn", "c-gang.cn"))
    assert case.gangs() == [sorted((a, b, c))]
    case.decide(a)
    assert case.gangs() == [], "a number an innocent shows only helps others"
    case.see("a-gang.top", "<p>微信 gang_2046</p>", text="包过 二")
    with case.marks.reading() as ledger:
        assert ledger.wearer(a).standing is Standing.CLEARED
    assert case.gangs() == []
    stored = case.leads.get(a)
    case.leads.put(lifecycle.reopen(stored.document, "wang", "又出现", AT), stored.version)
    assert case.gangs() == [sorted((a, b, c))]


@pytest.mark.parametrize("outcome", [FindingOutcome.DUPLICATE, FindingOutcome.UNDETERMINED])
def test_a_duplicate_or_undecided_lead_stays(case, outcome):
    a, b = case.see("a-gang.top", TONGJI), case.see("b-gang.cn", TONGJI)
    case.decide(a, outcome)
    assert case.gangs() == [sorted((a, b))]


def test_what_is_too_weak_to_be_a_lead_makes_a_mark_common(case):
    for host in ("news-a.cn", "news-b.cn", "news-c.cn"):
        assert case.see(host, TONGJI, text="天气预报") == ""
    case.see("a-gang.top", TONGJI)
    case.see("b-gang.cn", TONGJI)
    assert case.gangs() == []


def test_what_official_pages_carry_joins_no_copies(case):
    kit = "".join(f"<link rel=stylesheet href='/zs/{name}.css'>" for name in ("a", "b", "c", "d")) + TONGJI
    case.books.note_official([a_snapshot(html=kit, page=read_page(kit, "https://cx.mem.gov.cn/"))])
    for host in ("a-gang.top", "b-gang.cn"):
        case.see(host, kit, facts=HostFacts(addresses=("203.0.113.5",)))
    assert case.gangs() == []
    with case.marks.reading() as ledger:
        number = ledger.enter([(Mark(MarkKind.BAIDU_TONGJI, "41fc030db57d5570dd22f78997dc4a7e"), "")])[0].number
        assert "官方网站" in discount_sentence(ledger.mark(number))


def test_personal_marks_are_kept_as_pseudonyms(case):
    case.see("a-gang.top", "<p>微信 gang_2046 电话 19912345670 邮箱 boss@zheng-ban.top</p>")
    with case.marks.reading() as ledger:
        rows = {row.kind: row for row in ledger.rows.values()}
    kept = "".join(f"{row.value}{row.shown}" for row in rows.values())
    assert not any(raw in kept for raw in ("gang_2046", "19912345670", "boss@"))
    assert rows[MarkKind.MOBILE].shown == "199******70"
    assert rows[MarkKind.EMAIL].shown == "b***@zheng-ban.top"
    assert len(rows[MarkKind.WECHAT].value) == 16


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        (Mark(MarkKind.QQ, "12345"), "1****"),
        (Mark(MarkKind.QQ, "2580369147"), "258*****47"),
        (Mark(MarkKind.CERTIFICATE, "ab" * 32), "abababababab"),
        (Mark(MarkKind.ADDRESS, "203.0.113.5"), "203.0.113.5"),
    ],
)
def test_a_mark_is_shown_masked_or_cut(mark, shown):
    assert shown_form(mark) == shown


def test_favicons_and_pictures_among_the_attachments_are_marks(case):
    icon = an_attachment(b"ICON", EvidenceKind.RESPONSE, media_type="image/x-icon", label="favicon")
    shot = an_attachment(b"PNG", EvidenceKind.SCREENSHOT, media_type="image/png")
    number = "<footer>苏ICP备2023014567号</footer>"
    a, b = (case.see(host, number, attachments=(icon, shot)) for host in ("a-gang.top", "b-gang.cn"))
    assert case.gangs() == [sorted((a, b))]
    with case.marks.reading() as ledger:
        (bond,) = read_gang(ledger, ledger.gangs()[0]).bonds
    assert "网站图标" in bond_sentence(bond) and "＝ 1200，达到 1000" in bond_sentence(bond)


def test_one_chat_code_in_the_pictures_of_two_sellers_ties_them(case):
    code = Code(text="https://u.wechat.com/EAbCdEfGhIjKlMnOp")
    leads = []
    for number, where in enumerate(("a.jpg", SCREENSHOT), start=1):
        picture = Picture(where=where, sha256=str(number) * 64, codes=(code,))
        seen = a_listing(text="包过", seller=f"s{number}", item_id=f"9{number}")
        leads.append(case.intake.accept(replace(seen, pictures=(picture,))).lead_id)
    assert case.gangs() == [sorted(leads)]
    with case.marks.reading() as ledger:
        kinds = [[ledger.mark(n).kind for n in ledger.worn(lead)] for lead in leads]
    assert MarkKind.IMAGE in kinds[0]
    assert MarkKind.IMAGE not in kinds[1], "the bytes of a screenshot are nobody's mark"


@pytest.mark.parametrize(
    ("code", "is_tied"),
    [
        ("https://qr61.cn/oAbCdE/q12345", True),
        ("https://v.douyin.com/iAbCdEf/", False),
        ("https://weixin.qq.com/r/abcDEF123ghi", False),
        ("https://www.wjx.cn/vm/abc.aspx", False),
    ],
    ids=["live code", "short link", "public account", "form service"],
)
def test_what_a_code_to_a_shared_service_ties(case, code, is_tied):
    leads = []
    for number in (1, 2):
        picture = Picture(where="a.jpg", sha256=str(number) * 64, codes=(Code(text=code),))
        seen = a_listing(text="包过", seller=f"s{number}", item_id=f"9{number}")
        leads.append(case.intake.accept(replace(seen, pictures=(picture,))).lead_id)
    assert case.gangs() == ([sorted(leads)] if is_tied else [])


def test_leads_of_before_are_noted_from_their_evidence(clock):
    old = Case(clock)
    html = f"<html><body><p>包过</p>{TONGJI}</body></html>"
    without = Intake(
        evidence=old.evidence, observations=old.observations, leads=old.leads, detectors=lambda: (WordDetector(),)
    )
    ids = []
    for host in ("a-gang.top", "b-gang.cn"):
        body = an_attachment(html.encode())
        ids.append(
            without.accept(
                a_site(host, html=html, page=read_page(html, f"http://{host}/"), attachments=(body,))
            ).lead_id
        )
    assert old.gangs() == []
    for _ in range(2):
        assert refresh_marks(old.books, old.leads, old.observations, old.evidence) == 2
        assert old.gangs() == [sorted(ids)]


def test_an_observation_whose_marks_were_not_written_is_written_when_handed_in_again(case):
    class Broken(MemoryMarks):
        def editing(self):
            raise OSError("no")

    broken = Intake(
        evidence=case.evidence,
        observations=case.observations,
        leads=case.leads,
        detectors=lambda: (WordDetector(),),
        marks=MarkBooks(Broken(), load_roster(), str),
    )
    html = f"<p>包过</p>{TONGJI}"
    seen = [a_site(host, html=html, page=read_page(html, f"http://{host}/")) for host in ("a-gang.top", "b-gang.cn")]
    with pytest.raises(OSError, match="no"):
        broken.accept_many(seen)
    case.intake.accept_many(seen)
    assert len(case.gangs()) == 1


@pytest.mark.parametrize(
    ("text", "number"), [("G7", 7), ("g7", 7), ("7", 7), ("G", 0), ("G-1", 0), ("G" + "9" * 30, 0), ("Ｇ7", 0)]
)
def test_a_gang_is_named_by_its_number(text, number):
    assert gang_number(text) == number
    assert mark_number(text.replace("G", "M").replace("g", "m")) == number


def _observation(one: dict):
    facts = HostFacts(**{name: tuple(value) for name, value in one.get("facts", {}).items()})
    if "listing" in one:
        return a_listing(item_id=one["listing"], **{**{"text": "包过"}, **one.get("fields", {})})
    if "advert" in one:
        return an_advert(title=one["advert"], **one.get("fields", {}))
    html = f"<html><body>{one.get('html', '')}</body></html>"
    return a_site(one["site"], html=html, page=read_page(html, f"http://{one['site']}/"), facts=facts)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_whole_set_falls_into_these_gangs(path, clock):
    told = json.loads(path.read_text("utf-8"))
    books = Case(clock)
    names = {}
    for standing in ("bystanders", "suspects"):
        for one in told.get(standing, []):
            observation = _observation(one)
            name = one.get("site") or one.get("listing") or one["advert"]
            lead_id = f"L{observation.candidate.identity}"
            names[lead_id] = name
            outcome = MergeOutcome.CREATED if standing == "suspects" else None
            books.books.note_many([Look(observation=observation, wearer_id=lead_id, outcome=outcome)])
    assert sorted(sorted(names[one] for one in gang) for gang in books.gangs()) == told["gangs"]
