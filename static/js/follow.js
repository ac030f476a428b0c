// What is being done in the background, followed while one looks: the part marked data-follow is fetched anew, and when
// it has ended the page comes whole. Without this module a link does the same.

const EVERY_MS = 3000;

async function look() {
  const here = document.querySelector("[data-follow]");
  if (!here) return;
  try {
    const answer = await fetch(here.dataset.follow, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-follow]");
    if (answer.ok && !fresh) {
      location.assign(here.dataset.follow);
      return;
    }
    if (fresh) here.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  } catch {
    // the line is bad: what stands there stays, and it is asked again
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
