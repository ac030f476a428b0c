// A department's list by keyboard: a current row, an answer by one key, a selection. Every answer is a button of its row.

const rows = [...document.querySelectorAll(".jt tbody tr")];
const said = document.querySelector("#said");
const words = document.querySelector("#picked-words");
const box = (row) => row?.querySelector("input[name=pick]");
const current = () => Math.max(0, rows.findIndex((row) => row.classList.contains("cur")));
let lastPicked = -1;

function go(to) {
  const row = rows[Math.min(Math.max(to, 0), rows.length - 1)];
  if (!row) return;
  for (const each of rows) {
    each.classList.toggle("cur", each === row);
    if (each === row) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  row.querySelector("a.name").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function count() {
  const bar = document.querySelector("#bulk-bar");
  if (!bar) return;
  const picked = rows.filter((row) => box(row)?.checked).length;
  for (const row of rows) row.classList.toggle("pick", Boolean(box(row)?.checked));
  bar.hidden = picked === 0;
  const text = words.content.querySelector("[data-one]").textContent.replace("{n}", picked);
  bar.querySelector("[data-picked]").textContent = text;
  said.textContent = picked ? text : "";
}

const say = (key) => rows[current()]?.querySelector(`[data-say="${key}"]`)?.click();
const acts = {
  down: () => go(current() + 1),
  up: () => go(current() - 1),
  clear: () => say("1"),
  issue: () => say("2"),
  unknown: () => say("3"),
  pick() {
    const one = box(rows[current()]);
    if (one) one.checked = !one.checked;
    lastPicked = current();
    count();
  },
  range() {
    const at = current();
    const from = lastPicked < 0 ? at : lastPicked;
    for (let each = Math.min(from, at); each <= Math.max(from, at); each++) if (box(rows[each])) box(rows[each]).checked = true;
    lastPicked = at;
    count();
  },
};

const bar = document.querySelector("#keybar");
if (bar) {
  bar.hidden = false;
  for (const button of bar.querySelectorAll("[data-do]")) button.addEventListener("click", () => acts[button.dataset.do]());
}
for (const all of document.querySelectorAll("[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const row of rows) if (box(row)) box(row).checked = all.checked;
    count();
  });
}
rows.forEach((row, index) => box(row)?.addEventListener("change", () => {
  lastPicked = index;
  count();
}));
for (const form of document.querySelectorAll("[data-undo]")) setTimeout(() => form.remove(), Number(form.dataset.undo) * 1000);
if (rows.length && new URLSearchParams(location.search).has("at")) go(current());
count();
