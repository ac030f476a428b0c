// The SHA-256 of a chosen file, worked out here: the file never leaves this machine, its control has no name to be sent by.

const paper = document.getElementById("compare");
const box = paper?.querySelector("[data-pick]");
const chosen = box?.querySelector("input[type=file]");
const line = box?.querySelector("[data-state]");
const digest = paper?.elements.digest;

if (box && globalThis.crypto?.subtle) {
  box.hidden = false;
  chosen.addEventListener("change", work);
}

async function work() {
  const file = chosen.files[0];
  if (!file) return;
  digest.value = "";
  line.textContent = line.dataset.working;
  try {
    const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    if (chosen.files[0] !== file) return; // another one was chosen meanwhile
    digest.value = [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    line.textContent = line.dataset.done;
  } catch {
    line.textContent = line.dataset.failed;
  }
}
