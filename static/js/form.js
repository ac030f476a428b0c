// Small courtesies of the program's form. Without this module every control works the same.

const paper = document.getElementById("paper");

// A text under "other" chooses "other" by itself.
paper?.addEventListener("input", (event) => {
  const name = event.target.name ?? "";
  if (!name.endsWith("-other") || !event.target.value) return;
  const main = name.slice(0, -"-other".length);
  const list = paper.querySelector(`select[name="${CSS.escape(main)}"]`);
  const choice = paper.querySelector(`input[name="${CSS.escape(main)}"][value="__other__"]`);
  if (list) list.value = "__other__";
  if (choice) choice.checked = true;
});

// Leaving with something that could not be saved asks once.
window.addEventListener("beforeunload", (event) => {
  if (paper?.dataset.unsaved === "1" && !paper.dataset.leaving) event.preventDefault();
});
paper?.addEventListener("submit", () => {
  paper.dataset.leaving = "1";
});

// Organizations are suggested as one types: the list on the page holds the first few hundred, the house knows them all.
const UNITS_WAIT_MS = 200;
const asking = new WeakMap();
paper?.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.dataset?.units || input.value.trim().length < 2) return;
  clearTimeout(asking.get(input));
  asking.set(input, setTimeout(() => suggest(input), UNITS_WAIT_MS));
});

async function suggest(input) {
  const typed = input.value.trim();
  const answer = await fetch(`${input.dataset.units}?q=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || input.value.trim() !== typed) return;
  const { names } = await answer.json();
  const known = new Set([...input.list.options].map((option) => option.value));
  input.list.append(...names.filter((name) => !known.has(name)).map((name) => new Option(name, name)));
}

// The next list of a place opens below the one in which something was chosen.
paper?.addEventListener("change", async (event) => {
  const box = event.target.closest("[data-places]");
  if (!box) return;
  const at = [...box.querySelectorAll("select")].indexOf(event.target);
  const lists = () => [...box.querySelectorAll("select")].slice(at + 1);
  for (const below of lists()) below.remove();
  const code = event.target.value;
  const answer = code && (await fetch(`${box.dataset.places}&code=${code}`).catch(() => null));
  if (!answer?.ok || event.target.value !== code || lists().length) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("select");
  const label = event.target.getAttribute("aria-label").split(/[：:]/)[0];
  for (const list of [...fresh].slice(at + 1)) {
    list.setAttribute("aria-label", `${label}：${list.getAttribute("aria-label")}`);
    box.append(list);
  }
});
