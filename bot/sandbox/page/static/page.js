// What the server cannot do: logs follow the newest message unless one reads further up, and forms are emptied
// once they were taken.
const pinned = new WeakMap();

function near(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 48;
}

function follow() {
  for (const log of document.querySelectorAll(".window .log:not(.sheet)")) {
    if (!pinned.has(log)) {
      pinned.set(log, true);
      log.addEventListener("scroll", () => pinned.set(log, near(log)), { passive: true });
    }
    if (pinned.get(log)) log.scrollTop = log.scrollHeight;
  }
}

new MutationObserver(follow).observe(document.body, { childList: true, subtree: true, characterData: true });
addEventListener("load", follow);
follow();

document.addEventListener("htmx:after:request", (event) => {
  const context = event.detail.ctx;
  const form = event.target.closest?.("form.write");
  if (form && context?.response?.status === 200) {
    for (const field of form.querySelectorAll("input:not([type=hidden])")) field.value = "";
  }
});
