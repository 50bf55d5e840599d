// Each state of a cart has a shape and a colour of its own, on the map as in lists.
import { el } from "/console/dom.js";
import { word } from "/console/words.js";

export const kinds = ["heard", "silent", "vanished", "offline", "absent", "fugitive"];

export const kindOf = (cart) => (cart.fugitive ? "fugitive" : cart.state);

const circle = (path) => path.arc(0, 0, 6, 0, 2 * Math.PI);

function polygon(path, points) {
  points.forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  path.closePath();
}

function star(path) {
  const points = [];
  for (let i = 0; i < 10; i += 1) {
    const radius = i % 2 === 0 ? 9.5 : 4.2;
    const angle = -Math.PI / 2 + (i * Math.PI) / 5;
    points.push([radius * Math.cos(angle), radius * Math.sin(angle)]);
  }
  polygon(path, points);
}

const shapes = {
  heard: { outline: circle, hollow: false },
  silent: { outline: circle, hollow: true },
  vanished: { outline: (path) => polygon(path, [[0, -8], [7.5, 6], [-7.5, 6]]), hollow: false },
  offline: { outline: (path) => polygon(path, [[-5.5, -5.5], [5.5, -5.5], [5.5, 5.5], [-5.5, 5.5]]), hollow: false },
  absent: { outline: (path) => polygon(path, [[0, -7.5], [7.5, 0], [0, 7.5], [-7.5, 0]]), hollow: true },
  fugitive: { outline: star, hollow: false },
};

const paths = Object.fromEntries(Object.entries(shapes).map(([kind, { outline, hollow }]) => {
  const path = new Path2D();
  outline(path);
  return [kind, { path, hollow }];
}));

export function drawShape(context, kind, { x, y, fill }) {
  const { path, hollow } = paths[kind] ?? paths.silent;
  context.translate(x, y);
  context.lineWidth = 2;
  if (hollow) {
    context.strokeStyle = fill;
    context.stroke(path);
  } else {
    context.fillStyle = fill;
    context.fill(path);
  }
  context.translate(-x, -y);
}

/* The shape with its word. */
export function stateMark(kind) {
  const ratio = window.devicePixelRatio || 1;
  const canvas = el("canvas.shape", { width: 20 * ratio, height: 20 * ratio, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const fill = getComputedStyle(document.documentElement).getPropertyValue(`--cart-${kind}`).trim();
  drawShape(context, kind, { x: 10, y: 10, fill });
  return el("span.state", {}, canvas, word("state", kind));
}
