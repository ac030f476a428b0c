// While an expression is written: the names, functions and values that fit at the caret, in a list under the control.
// Arrow down goes into the list, Enter takes what is marked, Escape closes it. Without this module the same names stand
// in a list beside the control.

const MOST = 8;
const SIGNS = "A-Za-z0-9_.\\u4e00-\\u9fff";
const WORD = new RegExp(`[${SIGNS}]*$`);
const inText = (before) => before.split("'").length % 2 === 0;
const COMPARED = new RegExp(`([A-Za-z_][\\w.]*)\\s*(==|!=|>=|<=|>|<|\\bin)\\s*(\\[[^\\]]*)?$`);
const source = () => JSON.parse(document.getElementById("completions")?.dataset.all ?? "null");
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);
let list = null; // the open list: { field, box, choices, at, from }

// What fits before the caret: of the sort that the other side of a comparison has, and its values first.
function fitting(field, asked) {
  const { names, functions, words } = source() ?? { names: [], functions: [] };
  const before = field.value.slice(0, field.selectionStart);
  const token = inText(before) ? before.slice(before.lastIndexOf("'")) : WORD.exec(before)[0];
  const compared = COMPARED.exec(before.slice(0, before.length - token.length));
  const left = compared && names.find((one) => one.name === compared[1]);
  const typed = token.replace(/^'/, "").toLowerCase();
  const holds = (...texts) => texts.some((text) => text.toLowerCase().includes(typed));
  const found = [];
  if (left) for (const [value, label] of left.values) found.push({ text: `'${value}'`, label, sort: words.value });
  if (!token.startsWith("'")) {
    const sort = left && (compared[2] === "in" ? "list" : left.sort);
    for (const one of [...names, ...functions]) {
      if (one.name === left?.name || (sort && one.sort !== sort)) continue;
      found.push({ text: one.written ? `${one.name}(` : one.name, label: one.label, shown: one.written, sort: one.says });
    }
  }
  const wanted = token || asked || (left && left.values.length);
  const begins = (one) => [one.text.replace(/^'/, ""), one.label].some((text) => text.toLowerCase().startsWith(typed));
  const fits = wanted ? found.filter((one) => holds(one.text, one.label)).sort((a, b) => begins(b) - begins(a)) : [];
  return { from: before.length - token.length, choices: fits.filter((one) => one.text !== token).slice(0, MOST), words };
}

function close() {
  if (!list) return;
  list.box.remove();
  for (const name of ["aria-controls", "aria-activedescendant"]) list.field.removeAttribute(name);
  list = null;
}

function open(field, asked) {
  const { from, choices, words } = fitting(field, asked);
  close();
  if (!choices.length) return;
  const box = document.createElement("ul");
  box.className = "completes";
  box.id = "completes";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", words.list);
  choices.forEach((one, at) => {
    const entry = document.createElement("li");
    entry.id = `completes-${at}`;
    entry.setAttribute("role", "option");
    entry.setAttribute("aria-selected", "false");
    const code = document.createElement("code");
    code.textContent = one.shown ?? one.text;
    const about = document.createElement("span");
    about.textContent = [one.label, one.sort].filter(Boolean).join(" · ");
    entry.append(code, about);
    entry.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the focus stays where one types
      take(at);
    });
    box.append(entry);
  });
  field.after(box);
  field.setAttribute("aria-controls", box.id);
  list = { field, box, choices, at: -1, from };
  said.textContent = words.count.replace("{n}", choices.length);
}

function mark(at) {
  const entries = [...list.box.children];
  list.at = (at + entries.length) % entries.length;
  entries.forEach((entry, place) => entry.setAttribute("aria-selected", String(place === list.at)));
  list.field.setAttribute("aria-activedescendant", entries[list.at].id);
}

function take(at) {
  const { field, choices, from } = list;
  let end = field.selectionStart;
  if (choices[at].text.endsWith("'") && field.value[end] === "'") end += 1;
  field.setRangeText(choices[at].text, from, end, "end");
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-completes]")) open(event.target, false);
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-completes]")) return;
  if (!list && event.key === " " && event.ctrlKey) open(field, true);
  else if (!list) return;
  else if (event.key === "ArrowDown") mark(list.at + 1);
  else if (event.key === "ArrowUp") mark(list.at < 0 ? -1 : list.at - 1);
  else if (event.key === "Escape") close();
  else if (event.key === "Enter" && list.at >= 0) take(list.at);
  else if (event.key === "Tab" && list.at >= 0) take(list.at);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
document.addEventListener("focusout", close);
