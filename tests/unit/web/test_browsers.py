"""Of what a browser says of itself, only the families are read that many devices share."""

import pytest

from bot.web.my.browsers import family

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/130.0.0.0 Safari/537.36",
            "chrome windows",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
            "edge windows",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Version/18.0 Safari/605.1.15",
            "safari mac",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {SAFARI} Mobile/15E148 MicroMessenger/8.0.50",
            "wechat ios",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 12) {WEBKIT} Chrome/86.0 Mobile wxwork/4.1.20 MicroMessenger/7.0.1",
            "wecom android",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) {SAFARI} CriOS/120 Safari/604.1",
            "chrome ios",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "firefox linux"),
        ("", "other other"),
    ],
)
def test_the_families_of_browser_and_system(agent, found):
    assert family(agent) == found
