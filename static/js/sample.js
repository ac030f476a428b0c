// The tour's own picture, beside each place for a file: put into its control as if it had been chosen there, and sent by
// the page like any other. Without this module one downloads it and chooses it by hand.

const sample = document.getElementById("sample");
const { picture, name } = sample.dataset;

function offer(input) {
  const button = sample.content.firstElementChild.cloneNode(true);
  button.addEventListener("click", () => choose(input, button));
  (input.closest(".pickfile") ?? input).after(button);
}

async function choose(input, button) {
  const answer = await fetch(picture).catch(() => null);
  if (!answer?.ok) return;
  const kind = { type: answer.headers.get("Content-Type") };
  const chosen = new DataTransfer();
  chosen.items.add(new File([await answer.blob()], name, kind));
  input.files = chosen.files;
  button.remove();
  input.focus();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.querySelectorAll("main input[type=file]:not([capture])").forEach(offer);
