// Work that goes on in the background: the page asks how far it is, and is loaded anew when it is over.

const ASK_MS = 1500;
const MOST_MS = 20000;
const box = document.querySelector("[data-progress]");

async function look(wait) {
  try {
    const answer = await fetch(box.dataset.progress, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-progress]");
    if (!fresh) {
      location.assign(answer.url);
      return;
    }
    box.querySelector("[data-said]").textContent = fresh.querySelector("[data-said]").textContent;
    box.querySelector("progress").value = fresh.querySelector("progress").value;
    wait = ASK_MS;
  } catch {
    wait = Math.min(wait * 2, MOST_MS); // the house is away for a moment: less often, until it is back
  }
  setTimeout(() => look(wait), wait);
}

if (box) setTimeout(() => look(ASK_MS), ASK_MS);
