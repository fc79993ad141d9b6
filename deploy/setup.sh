#!/usr/bin/env bash
# Sets up what `make run` and `make test` need: .venv, locked dependencies, Chromium and a Chinese font; with the word `tests` also Redis.
# Says what it installs, changes nothing the second time, and goes on without what cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '== %s\n' "$*"; }
missing() { printf '!! %s\n' "$*" >&2; }

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    missing "Python 3.11 or newer is needed as '$python'. Install it, or name one: PYTHON=python3.12 make setup"
    exit 2
fi

# How system packages may be installed here: as root, by password-less sudo, or not at all.
if ! command -v apt-get >/dev/null; then
    apt=()
elif [ "$(id -u)" = 0 ]; then
    apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
elif sudo -n true 2>/dev/null; then
    apt=(sudo -n env DEBIAN_FRONTEND=noninteractive apt-get)
else
    apt=()
fi
apt_updated=""
apt_install() {
    [ "${#apt[@]}" -gt 0 ] || return 1
    say "installing system packages: $*"
    if [ -z "$apt_updated" ]; then
        "${apt[@]}" update -qq >/dev/null || return 1
        apt_updated=yes
    fi
    "${apt[@]}" install -y -qq --no-install-recommends "$@" >/dev/null
}

# 1. The virtual environment.
if ! .venv/bin/python -c '' 2>/dev/null; then
    "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv || {
        missing "Python's venv module is missing and could not be installed. As root: apt-get install python3-venv"
        exit 2
    }
    say "creating .venv"
    rm -rf .venv
    "$python" -m venv .venv
fi

# 2. Locked dependencies, each checked against its hash.
want=$(cat requirements.lock pyproject.toml deploy/setup.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/installed.sha256 2>/dev/null || true)" != "$want" ]; then
    say "installing the locked Python packages of requirements.lock into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    printf '%s\n' "$want" >.venv/installed.sha256
fi

# 3. A browser: Debian's Chromium, else Playwright's own download, else none.
has_browser() { .venv/bin/python -m crawler.browser_path >/dev/null 2>&1; }
if ! has_browser; then
    # Ubuntu's chromium package is only a pointer to a snap, which servers often cannot run.
    if ! grep -qs '^ID=ubuntu' /etc/os-release; then apt_install chromium || true; fi
    if ! has_browser && [ "$(cat .venv/browser-tried 2>/dev/null || true)" != "$want" ]; then
        say "downloading Chromium through Playwright"
        timeout 600 .venv/bin/python -m playwright install chromium >/dev/null 2>&1 || true
        [ "${#apt[@]}" = 0 ] || timeout 600 .venv/bin/python -m playwright install-deps chromium >/dev/null 2>&1 || true
        # A download that failed is not tried at every start: that could take minutes each time.
        has_browser || printf '%s\n' "$want" >.venv/browser-tried
    fi
    has_browser || missing "no Chromium: pages built by JavaScript are not rendered and no screenshots are taken (to try again: rm -f .venv/browser-tried; make setup)"
fi

# 4. A Chinese font, or screenshots show empty boxes.
has_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn file)" ]; }
if ! has_font; then
    apt_install fontconfig fonts-noto-cjk || true
    has_font || missing "no Chinese font: Chinese text in screenshots will show as boxes"
fi

# 5. A Redis server, for the tests of shared sweeps only: they start one of their own on loopback.
if [ "${1:-}" = tests ] && ! command -v redis-server >/dev/null; then
    apt_install redis-server || true
    command -v redis-server >/dev/null || missing "no redis-server: tests of sweeps that several workers share are skipped"
fi
