// Finding operations and schemas in the page of the API. Without a script, the field stays hidden and all are shown.
"use strict";
const field = document.getElementById("docs-search");
const found = document.getElementById("docs-found");
const sections = [...document.querySelectorAll(".docs-main > .operation")].map((section) => ({
  section,
  link: document.querySelector(`.docs-contents a[href="#${CSS.escape(section.id)}"]`)?.closest("li"),
  text: section.textContent.toLowerCase(),
}));
function find() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { section, link, text } of sections) {
    const shown = words.every((word) => text.includes(word));
    section.hidden = !shown;
    if (link) link.hidden = !shown;
    count += shown;
  }
  for (const group of document.querySelectorAll(".docs-contents details")) {
    group.hidden = !group.querySelector("li:not([hidden])");
    if (words.length) group.open = true;
  }
  for (const heading of document.querySelectorAll(".docs-main > h2")) {
    let next = heading.nextElementSibling;
    while (next && next.tagName !== "H2" && next.hidden) next = next.nextElementSibling;
    heading.hidden = !next || next.tagName === "H2";
  }
  found.textContent = words.length ? `${count} of ${sections.length}` : "";
}
if (field) {
  field.closest("label").hidden = false;
  // On a phone, the contents are long.
  if (matchMedia("(max-width: 1000px)").matches) {
    for (const group of document.querySelectorAll(".docs-contents details")) group.open = false;
  }
  field.addEventListener("input", find);
  find();
}
