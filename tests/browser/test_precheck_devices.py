"""The device check with every camera, microphone and answer there is."""

from __future__ import annotations

import pytest

from conversations.prechecks import CODES
from tests.browser.devices import AGENTS, DEVICE, LAN, WELL, YES, Bench, audio, code, rejects, video


async def test_all_is_well(bench: Bench) -> None:
    async with bench.candidate() as one:
        check = await one.checks()
        assert [f.code for f in check.findings if CODES[f.code].status != "pass"] == []
        assert {CODES[f.code].check for f in check.findings} == {
            *"browser camera microphone speaker".split()
        } | {*"network direct clock power".split()}
        camera = next(f for f in check.findings if f.code == "CAM-OK")
        assert camera.numbers["height"] == 720
        assert "Everything works" in await one.page.inner_text("#summary")
        assert "We know the result" in await one.page.inner_text("#summary")
        assert await one.page.evaluate("document.activeElement.id") == "summary", "the result has the focus"
        after = await one.page.evaluate("document.getElementById('summary').nextElementSibling.innerText")
        assert "Add to your calendar" in after
        assert await one.page.locator("video").count() == 0


DENIED = {
    "nobody allows it": (DEVICE, LAN),
    "denied": (DEVICE, f"{YES}=deny", LAN),
    "prompts are denied": (DEVICE, "--deny-permission-prompts", LAN),
}


@pytest.mark.parametrize("how", DENIED)
async def test_not_allowed(bench: Bench, how: str) -> None:
    async with bench.candidate(DENIED[how]) as one:
        check = await one.checks()
        assert check.verdict == "failed"
        assert code(check, "camera")[4:] in ("BLOCKED", "DISMISSED")
        assert code(check, "microphone")[4:] in ("BLOCKED", "DISMISSED")
        assert "Try again" in await one.row("camera")


async def test_no_camera(bench: Bench) -> None:
    async with bench.candidate((f"{DEVICE}=device-count=0", YES)) as one:
        check = await one.checks()
        assert (code(check, "camera"), code(check, "microphone")) == ("CAM-NONE", "MIC-OK")


async def test_no_device_at_all(bench: Bench) -> None:
    async with bench.candidate((YES,)) as one:
        check = await one.checks()
        assert (code(check, "camera"), code(check, "microphone")) == ("CAM-NONE", "MIC-NONE")
        assert "use your phone" in await one.row("camera")


@pytest.mark.parametrize(
    ("luma", "volume", "noise", "camera", "microphone"),
    [
        ([0, 0, 0], 0.0, 0.0, "CAM-BLACK", "MIC-SILENT"),
        ([20, 22, 24], 0.001, 0.0, "CAM-DARK", "MIC-QUIET"),
        ([120, 120, 120], 3.0, 0.0, "CAM-FROZEN", "MIC-LOUD"),
        ([110, 120, 130], 0.5, 0.1, "CAM-OK", "MIC-NOISY"),
    ],
    ids=["black, silent", "dark, quiet", "frozen, loud", "well, noisy"],
)
async def test_what_is_seen_and_heard(
    bench: Bench, luma: list[int], volume: float, noise: float, camera: str, microphone: str
) -> None:
    flags = (*WELL, video(bench.folder, camera, luma), audio(bench.folder, microphone, volume, noise=noise))
    async with bench.candidate(flags) as one:
        check = await one.checks()
        assert (code(check, "camera"), code(check, "microphone")) == (camera, microphone)


@pytest.mark.parametrize(
    ("name", "message", "ends"),
    [
        ("NotAllowedError", "Permission denied by system", "SYSTEM"),
        ("NotAllowedError", "Permission dismissed", "DISMISSED"),
        ("NotAllowedError", "Permission denied", "BLOCKED"),
        ("SecurityError", "", "BLOCKED"),
        ("NotFoundError", "Requested device not found", "NONE"),
        ("NotReadableError", "Could not start video source", "BUSY"),
        ("AbortError", "Starting videoinput failed", "BUSY"),
        ("OverconstrainedError", "", "UNFIT"),
        ("TypeError", "", "UNFIT"),
        ("InvalidStateError", "", "UNFIT"),
    ],
)
async def test_every_exception(bench: Bench, name: str, message: str, ends: str) -> None:
    async with bench.candidate(script=rejects(name, message)) as one:
        check = await one.checks()
        assert (code(check, "camera"), code(check, "microphone")) == (f"CAM-{ends}", f"MIC-{ends}")


@pytest.mark.parametrize("broken", ["video", "audio"])
async def test_which_one_is_broken_is_found_out(bench: Bench, broken: str) -> None:
    async with bench.candidate(script=rejects("NotReadableError", only=broken)) as one:
        check = await one.checks()
        found = (code(check, "camera"), code(check, "microphone"))
        assert found == (("CAM-BUSY", "MIC-OK") if broken == "video" else ("CAM-OK", "MIC-BUSY"))


async def test_the_question_is_never_answered(bench: Bench) -> None:
    script = """
    window.asked = 0;
    navigator.mediaDevices.getUserMedia = () => { window.asked += 1; return new Promise(() => {}); };
    """
    async with bench.candidate(script=script, answer=300) as one:
        check = await one.checks()
        assert (code(check, "camera"), code(check, "microphone")) == ("CAM-NO-ANSWER", "MIC-NO-ANSWER")
        assert await one.page.evaluate("asked") == 1, "nobody is asked again who does not answer"


async def test_a_camera_without_a_picture(bench: Bench) -> None:
    script = """
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const found = await real(wanted);
      found.getVideoTracks().forEach((track) => track.stop());
      return found;
    };
    """
    async with bench.candidate(script=script) as one:
        assert code(await one.checks(), "camera") == "CAM-LOST"


@pytest.mark.parametrize(
    ("answer", "found"), [(0, "SPK-OK"), (1, "SPK-NOTHING"), (2, "SPK-SKIPPED"), (None, "SPK-NO-ANSWER")]
)
async def test_whether_the_sound_was_heard(bench: Bench, answer: int | None, found: str) -> None:
    patience = 300 if answer is None else 9000
    async with bench.candidate(patience=patience) as one:
        button = "" if answer is None else f"#row-speaker .choices button >> nth={answer}"
        assert code(await one.checks(button), "speaker") == found


async def test_try_again_mends_one_row_and_tells_it_anew(bench: Bench) -> None:
    script = """
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      if (wanted.video && !window.isFree) throw new DOMException('', 'NotReadableError');
      return real(wanted);
    };
    """
    async with bench.candidate(script=script) as one:
        first = await one.checks()
        assert code(first, "camera") == "CAM-BUSY"
        await one.page.evaluate("window.isFree = true")
        await one.page.click("#row-camera .again")
        assert await one.page.evaluate("document.activeElement.closest('li').id") == "row-camera"
        second = await one.reported(known=1)
        assert code(second, "camera") == "CAM-OK"
        assert second.verdict == "passed"
        assert [f.code for f in second.findings if f.code != "CAM-OK"] == [
            f.code for f in first.findings if f.code != "CAM-BUSY"
        ]


async def test_another_microphone_can_be_chosen(bench: Bench) -> None:
    async with bench.candidate((f"{DEVICE}=device-count=2", YES)) as one:
        await one.checks()
        picker = one.page.locator("#row-camera select")
        assert await picker.locator("option").count() == 2
        await picker.select_option(index=1)
        await one.reported(known=1)
        assert await one.page.locator("#row-camera select").evaluate("e => e.selectedIndex") == 1


async def test_who_neither_sees_hears_nor_speaks_gets_through(bench: Bench) -> None:
    """By keys alone, skipping the microphone and the sound: they are ready, too."""
    flags = (*WELL, audio(bench.folder, "MIC-SILENT", 0.0))
    async with bench.candidate(flags, patience=9000) as one:
        await one.comes()
        await one.page.focus("#start")
        await one.page.keyboard.press("Enter")
        mute = one.page.locator("#row-microphone .quiet")
        await mute.focus()
        await one.page.keyboard.press("Enter")
        deaf = one.page.locator("#row-speaker .choices button >> nth=2")
        await deaf.focus()
        await one.page.keyboard.press("Space")
        check = await one.reported()
        assert (code(check, "microphone"), code(check, "speaker")) == ("MIC-SKIPPED", "SPK-SKIPPED")
        assert check.verdict == "passed"
        assert "Skipped" in await one.row("microphone")
        box = await one.page.locator("#row-microphone").bounding_box()
        assert box is not None
        assert box["x"] >= 0


BLOCKED_STEPS = {
    "safari-ios": "aA",
    "chrome-android": "Permissions",
    "edge": "lock left of the address",
    "firefox": "crossed-out camera",
    "safari-mac": "Settings for This Website",
    "wechat-android": "find WeChat",
    "wecom": "find WeCom",
    "wechat-desktop": "Copy the address below",
}


@pytest.mark.parametrize("agent", BLOCKED_STEPS)
async def test_steps_are_of_this_browser(bench: Bench, agent: str) -> None:
    async with bench.candidate(script=rejects("NotAllowedError"), user_agent=AGENTS[agent]) as one:
        await one.comes()
        await one.page.click("#start")
        await one.page.wait_for_selector("#row-camera.fail")
        assert BLOCKED_STEPS[agent] in await one.row("camera")
