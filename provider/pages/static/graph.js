// The drawing of a graph can be made larger and smaller, and arrow keys go from node to node. Without a script it has its full size.
"use strict";
const SMALLEST = 0.25;
const LARGEST = 2;
const box = document.querySelector(".graph-box");

function readable(drawing, room) {
  return Math.max(Math.min(room.clientWidth / drawing.full.width, 1), 0.7);
}

function start(room) {
  const svg = room.querySelector("svg.drawn");
  const full = { width: svg.width.baseVal.value, height: svg.height.baseVal.value };
  const drawing = { svg, full, scale: 1 };
  const buttons = document.querySelector(".graph-zoom");
  const fit = () => Math.min(room.clientWidth / full.width, (innerHeight * 0.78) / full.height, 1);
  const ways = {
    in: () => drawing.scale * 1.25,
    out: () => drawing.scale / 1.25,
    fit,
    full: () => 1,
  };
  room.classList.add("limited");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const way = event.target.dataset.zoom;
    if (way) zoom(drawing, room, ways[way]());
  });
  room.addEventListener("keydown", (event) => walk(event, svg));
  zoom(drawing, room, readable(drawing, room));
}

function zoom(drawing, room, scale) {
  drawing.scale = Math.min(Math.max(scale, SMALLEST), LARGEST);
  drawing.svg.setAttribute("width", Math.round(drawing.full.width * drawing.scale));
  drawing.svg.setAttribute("height", Math.round(drawing.full.height * drawing.scale));
  const here = (drawing.svg.contains(document.activeElement) && document.activeElement) || drawing.svg.querySelector(".current");
  const place = here.getBoundingClientRect();
  const frame = room.getBoundingClientRect();
  room.scrollBy(place.left + place.width / 2 - frame.left - room.clientWidth / 2, place.top + place.height / 2 - frame.top - room.clientHeight / 2);
}

function walk(event, svg) {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  const from = document.activeElement?.closest?.(".node");
  if (!way || !from || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const node of svg.querySelectorAll(".node[href]")) {
    const [dx, dy] = middle(node).map((value, index) => value - [x, y][index]);
    const ahead = dx * way[0] + dy * way[1];
    const across = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    // Along a row or a column first: what lies to the side counts double.
    if (node !== from && ahead > 1 && ahead >= across / 4 && ahead + 2 * across < least) {
      least = ahead + 2 * across;
      best = node;
    }
  }
  if (best) {
    event.preventDefault();
    best.focus();
    best.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

function middle(node) {
  const place = node.querySelector("rect").getBoundingClientRect();
  return [place.left + place.width / 2, place.top + place.height / 2];
}

if (box) start(box);
