"""How Chromium is started, for suspects' pages and for sessions of staff alike: it talks to nobody by itself, and past no proxy."""

import os

__all__ = ["RULES_ARGUMENTS", "RULES_UNWANTED", "UNWANTED_ARGUMENTS", "browser_arguments", "has_sandbox"]

_SILENCED_FEATURES = (
    # Chromium heeds only the last list it is given, so this one repeats what matters of Playwright's own.
    "AimEnabled", "AutofillServerCommunication", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose",
    "DialMediaRouteProvider", "FetchLaterAPI", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
    "Translate",
    # Surfaces no person looks at. A window's address bar alone started a process for each context: two thirds of what a page cost.
    "SpareRendererForSitePerProcess", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxPopup",
)  # fmt: skip
UNWANTED_ARGUMENTS = ["--disable-popup-blocking"]
"""Playwright's own that are left off: a page no person touches opens no other; one that is closed again still asks, past all routes."""
RULES_ARGUMENTS = ["--disable-shared-workers", "--enable-unsafe-extension-debugging"]
"""What a browser needs besides to be given rules of ours, over a pipe open to nobody else; they do not reach the sockets of shared workers."""
RULES_UNWANTED = ["--disable-extensions"]
"""Playwright's own that is left off for it. A browser with a profile that is kept has no extensions, whatever its person installed."""
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    f"--disable-features={','.join(_SILENCED_FEATURES)}",
    "--disable-quic",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--no-first-run",
    "--no-pings",
    # The name this switch had before is ignored now: STUN and mDNS packets went out past every proxy.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    # Belt and braces: even a request that forgot the proxy finds no address.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    # Where a profile is kept, the browser has no other way out than its pages have: its maker's services are given addresses of nobody.
    "--component-updater=url-source=https://localhost:1/",
    "--gaia-url=https://localhost:1",
    "--google-apis-url=https://localhost:1",
    "--google-base-url=https://localhost:1",
    "--js-flags=--max-old-space-size=512",
)


def has_sandbox() -> bool:
    """Say whether Chromium can have its sandbox: it refuses it to root. Staff machines run the sweep as an ordinary user."""
    return os.geteuid() != 0


def browser_arguments() -> list[str]:
    """Return the switches."""
    return [*_ARGUMENTS, *([] if has_sandbox() else ["--no-sandbox"])]
