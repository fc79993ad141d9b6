"""Names of official sites, state bodies and bodies that do not exist, recognised in a short name such as a title's part."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ahocorasick_rs import AhoCorasick

from detectors.filings.letters import PROVINCE_NAMES
from detectors.pages.seen import plain_words
from keywords.model import OfficialSite, SiteKind
from keywords.roster import Roster

__all__ = ["BodyNames", "Claim", "ClaimKind", "is_article_title", "is_generic", "names_body", "names_somebody"]


class ClaimKind(Enum):
    """What a name pretends to be."""

    SITE = "site"
    AUTHORITY = "authority"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True)
class Claim:
    """A name read as somebody official."""

    kind: ClaimKind
    text: str
    official: str = ""
    """Rostered host the name belongs to or is nearest to; empty: none."""
    is_generic: bool = False
    """The name is also an everyday phrase (职业技能证书查询), so it says less."""


_IN_ENGLISH = re.compile("(?<=[一-鿿])[(（]?[A-Za-z][A-Za-z'’.,&()（）-]{11,}$")
"""What a bilingual name says once more, without blanks."""
_FEWEST_CHARACTERS = 4
_MOST_CHARACTERS = 60
_NOT_READ = re.compile("[★☆※◆◇■□●○▲△▶►✓✔✅⭐❤\U0001f300-\U0001faff\ud800-\udfff]+")
"""Ornaments, and halves of characters that no text search can take."""
_LONGEST_READ = 300
_FIGURES = re.compile("\\d\\D{0,2}\\d{5}|\\d{4}\\D\\d{1,2}\\D\\d")
"""Numbers and dates of a record; the names of hotlines are shorter."""
_INSTITUTION = re.compile(r"平台|系统|门户|网|部|局|厅|委|署|院|政府|中心")
_GENERIC = re.compile(
    "应急管理局|压力容器|安全生产|官方网站|工程质量|特种作业|特种设备|上岗证|二维码|互联网|公众号|公告栏|加载中|危化品|操作证书|资格证书|合格证书|合格证|安全员|小程序|应急局|手机端|扫一扫|操作证|架子工|欢迎您|"
    "电脑端|移动端|客户端|请稍候|负责人|资格证|三类|业务|中国|中心|主页|人员|从业|企业|住建|作业|便民|信息|光临|入口|全国|公众|公共|公告|公开|公示|切割|制冷|办事|动态|升级|印制|叉车|"
    "合格|唯一|国家|在线|培训|塔吊|大厅|安全|安监|官方|官网|工种|平台|应急|建筑|快速|成功|手机|扫码|技能|指定|操作|政务|政府|数据|新闻|施工|最新|有效|服务|权威|来到|查询|"
    "查验|核验|检索|欢迎|正式|正版|焊工|焊接|煤矿|生产|电子|电工|电梯|登录|登高|监制|监管|真伪|真假|知识|等级|管理|系统|结果|统一|综合|网上|网站|网络|网页|考核|考试|职业|下载|安装|安卓|苹果|版本|应用|"
    "联网|能力|证照|认证|访问|证书|详情|质量|资格|起重|进入|通知|通过|鉴定|锅炉|门户|页面|首页|验真|验证|高处|与|之|卡|及|和|新|版|的|网|证|"
    "频道|专栏|"
    "[0-9a-zA-Z.:/·|()（）【】\\[\\]“”\"'&+、,，！!。]+"
)
"""Words any query page has, longest first: each is taken off in one pass, so that no title costs more than its length."""
_ARTICLE = re.compile(
    "如何|怎么|怎样|怎麽|什么|哪里|哪些|哪个|为什么|多少|是否|能否|吗|呢|？|\\?|指南|攻略|教程|流程|方法|步骤|须知|详解|解读|解析|详情|盘点|汇总|大全|区别|介绍|"
    "常见问题|答疑|问答|导航|目录|通知|通报|公告|关于|提醒|提示|警惕|谨防|当心|小心|注意|揭秘|曝光|打击|破获|查处|捣毁|抓获|判决|案|假冒|假证|假网站|骗|辟谣|"
    "新闻|资讯|报道|记者|(?<!权威)发布|印发|召开|开展|部署|要求|举行|启用|上线|正式|将|已|了|百科|论坛|博客|知乎|文库|源码|爬虫|接口|脚本|开源|项目|教学|演练|GitHub|Gitee|README",
    re.IGNORECASE,
)
_REGION = (
    "(?:[一-鿿]{2,12}?(?:省|自治区|自治州|市|县|区|盟|旗|兵团)|[一-鿿]{2,3}(?=人力资源|应急管理|住房|市场监督|政务))"
)
_ORGAN = (
    "(?:人民政府(?:办公厅|办公室)?|应急管理[厅局]|住房(?:和|与)?城乡建设(?:[厅局]|委员会)|住建[厅局]|城乡建设委员会|市场监督管理(?:[厅局]|委员会)|市场监管局|人力资源(?:和|与)?社会保障[厅局]|"
    "安全生产监督管理[厅局]|安监局|质量技术监督局|公安[厅局]|交通运输[厅局]|卫生健康委员会|教育[厅局]|司法[厅局]|工业和信息化[厅局]|(?:人力资源(?:和|与)?社会保障|应急管理|住房(?:和|与)?城乡建设|市场监督管理|政务)(?:公共)?(?:服务|信息|查询)网|能源局|消防救援[总支大]队|政务服务网|政务网|政府网|政府门户网站|政务服务中心|行政审批局|"
    "(?!供电|电力|铁路|邮政|烟草)[一-鿿]{2,8}(?:管理局|监督局|保障局|建设局|委员会办公室)|安全生产考试(?:管理)?(?:中心|局)|安全生产宣传教育中心)"
)
_AUTHORITY = re.compile(
    "(?:中华人民共和国|国家)?(?:应急管理部|住房和?城乡建设部|国家市场监督管理总局|市场监督管理总局|市场监管总局|人力资源和?社会保障部|工业和信息化部|公安部|教育部|司法部|交通运输部|国家能源局|"
    "国家(?:煤矿|矿山)安全监察局|(?:国家)?应急管理总局|国家应急管理局|国家安全生产监督管理总局|国家安监总局|国家质量监督检验检疫总局|国家质检总局|国家消防救援局|国务院(?:安全生产委员会|安委会)?(?:办公室)?)"
    "(?:办公厅|[一-鿿]{0,8}(?:培训|考试|考核|资质|资格|鉴定|注册|信息)(?:管理|指导)?中心|干部培训学院|网站|官网|[一-鿿]{1,8}[司局])?"
    f"|(?:中华人民共和国|中国|国家|{_REGION})?{_ORGAN}"
    f"|{_REGION}(?:安全生产|应急管理)(?:考试|考核|培训|宣传教育|宣教|培训考核)(?:管理)?中心"
    "|应急部|住建部|人社部|国务院"
    "|中华人民共和国[一-鿿]{2,16}(?:部|总局|委员会|署|政府)"
)
_OF_THE_COUNTRY = re.compile(
    "(?:中华人民共和国|国家)?(?:应急管理|住房和?城乡建设|人力资源和?社会保障)部|国家市场监督管理总局"
)
_SYSTEM = re.compile("^.{2,20}(?:系统|平台|网站|门户|入口)$")
_PRETENCE = re.compile(
    "123(?:0[59]|1[59]|33|45|50|77|88|89|21|15)|12123|人事人才|人事考试|国家|全国|中国|中华|政府|应急|住建|人社|安监|建设部|质检|官网|官方|[一-鿿]{2,3}省"
)
_TRADE = re.compile(
    "特种作业|特种设备|安全生产|安全员|安全管理人员|操作证|三类人员|安管人员|建筑施工|建筑工程|工程质量|电工|焊工|高处作业|职业资格|职业技能|技能人才|从业资格|执业资格|资格证|证书|人事人才|人事考试|人才网|岗位|(?:建筑|建设|特种|施工|安全)[一-鿿]{0,4}(?:行业|从业|人员|作业|人才)|从业人员|技术工人|技工|考核管理|安全培训|救援员|救援人员|技术人员|进网作业|岗位技能|(?:司机|作业|操作|施工)证"
)
_PROVINCE = re.compile("|".join(PROVINCE_NAMES))
_QUERY_ONLY = re.compile("查询|查验|核验|验证|验真")
"""Who is named after a province may be a school there, but schools there answer no queries."""
_PROFESSION = re.compile("(?:工程|建造|造价|建筑)师|职称")
_ANSWERS = re.compile(f"{_QUERY_ONLY.pattern}|管理(?:委员会|中心)|注册中心")
"""Sites for the examinations of professions are schools' own; who looks their members up, or manages them, speaks for the state."""
_SITTING, _CHECKING = re.compile("准考证|报名|登录|成绩|打印"), re.compile("证书|查验|核验|验证|验真|联网")
"""Offices that hold examinations have them run by firms, on the firms' hosts; nobody looks up a certificate there."""
_TASK = re.compile("查询|查验|验证|核验|验真|联网|考核|考试|鉴定|认证|公示|管理|服务")
_QUERY = re.compile("查询|查验|验证|核验|验真|联网|考核|考试")
_SEAT = re.compile(
    "(?:官方网站|官网|(?:官方|统一|唯一|总)(?=入口)|平台|系统|中心|门户|总站|信息网|服务网|查询网|管理网|认证网|考试网|联网|人才网|中国网|[证询验核]网|委员会|管理局|办公室)(?:首页|入口|登录|网)?$"
)
_STATE_SEAT = re.compile("^国家.*(?:网|平台|系统|中心|委员会|局)$")
_NATIONAL = re.compile("中国|全国|国家|中华|[一-鿿]{2,3}省|[一-鿿]{2,4}市")
_NATIONAL_SEAT = re.compile("(?:网|平台|系统|中心|委员会|办公室|管理局|总站)$")
_NATIONAL_QUERY = re.compile(
    "(?:证|证书|证件|证照|许可|资格|人员)(?:信息|真伪|资格|联网|网上|在线|官方|统一|全国)*(?:查询|查验|核验|核查|验证|公示)(?:入口|首页)?$"
)
"""A query named after the country or a province, by what it does: nobody else can look all of them up."""
_OWN_KIND = re.compile(
    "公司|协会|学会|商会|学校|学院|大学|集团|事务所|研究院|工作室|研究会|基金会|培训中心|培训机构|教育|质量认证|体系认证|产品认证|CCC|ISO\\d|厂$"
)
_STATES_OWN = re.compile(
    "^(?!.*(?:公司|协会|学会|商会|大学|集团|事务所|研究院|工作室|研究会|基金会|厂$))(?:国家|(?:全国|中国).*(?:中心|委员会|办公室)$)"
)
"""Only the state may call itself so: what else is a training school's word (教育, 培训中心) excuses nobody here."""
_ENGLISH_AUTHORITY = re.compile(
    "(?:TheMinistryof|Ministryof)(?:EmergencyManagement|Housing(?:and|&)Urban-?RuralDevelopment|HumanResources(?:and|&)SocialSecurity)"
    "(?:ofthe|of)(?:People['’]?s?Republicof)?(?:China|PRC|P\\.R\\.China)|StateAdministration(?:for|of)MarketRegulation(?:,?(?:of)?(?:the)?(?:People['’]?s?Republicof|P\\.?R\\.?(?:of)?)?China)?",
    re.IGNORECASE,
)
"""Names of ministries in the English copies made for employers abroad, without blanks."""
_OWN_SITE = re.compile(
    "网$|在线$|之家|论坛|博客|百科|资讯|日报|晚报|早报|新闻|频道|导航|知乎|百度|搜狐|网易|指南|攻略|题库|软件|商城|医院|社区|贴吧|公众号|文库|工具|APP",
    re.IGNORECASE,
)

_ACCOUNTS = {"国家安全生产考试": "cx.mem.gov.cn"}
"""Public accounts of the state: their names are short, so only the whole name claims to be one."""
_TOPICS = (
    (re.compile("特种设备|锅炉|压力容器|电梯|起重"), "cnse.e-cqs.cn"),
    (re.compile("建筑|安全员|三类人员|安管人员|工程质量|住建|建设"), "zlaq.mohurd.gov.cn"),
    (re.compile("特种作业|安全生产|应急|电工|焊工|高处|操作证|安监|安全管理人员|考核合格"), "cx.mem.gov.cn"),
    (re.compile("技能|职业资格|人社|人事"), "zscx.osta.org.cn"),
)
"""Which official query site a name without an owner is nearest to."""


def is_generic(text: str) -> bool:
    """Say whether a name holds nothing but words any query page has."""
    return not _GENERIC.sub("", text)


def names_somebody(text: str) -> bool:
    """Say whether a part of a title names an organisation, site or medium of its own."""
    return bool(_OWN_KIND.search(text) or _OWN_SITE.search(text))


def names_body(text: str) -> bool:
    """Say whether a part of a title names a company, school, association or other body of its own."""
    return bool(_OWN_KIND.search(text)) or "大学" in text or "学院" in text


def is_article_title(text: str) -> bool:
    """Say whether a title tells of something (如何查询…, 警方提醒…) rather than naming who speaks."""
    return bool(_ARTICLE.search(text))


def _is_called_system(rest: str) -> bool:
    """Say whether what follows a ministry's name makes it a system or site of the ministry, whatever that does."""
    return bool(_SYSTEM.search(rest)) and not _OWN_KIND.search(rest) and not is_article_title(rest)


def _is_of_trade(name: str) -> bool:
    return bool(_TRADE.search(name) or (_PROFESSION.search(name) and _ANSWERS.search(name)))


def _is_of_its_own(name: str) -> bool:
    return bool(_OWN_KIND.search(name)) and not _STATES_OWN.match(name)


class BodyNames:
    """The names of the roster, made ready for look-up."""

    def __init__(self, roster: Roster) -> None:
        self._names: dict[str, OfficialSite] = {}
        for site in roster.sites:
            if site.kind is not SiteKind.MEDIA:
                self._add(site, (site.name, *site.aliases))
        self._roster = roster
        self._known = tuple(self._names)
        self._search = AhoCorasick(self._known)

    def _add(self, site: OfficialSite, names: Iterable[str]) -> None:
        for name in map(plain_words, names):
            if len(name) >= _FEWEST_CHARACTERS:
                self._names.setdefault(name, site)

    def claim_in(self, text: str) -> Claim | None:
        """Return whom a short name claims to be; None: nobody official, or something with a name of its own."""
        name = _NOT_READ.sub("", plain_words(text[:_LONGEST_READ])).strip("《》\"“”'‘’【】[]·:：-—_|，,。.!！")
        if _ENGLISH_AUTHORITY.fullmatch(name):
            return Claim(ClaimKind.AUTHORITY, name)
        name = _IN_ENGLISH.sub("", name)
        if not _FEWEST_CHARACTERS - 1 <= len(name) <= _MOST_CHARACTERS or _FIGURES.search(name):
            return None
        return self._site_claim(name) or self._authority_claim(name) or self._invented_claim(name)

    def _site_claim(self, name: str) -> Claim | None:
        if name in _ACCOUNTS:
            return Claim(ClaimKind.SITE, name, _ACCOUNTS[name], is_generic=True)
        found = self._search.find_matches_as_indexes(name, overlapping=True)
        for which, start, end in sorted(found, key=lambda one: one[1] - one[2]):
            known = self._known[which]
            if not is_generic(name[:start] + name[end:]):
                continue
            site = self._names[known]
            if site.kind in (SiteKind.DEPARTMENT, SiteKind.PORTAL):
                return self._authority(name, site.host)
            is_weak = known != plain_words(site.name) and not _INSTITUTION.search(name)
            if is_weak and len(known) < _FEWEST_CHARACTERS + 2:
                continue
            return Claim(ClaimKind.SITE, name, site.host, is_generic=is_weak)
        return None

    def _authority_claim(self, name: str) -> Claim | None:
        found = _AUTHORITY.match(name.removeprefix("欢迎访问").removeprefix("欢迎来到"))
        if found is None:
            return None
        rest = name.replace(found.group(), "", 1)
        if is_generic(rest) or (_OF_THE_COUNTRY.match(found.group()) and _is_called_system(rest)):
            return self._authority(name, "")
        return None

    def _authority(self, name: str, host: str) -> Claim:
        """Return the claim to be this body, or to be its query site: 应急管理部特种作业操作证查询."""
        if _TRADE.search(name) and _QUERY.search(name):
            return Claim(ClaimKind.SITE, name, self._nearest(name), is_generic=name.endswith("入口"))
        return Claim(ClaimKind.AUTHORITY, name, host or self._nearest(name))

    def _invented_claim(self, name: str) -> Claim | None:
        if _is_of_its_own(name) or is_article_title(name):
            return None
        if _SITTING.search(name) and not _CHECKING.search(name):
            return None
        # Who calls itself the state's own need not say what it does.
        does = _TASK.search(name) or name.startswith("国家")
        poses = _PRETENCE.search(name) or (_PROVINCE.match(name) and _QUERY_ONLY.search(name))
        pretends = does and poses and _is_of_trade(name) and (_SEAT.search(name) or _STATE_SEAT.search(name))
        return Claim(ClaimKind.INVENTED, name, self._nearest(name)) if pretends else None

    def national_seat(self, text: str) -> Claim | None:
        """Return the claim of a name that is the country's or a province's own, though it says only half of what a body's name does.

        中国安全人才网 does not say what it does, 全国叉车司机证书查询 not who does it.
        """
        name = _NOT_READ.sub("", plain_words(text[:_LONGEST_READ])).strip("《》“”【】[]")
        if not _FEWEST_CHARACTERS <= len(name) <= _MOST_CHARACTERS or _is_of_its_own(name) or is_article_title(name):
            return None
        is_seat = _NATIONAL_SEAT.search(name) or _NATIONAL_QUERY.search(name)
        if is_seat and _NATIONAL.match(name) and _is_of_trade(name):
            return Claim(ClaimKind.INVENTED, name, self._nearest(name), is_generic=True)
        return None

    def _nearest(self, name: str) -> str:
        for topic, host in _TOPICS:
            if topic.search(name) and self._roster.site_of(host):
                return host
        return ""
