"""Who answers on our page: what they see of it, and what their presses send."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.pages import read_page
from bot.sandbox.stage import START, Stage
from bot.sandbox.stories.story import LINK, TOMORROW_AT_TWO, invited, stands
from store import interviews

PAGE = """<!doctype html><html lang="zh-Hans"><head><title> 您的 面试 </title><style>p {}</style></head><body>
<h1>前端工程师</h1><p hidden>unseen</p><p role="status">已确认</p>
<form method="post" action="press"><input type="hidden" name="value" value="v1.1.a.b">
<button>确认 参加</button></form>
<form method="post"><input type="hidden" name="nonce" value="n"><button name="value" value="v1.2.a.b">改约</button>
<button name="value" value="v1.3.a.b">来不了</button><button type="button">nothing</button></form>
<form><label for="d">手机后四位</label><input id="d" name="digits" maxlength="4">
<input type="submit" value="继续"></form>
<form><label>上午 <input type="radio" name="half" value="am" checked></label>
<label>下午 <input type="radio" name="half" value="pm"></label><textarea name="words">x</textarea></form>
<p>A &amp; B<br>C</p><a href="/go/abc">进入 面试</a><script>alert(1)</script></body></html>"""


def test_what_is_seen_of_a_page() -> None:
    page = read_page(PAGE, "https://t.example/my/abc", START)
    assert page.title == "您的 面试"
    assert page.lang == "zh-Hans"
    assert page.notices == ["已确认"]
    assert page.text.splitlines()[:2] == ["前端工程师", "已确认"]
    assert "A & B\nC" in page.text
    assert "unseen" not in page.text
    assert "alert" not in page.text
    assert page.links == {"进入 面试": "https://t.example/go/abc"}
    assert page.presses == {"确认 参加": "v1.1.a.b", "改约": "v1.2.a.b", "来不了": "v1.3.a.b", "继续": ""}


def test_what_a_press_sends() -> None:
    page = read_page(PAGE, "https://t.example/my/abc", START)
    form, button = page.form("改约")
    assert (form.action, form.method) == ("https://t.example/my/abc", "POST")
    assert form.sent(button) == {"nonce": "n", "value": "v1.2.a.b"}
    form, button = page.form("确认 参加")
    assert form.action == "https://t.example/my/press"
    assert form.sent(button) == {"value": "v1.1.a.b"}
    digits = page.forms[2]
    assert [(each.label, each.longest) for each in digits.blanks] == [("手机后四位", 4)]
    assert digits.sent(digits.buttons[0], {"digits": "1234"}) == {"digits": "1234"}
    half = page.forms[3]
    assert half.sent(None) == {"half": "am", "words": "x"}
    assert [each.label for each in half.fields] == ["上午", "下午", ""]


async def test_somebody_enters_from_a_chat() -> None:
    async with await Stage.open("en") as stage:
        candidate = await invited(stage)
        await stage.until(TOMORROW_AT_TWO - timedelta(minutes=20))
        visitor = stage.on_page(candidate)
        assert await visitor.enters() == LINK
        await stage.settle()
        await stands(stage, "scheduled")
        async with stage.app.db.read() as tx:
            found = await interviews.by_name(tx, "A-1")
        assert found is not None
        assert found.attempt.entered_at == stage.clock.now()
        assert any(line.who == "Turnout → Li Lei · page" for line in stage.lines)
