// While a person types, the form is checked as its Check button does. Never more than one request runs at a time.
"use strict";
const PAUSE = 700;
const form = document.getElementById("enroll");
const words = document.getElementById("check-words");
let timer = 0;
let running = null;
let again = false;
let sent = false;

function announce(text) {
  // Only when the text differs: screen readers read each change aloud.
  if (words.textContent !== text) words.textContent = text;
}

function mark(fresh) {
  const shown = document.getElementById(fresh.id);
  const control = document.getElementById(fresh.id.slice(0, -"-error".length));
  // A field that was missing is still missing; the check leaves that out while a person types.
  if (!shown || !control || (!fresh.textContent && !control.value && shown.textContent)) return;
  shown.replaceChildren(...fresh.childNodes);
  const wrong = shown.textContent !== "";
  control.classList.toggle("wrong", wrong);
  if (wrong) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

function show(page) {
  document.getElementById("check-result").replaceWith(page.getElementById("check-result"));
  page.querySelectorAll(".invalid-feedback").forEach(mark);
  if (!form.querySelector("[aria-invalid]")) {
    for (const id of ["error-summary", "to-summary"]) document.getElementById(id)?.remove();
  }
  announce(page.getElementById("check-words").textContent);
}

async function check() {
  if (running) {
    again = true;
    return;
  }
  running = new AbortController();
  again = false;
  form.setAttribute("aria-busy", "true");
  const values = new URLSearchParams(new FormData(form));
  values.set("step", "typing");
  try {
    const answer = await fetch(form.action, { method: "POST", body: values, headers: { Accept: "text/html" }, signal: running.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("check-result")) throw new Error(`status ${answer.status}`);
    show(page);
  } catch {
    if (!sent) announce("The check while typing failed. Use the button Check.");
  }
  running = null;
  form.removeAttribute("aria-busy");
  if (again && !sent) check();
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
});
form.addEventListener("submit", (event) => {
  // A second click sends nothing.
  if (sent) {
    event.preventDefault();
    return;
  }
  sent = true;
  clearTimeout(timer);
  running?.abort();
  announce(event.submitter?.value === "commit" ? "Checking and committing …" : "Checking …");
});
// The page may come back from the browser's memory.
window.addEventListener("pageshow", () => { sent = false; });
document.getElementById("error-summary")?.focus();
// A field that a link of the summary or of a finding names may be behind a disclosure.
document.getElementById("content").addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  target.closest("details")?.setAttribute("open", "");
  target.focus();
});
