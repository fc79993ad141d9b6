"""WHOIS records in the dresses registries give them: dots, brackets, stars, headings, spaced-out Chinese labels."""

from datetime import UTC, datetime

import pytest

from crawler.facts.whois_dress import undressed
from crawler.facts.whois_text import decode_whois, read_whois
from detectors.model import Unknown
from tests.conftest import NOW

JP = """[ JPRS database provides information on network administration. Its use is    ]
[ restricted to network administration purposes. For further information,     ]

Domain Information: [ドメイン情報]
[Domain Name]                   CX-MEM.JP

[登録者名]                      株式会社サンプル
[Registrant]                    Sample Co.,Ltd.

[Name Server]                   ns1.sample.jp
[Name Server]                   ns2.sample.jp
[Signing Key]

[登録年月日]                    2024/08/22
[有効期限]                      2026/08/31
[状態]                          Active
[最終更新]                      2025/09/01 01:05:04 (JST)
"""
CO_JP = """Domain Information: [ドメイン情報]
a. [ドメイン名]                 SAMPLE.CO.JP
f. [組織名]                     株式会社サンプル
g. [Organization]               Sample Co., Ltd.
m. [登録担当者]                 AB12345JP
p. [ネームサーバ]               ns1.sample.jp
[状態]                          Connected (2026/01/31)
[登録年月日]                    2001/01/26
"""
TW = """Domain Name: mem-cx.com.tw
   Domain Status: clientTransferProhibited
   Registrant:
      某某有限公司
      Wang Wu  wu@example.com
      TW

   Administrative Contact:
      Li Si  li@example.com

   Record expires on 2026-11-09 (YYYY-MM-DD)
   Record created on 2024-08-05 03:00:00 (UTC+8)

   Domain servers in listed order:
      ns1.example.com
      ns2.example.com       203.0.113.4

Registration Service Provider: Net-Chinese Co., Ltd.
Registration Service URL: http://www.net-chinese.com.tw
"""
UK = """
    Domain name:
        cx-mem.co.uk

    Registrar:
        Namecheap, Inc. [Tag = NAMECHEAP-INC]
        URL: https://www.namecheap.com

    Relevant dates:
        Registered on: 04-Feb-2025
        Expiry date:  04-Feb-2027

    Name servers:
        dns1.registrar-servers.com
        dns2.registrar-servers.com   203.0.113.7  2001:db8::a

    WHOIS lookup made at 09:38:43 23-Mar-2026
"""
IT = """Domain:             cxmem.it
Status:             ok
Created:            2019-12-10 00:00:00
Expire Date:        2027-04-21

Registrant
  Organization:     Esempio S.r.l.
  Created:          2018-03-02 19:04:02

Registrar
  Organization:     Aruba s.p.a.
  Name:             ARUBA-REG

Nameservers
  dns.technorail.com
  dns2.technorail.com
"""
FI = """domain.............: cxmem.fi
status.............: Registered
created............: 8.7.2012 04:04:23
expires............: 17.7.2027 22:16:55

Nameservers

nserver............: ns3.example.com [OK]

Registrar

registrar..........: Joker.com GmbH
"""
DOTS = """Domain Name ..................... cxmem.com
Name Server ..................... dns9.hichina.com
                                  dns10.hichina.com
Registrant Organization ......... 南京某某咨询有限公司
Registrant Email ................ someone@example.com
Registration Date ............... 2020-01-03 11:22:33
Expiration Date . . . . . . . . . 2027-01-03 11:22:33
"""
STARS = """** Domain Name: cxmem.com.tr

** Registrant:
   Ornek A.S.

** Domain Servers:
ns1.example.com
ns2.example.com

** Additional Info:
Created on..............: 2021-Aug-23.
"""
SPACED = """域 名：cxmem.cn
注 册 商：成都西维数码科技有限公司
域名所有者：某某公司
注册日期：2026-02-03
域名服务器：ns3.myhostadmin.net
"""
STREET = """DOMAIN NAME:           cxmem.pl
nameservers:           ns1.example.com.
                       ns2.example.com. [203.0.113.3]
created:               2012.09.19 13:00:00
renewal date:          2027.09.18 14:00:00
REGISTRAR:
nazwa.pl sp. z o.o.
ul. Przykladowa 17
"""


def read(domain, text):
    return read_whois(domain, decode_whois(text.encode()), "whois:w.example:43", NOW)


@pytest.mark.parametrize(
    ("domain", "text", "created", "registrant", "registrar", "nameservers"),
    [
        ("cx-mem.jp", JP, "2024-08-22", "株式会社サンプル", None, ("ns1.sample.jp", "ns2.sample.jp")),
        ("sample.co.jp", CO_JP, "2001-01-26", "株式会社サンプル", None, ("ns1.sample.jp",)),
        (
            "mem-cx.com.tw",
            TW,
            "2024-08-04",
            "某某有限公司",
            "Net-Chinese Co., Ltd.",
            ("ns1.example.com", "ns2.example.com"),
        ),
        (
            "cx-mem.co.uk",
            UK,
            "2025-02-04",
            None,
            "Namecheap, Inc. [Tag = NAMECHEAP-INC]",
            ("dns1.registrar-servers.com", "dns2.registrar-servers.com"),
        ),
        (
            "cxmem.it",
            IT,
            "2019-12-10",
            "Esempio S.r.l.",
            "Aruba s.p.a.",
            ("dns.technorail.com", "dns2.technorail.com"),
        ),
        ("cxmem.fi", FI, "2012-07-08", None, "Joker.com GmbH", ("ns3.example.com",)),
        ("cxmem.com", DOTS, "2020-01-03", "南京某某咨询有限公司", None, ("dns10.hichina.com", "dns9.hichina.com")),
        ("cxmem.com.tr", STARS, "2021-08-23", "Ornek A.S.", None, ("ns1.example.com", "ns2.example.com")),
        ("cxmem.cn", SPACED, "2026-02-02", "某某公司", "成都西维数码科技有限公司", ("ns3.myhostadmin.net",)),
        ("cxmem.pl", STREET, "2012-09-19", None, "nazwa.pl sp. z o.o.", ("ns1.example.com", "ns2.example.com")),
    ],
)
def test_records_in_every_dress(domain, text, created, registrant, registrar, nameservers):
    found = read(domain, text)
    assert found.is_registered
    assert found.registered_at.date().isoformat() == created
    assert (None if isinstance(found.registrant, Unknown) else found.registrant) == registrant
    assert (None if isinstance(found.registrar, Unknown) else found.registrar) == registrar
    assert found.nameservers == nameservers


def test_dates_with_their_zone_and_remarks():
    assert read("mem-cx.com.tw", TW).registered_at == datetime(2024, 8, 4, 19, tzinfo=UTC)
    assert read("mem-cx.com.tw", TW).expires_at == datetime(2026, 11, 9, tzinfo=UTC)
    assert read("cx-mem.jp", JP).updated_at == datetime(2025, 8, 31, 16, 5, 4, tzinfo=UTC)
    korean = "Domain Name : cxmem.kr\nRegistered Date : 2019. 07. 28.\nExpiration Date : 2027. 7. 8.\n"
    assert read("cxmem.kr", korean).expires_at == datetime(2027, 7, 8, tzinfo=UTC)
    brazilian = "domain: cxmem.com.br\ncreated: 20190518 #162310\n"
    assert read("cxmem.com.br", brazilian).registered_at == datetime(2019, 5, 18, tzinfo=UTC)


def test_japanese_bytes_become_text():
    assert decode_whois("[登録年月日] 2024/08/22\n".encode("iso2022_jp")) == "[登録年月日] 2024/08/22"


def test_an_empty_label_takes_nothing_from_the_next_one():
    text = "Registrar:\nRegistrar IANA ID: 420\nRegistrant:\nRegistrant Country: CN\nName Server:\n\nDNSSEC: unsigned"
    assert undressed(text).splitlines() == [
        "Registrar: ",
        "Registrar IANA ID: 420",
        "Registrant: ",
        "Registrant Country: CN",
        "Name Server: ",
        "DNSSEC: unsigned",
    ]


def test_lines_that_say_nothing_of_anything_stay_as_they_are():
    assert undressed("No match!!\n\n% NOT FOUND\n") == "No match!!\n% NOT FOUND"
