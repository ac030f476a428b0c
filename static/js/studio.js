// The studio with a script: saves by itself when a control is left, puts entries in order by keys and by dragging.
// Without this module every button does the same.

const WAIT_MS = 400;
const RETRY_MS = 5000;
const LIVE = ["saved", "tabs", "list", "routes", "sum", "compared", "checks", "meter", "whole-b"];
const ASIDE = /~join$|^new_name$/; // of no meaning until a button is pressed
const PIECE = /~\d+\.(left|how|value)$/; // of the table that an expression may be put together from
let timer = 0;
let dirty = false; // typed, and not yet on its way
let running = Promise.resolve(true); // one saving after the other; whether the last was understood
let waiting = 0;
let refused = false; // the last that was sent was not understood; it stands only on this page

// On a phone the tabs go past the edge, and the list stands above the part that was chosen from it: show what is open.
if (matchMedia("(max-width: 767px)").matches && !location.hash && new URLSearchParams(location.search).has("at")) {
  document.querySelector(".st3 > .mid")?.scrollIntoView();
}
const tab = document.querySelector("#tabs [aria-current]");
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16;

const paper = () => document.getElementById("paper");
const state = () => document.getElementById("saved");
const seenOf = (doc) => doc.querySelector("#paper input[name=seen_version]")?.value;
const unsaved = () => dirty || refused || waiting > 0;

// The parts of the page that tell of the whole draft come fresh from the answer; the controls one types into stay,
// and so does what is about to be pressed.
function refresh(fresh, kept) {
  for (const id of LIVE) {
    const old = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (!old || !next || old.contains(document.activeElement) || old.contains(kept ?? null)) continue;
    old.replaceWith(document.importNode(next, true));
  }
  const seen = seenOf(fresh);
  if (!seen) return;
  for (const field of document.querySelectorAll("input[name=seen_version]")) field.value = seen;
}

function shape(form) {
  const named = [...form.elements].filter((one) => one.type !== "submit" && !PIECE.test(one.name)).map((one) => one.name);
  return named.filter((name) => name && name !== "csrf_token").join(" ");
}

// True where everything that was typed was understood, false where not, nothing where the page is on its way to say
// more. `kept`: what is about to be pressed, which must not be replaced.
function save(kept) {
  clearTimeout(timer);
  waiting += 1;
  running = running.then((before) => (dirty ? send(kept) : before)).finally(() => {
    waiting -= 1;
  });
  return running;
}

async function send(kept) {
  const form = paper();
  if (!form) return true;
  dirty = false;
  if (state()) state().textContent = state().dataset.saving;
  const before = shape(form);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const other = fresh.getElementById("paper");
    if (answer.status === 409 || !other) {
      form.requestSubmit(); // somebody else changed the same place, or signed out: the page that says so comes whole
      return undefined;
    }
    refresh(fresh, kept);
    built(form, other);
    told(form, other, kept);
    if (answer.ok && !dirty && shape(other) !== before && !form.contains(kept ?? null)) swap(form, other);
    refused = !answer.ok;
    return answer.ok;
  } catch {
    dirty = true;
    if (state()) state().textContent = state().dataset.failed;
    timer = setTimeout(save, RETRY_MS);
    return false;
  }
}

// What the check found stands beside its control, and the control says so.
function told(form, other, kept) {
  for (const one of other.querySelectorAll(".beside")) {
    const here = form.querySelector(`#${CSS.escape(one.id)}`);
    if (here && here.innerHTML !== one.innerHTML && !here.contains(document.activeElement) && !here.contains(kept ?? null)) here.replaceWith(document.importNode(one, true));
  }
  for (const one of other.querySelectorAll("[id]")) {
    const here = form.querySelector(`#${CSS.escape(one.id)}`);
    for (const name of here ? ["aria-describedby", "aria-invalid"] : []) {
      if (one.hasAttribute(name)) here.setAttribute(name, one.getAttribute(name));
      else here.removeAttribute(name);
    }
    if (here) here.classList.toggle("bad", one.classList.contains("bad"));
  }
}

// An expression that was put together from its table, and the table of one that was written.
function built(form, other) {
  for (const one of other.querySelectorAll("textarea[data-ruled]")) {
    const here = form.querySelector(`#${CSS.escape(one.id)}`);
    if (here && here !== document.activeElement) here.value = one.value;
  }
  for (const one of other.querySelectorAll("details[id$='-table']")) {
    const here = form.querySelector(`#${CSS.escape(one.id)}`);
    if (!here || here.contains(document.activeElement) || here.innerHTML === one.innerHTML) continue;
    const fresh = document.importNode(one, true);
    fresh.open = here.open;
    here.replaceWith(fresh);
  }
}

// Another kind of stage or type of field asks other things: the form comes anew, and the focus stays where it was.
function swap(form, other) {
  const { id, selectionStart, selectionEnd } = document.activeElement ?? {};
  const open = [...form.querySelectorAll("details")].map((one) => one.open);
  const fresh = document.importNode(other, true);
  form.replaceWith(fresh);
  [...fresh.querySelectorAll("details")].forEach((one, at) => {
    if (open[at]) one.open = true;
  });
  const again = id ? document.getElementById(id) : null;
  again?.focus();
  if (again?.setSelectionRange && typeof selectionStart === "number") again.setSelectionRange(selectionStart, selectionEnd);
}

document.addEventListener("input", (event) => {
  if (event.target.closest?.("#paper") && event.target.type !== "file" && !ASIDE.test(event.target.name)) dirty = true;
});
document.addEventListener("change", (event) => {
  if (!event.target.closest?.("#paper") || event.target.type === "file" || ASIDE.test(event.target.name)) return;
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, WAIT_MS);
});

// What was typed last goes first: a link and another form wait for it, and what was not understood keeps one here.
async function leave(how, kept) {
  let understood = true;
  do {
    understood = await save(kept); // and what is typed meanwhile
  } while (understood && dirty);
  if (understood) how();
  else if (understood === false && !dirty) paper()?.requestSubmit();
}
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!link || elsewhere || link.target || link.getAttribute("href").startsWith("#") || !unsaved()) return;
  event.preventDefault();
  leave(() => location.assign(link.href), link);
});
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (target.id === "paper") {
    clearTimeout(timer);
    dirty = refused = false;
  } else if (unsaved()) {
    event.preventDefault();
    leave(() => target.requestSubmit(submitter), submitter ?? target);
  }
}, true); // before what counts a form as sent
window.addEventListener("pagehide", () => {
  const form = paper();
  if (dirty && form) fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
});

// A part that is wanted opens.
document.addEventListener("change", (event) => {
  const inside = event.target.name?.endsWith("~on") && event.target.closest("[role=group]")?.querySelector("details");
  if (inside) inside.open = event.target.checked;
});

// The sum of weights while one types.
document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-weight]")) return;
  const sum = [...document.querySelectorAll("[data-weight]")].reduce((all, one) => all + (Number(one.value) || 0), 0);
  const place = document.querySelector("[data-total]");
  if (place) place.textContent = `${Math.round(sum * 100) / 100} / 100`;
});

// Alt and an arrow press the buttons that stand beside the entry.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  const entry = event.target.closest("li[data-path], tr[data-path]");
  const button = entry?.querySelector(`button[name=${event.key === "ArrowUp" ? "up" : "down"}]`);
  if (!button) return;
  event.preventDefault();
  sessionStorage.setItem("studio-focus", entry.dataset.path);
  button.click();
});
const back = sessionStorage.getItem("studio-focus");
if (back) {
  sessionStorage.removeItem("studio-focus");
  document.querySelector(`[data-path="${CSS.escape(back)}"] a`)?.focus();
}

// Dragging an entry onto another puts it before that one.
let held = null;
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".grip");
  const entry = grip?.closest("li[data-path]");
  if (entry) entry.draggable = true;
});
document.addEventListener("dragstart", (event) => {
  held = event.target.closest?.("li[data-path]");
  held?.classList.add("drags");
});
document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.("li[data-path]");
  if (!held || !over || over.parentElement !== held.parentElement) return;
  event.preventDefault();
  for (const one of over.parentElement.children) one.classList.toggle("over", one === over);
});
document.addEventListener("drop", (event) => {
  const over = event.target.closest?.("li[data-path]");
  if (!held || !over || over === held || over.parentElement !== held.parentElement) return;
  event.preventDefault();
  const form = held.closest("form");
  const add = (name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  add("before", held.dataset.path);
  add("target", over.dataset.path.split("/").pop());
  form.requestSubmit();
});
document.addEventListener("dragend", () => {
  held?.classList.remove("drags");
  if (held) held.draggable = false;
  held = null;
});
