// Keys of the office pages. Each key is the page's own link or button, marked data-key="J"; this module only presses it.
// Off inside a field, off for whoever switched them off (<html data-keys="off">), and never with a modifier.

const GO_WAIT_MS = 1500;
let goingSince = 0;

const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const off = () => document.documentElement.dataset.keys === "off";
const shown = (element) => element.getClientRects().length > 0;

function find(key) {
  return [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(shown);
}

function name(event) {
  if (event.key === " ") return "Space";
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

function closeTop() {
  const open = [...document.querySelectorAll("details.menu[open], dialog[open]")].pop();
  if (!open) return false;
  if (open instanceof HTMLDialogElement) open.close();
  else {
    open.open = false;
    open.querySelector("summary").focus();
  }
  return true;
}

function press(element) {
  if (element.matches("input, textarea, select")) element.focus();
  else element.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape" && closeTop()) return;
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || off()) return;
  const key = name(event);
  const onControl = event.target.closest("a, button, summary, input");
  if ((key === "Enter" || key === "Space") && onControl) return;
  if (key === "G" && !find("G")) {
    goingSince = event.timeStamp;
    return;
  }
  const going = goingSince && event.timeStamp - goingSince < GO_WAIT_MS;
  goingSince = 0;
  const wanted = going ? `G ${key}` : event.shiftKey && key.length === 1 && /[A-Z]/.test(key) ? `Shift ${key}` : key;
  const element = find(wanted);
  if (!element) return;
  event.preventDefault();
  press(element);
});
