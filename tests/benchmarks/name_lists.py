"""Lists of names as feeds deliver them: made up, the same in every run."""

import csv
import random
from pathlib import Path

from keywords.hosts import canonical_host

GOLDEN = Path(__file__).parents[1] / "golden" / "names" / "counterfeits.csv"
_SYLLABLES, _WORDS = (
    [word for line in part.splitlines() if not line.startswith("#") for word in line.split(" ")]
    for part in (Path(__file__).parent / "words.txt").read_text("utf-8").strip().split("\n\n")
)
_SUFFIXES = (
    ("com",) * 55
    + ("cn",) * 22
    + ("net",) * 7
    + ("com.cn",) * 6
    + ("top", "xyz", "org", "vip", "cc", "shop", "info", "club", "site", "online")
)
_CHINESE = "安百博创大德东方福港广国海华金京美明南宁平青荣上胜泰通旺文新兴亚阳易银永优远云中众"


def innocent_names(count: int, seed: int = 2024) -> list[str]:
    """Return names of firms, words, initials and numbers; 6 in 100 with a hyphen, 3 in 1,000 in Chinese, 5 in 100 with a subdomain."""
    dice = random.Random(seed)
    return [_name(dice) for _ in range(count)]


def _name(dice: random.Random) -> str:
    label = _label(dice)
    sub = f"{dice.choice(('www', 'm', 'mail', 'shop', 'api', 'img1', 'blog'))}." if dice.random() < 0.05 else ""
    return f"{sub}{label}.{dice.choice(_SUFFIXES)}"


def _label(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.003:
        return canonical_host("".join(dice.choices(_CHINESE, k=dice.randint(2, 6))))
    if kind < 0.45:
        label = "".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4)))
    elif kind < 0.70:
        label = "".join(dice.choices(_WORDS, k=dice.randint(1, 3)))
    elif kind < 0.85:
        label = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(3, 7)))
    elif kind < 0.93:
        return str(dice.randint(100, 99_999_999))
    else:
        label = dice.choice(_SYLLABLES) + dice.choice(_WORDS)
    if dice.random() < 0.12:
        label += str(dice.randint(1, 9999))
    return f"{dice.choice(_WORDS)}-{label}" if dice.random() < 0.06 else label


def counterfeits() -> list[str]:
    """Return the golden counterfeits in A-label form."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [canonical_host(row["name"]) for row in csv.DictReader(file) if row["pattern"] != "unrelated"]


def planted(names: list[str], fakes: list[str], seed: int = 7) -> list[str]:
    """Return the names with the fakes at random places instead of others."""
    dice = random.Random(seed)
    mixed = list(names)
    for place, fake in zip(dice.sample(range(len(mixed)), len(fakes)), fakes, strict=True):
        mixed[place] = fake
    return mixed
