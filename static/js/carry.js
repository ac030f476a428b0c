// Where the line is bad: pictures of a record go ahead of the form, each by itself, and are tried again until they have
// arrived; the form itself is sent once the house answers. All of it stays in this open page and nowhere else.

const form = document.querySelector("#panel");
const record = form?.querySelector("[data-record]");
const says = record?.dataset ?? {};
const PAUSES = [2, 5, 10, 20];
const waiting = new Set();
let pressed = null;

const alive = () =>
  fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(5000) }).then(
    (answer) => answer.ok,
    () => false,
  );

function line(place, name) {
  const row = document.createElement("li");
  const words = document.createElement("span");
  const drop = document.createElement("button");
  row.append(`${name} `, words, " ", drop);
  drop.type = "button";
  drop.className = "btn btn-ghost btn-sm";
  drop.textContent = says.drop;
  drop.addEventListener("click", () => {
    row.file = null;
    waiting.delete(row);
    row.remove();
    goOn();
  });
  place.querySelector(".carried").append(row);
  return Object.assign(row, { place, words, tries: 0 });
}

function send(row) {
  if (!row.file || row.busy) return;
  const body = new FormData();
  body.append("file", row.file);
  const request = new XMLHttpRequest();
  request.open("POST", row.place.dataset.carry);
  request.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
  request.setRequestHeader("Accept", "application/json");
  request.timeout = 120000;
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) row.words.textContent = says.sending.replace("{n}", Math.floor((100 * event.loaded) / event.total));
  });
  request.addEventListener("load", () => settle(row, request));
  for (const trouble of ["error", "timeout"]) request.addEventListener(trouble, () => later(row));
  row.busy = true;
  request.send(body);
}

function settle(row, request) {
  row.busy = false;
  if (request.status >= 500) return later(row);
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    // a page instead of an answer: the session is over, and the words of the form are still here
  }
  waiting.delete(row);
  row.file = null;
  if (answer.ref) {
    const held = Object.assign(document.createElement("input"), { type: "hidden", name: row.place.dataset.held, value: answer.ref });
    row.append(held);
    row.words.textContent = says.kept;
  } else row.words.textContent = typeof answer.words === "string" ? answer.words : says.refused;
  goOn();
}

function later(row) {
  row.busy = false;
  row.words.textContent = says.waits;
  setTimeout(() => send(row), 1000 * PAUSES[Math.min(row.tries++, PAUSES.length - 1)]);
}

function take(input) {
  const place = input.closest("[data-carry]");
  const most = Number(place.dataset.most);
  for (const file of input.files) {
    const rows = place.querySelectorAll(".carried li");
    if (most === 1) rows.forEach((row) => row.remove());
    else if (rows.length >= most) {
      line(place, file.name).words.textContent = says.many.replace("{n}", most);
      break;
    }
    const row = Object.assign(line(place, file.name), { file });
    waiting.add(row);
    send(row);
  }
  input.value = "";
  input.parentElement.querySelector(".pickfile-name").textContent = "";
}

// The button was pressed: first what is still on its way, then a look whether the house answers, then the form.
async function goOn() {
  if (!pressed) return;
  if (waiting.size) return note(says.queue);
  const button = pressed;
  if (await alive()) {
    pressed = null;
    note("");
    form.dataset.through = "1";
    form.requestSubmit(button);
    delete form.dataset.through;
  } else {
    note(says.offline);
    setTimeout(goOn, 5000);
  }
}

function note(words) {
  const place = form.querySelector("[data-line]") ?? Object.assign(document.createElement("p"), { className: "note warn mb-2" });
  place.dataset.line = "";
  place.setAttribute("role", "status");
  place.textContent = words;
  place.hidden = !words;
  form.querySelector(".total").prepend(place);
}

if (record) {
  record.addEventListener("change", (event) => event.target.type === "file" && event.target.files.length && take(event.target));
  form.addEventListener(
    "submit",
    (event) => {
      if (form.dataset.through) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      pressed = event.submitter;
      goOn();
    },
    { capture: true },
  );
  window.addEventListener("online", () => {
    waiting.forEach(send);
    goOn();
  });
}
