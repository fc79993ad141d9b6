"""Words that say which certificates a page is about: any, those of the notice, those only the state issues, or its owner's own."""

import re

__all__ = [
    "CERTIFICATE",
    "NOTICE_TRADES",
    "OWN_CERTIFICATE",
    "SECURITY_CODE",
    "STATE_CERTIFICATE",
    "STATE_TRADE",
    "names_paper",
]

NOTICE_TRADES = re.compile(
    "特种作业|特种设备|安全生产|安全员|安全管理人员|安全考核|安全资格|操作证|三类人员|安管人员|建筑施工|电工|焊工|高处作业|登高架设|热切割|司索|考核合格|制冷|叉车|起重|塔吊|架子工|应急管理|安全评价|安全工程师"
    "|[sStTaA](?i:pecial\\s*(?:operations?|equipment)\\s*(?:operat(?:ion|or)s?|personnel)?\\s*(?:certificat|licen[cs]e|qualificat|regist)"
    "|e\\s?zhong\\s?(?:zuo\\s?ye|she\\s?bei)|n\\s?quan\\s?sheng\\s?chan)"
)
"""Certificates the notice is about; others are a neighbouring trade. English and pinyin share a first letter's class: a branch that
begins with one is passed over fast."""
CERTIFICATE = re.compile(
    "证书|操作证|资格证|合格证|上岗证|职业资格|技能等级|作业证|证件|持证|安全员证|特种证|电子证照|证照(?:编号|号码)|人员资格|[从执]业资格|进网作业"
)
STATE_CERTIFICATE = re.compile(
    "特种作业(?:(?:人员)?(?:操作)?(?:资格)?证|(?:人员|操作)?(?:信息|证书|证件|资格)?(?:联网)?(?:查询|查验|验证|核验|真伪)|[、，/][^。\n]{0,20}证书|等?电子证)"
    "|特种设备(?:(?:安全管理(?:人员)?和?)?作业人员|[^，。\n]{0,6}(?:公示|作业证))"
    "|安全(?:生产(?:知识和管理能力|(?:考核(?:合格)?|合格|资格)证|资格|考试)|员?[ABC]类?证|员证|员[、，/][^。\n]{0,20}证书|(?:管理人员|考核)[^，。\n]{0,6}(?:证|查询))"
    "|三类人员|安管人员|建筑施工(?:企业)?特种作业|注册安全工程师(?:(?:注册)?(?:证|执业|查询)|[^，。\\n]{0,12}注册编?号)"
    "|(?:电工|焊工|高处作业|登高|制冷|叉车|起重)(?:操作|作业)?证书?(?:联网|官方|官网|真伪|信息)?(?:查询|查验|验证|核验)"
    "|T(?:\\d{2}[\\dxX*×]{13,16}|\\s?[+＋]\\s?(?:18位)?身份证)"
    "|[sStT](?i:pecial\\s*(?:operations?|equipment)\\s*(?:operat(?:ion|or)s?|personnel)?\\s*(?:(?:certificate|licen[cs]e|qualification)s?\\s*(?:verif|quer|inquir|search|check|look)|regist)"
    "|e\\s?zhong\\s?zuo\\s?ye\\s?(?:ren\\s?yuan|cao\\s?zuo)?\\s?(?:zheng|cha\\s?xun))"
)
"""Certificates that only state bodies issue, and so only they can answer for: no school's or association's name excuses a query for them."""
OWN_CERTIFICATE = re.compile(
    "结业证|毕业证|培训合格证明|(?:本校|我校|学校|本中心|我中心|本公司|我公司|本会|我会|本协会)(?:所|[按依根][^，。\n]{1,16})?(?:颁发|发放|学员|培训)|内部证书|校友|课程证书|认证证书|鉴定证书|学员证书"
    "|授权书|经销商|质保|检测报告|产品(?:证书|合格证|真伪|防伪)|珠宝"
)
SECURITY_CODE = re.compile("防伪(?:查询|编号|码)")
"""On things sold, unless what is queried is a certificate that only the state issues."""
STATE_TRADE = re.compile(
    "电工作业|焊接与热切割|登高架设|高处(?:安装|作业)|制冷与空调|(?:叉车|起重机|升降机)司机|司索工|架子工|起重机?指挥|普通脚手架|压力容器操作|(?:锅炉|压力容器|气瓶)作业"
)
"""Kinds of work as only the state's own certificates name them."""


def names_paper(text: str) -> bool:
    """Say whether a text speaks of certificates, or of a trade that needs one."""
    return any(words.search(text) for words in (CERTIFICATE, NOTICE_TRADES, STATE_TRADE))
