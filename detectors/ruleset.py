"""Every signal Jianwei knows: its weight, its Chinese sentence and why the weight is what it is. One table.

Changing a row changes `RULESET_VERSION`. A strength is what one hit adds to (or takes from) a score of 0 to 1000;
within one `group` the strongest hit counts in full, the next by half, then a quarter: five words of one advert are
one reason, not five. Sentences are filled with the signal's data (`str.format`); placeholders show what must be given.
"""

from dataclasses import dataclass

from detectors.model import Direction, Level, Quote, Signal

__all__ = ["HIGH_FROM", "LEAD_FROM", "MEDIUM_FROM", "RULES", "RULESET_VERSION", "Rule", "level_of", "signal"]

RULESET_VERSION = "2026.11.10"

HIGH_FROM = 700
"""Two independent strong reasons: a name that imitates plus a page that claims, or a sale with promise and contact."""
MEDIUM_FROM = 400
"""One strong reason with support: worth a person's look today."""
LEAD_FROM = 200
"""Below this nothing is put before staff; the observation is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table."""

    code: str
    direction: Direction
    strength_permille: int
    group: str
    sentence: str
    why: str


def _for(code: str, strength: int, group: str, sentence: str, why: str) -> Rule:
    return Rule(code=code, direction=Direction.FOR, strength_permille=strength, group=group, sentence=sentence, why=why)


def _against(code: str, strength: int, group: str, sentence: str, why: str) -> Rule:
    return Rule(
        code=code, direction=Direction.AGAINST, strength_permille=strength, group=group, sentence=sentence, why=why
    )


_TABLE = (
    # --- names: what the host name says ---
    _for("name.official_embedded", 480, "name", "域名中嵌入官方域名 {official}（{technique}）", "nobody registers another body's full host name by chance"),
    _for("name.brand_context", 420, "name", "域名把官方标识“{brand}”与查询、政府字样组合，仿冒 {official}（{technique}）", "brand plus trade words; a brand alone proves nothing"),
    _for("name.misspelt", 420, "name", "域名与官方域名 {official} 仅有细微差别（{technique}）", "one or two edits from a long official name"),
    _for("name.idn_lookalike", 450, "name", "国际化域名 {shown} 与官方域名或名称相似（{technique}），仿冒 {official}", "look-alike letters have no honest use here"),
    _for("name.pinyin", 300, "name", "域名由与 {official} 有关的拼音或缩写组成（{technique}）", "pinyin and initials are also used by lawful schools"),
    _for("name.government_pretence", 360, "name", "域名伪装成政府网站（{technique}），但不在 .gov.cn 之下", "gov.cn cannot be registered by outsiders, so they write around it"),
    _for("name.written", 460, "written", "文中网址 {host} 仿冒 {official}", "an address in an advert or message is meant to be opened; texts that speak of counterfeits are passed over"),
    # --- identity: who the page says it is ---
    _for("identity.claims_official_site", 400, "identity", "页面自称“{claim}”，该名称属于官方网站 {official}，本域名不在官方网站名录", "国办函〔2018〕55号 binds government sites to .gov.cn and .政务"),
    _for("identity.claims_authority", 260, "identity", "页面以“{claim}”名义出现，本域名不是该机关的网站", "a state body as sponsor off its own domain"),
    _for("identity.invented_body", 380, "identity", "页面自称“{claim}”，官方网站名录中没有这个机构", "published cases used bodies that do not exist"),
    _for("identity.site_tags_mismatch", 300, "identity_tags", "页面标签 {tag} 写的是 {claimed}，与实际域名 {host} 不符", "copied pages keep their head tags; the strongest cheap signal"),
    _for("identity.claims_mandate", 160, "identity_mandate", "页面以官方名义自称“{claim}”", "a body that exists need not say who approved it; counted only beside a claimed identity"),
    _for("identity.government_layout", 180, "identity_layout", "页面以机关名义出现，并设有政府网站栏目或标识：{term}", "columns every government site has; counted only beside a claimed state body"),
    # --- query forms ---
    _for("query_form.certificate", 320, "query_form", "页面要求填写{fields}查询证书，但不是官方查询网站", "collects identity numbers and serves false results"),
    _for("query_form.static_result", 620, "query_form", "页面直接显示证书“{result}”的结果，不经查询", "nobody but the issuer can say so; the landing page of the code on a fake certificate"),
    _for("query_form.state_certificate", 140, "query_subject", "查询的是只由国家机关签发、只由官方网站提供查询的“{term}”", "nobody else holds the records, so nobody else can answer; counted beside a query form only"),
    _for("query_form.static_record", 480, "query_form", "页面直接展示一人的证书信息（{result}），不是官方网站的查询结果", "the landing page of the code on a fake certificate; employers and lists of names look alike, so less than a called validity"),
    _for("query_form.entrance", 200, "query_form", "页面设有“{term}”查询证书，但不是官方查询网站", "opening page of a query; lawful schools have such links too"),
    _for("page.cloaked", 200, "cloak", "电脑与手机看到的页面不同，手机页面才出现证书查询：“{term}”", "honest sites do not hide their query from inspectors"),
    # --- clones ---
    _for("clone.text", 330, "clone", "页面文字与官方页面 {official}（{taken_on} 快照）相似 {percent}%", "shared wording beyond what names and law texts explain"),
    _for("clone.structure", 200, "clone", "页面结构与官方页面 {official}（{taken_on} 快照）相似 {percent}%", "same skeleton of elements"),
    _for("clone.assets", 180, "clone_assets", "页面引用官方网站 {official} 的文件 {asset}", "hot-linked official images, scripts or interfaces"),
    _for("clone.saved_copy", 260, "clone_source", "页面源码注明复制自官方网站 {official}", "saved pages and mirrors keep the note of the tool that made them"),
    _for("clone.framed", 420, "clone_source", "页面在框架内嵌入官方查询网站 {official}", "a page that is nothing but the genuine one in a frame lends it to an alien address; beside other words it counts half, schools do it too"),
    _for("clone.screenshot", 260, "clone", "页面截图与官方页面 {official}（{taken_on} 快照）相似", "looks the same, whatever the markup is"),
    _for("clone.icon", 160, "clone_icon", "网站图标与官方网站 {official}（{taken_on} 快照）相同或相似", "copied with the page; weak alone, icons are borrowed"),
    # --- filings ---
    _for("filing.absent", 80, "filing", "页面没有 ICP 备案号", "compulsory for sites in China, but often missing on foreign hosts too"),
    _for("filing.parody", 240, "filing", "备案号“{number}”是玩笑性质的假备案号", "no authority issues it"),
    _for("filing.malformed", 90, "filing", "备案号“{number}”不符合规定格式：{fault}", "official footers break the pattern too: weak"),
    _for("filing.copied", 260, "filing", "备案号“{number}”属于 {owner}，不是本网站的备案", "a copied number is deliberate"),
    # Compared with the imported registry (its date stands in every sentence); a filing that is only missing is weak.
    _for("filing.registry_other_host", 260, "filing", "备案号“{number}”属于 {holder} 的 {others}，备案库中没有本域名 {domain}（{registry}）", "somebody else's number; damped with filing.copied where it is an official site's"),
    _for("filing.registry_number_differs", 200, "filing", "本域名 {domain} 备案为“{own}”（{holder}），页面写的是“{number}”（{registry}）", "the host has a filing and prints another"),
    _for("filing.registry_cancelled", 200, "filing", "本域名 {domain} 的备案“{number}”已{status}（{registry}）", "a site that goes on after its filing ended"),
    _for("filing.registry_unknown_number", 140, "filing", "查不到备案号“{number}”，也没有本域名 {domain}（{registry}）", "an invented number; the registry may be incomplete"),
    _for("filing.registry_absent", 80, "filing", "没有本域名 {domain} 的备案（{registry}）", "missing alone is weak: names are pointed abroad, filings are late"),
    _for("filing.holder_mismatch", 240, "filing_holder", "备案“{number}”的主办单位是 {holder}，页面写的主办单位是“{sponsor}”（{registry}）", "a firm's or person's filing under a state body's name; between firms it counts a third"),
    _for("police_filing.malformed", 60, "filing_police", "公安备案号“{number}”不符合规定格式：{fault}", "weak by itself"),
    _for("police_filing.copied", 200, "filing_police", "公安备案号“{number}”属于 {owner}", "a copied number is deliberate"),
    _for("site_code.malformed", 110, "site_code", "政府网站标识码“{number}”不符合规定格式：{fault}", "invented codes seldom keep the form"),
    _for("site_code.copied", 240, "site_code", "政府网站标识码“{number}”属于 {owner}", "a copied code is deliberate"),
    _for("site_code.off_government", 160, "site_code", "页面使用政府网站标识码“{number}”，但域名不是政府网站域名", "codes are given to government sites only"),
    _for("badge.copied", 200, "filing_badge", "党政机关标识 {number} 属于 {owner}", "the shield is copied with the page"),
    _for("site_report.other_host", 240, "site_report", "“政府网站找错”链接报告的是 {claimed}，不是本网站 {host}", "a copied page keeps the link of the original"),
    # --- wording: sale of certificates ---
    # One promise makes a passage medium; certificate, promise and a contact or price make it high; a guaranteed pass alone never does.
    _for("offer.certificate_sale", 380, "offer", "涉嫌出售或代办证书：“{term}”与“{certificate}”同时出现", "the trade itself"),
    _for("offer.reads_as_sale", 580, "offer", "整段文字的口吻像招揽办证，例如{cues}", "cues weighed by a table fitted to labelled texts; 580 times the likeness; alone it is medium, unless very sure of a promise that can be taken up"),
    _for("offer.forgery", 300, "offer_forgery", "公开招揽制作、买卖假证：“{term}”", "says itself that the paper is made or sold, not earned"),
    _for("offer.no_exam", 300, "offer_promise", "承诺免培训、免考试：“{term}”", "no lawful certificate comes without an examination"),
    _for("offer.proxy_exam", 260, "offer_promise", "提供代考、替考或代刷学时：“{term}”", "cheating in an examination of the state"),
    _for("offer.guaranteed_pass", 400, "offer_promise", "承诺包过、保过：“{term}”", "forbidden in training adverts (广告法 24): worth a look by itself, never high; counts by half where papers are sold"),
    _for("offer.identity_only", 160, "offer_identity", "声称只凭身份信息即可拿证：“{term}”", "lawful applicants sit in class; buyers send a picture"),
    _for("offer.verifiable", 260, "offer_verify", "承诺“{term}”，是假证买卖的常用话术", "only sellers of fakes need to promise it; it points to a counterfeit site"),
    _for("offer.no_review", 120, "offer_review", "承诺不用复审、年审：“{term}”", "the law demands a review every three or four years"),
    _for("offer.speed", 190, "offer_speed", "承诺快速出证：“{term}”", "training and examination take weeks"),
    _for("offer.payment", 170, "offer_payment", "付款方式可疑：“{term}”", "pay after the paper is the fake trade's custom"),
    _for("offer.contact", 170, "offer_contact", "留有私下联系方式：{contact}", "a channel outside the platform"),
    _for("offer.price", 150, "offer_price", "标明证书价格：{price}", "a price on a certificate, not on a course"),
    _for("offer.disguised", 150, "offer_disguise", "使用变体文字躲避审查：“{written}”实为“{meant}”", "nobody disguises a lawful offer"),
    _for("offer.excuse", 120, "offer_excuse", "使用规避说法：“{term}”", "props, templates and 'for collection only' excuse nothing"),
    # --- codes in pictures ---
    _for("code.leads_to_lookalike", 460, "code", "图片中的码指向 {host}，该域名仿冒 {official}", "a code is aimed by whoever printed it: an imitating name in one is no accident"),
    _for("code.on_certificate", 420, "code", "证书图片上的码指向 {host}，不在官方网站名录中", "a genuine card is scanned inside the official account and opens no other domain (the Beijing case's tell)"),
    _for("code.private_contact", 90, "code_contact", "图片中有{name}", "a channel outside the platform, but shops and schools print theirs too"),
    # --- against ---
    _against("official.rostered", 1000, "official", "{host} 在官方网站名录中（{name}）", "the genuine site"),
    _against("official.government_host", 700, "official", "域名 {host} 在 .gov.cn 或 .政务 之下，只有机关可以注册", "old and hijacked hosts exist, so not absolute"),
    _against("context.warning", 450, "context", "文字是警示、通报或新闻报道：“{term}”", "police, courts and news quote the same words"),
    _against("context.lawful_training", 300, "context", "文字是正规培训或考试信息：“{term}”", "training schools name certificates and official sites"),
    _against("context.negated", 250, "context", "有关说法被否定或劝阻：“{term}”", "“不承诺包过” is the contrary of an offer"),
    _against("context.question", 200, "context", "文字是提问或求职招聘，不是出售：“{term}”", "questions and job adverts use the same words"),
    _against("context.reads_otherwise", 500, "context", "整段文字的口吻不像招揽办证，例如{cues}", "the same table, where its cues speak clearly against what single words say"),
    _against("context.known_institution", 300, "context", "发布者是名录中的培训考试机构“{name}”（{proof}）", "proven by host or by its own contacts, never by a name: sellers claim names"),
    _against("page.parked", 420, "page_kind", "域名停放页，没有实际内容", "a lookalike name without content is to be watched, not disposed"),
    _against("page.open_source", 300, "page_kind", "开源项目、代码托管或镜像页面：“{term}”", "mirrors of software carry foreign names"),
    _against("page.news", 200, "page_kind", "新闻或资讯文章页面", "an article is no query site"),
    _against("page.archive", 300, "page_kind", "网页存档副本，标明原址 {official}", "a dated copy that says whose it is deceives nobody"),
    _against("filing.consistent", 120, "filing_ok", "备案信息与本网站一致：“{number}”，主办单位 {holder}（{registry}）", "compared with the registry, not the footer"),
    _against("link.official_only", 60, "links", "证书查询链接指向官方网站 {official}", "fakes link there too: weak"),
)  # fmt: skip

RULES = {rule.code: rule for rule in _TABLE}


def signal(code: str, /, *quotes: Quote, scale_permille: int = 1000, **data: str) -> Signal:
    """Make a signal of a row of the table; `scale_permille` weakens it where the hit is less certain.

    Raises KeyError for an unknown code and for data the sentence needs but was not given.
    """
    rule = RULES[code]
    return Signal(
        code=code,
        direction=rule.direction,
        strength_permille=rule.strength_permille * min(scale_permille, 1000) // 1000,
        reason=rule.sentence.format(**data),
        data=tuple(sorted(data.items())),
        quotes=quotes,
    )


def level_of(score_permille: int) -> Level:
    """Return the level a score falls into."""
    if score_permille >= HIGH_FROM:
        return Level.HIGH
    return Level.MEDIUM if score_permille >= MEDIUM_FROM else Level.LOW
