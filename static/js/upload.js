// Sends a chosen file at once, with its progress, and shows the verdict in its row. Without it the page's own
// button sends the file with the rest of the form.

const paper = document.getElementById("paper");
const says = paper?.dataset ?? {};

function send(input) {
  const row = input.closest("[data-upload]");
  const line = row.querySelector("[data-progress]");
  const body = new FormData();
  body.append(input.name, input.files[0]);
  const request = new XMLHttpRequest();
  request.open("POST", says.file);
  request.setRequestHeader("X-CSRFToken", paper.elements.csrf_token.value);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) line.textContent = says.sending.replace("{n}", Math.floor((100 * event.loaded) / event.total));
  });
  request.addEventListener("load", () => {
    settle(request, input, row, line);
    goOn(request.status < 300);
  });
  request.addEventListener("error", () => {
    row.removeAttribute("aria-busy");
    told(line, says.notSent);
    goOn(false);
  });
  line.hidden = false;
  row.setAttribute("aria-busy", "true");
  request.send(body);
}

function settle(request, input, row, line) {
  row.removeAttribute("aria-busy");
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    return told(line, says.notSent);
  }
  if (!answer.html) return told(line, typeof answer.words === "string" ? answer.words : says.notSent);
  const box = document.createElement("template");
  box.innerHTML = answer.html;
  if (row.matches("td")) row.replaceChildren(box.content);
  else row.replaceWith(box.content);
  const drawn = document.getElementById(input.id);
  drawn?.closest("[data-upload]")?.querySelectorAll("[data-plain]").forEach((button) => (button.hidden = true));
  drawn?.focus();
  if (request.status < 300) settled(input.id);
}

// What was put right leaves the summary of what is wrong; with its last line the summary goes.
function settled(id) {
  const sum = document.querySelector(".sum");
  sum?.querySelector(`a[href="#${CSS.escape(id)}"]`)?.closest("li").remove();
  const left = sum?.querySelectorAll("li").length;
  if (left === 0) sum.remove();
  else if (left) sum.querySelector("h2 span").textContent = says.left.replace("{n}", left);
}

function told(line, words) {
  line.hidden = false;
  line.textContent = words;
}

paper?.addEventListener("change", (event) => {
  if (event.target.type === "file" && event.target.files.length && says.file) send(event.target);
});
paper?.querySelectorAll("[data-plain]").forEach((button) => (button.hidden = true));

// A button pressed while a file is on its way waits for it; if it does not arrive, the page stays and its row says why.
let pressed = null;
const onTheWay = () => paper.querySelector("[data-upload][aria-busy]");

function waitForFiles(event) {
  if (!onTheWay()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  pressed = event.submitter;
}

function goOn(arrived) {
  const button = pressed;
  if (button && arrived && onTheWay()) return;
  pressed = null;
  if (button?.isConnected && arrived) paper.requestSubmit(button);
}

paper?.addEventListener("submit", waitForFiles, { capture: true });

// What was sent already does not travel a second time with the form.
paper?.addEventListener("submit", () => {
  paper.querySelectorAll("input[type=file]").forEach((input) => (input.value = ""));
});
