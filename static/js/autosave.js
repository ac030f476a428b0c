// Saves the open section while one types: 4 s after the last key at the latest, whenever a control is left, and when
// the page is left. It can only save: its address knows no other act. No word is kept in the browser; what could not
// be saved stays in the page, and is sent again when the network, or the reader's sign-in, is back.

const WAIT_MS = 4000;
const RETRY_MS = [2000, 5000, 10000, 30000];
const ASK_AGAIN_MS = 1500;
const OUTLIVES_PAGE = 60_000; // bytes that a browser still sends after its page is gone
const paper = document.getElementById("paper");
const state = document.querySelector("small[data-saved]");
const conflict = document.querySelector("[data-conflict]");
const says = paper?.dataset ?? {};
let timer = 0;
let busy = false;
let again = false;
let failures = 0;
let sent = "";
let flying = "";
let leaving = null;
let touched = false;
let asks = 0;

const say = (words, link) => {
  state.replaceChildren(words);
  if (!link) return;
  const anchor = document.createElement("a");
  Object.assign(anchor, { href: link.url, target: "_blank", rel: "noopener", textContent: link.words });
  state.append(" ", anchor);
};

function typed(form = paper) {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "csrf_token") data.append(name, value);
  return data;
}

// What the server had sent. The controls may hold more by now: typed before this module came, or put back by the
// browser after a reload.
function served() {
  const copy = paper.cloneNode(true);
  copy.reset();
  return typed(copy).toString();
}

const changed = () => typed().toString() !== sent;

function later(wait = WAIT_MS) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

async function save(asking = false) {
  clearTimeout(timer);
  if (!changed() && !failures && !asking) return;
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  mind();
  const body = typed();
  say(says.saving);
  try {
    await answered(await post(body), body);
  } catch {
    failed(navigator.onLine ? says.failed : says.offline);
  } finally {
    busy = false;
    flying = "";
    if (leaving) {
      const pressed = leaving;
      leaving = null;
      paper.requestSubmit(pressed);
    } else if (again) {
      again = false;
      later(0);
    }
  }
}

function post(body) {
  flying = body.toString();
  return fetch(says.save, {
    method: "POST",
    body,
    redirect: "error",
    keepalive: flying.length < OUTLIVES_PAGE,
    headers: { "X-CSRFToken": paper.elements.csrf_token.value, Accept: "application/json" },
  });
}

// Leaving, perhaps for good: what is not under way yet goes now, and a save that is still under way is overtaken.
function flush() {
  if (paper.dataset.leaving || !changed()) return;
  if (!busy) save();
  else if (typed().toString() !== flying) post(typed()).catch(() => {});
}

// Whether leaving now would lose something.
function mind() {
  if (changed()) paper.dataset.unsaved = "1";
  else delete paper.dataset.unsaved;
}

async function answered(answer, body) {
  if (answer.ok) return kept(await answer.json(), body);
  if (answer.status === 409) return elsewhere(await answer.json());
  if (answer.status === 401) return expired(await answer.json());
  if (answer.status === 400) return renew();
  if (answer.status === 404) return failed(says.stranger, false);
  if (answer.status === 403) return failed(says.closed, false);
  return failed(says.failed);
}

function kept(saved, body) {
  failures = 0;
  const seen = typeof saved.seen === "string" ? { seen: saved.seen } : saved.seen;
  see(seen);
  sent = new URLSearchParams([...body].map(([name, value]) => [name, seen[name] ?? value])).toString();
  if (saved.newer && !touched) return location.reload();
  if (asks > 0 && !touched) setTimeout(() => touched || save(true), ASK_AGAIN_MS);
  asks -= 1;
  mind();
  say(says.done.replace("{time}", saved.saved));
  mark(saved.wrong);
  if (changed()) later();
}

function see(seen) {
  for (const [name, value] of Object.entries(seen)) if (paper.elements[name]) paper.elements[name].value = value;
}

// The verdict on what was typed stands at its control, without moving the focus.
function mark(wrong) {
  for (const old of paper.querySelectorAll(".err[data-live]")) {
    if (wrong[old.dataset.live]) continue;
    paper.elements[old.dataset.live]?.removeAttribute?.("aria-invalid");
    document.getElementById(old.dataset.live)?.classList.remove("bad");
    old.remove();
  }
  for (const [id, words] of Object.entries(wrong)) {
    const control = document.getElementById(id);
    if (!control || control === document.activeElement || document.getElementById(`${id}-err1`)) continue;
    const line = document.createElement("div");
    Object.assign(line, { className: "err", id: `${id}-err1`, textContent: words });
    line.dataset.live = id;
    control.before(line);
    if (!control.matches("input, select, textarea")) continue;
    control.classList.add("bad");
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${id}-err1`);
  }
}

function failed(words, retry = true) {
  say(words);
  failures += 1;
  if (retry) later(RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
}

// The session has ended: the text stays here, one signs in elsewhere and comes back.
function expired(answer) {
  failures += 1;
  say(says.expired, { url: answer.sign_in, words: says.signIn });
}

// The form token is of another session: fetch a new one, if somebody is signed in again.
async function renew() {
  const answer = await fetch(says.token, { headers: { Accept: "application/json" } });
  if (answer.status === 401) return expired(await answer.json());
  if (!answer.ok) return failed(says.failed);
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = (await answer.clone().json()).csrf_token;
  failures += 1;
  later(0);
}

// Another window saved something else: both texts are shown, and the reader says which one stands.
function elsewhere(found) {
  failures = 0;
  const list = document.createElement("dl");
  list.className = "cmp-l";
  for (const place of found.places) {
    const name = Object.assign(document.createElement("dt"), { textContent: place.name });
    const texts = document.createElement("dd");
    texts.append(says.theirs, span("del", place.theirs), document.createElement("br"), says.yours, span("ins", place.yours));
    list.append(name, texts);
  }
  const head = Object.assign(document.createElement("h2"), { className: "h3", textContent: found.words });
  const yours = button(says.keepYours, "btn-go", () => {
    see(typeof found.seen === "string" ? { seen: found.seen } : found.seen);
    conflict.hidden = true;
    failures = 1;
    save();
  });
  const theirs = button(says.takeTheirs, "btn-by", () => {
    paper.dataset.leaving = "1";
    paper.reset();
    location.reload();
  });
  const acts = Object.assign(document.createElement("div"), { className: "row-x" });
  acts.append(yours, theirs);
  conflict.className = "note warn";
  conflict.replaceChildren(Object.assign(document.createElement("div"), {}));
  conflict.firstChild.append(head, list, acts);
  conflict.hidden = false;
  say(found.words);
}

const span = (style, text) => Object.assign(document.createElement("span"), { className: style, textContent: text || says.nothing });

function button(words, style, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: `btn ${style}`, textContent: words });
  made.addEventListener("click", act);
  return made;
}

// A button pressed while a save is on its way waits for it: both would carry the same mark of what was seen, and the
// second to arrive would look like another window.
function waitForSave(event) {
  clearTimeout(timer);
  if (!busy) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  leaving = event.submitter ?? paper.querySelector("[type=submit]");
}

// A window gives itself a mark and hands it on to the page that comes after in it, a reload included: its own save that
// was still on its way is then not another window's. While a page is open the mark is with the page alone, so that a
// copy of the tab does not get it.
const MARK = "window";
const LATE = "late"; // the page whose last words were still on their way when it was left
const here = Object.assign(document.createElement("input"), { type: "hidden", name: MARK });
const fresh = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function handOn(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing: each page is a window of its own
  }
}

function taken(name) {
  try {
    const value = sessionStorage.getItem(name);
    sessionStorage.removeItem(name);
    return value;
  } catch {
    return null;
  }
}

function parts() {
  if (paper.dataset.unsaved) handOn(LATE, location.pathname);
  flush();
}

function goes() {
  handOn(MARK, here.value);
  parts();
}

function comes() {
  taken(MARK);
  taken(LATE);
}

if (paper && says.save && state) {
  const late = taken(LATE) === location.pathname;
  asks = late ? 1 : 0;
  here.value = taken(MARK) ?? fresh();
  paper.append(here);
  sent = served();
  mind();
  if (late || changed()) save(late);
  paper.addEventListener("submit", waitForSave, { capture: true });
  paper.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    touched = true;
    mind();
    later();
  });
  paper.addEventListener("change", (event) => event.target.type !== "file" && later(0));
  paper.addEventListener("focusout", () => later(200));
  window.addEventListener("online", () => failures && later(0));
  window.addEventListener("focus", () => failures && later(0));
  window.addEventListener("beforeunload", parts);
  window.addEventListener("pagehide", goes);
  window.addEventListener("pageshow", (event) => event.persisted && comes());
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? goes() : comes()));
}
