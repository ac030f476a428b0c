// Small courtesies of every page. Nothing here is needed: without it every form and link works the same.

// After a refused form: focus on the summary of what is wrong.
document.querySelector(".sum[tabindex]")?.focus();

// The control of a file in the reader's own language, with the name of what was chosen.
document.documentElement.classList.add("scripted");
document.addEventListener("change", (event) => {
  const name = event.target.type === "file" && event.target.parentElement.querySelector(".pickfile-name");
  const files = name ? [...event.target.files] : [];
  if (!name || (!files.length && event.target.closest("[data-carry]"))) return; // what is carried ahead is listed below
  name.textContent = files.length > 1 ? name.dataset.several.replace("{n}", files.length) : (files[0]?.name ?? name.dataset.none);
});

// A menu closes when one clicks or tabs elsewhere.
const menus = () => document.querySelectorAll("details.menu[open]");
const closeOthers = (target) => menus().forEach((menu) => menu.contains(target) || (menu.open = false));
document.addEventListener("click", (event) => closeOthers(event.target));
document.addEventListener("focusin", (event) => closeOthers(event.target));

// A form sent once stays sent: a second press while the request is in flight does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("data-again")) return; // answered by a script, or sent as often as one likes
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  });
});

// Printing by a button that only exists where a script can do it.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
