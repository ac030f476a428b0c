// Courtesies of the rater's desk: levels by one key, the running total, and keeping each criterion as it is typed.
// The sheet itself works without any of it.

const panel = document.querySelector("#panel.rating");
const criteria = panel ? [...panel.querySelectorAll("[data-crit]")] : [];
const state = panel?.querySelector("[data-state]");
const RETRY_MS = [2000, 5000, 15000, 30000];
const WAIT_MS = 700;
const off = () => document.documentElement.dataset.keys === "off";
const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
let current = 0;
let timer = null;
let busy = false;
let again = false;
let failures = 0;
let sent = "";
let leaving = false;

const points = (crit) => crit.querySelector("[data-points]");
const levels = (crit) => [...crit.querySelectorAll(".lv input")];

function number(crit) {
  const text = (points(crit)?.value ?? "").normalize("NFKC").trim();
  return /^\d+(\.\d{1,2})?$/.test(text) ? Number(text) : null;
}

function turnTo(at) {
  current = Math.min(Math.max(at, 0), criteria.length - 1);
  criteria.forEach((crit, index) => {
    crit.classList.toggle("cur", index === current);
    if (index === current) crit.setAttribute("aria-current", "true");
    else crit.removeAttribute("aria-current");
  });
}

// The level follows the number, and the number the level; a range runs up to the next level's lower bound.
function follow(crit) {
  const value = number(crit);
  const own = levels(crit);
  if (own.length && value !== null) {
    const fitting = own.filter((each) => Number(each.dataset.low) <= value).sort((a, b) => Number(b.dataset.low) - Number(a.dataset.low))[0];
    if (fitting) fitting.checked = true;
  }
  paint(crit);
}

function paint(crit) {
  for (const each of levels(crit)) each.closest("label").classList.toggle("on", each.checked);
  const value = number(crit);
  const level = levels(crit).find((each) => each.checked)?.value;
  const from = Number(panel.dataset.explainFrom || Infinity);
  const needed = crit.dataset.type === "levels" && value !== null && (value >= from || panel.dataset.explain.split(" ").includes(level));
  crit.querySelector("[data-needed]").hidden = !needed;
  if (needed) crit.querySelector("[data-why]").open = true;
}

function pick(crit, at) {
  const level = levels(crit)[at];
  if (!level) return;
  level.checked = true;
  const value = number(crit);
  if (value === null || value < Number(level.dataset.low) || value > Number(level.dataset.high)) points(crit).value = level.dataset.start;
  paint(crit);
  later();
}

function step(crit, by) {
  const field = points(crit);
  if (!field) return;
  const most = Number(field.dataset.most || Infinity);
  field.value = String(Math.min(Math.max((number(crit) ?? 0) + by, 0), most));
  follow(crit);
  later();
}

// -- keeping it -------------------------------------------------------------------------------------------------------
function body() {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(panel)) if (typeof value === "string" && !["csrf_token", "request_key", "seen_version"].includes(name)) data.append(name, value);
  return data;
}

function say(words, params = {}) {
  state.textContent = Object.entries(params).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words);
}

function later(wait = WAIT_MS) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

async function save() {
  if (leaving) return;
  if (busy) {
    again = true;
    return;
  }
  const data = body();
  if (data.toString() === sent) return;
  busy = true;
  say(state.dataset.saving);
  let answer;
  try {
    answer = await fetch(panel.dataset.save, { method: "POST", body: data, headers: { "X-CSRFToken": panel.elements.csrf_token.value, Accept: "application/json" } });
  } catch {
    answer = null;
  }
  busy = false;
  if (answer?.ok) {
    sent = data.toString();
    failures = 0;
    show(await answer.json());
    if (again || body().toString() !== sent) later();
    again = false;
    return;
  }
  if (answer && answer.status < 500) return say(state.dataset.gone);
  failures += 1;
  say(state.dataset.failed);
  later(RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
}

function show(kept) {
  say(state.dataset.kept, { at: kept.at });
  const rated = panel.querySelector("[data-rated]");
  rated.textContent = rated.dataset.words.replace("{n}", kept.rated);
  panel.querySelector("[data-total]").textContent = kept.total ?? "0.00";
  for (const crit of criteria) {
    const shown = crit.querySelector("[data-pts]");
    if (!shown) continue;
    const earned = kept.earned[crit.dataset.crit];
    shown.textContent = earned === null || earned === undefined ? shown.dataset.none : shown.dataset.words.replace("{n}", earned);
    shown.classList.toggle("dim", earned === null || earned === undefined);
  }
}

// -- what the hand does -----------------------------------------------------------------------------------------------
function keyed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || off() || typing(event.target)) return;
  const crit = criteria[current];
  if (/^[1-9]$/.test(event.key)) pick(crit, Number(event.key) - 1);
  else if (event.key === "+" || event.key === "=") step(crit, 1);
  else if (event.key === "-") step(crit, -1);
  else if (event.key.toLowerCase() === "n") {
    turnTo(current + 1 < criteria.length ? current + 1 : 0);
    (levels(criteria[current])[0] ?? points(criteria[current]) ?? criteria[current].querySelector("input"))?.focus();
  } else return;
  event.preventDefault();
  crit.scrollIntoView({ block: "nearest" });
}

if (panel && criteria.length) {
  sent = body().toString();
  turnTo(criteria.findIndex((crit) => crit.querySelector("[data-pts].dim")) >= 0 ? criteria.findIndex((crit) => crit.querySelector("[data-pts].dim")) : 0);
  criteria.forEach(paint);
  document.addEventListener("keydown", keyed);
  panel.addEventListener("focusin", (event) => {
    const crit = event.target.closest("[data-crit]");
    if (crit) turnTo(criteria.indexOf(crit));
  });
  panel.addEventListener("change", (event) => {
    const crit = event.target.closest("[data-crit]");
    if (crit && event.target.closest(".lv")) pick(crit, levels(crit).indexOf(event.target));
    later(0);
  });
  panel.addEventListener("input", (event) => {
    const crit = event.target.closest("[data-crit]");
    if (crit && event.target.matches("[data-points]")) follow(crit);
    later();
  });
  panel.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener("online", () => failures && later(0));
  window.addEventListener("pagehide", () => {
    if (leaving || body().toString() === sent) return;
    fetch(panel.dataset.save, { method: "POST", body: body(), keepalive: true, headers: { "X-CSRFToken": panel.elements.csrf_token.value, Accept: "application/json" } });
  });
}
