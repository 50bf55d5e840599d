// Ten thousand carts in a few milliseconds: each kind's shape is drawn once and then copied, pixel
// by pixel, into a picture of the map's size. To fill as many paths takes several times as long.
import { drawShape, kinds, REACH } from "/console/shapes.js";

/* What covers what: whom an operator looks for is never under the others. */
const ORDER = ["offline", "heard", "absent", "silent", "vanished", "fugitive"];

/* A shape's pixels in a picture that is `width` wide: how far from its middle, and of which
 * colour. */
function stamp(kind, fill, { ratio, width }) {
  const reach = Math.ceil(REACH * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * reach;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.setTransform(ratio, 0, 0, ratio, reach, reach);
  drawShape(context, kind, { x: 0, y: 0, fill });
  const drawn = new Uint32Array(context.getImageData(0, 0, 2 * reach, 2 * reach).data.buffer);
  const inked = [...drawn.keys()].filter((at) => drawn[at] !== 0);
  return {
    offsets: Int32Array.from(
      inked,
      (at) => (Math.floor(at / (2 * reach)) - reach) * width + (at % (2 * reach)) - reach,
    ),
    colors: Uint32Array.from(inked, (at) => drawn[at]),
  };
}

export class CartPixels {
  #key = "";
  #stamps;
  #image;
  #pixels;
  #places = Object.fromEntries(kinds.map((kind) => [kind, []]));

  /* For a canvas of that many pixels, of which `ratio` are one of the page's; `fills`: each kind's
   * colour. */
  begin(canvas, ratio, fills) {
    const margin = Math.ceil(REACH * ratio);
    const width = canvas.width + 2 * margin;
    const key = [width, canvas.height, ratio, ...kinds.map((kind) => fills[kind])].join();
    if (key !== this.#key) {
      this.#key = key;
      this.#stamps = Object.fromEntries(
        kinds.map((kind) => [kind, stamp(kind, fills[kind], { ratio, width })]),
      );
      this.#image = new ImageData(width, canvas.height + 2 * margin);
      this.#pixels = new Uint32Array(this.#image.data.buffer);
    }
    this.margin = margin;
    this.width = width;
    this.ratio = ratio;
    for (const kind of kinds) this.#places[kind].length = 0;
  }

  /* A cart at a place of the page's canvas, or at most REACH beside it. */
  put(kind, x, y) {
    (this.#places[kind] ?? this.#places.silent).push(
      (Math.round(y * this.ratio) + this.margin) * this.width +
        Math.round(x * this.ratio) +
        this.margin,
    );
  }

  /* Where shapes meet, the edge of one does not make the other paler. */
  show(context) {
    const pixels = this.#pixels.fill(0);
    for (const kind of ORDER) {
      const { offsets, colors } = this.#stamps[kind];
      for (const place of this.#places[kind])
        for (let i = 0; i < offsets.length; i += 1) {
          const at = place + offsets[i];
          if (pixels[at] >>> 24 <= colors[i] >>> 24) pixels[at] = colors[i];
        }
    }
    context.putImageData(this.#image, -this.margin, -this.margin);
  }
}
