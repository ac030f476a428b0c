// The secretary's board: keeps a draft while one types, counts the row at once, moves by the keyboard. Without it the
// same numbers are sent with the form.

const board = document.getElementById("board");
const says = board.dataset;
const state = board.querySelector("[data-state]");
const WAIT_MS = 1500;
const RETRY_MS = 4000;
let timer = 0;
let busy = false;
let again = false;
let sent = typed().toString();

function typed() {
  const data = new URLSearchParams();
  for (const [name, value] of new FormData(board)) {
    if (name === "present") data.append(`present.${value}`, "y");
    else if (name.includes(".")) data.append(name, value);
  }
  data.append("roll.kept", "y");
  return data;
}

function later(wait = WAIT_MS) {
  if (typed().toString() !== sent) state.textContent = says.saving;
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

async function save() {
  clearTimeout(timer);
  const body = typed();
  if (body.toString() === sent) return;
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  state.textContent = says.saving;
  try {
    const answer = await fetch(says.save, {
      method: "POST",
      body,
      redirect: "error",
      keepalive: true,
      headers: { "X-CSRFToken": board.elements.csrf_token.value, Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(answer.status);
    sent = body.toString();
    const { saved } = await answer.json();
    if (typed().toString() === sent) state.textContent = says.saved.replace("{time}", saved);
  } catch {
    later(RETRY_MS);
    state.textContent = says.failed;
  } finally {
    busy = false;
    if (again) {
      again = false;
      later(0);
    }
  }
}

// -- one row -----------------------------------------------------------------------------------------------------------
const cells = (row) => [...row.querySelectorAll(".votes input")];
const roll = [...board.querySelectorAll("input[name=present]")];

// Who votes on this row, by the roll as it is ticked now: whoever is recused counts neither as present nor as a member.
function bases(row) {
  const out = row.dataset.out.split(" ");
  const seated = roll.filter((box) => !out.includes(box.value));
  const present = seated.filter((box) => box.checked).length;
  const base = says.of === "members" ? seated.length : present;
  const [part, whole] = says.rule.split("/").map(Number);
  const needed = says.rule === "majority" ? Math.floor(base / 2) + 1 : Math.max(1, Math.floor((part * base + whole - 1) / whole));
  return { present, needed };
}

function count(row) {
  const inputs = cells(row);
  const verdict = row.querySelector("[data-verdict]");
  if (!inputs.length || !verdict) return;
  const { present, needed } = bases(row);
  row.querySelector("[data-needs]").textContent = says.base.replace("{n}", present).replace("{m}", needed);
  if (inputs.every((each) => !each.value.trim())) {
    verdict.textContent = "";
    return;
  }
  const numbers = inputs.map((each) => Number(each.value.trim() || 0));
  const cast = numbers.reduce((sum, each) => sum + each, 0);
  const gap = present - cast;
  if (gap > 0) verdict.textContent = says.short.replace("{n}", gap);
  else if (gap < 0) verdict.textContent = says.over.replace("{n}", -gap);
  else verdict.textContent = numbers[0] >= needed ? says.carried : says.fails;
}

const rows = () => [...board.querySelectorAll("tr[data-row]")];

function move(input, step) {
  const all = rows();
  const row = input.closest("tr");
  const at = cells(row).indexOf(input);
  const target = all[all.indexOf(row) + step];
  if (target) cells(target)[at]?.focus();
}

function forward(input) {
  const inputs = cells(input.closest("tr"));
  const next = inputs[inputs.indexOf(input) + 1];
  if (next) return next.focus();
  const all = rows();
  const below = all[all.indexOf(input.closest("tr")) + 1];
  if (below) cells(below)[0]?.focus();
  else board.querySelector("[data-enter]").focus();
}

board.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    board.requestSubmit();
    return;
  }
  const input = event.target;
  if (!input.closest?.(".votes") || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") move(input, event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Enter") forward(input);
  else if (event.key === "a" || event.key === "A") everyVote(input.closest("tr"));
  else return;
  event.preventDefault();
});

function everyVote(row) {
  const inputs = cells(row);
  inputs[0].value = bases(row).present;
  inputs[1].value = inputs[2].value = "0";
  count(row);
  later();
  forward(inputs[2]);
}

board.addEventListener("focusin", (event) => {
  if (event.target.closest?.(".votes")) event.target.select();
});
board.addEventListener("input", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row) return;
  count(row);
  later();
});
board.addEventListener("change", (event) => {
  if (event.target.name === "present") rows().forEach(count);
  later(0);
});
document.addEventListener("visibilitychange", () => document.hidden && save());
window.addEventListener("pagehide", save);
board.addEventListener("submit", () => clearTimeout(timer));

// -- the roll ----------------------------------------------------------------------------------------------------------
const everybody = board.querySelector("[data-everybody]");
if (everybody) {
  everybody.hidden = false;
  everybody.addEventListener("click", () => {
    for (const box of roll) box.checked = true;
    rows().forEach(count);
  });
}

rows().forEach(count);
