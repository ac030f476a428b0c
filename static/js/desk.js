// Courtesies of the desk: pages by [ and ], quoting the page one looks at, a live count of what is flagged, Ctrl Enter.
// The form itself works without any of it.

const column = document.querySelector(".left-col");
const panel = document.querySelector("#panel");
const figures = () => [...document.querySelectorAll(".paper-pages figure")];
const off = () => document.documentElement.dataset.keys === "off";
const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
let at = -1;
let quotedInto = null;

function turn(step) {
  const all = figures();
  if (!all.length) return;
  at = Math.min(Math.max(at + step, 0), all.length - 1);
  all.forEach((figure, index) => figure.classList.toggle("here", index === at));
  all[at].scrollIntoView({ block: "start" });
}

function place() {
  const figure = figures()[at];
  if (!figure) return null;
  return { page: figure.dataset.page, place: figure.closest("article").dataset.place, words: figure.querySelector("img").alt };
}

function quote() {
  if (at < 0) turn(1);
  const here = place();
  if (!here) return;
  const own = document.querySelector(`#c-${CSS.escape(here.place)}`);
  const chosen = quotedInto?.isConnected && /^reason(-|$)/.test(quotedInto.id) ? quotedInto : null;
  const target = chosen || own || document.querySelector("#reason") || document.querySelector(".crit.cur [data-quote]");
  if (!target) return;
  if (target === own) own.closest(".judge").querySelector("[data-flag-choice]").checked = true;
  target.value += `${target.value && !target.value.endsWith("\n") ? "\n" : ""}${target === own ? here.words.split(/[，,] ?/).pop() : here.words}：`;
  target.dispatchEvent(new Event("input", { bubbles: true }));
  const folded = target.closest("details");
  if (folded) folded.open = true;
  target.focus();
  target.setSelectionRange(target.value.length, target.value.length);
}

function flagged() {
  const places = document.querySelectorAll("[data-flag-choice]:checked").length;
  const fields = [...document.querySelectorAll("[data-flag]")].filter((text) => text.value.trim()).length;
  const words = document.querySelector("[data-flag-words]");
  if (!words) return;
  words.dataset.plain ??= words.textContent;
  words.textContent = places + fields ? words.dataset.words.replace("{n}", places + fields) : words.dataset.plain;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && panel) {
    const main = panel.querySelector("[data-submit]");
    if (main) {
      event.preventDefault();
      panel.requestSubmit(main);
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || off() || typing(event.target)) return;
  if (event.key === "[" || event.key === "]") turn(event.key === "]" ? 1 : -1);
  else if (event.key.toLowerCase() === "c") quote();
  else return;
  event.preventDefault();
});

panel?.addEventListener("focusin", (event) => event.target.matches("[data-quote]") && (quotedInto = event.target));
for (const kind of ["input", "change"]) document.addEventListener(kind, flagged);
flagged();

column?.addEventListener("click", (event) => {
  const figure = event.target.closest("figure");
  if (figure) at = figures().indexOf(figure);
});

// Small pictures of the pages, painted from those that are here anyway; without this script they are numbers.
function paint(image) {
  const small = document.querySelector(`a[href="#${CSS.escape(image.closest("figure").id)}"] canvas`);
  if (!small || !image.naturalWidth) return;
  const scale = Math.min(small.width / image.naturalWidth, small.height / image.naturalHeight);
  const [wide, high] = [image.naturalWidth * scale, image.naturalHeight * scale];
  small.getContext("2d").drawImage(image, (small.width - wide) / 2, (small.height - high) / 2, wide, high);
}

const watched = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) {
      const thumb = document.querySelector(`a[href="#${CSS.escape(target.id)}"]`);
      if (!isIntersecting) thumb?.removeAttribute("aria-current");
      else thumb?.setAttribute("aria-current", "true");
    }
  },
  { rootMargin: "-45% 0px -45% 0px" },
);
for (const figure of document.querySelectorAll(".paged figure")) {
  const image = figure.querySelector("img");
  if (image.complete) paint(image);
  image.addEventListener("load", () => paint(image));
  watched.observe(figure);
}

for (const form of document.querySelectorAll("[data-undo]")) setTimeout(() => form.remove(), Number(form.dataset.undo) * 1000);
