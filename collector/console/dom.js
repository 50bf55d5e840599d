// Elements out of words. Whatever comes from outside becomes text here, never markup.

/* el("a.big", { href: "#" }, "text", child, …): attributes that begin with `on` are listeners;
 * null, undefined and false are left out. */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(viewBox, ...paths) {
  const root = document.createElementNS(SVG, "svg");
  root.setAttribute("viewBox", viewBox);
  root.setAttribute("aria-hidden", "true");
  for (const path of paths) {
    const element = document.createElementNS(SVG, "path");
    element.setAttribute("d", path);
    root.append(element);
  }
  return root;
}

/* At most one call in `ms`; the last one is never lost. */
export function throttle(ms, call) {
  let timer = null;
  let last = 0;
  const run = () => {
    timer = null;
    last = performance.now();
    call();
  };
  const throttled = () => {
    if (timer === null) timer = setTimeout(run, Math.max(0, last + ms - performance.now()));
  };
  throttled.cancel = () => clearTimeout(timer);
  return throttled;
}

let ids = 0;
export function newId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}
