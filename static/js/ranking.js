// Dragging the rows of a nominator's list, by mouse or finger. The buttons of each row do the same without it.

const form = document.querySelector("[data-ranking]");
const rows = () => [...form.querySelectorAll("[data-person]")];
let held = null;

function number() {
  rows().forEach((row, index) => {
    row.querySelector("[data-no]").textContent = index + 1;
  });
  form.querySelector("[data-dragged]").hidden = false;
}

function over(y) {
  const below = rows().find((row) => row !== held && y < row.getBoundingClientRect().top + row.offsetHeight / 2);
  held.parentElement.insertBefore(held, below || null);
}

function release() {
  if (!held) return;
  held.classList.remove("held");
  held = null;
  number();
}

for (const row of form ? rows() : []) {
  const grip = document.createElement("span");
  grip.className = "grip";
  grip.textContent = "⠿";
  grip.title = form.dataset.label;
  grip.setAttribute("aria-hidden", "true");
  row.querySelector("[data-rank]").append(" ", grip);
  grip.addEventListener("pointerdown", (event) => {
    held = row;
    row.classList.add("held");
    event.preventDefault();
  });
}

// On the page, not on the grip: a row that is moved within the table lets go of a captured pointer.
document.addEventListener("pointermove", (event) => held && over(event.clientY));
document.addEventListener("pointerup", release);
document.addEventListener("pointercancel", release);
