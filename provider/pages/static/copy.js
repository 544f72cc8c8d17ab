// Copying needs a script. Without one the buttons stay hidden, and the text can still be selected.
"use strict";
function prepareCopying() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button.copy[hidden]")) {
    button.hidden = false;
    button.dataset.words = button.textContent;
    button.setAttribute("aria-label", button.dataset.name ?? `Copy ${button.dataset.copy}`);
  }
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button.copy");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Copy failed";
  }
  setTimeout(() => { button.textContent = button.dataset.words; }, 2000);
});
// A part of a page that was loaded later has buttons too.
for (const later of ["htmx:afterSwap", "renewed"]) document.addEventListener(later, prepareCopying);
prepareCopying();
