// Shows times in the time zone of the reader; their titles keep UTC. Without a script all times are in UTC.
"use strict";
{
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (number) => String(number).padStart(2, "0");
  const day = (at, withYear) => `${at.getDate()} ${MONTHS[at.getMonth()]}${withYear ? ` ${at.getFullYear()}` : ""}`;
  const clock = (at) => `${day(at, true)}, ${two(at.getHours())}:${two(at.getMinutes())}`;
  const TEXTS = {
    clock,
    // The server writes the year only of other years.
    day: (at, written) => day(at, /\d{4}/.test(written)),
  };

  function localize(time) {
    const at = new Date(time.dateTime);
    if (time.dataset.shown === time.dateTime || Number.isNaN(at.getTime()) || !at.getTimezoneOffset()) return;
    time.dataset.shown = time.dateTime;
    const form = TEXTS[time.dataset.local];
    if (form) time.textContent = form(at, time.textContent);
    else if (time.title) time.title = `${clock(at)} (${time.title})`;
  }

  function localizeAll(part) {
    if (part.matches("time")) localize(part);
    part.querySelectorAll("time").forEach(localize);
  }

  localizeAll(document.body);
  // What htmx, live.js and other scripts insert, too.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node instanceof Element) localizeAll(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
}
