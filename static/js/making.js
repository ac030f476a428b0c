// While the demonstration is being made: asks this very page how far it is and draws the note anew; at the end it opens
// the page anew, or where somebody may be typing says that all is there. Without this module a link does the same.

const PAUSE_MS = 2000;

async function ask() {
  const shown = document.querySelector("[data-making]");
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return void setTimeout(ask, PAUSE_MS);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-making]");
  if (!fresh && "reopens" in shown.dataset) return location.replace(location.pathname);
  if (!fresh) {
    document.querySelector("[data-ready]").hidden = false;
    return shown.remove();
  }
  const held = shown.contains(document.activeElement);
  shown.replaceWith(fresh);
  if (held) fresh.querySelector("a").focus();
  setTimeout(ask, PAUSE_MS);
}

setTimeout(ask, PAUSE_MS);
