// The queue by keyboard: a current row, a look beside it, a selection. Every act is a link or a form of the page; without
// this module a row opens by its link and the selection is sent by its button.

const rows = [...document.querySelectorAll(".qt tbody tr")];
const table = document.querySelector(".qt");
const peek = document.querySelector("#peek");
const said = document.querySelector("#said");
const words = document.querySelector("#picked-words");
const PEEK_WAIT_MS = 120;
let waiting = 0;
let asked = 0;
let lastPicked = -1;

const current = () => Math.max(0, rows.findIndex((row) => row.classList.contains("cur")));
const box = (row) => row.querySelector("input[name=pick]");
const link = (row) => row.querySelector("a.name");
const wide = () => matchMedia("(min-width: 1101px)").matches && !document.documentElement.matches(".big, .bigger");

function go(to) {
  const row = rows[Math.min(Math.max(to, 0), rows.length - 1)];
  if (!row) return;
  for (const each of rows) {
    each.classList.toggle("cur", each === row);
    each.toggleAttribute("aria-current", each === row);
    if (each === row) each.setAttribute("aria-current", "true");
  }
  link(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (!peek.hidden) lookAt(row);
}

function lookAt(row) {
  clearTimeout(waiting);
  waiting = setTimeout(() => fetchPeek(row), PEEK_WAIT_MS);
}

async function fetchPeek(row) {
  const turn = ++asked;
  const query = table.dataset.query;
  const answer = await fetch(peek.dataset.url.replace("REF", row.dataset.item) + (query ? `?${query}` : ""), { headers: { Accept: "text/html" } });
  if (turn !== asked || answer.redirected) return;
  peek.innerHTML = answer.ok ? await answer.text() : "";
  if (!answer.ok) peek.hidden = true;
}

// ---- selection
const fill = (name, n) => words.content.querySelector(`[data-${name}]`).textContent.replace("{n}", n);

function count() {
  const bar = document.querySelector("#bulk-bar");
  if (!bar) return;
  const picked = rows.filter((row) => box(row)?.checked);
  const clear = picked.filter((row) => row.hasAttribute("data-clear"));
  for (const row of rows) row.classList.toggle("pick", Boolean(box(row)?.checked));
  bar.hidden = picked.length === 0;
  bar.querySelector("[data-picked]").textContent = fill("one", picked.length);
  bar.querySelector("[data-pass]").textContent = fill("pass", clear.length);
  bar.querySelector("[data-pass]").hidden = clear.length === 0;
  const rest = picked.length - clear.length;
  bar.querySelector("[data-aside]").textContent = clear.length === 0 ? fill("none", rest) : rest ? fill("rest", rest) : "";
  said.textContent = picked.length ? fill("one", picked.length) : "";
}

function pick(index, on) {
  const one = rows[index] && box(rows[index]);
  if (one) one.checked = on;
}

const acts = {
  down: () => go(current() + 1),
  up: () => go(current() - 1),
  open: () => rows.length && link(rows[current()]).click(),
  peek() {
    if (!peek || !rows.length) return;
    if (!wide() && peek.hidden) return void link(rows[current()]).click();
    peek.hidden = !peek.hidden;
    if (!peek.hidden) lookAt(rows[current()]);
  },
  pick() {
    const at = current();
    pick(at, !box(rows[at])?.checked);
    lastPicked = at;
    count();
  },
  range() {
    const at = current();
    const from = lastPicked < 0 ? at : lastPicked;
    for (let each = Math.min(from, at); each <= Math.max(from, at); each++) pick(each, true);
    lastPicked = at;
    count();
  },
  view() {
    const views = [...document.querySelectorAll("#views a")];
    const here = views.findIndex((view) => view.getAttribute("aria-current"));
    views[(here + 1) % views.length]?.click();
  },
};

document.querySelectorAll("#keybar [data-do]").forEach((button) => button.addEventListener("click", () => acts[button.dataset.do]()));
document.querySelector("#keybar").hidden = false;
document.querySelector("#bulk")?.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) rows.forEach((_, index) => pick(index, event.target.checked));
  const at = rows.findIndex((row) => row.contains(event.target));
  if (at >= 0) lastPicked = at;
  count();
});
for (const all of document.querySelectorAll("[data-all]")) all.hidden = false;
rows.forEach((row, index) => row.addEventListener("mousedown", () => peek.hidden || row.classList.contains("cur") || go(index)));

// On a link the browser itself takes the blank for scrolling.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a.name") || document.documentElement.dataset.keys === "off") return;
  event.preventDefault();
  acts.peek();
});

// ---- ten seconds to undo
for (const form of document.querySelectorAll("[data-undo]")) setTimeout(() => form.remove(), Number(form.dataset.undo) * 1000);

// After an act the focus stands on the next row; otherwise nothing steals it.
if (rows.length && new URLSearchParams(location.search).has("at")) go(current());
if (rows.length && wide()) {
  peek.hidden = false;
  lookAt(rows[current()]);
}
count();
