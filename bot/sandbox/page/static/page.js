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
// A picture takes its place only once it is there.
document.addEventListener("load", follow, true);
follow();

// What was typed meanwhile is the next message, and stays.
const sent = new WeakMap();

function fields(event) {
  const form = event.target.closest?.("form.write");
  return form ? [...form.querySelectorAll("input:not([type=hidden])")] : [];
}

document.addEventListener("htmx:before:request", (event) => {
  for (const field of fields(event)) sent.set(field, field.value);
});

document.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx?.response?.status !== 200) return;
  for (const field of fields(event)) if (field.value === sent.get(field)) field.value = "";
});
