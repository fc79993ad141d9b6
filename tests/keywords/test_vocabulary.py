"""The certificates of the three ministries and their neighbours are all known, and everyday prose is not full of them."""

import pytest

from keywords.fold import fold
from keywords.loader import load_lexicon, load_regions
from keywords.match import TermMatcher
from keywords.model import TermKind

# Catalogue of special operations: categories and operation items.
SPECIAL_OPERATIONS = [
    "电工作业",
    "低压电工作业",
    "高压电工作业",
    "防爆电气作业",
    "电力电缆作业",
    "继电保护作业",
    "电气试验作业",
    "焊接与热切割作业",
    "熔化焊接与热切割作业",
    "压力焊作业",
    "钎焊作业",
    "高处作业",
    "登高架设作业",
    "高处安装、维护、拆除作业",
    "制冷与空调作业",
    "制冷与空调设备运行操作作业",
    "制冷与空调设备安装修理作业",
    "煤矿安全作业",
    "煤矿井下电气作业",
    "煤矿井下爆破作业",
    "煤矿安全监测监控作业",
    "煤矿瓦斯检查作业",
    "煤矿安全检查作业",
    "煤矿提升机操作作业",
    "煤矿采煤机（掘进机）操作作业",
    "煤矿瓦斯抽采作业",
    "煤矿防突作业",
    "煤矿探放水作业",
    "金属非金属矿山安全作业",
    "金属非金属矿井通风作业",
    "尾矿作业",
    "金属非金属矿山安全检查作业",
    "金属非金属矿山提升机操作作业",
    "金属非金属矿山支柱作业",
    "金属非金属矿山井下电气作业",
    "金属非金属矿山排水作业",
    "金属非金属矿山爆破作业",
    "石油天然气安全作业",
    "司钻作业",
    "冶金（有色）生产安全作业",
    "煤气作业",
    "危险化学品安全作业",
    "光气及光气化工艺作业",
    "氯碱电解工艺作业",
    "氯化工艺作业",
    "硝化工艺作业",
    "合成氨工艺作业",
    "裂解（裂化）工艺作业",
    "氟化工艺作业",
    "加氢工艺作业",
    "重氮化工艺作业",
    "氧化工艺作业",
    "过氧化工艺作业",
    "胺基化工艺作业",
    "磺化工艺作业",
    "聚合工艺作业",
    "烷基化工艺作业",
    "化工自动化控制仪表作业",
    "烟花爆竹安全作业",
    "烟火药制造作业",
    "黑火药制造作业",
    "引火线制造作业",
    "烟花爆竹产品涉药作业",
    "烟花爆竹储存作业",
    "有限空间安全作业",
]
BUILDING = [
    "建筑电工",
    "建筑架子工",
    "建筑普通脚手架架子工",
    "建筑附着升降脚手架架子工",
    "建筑起重信号司索工",
    "建筑起重机械司机",
    "建筑塔式起重机司机",
    "建筑施工升降机司机",
    "建筑物料提升机司机",
    "建筑起重机械安装拆卸工",
    "建筑塔式起重机安装拆卸工",
    "建筑施工升降机安装拆卸工",
    "建筑物料提升机安装拆卸工",
    "高处作业吊篮安装拆卸工",
    "建筑焊工",
    "桩机操作工",
    "建筑混凝土泵操作工",
    "建筑施工企业主要负责人安全生产考核合格证书",
    "建筑施工企业项目负责人安全生产考核合格证书",
    "建筑施工企业专职安全生产管理人员安全生产考核合格证书",
    "安全员A证",
    "安全员B证",
    "安全员C证",
    "安全员C1证",
    "安全员C2证",
    "安全员C3证",
    "三类人员证",
]
SPECIAL_EQUIPMENT = """
特种设备安全管理A 工业锅炉司炉G1 电站锅炉司炉G2 锅炉水处理G3 快开门式压力容器操作R1 移动式压力容器充装R2 氧舱维护保养R3 气瓶充装P 电梯修理T
起重机指挥Q1 起重机司机Q2 起重机司机（限桥式起重机） Q2（限流动式起重机） 客运索道修理S1 客运索道司机S2 大型游乐设施修理Y1 大型游乐设施操作Y2
叉车司机N1 观光车和观光列车司机N2 安全阀校验F 金属焊接操作 非金属焊接操作 特种设备检验检测人员证
""".replace("客运索道修理S1 客运索道司机S2", "客运索道修理(S1) 客运索道司机(S2)").split()
SOLD = [
    "叉车证",
    "司炉证",
    "登高证",
    "塔吊证",
    "信号工证",
    "司索证",
    "电工证",
    "焊工证",
    "架子工证",
    "吊篮证",
    "电梯证",
    "行车证",
    "天车证",
    "锅炉证",
    "压力容器证",
    "低压电工证",
    "高压电工证",
    "制冷证",
    "有限空间证",
    "安全员C证",
    "三类人员ABC",
    "建筑电工证",
    "施工电梯证",
    "N1叉车证",
    "Q2桥式",
    "指挥证Q1",
    "危化证",
    "主要负责人证",
    "安全管理员证",
    "应急局电工证",
    "住建厅塔吊证",
    "挖掘机证",
    "铲车证",
    "压力管道证",
    "气瓶充装证",
    "焊接与热切割作业证",
    "高处安装维护拆除作业证",
    "特种设备安全管理员证",
]
NEIGHBOURS = [
    "消防设施操作员",
    "中控证",
    "注册安全工程师",
    "二级建造师",
    "造价工程师",
    "施工员证",
    "健康证",
    "交安C证",
    "水安ABC证",
    "高级电工证",
]
PROSE = (
    "低压配电柜采用抽屉式结构，继电保护装置由厂家提供，电气试验包括绝缘电阻项目，试验结果符合要求。",
    "市气象局发布大风预警，高空搭建物要加固，渔船回港避风，未来三天气温下降。",
    "张老师讲解了氧化还原反应：铁在氧气中燃烧，聚合反应生成聚乙烯，加氢反应需要催化剂。",
    "实验证明该方法有效，信号证实设备操作正常，仪表证据齐全，低压证券市场平稳。",
    "教育局通知，新生入学登记需提供户口簿、房产证、出生医学证明、预防接种证。",
    "孩子们坐了索道上山，游乐场有过山车和摩天轮，晚上吃了铁锅炖。",
    "公司规定差旅费由部门负责人签字，采购合同须经法务审核，安全生产费用专款专用。",
    "音乐会上演奏了A大调协奏曲，指挥证明了自己对作品的理解，C段副歌加入合唱。",
)


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(load_lexicon())


@pytest.mark.parametrize("name", [*SPECIAL_OPERATIONS, *BUILDING, *SPECIAL_EQUIPMENT, *SOLD])
def test_every_certificate_is_known_whole(matcher: TermMatcher, name: str) -> None:
    hits = matcher.find(name)
    assert any(hit.term.kind is TermKind.CERTIFICATE for hit in hits)
    assert (hits[0].start, hits[-1].end) == (0, len(name)), [hit.written for hit in hits]
    assert not any(hit.is_disguised for hit in hits)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbouring_certificates_are_known_as_such(matcher: TermMatcher, name: str) -> None:
    assert any(hit.term.is_neighbour and hit.written == name for hit in matcher.find(name))


@pytest.mark.parametrize("text", PROSE)
def test_ordinary_prose_names_no_certificate(matcher: TermMatcher, text: str) -> None:
    sure = [
        hit.written for hit in matcher.find(text) if hit.term.kind is TermKind.CERTIFICATE and not hit.term.is_ambiguous
    ]
    assert not sure


def test_no_two_certificates_share_a_spelling() -> None:
    owner: dict[str, str] = {}
    for term in load_lexicon().of_kind(TermKind.CERTIFICATE):
        for spelling in term.spellings:
            assert owner.setdefault(fold(spelling).text, term.text) == term.text, spelling


def test_every_term_has_source_date_and_weight() -> None:
    for term in load_lexicon().terms:
        assert term.source and term.added_on and term.weight in {1, 2, 3}, term.text
        assert term.origins and not term.departments


def test_regions_reach_from_provinces_to_the_counties_of_jiangsu() -> None:
    regions = load_regions()
    assert sum(region.level == "province" for region in regions) == 34
    assert sum(region.level == "city" and region.code.startswith("32") for region in regions) == 13
    assert len({region.code for region in regions}) == len(regions)
    assert {"灌云", "昆山", "沭阳"} <= {region.name for region in regions if region.level == "county"}
