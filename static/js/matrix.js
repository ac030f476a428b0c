// The matrix by keyboard: arrows move between cells, Enter opens the link itself, B reminds the department of the column.

const lines = [...document.querySelectorAll(".mx tbody tr:not(.grp)")].map((row) => [...row.querySelectorAll(".cell")]);
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const off = () => document.documentElement.dataset.keys === "off";
const place = (cell) => {
  const row = lines.findIndex((each) => each.includes(cell));
  return [row, row < 0 ? -1 : lines[row].indexOf(cell)];
};

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(".cell");
  if (off() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!cell) {
    const free = event.target === document.body || event.target.id === "main";
    if (free && event.key === "ArrowDown" && lines[0]) {
      event.preventDefault();
      lines[0][0]?.focus();
    }
    return;
  }
  if (ARROWS[event.key]) {
    const [row, column] = place(cell);
    const to = lines[row + ARROWS[event.key][0]]?.[column + ARROWS[event.key][1]];
    if (to) {
      event.preventDefault();
      to.focus();
    }
  } else if (event.key.toUpperCase() === "B") {
    event.preventDefault();
    document.querySelector(`#urge-${cell.dataset.role} button`)?.focus();
  }
});

const picked = document.querySelector("#cell");
if (picked && location.hash === "#cell") picked.focus({ preventScroll: true });
for (const form of document.querySelectorAll("[data-undo]")) setTimeout(() => form.remove(), Number(form.dataset.undo) * 1000);
