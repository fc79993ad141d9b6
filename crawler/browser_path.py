"""Where the Chromium to render with is: Debian's, else the one Playwright downloaded, else none."""

import shutil
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """Return the path of a runnable Chromium, or None where this machine has none."""
    for name in _NAMES:
        path = shutil.which(name)
        # Ubuntu's chromium-browser is a shell script that only tells the user to install a snap.
        if path and not Path(path).resolve().is_relative_to("/snap"):
            return path
    return _downloaded_by_playwright()


def _downloaded_by_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


if __name__ == "__main__":
    found = find_chromium()
    sys.stdout.write(f"{found or ''}\n")
    sys.exit(0 if found else 1)
