// Each state of a cart has a shape and a colour of its own, on the map as in lists.
import { el, svg } from "/console/dom.js";
import { word } from "/console/words.js";

export const kinds = ["heard", "silent", "vanished", "offline", "absent", "fugitive"];

export const kindOf = (cart) => (cart.fugitive ? "fugitive" : cart.state);

/* No shape reaches farther from its middle, in pixels of the page. */
export const REACH = 10;

const polygon = (points) => `M${points.map((point) => point.join(" ")).join("L")}Z`;

const star = polygon(
  Array.from({ length: 10 }, (_, i) => {
    const radius = i % 2 === 0 ? 9.5 : 4.2;
    const angle = -Math.PI / 2 + (i * Math.PI) / 5;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  }),
);

const circle = "M6 0A6 6 0 1 1-6 0A6 6 0 1 1 6 0Z";

/* In the words of an SVG path, for the canvas as for the page. */
const shapes = {
  heard: { outline: circle, hollow: false },
  silent: { outline: circle, hollow: true },
  vanished: {
    outline: polygon([
      [0, -8],
      [7.5, 6],
      [-7.5, 6],
    ]),
    hollow: false,
  },
  offline: {
    outline: polygon([
      [-5.5, -5.5],
      [5.5, -5.5],
      [5.5, 5.5],
      [-5.5, 5.5],
    ]),
    hollow: false,
  },
  absent: {
    outline: polygon([
      [0, -7.5],
      [7.5, 0],
      [0, 7.5],
      [-7.5, 0],
    ]),
    hollow: true,
  },
  fugitive: { outline: star, hollow: false },
};

const shapeOf = (kind) => shapes[kind] ?? shapes.silent;

export function drawShape(context, kind, { x, y, fill }) {
  const { outline, hollow } = shapeOf(kind);
  const path = new Path2D(outline);
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

function draw(kind) {
  const { outline, hollow } = shapeOf(kind);
  const mark = svg("-10 -10 20 20", outline);
  mark.setAttribute("class", "shape");
  const [path] = mark.children;
  path.setAttribute("fill", hollow ? "none" : `var(--cart-${kind})`);
  path.setAttribute("stroke", hollow ? `var(--cart-${kind})` : "none");
  path.setAttribute("stroke-width", "2");
  return mark;
}

const marks = new Map(kinds.map((kind) => [kind, draw(kind)]));

/* The shape with its word. */
export function stateMark(kind, said = kind) {
  return el(
    "span.state",
    {},
    (marks.get(kind) ?? marks.get("silent")).cloneNode(true),
    word("state", said),
  );
}

/* Of a cart; one that closed its day is no other shape on the map than one that was turned off. */
export function cartMark(cart) {
  const kind = kindOf(cart);
  return stateMark(kind, kind === "offline" && cart.closed ? "closed" : kind);
}
