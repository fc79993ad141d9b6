"""What the options of this invocation are: language, debugging, configuration. One object, set by `main`."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import Settings, load_settings

__all__ = ["Session", "current"]


@dataclass(slots=True)
class Session:
    """The invocation's global options."""

    lang: str = "en"
    debug: bool = False
    config: Path | None = None

    def settings(self) -> Settings:
        """Read and check the settings. Raises `SettingInvalid`."""
        return load_settings(config=self.config)

    def say(self, zh: str, en: str) -> str:
        """Return the sentence in the invocation's language."""
        return zh if self.lang == "zh" else en


current = Session()
