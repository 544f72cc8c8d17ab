// While a build is running the list refreshes itself. Without a script, use the Refresh link.
"use strict";
const PERIOD = 15000;
const status = document.getElementById("live-status");
let timer = 0;

function region() {
  return document.getElementById("live");
}

function address() {
  const here = new URL(location.href);
  // These apply to one request only; repeating them every few seconds would bypass the cache.
  for (const once of ["refresh", "again"]) here.searchParams.delete(once);
  return here;
}

function announce(text) {
  // Only when the text differs: screen readers read each change aloud.
  if (status.textContent !== text) status.textContent = text;
}

function show(fresh) {
  const focused = document.activeElement?.id;
  const inside = region().contains(document.activeElement);
  region().replaceWith(fresh);
  if (inside) (focused && document.getElementById(focused) || document.getElementById("content")).focus({ preventScroll: true });
}

function announceRunning() {
  const running = Number(region().dataset.running);
  if (running) announce(`${running} ${running === 1 ? "build is" : "builds are"} running. This list refreshes every ${PERIOD / 1000} seconds.`);
  else announce("No builds are running.");
}

async function refresh() {
  try {
    const response = await fetch(address(), { headers: { Accept: "text/html" }, cache: "no-store" });
    const fresh = response.ok && new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
    if (!fresh) throw new Error(`status ${response.status}`);
    show(fresh);
    announceRunning();
  } catch {
    announce("Could not refresh the list. Trying again.");
  }
  schedule();
}

function schedule() {
  clearTimeout(timer);
  if (document.hidden || !Number(region().dataset.running)) return;
  timer = setTimeout(refresh, PERIOD);
}

if (region() && Number(region().dataset.running)) {
  announceRunning();
  schedule();
  // Refresh at once when the tab becomes visible again.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden && Number(region().dataset.running)) refresh();
  });
}
