"""A home folder filled by real intake, and what backs it up and restores it."""

import shutil
from datetime import timedelta

import pytest

from pipelines.bootstrap import backup_of, open_case, restore_of
from pipelines.secrets import secret_key
from pipelines.settings import Settings
from tests.builders import AT, a_site, an_attachment
from tests.conftest import FixedClock
from tests.contracts.filled import fill
from tests.pipelines.moves.home import Quiet


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """A home folder as a county has one after some weeks."""
    home = tmp_path_factory.mktemp("made") / "home"
    with open_case(Settings(home=home), FixedClock()) as case:
        fill(case)
        for number in range(12):
            page = f"<title>特种作业证查询 {number}</title>".encode()
            seen = a_site(f"cx-mem-gov-{number}.cn", text="包过 全国可查", attachments=(an_attachment(page),))
            case.intake.accept(seen)
            case.audit.append(AT, "system", "lead.sighted", str(number))
    secret_key(home, "session")
    for path, text in {
        "jianwei.toml": "[organisation]\nregion = '某县'\n", "official_sites.csv": "host\n", "terms.previous.csv": "词\n",
        "weights/table.csv": "code\n", "rejected/tips.csv": "行\n", "cache/hyperscan.bin": "x", "moves/copy.json": "{}",
        "terms.lock": "", ".part-x": "half",
    }.items():  # fmt: skip
        (home / path).parent.mkdir(exist_ok=True)
        (home / path).write_text(text, "utf-8")
    return home


@pytest.fixture
def home(settings, made_once):
    """A home folder of one's own, to be spoiled."""
    shutil.copytree(made_once, settings.home)
    return settings.home


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def back_up(settings, clock, folder):
    def make(into=folder):
        clock.at += timedelta(seconds=1)
        return backup_of(settings, clock, Quiet()).make(into)

    return make


@pytest.fixture
def restore(settings, folder):
    return lambda path=folder, home=settings.home: restore_of(Settings(home=home), path, Quiet()).restore()
