// While a build is under way the list renews itself; without a script the Refresh link does that.
"use strict";
const PERIOD = 15000;
const words = document.getElementById("live-words");
let waiting = 0;

function region() {
  return document.getElementById("live");
}

function address() {
  const here = new URL(location.href);
  // What was asked once must not be asked again every few seconds.
  for (const once of ["refresh", "again"]) here.searchParams.delete(once);
  return here;
}

function say(text) {
  // Only what is new: it is read out.
  if (words.textContent !== text) words.textContent = text;
}

function show(fresh) {
  const focused = document.activeElement?.id;
  const inside = region().contains(document.activeElement);
  region().replaceWith(fresh);
  if (inside) (focused && document.getElementById(focused) || document.getElementById("content")).focus({ preventScroll: true });
}

function tell() {
  const running = Number(region().dataset.running);
  if (running) say(`${running} ${running === 1 ? "build is" : "builds are"} under way. The list renews itself every ${PERIOD / 1000} seconds.`);
  else say("No build is under way any more.");
}

async function renew() {
  try {
    const answer = await fetch(address(), { headers: { Accept: "text/html" }, cache: "no-store" });
    const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (!fresh) throw new Error(`status ${answer.status}`);
    show(fresh);
    tell();
  } catch {
    say("The list could not be renewed just now; it is tried again.");
  }
  plan();
}

function plan() {
  clearTimeout(waiting);
  if (document.hidden || !Number(region().dataset.running)) return;
  waiting = setTimeout(renew, PERIOD);
}

if (region() && Number(region().dataset.running)) {
  tell();
  plan();
  // Who comes back sees at once what happened meanwhile.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(waiting);
    if (!document.hidden && Number(region().dataset.running)) renew();
  });
}
