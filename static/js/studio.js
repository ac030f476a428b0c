// The studio with a script: saves by itself when a control is left, puts entries in order by keys and by dragging.
// Without this module every button does the same.

const WAIT_MS = 400;
const RETRY_MS = 5000;
const LIVE = ["saved", "tabs", "list", "routes", "sum", "compared", "checks", "meter"];
let timer = 0;
let busy = false;
let again = false;

// On a phone the tabs go past the edge, and the list stands above the part that was chosen from it: show what is open.
if (matchMedia("(max-width: 767px)").matches && !location.hash && new URLSearchParams(location.search).has("at")) {
  document.querySelector(".st3 > .mid")?.scrollIntoView();
}
const tab = document.querySelector("#tabs [aria-current]");
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16;

const paper = () => document.getElementById("paper");
const state = () => document.getElementById("saved");
const seenOf = (doc) => doc.querySelector("#paper input[name=seen_version]")?.value;

// The parts of the page that tell of the whole draft come fresh from the answer; the controls one types into stay.
function refresh(fresh) {
  for (const id of LIVE) {
    const old = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (!old || !next || old.contains(document.activeElement)) continue;
    old.replaceWith(document.importNode(next, true));
  }
  const seen = seenOf(fresh);
  if (!seen) return;
  for (const field of document.querySelectorAll("input[name=seen_version]")) field.value = seen;
}

function shape(form) {
  return [...form.elements].map((one) => one.name).filter((name) => name && name !== "csrf_token").join(" ");
}

async function save() {
  clearTimeout(timer);
  const form = paper();
  if (!form) return;
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  if (state()) state().textContent = state().dataset.saving;
  const before = shape(form);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const other = fresh.getElementById("paper");
    if (answer.status === 409 || !other) {
      form.requestSubmit(); // somebody else changed the same place, or signed out: the page that says so comes whole
      return;
    }
    refresh(fresh);
    if (answer.ok && shape(other) !== before) swap(form, other);
  } catch {
    if (state()) state().textContent = state().dataset.failed;
    timer = setTimeout(save, RETRY_MS);
  } finally {
    busy = false;
    if (again) {
      again = false;
      timer = setTimeout(save, 0);
    }
  }
}

// Another kind of stage or type of field asks other things: the form comes anew, and the focus stays where it was.
function swap(form, other) {
  const id = document.activeElement?.id;
  const open = [...form.querySelectorAll("details")].map((one) => one.open);
  const fresh = document.importNode(other, true);
  form.replaceWith(fresh);
  [...fresh.querySelectorAll("details")].forEach((one, at) => {
    if (open[at]) one.open = true;
  });
  if (id) document.getElementById(id)?.focus();
}

document.addEventListener("change", (event) => {
  if (!event.target.closest?.("#paper") || event.target.type === "file" || /~\d+\.(left|how|value)$|~join$|^new_name$/.test(event.target.name)) return;
  clearTimeout(timer);
  timer = setTimeout(save, WAIT_MS);
});
document.addEventListener("submit", (event) => {
  if (event.target.id === "paper") clearTimeout(timer);
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
  form.submit();
});
document.addEventListener("dragend", () => {
  held?.classList.remove("drags");
  if (held) held.draggable = false;
  held = null;
});
