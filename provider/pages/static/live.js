// Renews the parts of a page that change: elements with an id and data-live, the seconds between two renewals (0: rests).
// See templates/live.html. Without a script, the page shows what it showed when it was opened.
"use strict";
const LONGEST = 120000;
const PATIENCE = 30000;
const ANNOUNCED_AFTER = 60000;
const FIELDS = "input:not([type=checkbox]):not([type=radio]):not([type=submit]), select, textarea";
const words = document.getElementById("live-status");
const regions = () => [...document.querySelectorAll("[data-live][id]")];
const shown = new Map();
let renewed = Date.now();
let failures = 0;
let problem = "";
let said = words?.textContent;
let running = false;
let timer = 0;
let ageing = 0;

function period() {
  const periods = regions().map((region) => Number(region.dataset.live) * 1000).filter(Boolean);
  return periods.length ? Math.min(...periods) : 0;
}

function address() {
  const here = new URL(location.href);
  // These apply to one request only; repeating them every few seconds would bypass the cache.
  for (const once of ["refresh", "again"]) here.searchParams.delete(once);
  here.hash = "";
  return here;
}

// What a person has changed in a part: it is the same in the new one.
const nameOf = (details) => details.id || details.querySelector("summary")?.textContent.trim();
const scrolled = (region) => [region, ...region.querySelectorAll("*")].filter((each) => each.scrollLeft || each.scrollTop);

function pathOf(element, region) {
  const path = [];
  for (let each = element; each !== region; each = each.parentElement) path.unshift([...each.parentElement.children].indexOf(each));
  return path;
}

const follow = (path, region) => path.reduce((element, index) => element?.children[index], region);

function keptOf(region) {
  const active = region.contains(document.activeElement) ? document.activeElement : null;
  return {
    active: active && { id: active.id, href: active.getAttribute("href"), tag: active.tagName, path: pathOf(active, region) },
    open: new Map([...region.querySelectorAll("details")].map((details) => [nameOf(details), details.open])),
    places: scrolled(region).map((each) => [pathOf(each, region), each.scrollLeft, each.scrollTop]),
  };
}

function restore(region, { active, open, places }) {
  for (const details of region.querySelectorAll("details")) {
    if (open.has(nameOf(details))) details.open = open.get(nameOf(details));
  }
  for (const [path, left, top] of places) follow(path, region)?.scrollTo({ left, top, behavior: "instant" });
  if (!active) return;
  const links = [...region.querySelectorAll("a[href]")].filter((link) => link.getAttribute("href") === active.href);
  const there = follow(active.path, region);
  const same = (active.id && document.getElementById(active.id)) || (links.includes(there) ? there : links[0]) || (there?.tagName === active.tag && there);
  (same || document.getElementById("content")).focus({ preventScroll: true });
}

function isInUse(region) {
  const selection = getSelection();
  return (!selection.isCollapsed && selection.containsNode(region, true)) || Boolean(document.activeElement?.matches(FIELDS) && region.contains(document.activeElement));
}

function show(region, fresh) {
  // Whether the part is as new as the answer.
  const text = fresh.outerHTML;
  if (shown.get(region.id) === text) return true;
  if (isInUse(region)) return false;
  const kept = keptOf(region);
  shown.set(region.id, text);
  region.replaceWith(fresh);
  restore(fresh, kept);
  window.htmx?.process(fresh);
  fresh.dispatchEvent(new CustomEvent("renewed", { bubbles: true }));
  return true;
}

function announce(text, ...parts) {
  // Only when the text differs: screen readers read each change aloud. The age is not read again each minute.
  if (said !== text) words.replaceChildren(...(parts.length ? parts : [text]));
  said = text;
}

const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function age() {
  const minutes = Math.floor((Date.now() - renewed) / 60000);
  return minutes < 1 ? "less than a minute old" : `${minutes} ${minutes === 1 ? "minute" : "minutes"} old`;
}

function announceFailure(...links) {
  const old = document.createElement("span");
  old.className = "age";
  old.setAttribute("aria-live", "off");
  old.textContent = age();
  words.classList.add("stale");
  announce(`${renewed} ${problem}`, `Shown as of ${clock(renewed)}, `, old, `. ${problem} `, ...links);
  clearInterval(ageing);
  ageing = setInterval(() => { words.querySelector(".age").textContent = age(); }, 15000);
}

function announceSuccess() {
  const says = regions().map((region) => region.dataset.liveWords).filter(Boolean).join(" ");
  clearInterval(ageing);
  words.classList.remove("stale");
  announce(says || (failures ? `Renewed at ${clock(renewed)}.` : ""));
}

function announcePause() {
  if (Date.now() - renewed < ANNOUNCED_AFTER) return;
  clearInterval(ageing);
  words.classList.remove("stale");
  announce(`Shown as of ${clock(renewed)}. What you select or edit is not renewed meanwhile.`);
}

function signIn() {
  const link = document.createElement("a");
  link.href = `${document.body.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Sign in again";
  return link;
}

async function freshPage() {
  const answer = await fetch(address(), { headers: { Accept: "text/html" }, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  const signedOut = answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === document.body.dataset.signIn);
  if (signedOut) throw new Error("You are signed out.", { cause: "signed out" });
  if (!answer.ok) throw new Error(`It could not be renewed: the service answered ${answer.status}. Trying again.`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("[data-live][id]")) throw new Error("It could not be renewed: the service answered with another page. Trying again.");
  return page;
}

async function renew() {
  if (running) return;
  running = true;
  try {
    const page = await freshPage();
    const parts = regions().map((region) => [region, page.getElementById(region.id)]).filter(([, fresh]) => fresh);
    if (parts.map(([region, fresh]) => show(region, fresh)).every(Boolean)) {
      renewed = Date.now();
      announceSuccess();
    } else {
      announcePause();
    }
    failures = 0;
  } catch (error) {
    const known = error.message.startsWith("It ") || error.cause === "signed out";
    problem = known ? error.message : "It could not be renewed: the service does not answer. Trying again.";
    failures += 1;
    announceFailure(...(error.cause === "signed out" ? [signIn()] : []));
  }
  running = false;
  schedule();
}

function schedule() {
  clearTimeout(timer);
  const pause = period() * 2 ** Math.max(0, failures - 1);
  if (pause && !document.hidden) timer = setTimeout(renew, Math.min(pause, Math.max(LONGEST, period())));
}

function renewAtOnce() {
  clearTimeout(timer);
  if (!document.hidden && period()) renew();
}

if (words && period()) {
  announceSuccess();
  schedule();
}
if (words) {
  document.addEventListener("visibilitychange", renewAtOnce);
  window.addEventListener("online", renewAtOnce);
  // The page may come back from the browser's memory.
  window.addEventListener("pageshow", (event) => { if (event.persisted) renewAtOnce(); });
}
