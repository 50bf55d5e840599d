// Looks at the pages' scripts: the buyers' pages are for browsers of 2019, the console and the
// API's document for those of 2021. Follows what each page loads, so that a file which two of them
// share keeps to the older year.
//
// The grammar is ECMAScript's of the year. Class fields and private names are in that of 2022, but
// all browsers had them in September 2021 (Safari 15 was the last), and so has the console.
"use strict";

const fs = require("fs");
const path = require("path");
const { parse } = require("/usr/share/nodejs/acorn"); // Debian's node-acorn

const FOLDER = "collector/console";
const PAGES = [
  { file: "pedir.html", year: 2019 },
  { file: "privacidad.html", year: 2019 },
  { file: "pedido.html", year: 2019 },
  { file: "index.html", year: 2021 },
  { file: "docs.html", year: 2021 },
];

// Functions by the year in which the last of Chrome, Firefox and Safari had them (MDN's data).
const NEWER = {
  allSettled: 2020,
  matchAll: 2020,
  replaceAll: 2020,
  replaceChildren: 2020,
  randomUUID: 2022,
  findLast: 2022,
  findLastIndex: 2022,
  hasOwn: 2022,
  structuredClone: 2022,
  toSorted: 2023,
  toReversed: 2023,
  toSpliced: 2023,
  canParse: 2023,
  checkVisibility: 2024,
  groupBy: 2024,
  withResolvers: 2024,
  showPopover: 2024,
  fromAsync: 2024,
};
const NEWER_OF = { "AbortSignal.timeout": 2022, "AbortSignal.any": 2024, "Promise.any": 2020 };

const faults = [];

function fault(file, node, what) {
  faults.push(`${FOLDER}/${file}:${node.loc.start.line}: ${what}`);
}

/* Calls `look` for each node of a tree. */
function walk(node, look) {
  if (node === null || typeof node !== "object") return;
  if (typeof node.type === "string") look(node);
  for (const [key, value] of Object.entries(node)) if (key !== "loc") walk(value, look);
}

function newerGrammar(node) {
  if (node.type === "StaticBlock") return "a static block of a class";
  if (node.type === "BinaryExpression" && node.left.type === "PrivateIdentifier")
    return "a private name with `in`";
  return null;
}

/* Of a call; to ask whether there is such a function is no call. */
function calledYear(call) {
  if (call.type !== "CallExpression") return 0;
  const node = call.callee;
  if (node.type === "Identifier") return NEWER[node.name] || 0;
  if (node.type !== "MemberExpression" || node.computed) return 0;
  const name = node.property.name;
  if (node.object.type === "Identifier" && NEWER_OF[`${node.object.name}.${name}`])
    return NEWER_OF[`${node.object.name}.${name}`];
  if (name === "at" && node.object.type !== "ThisExpression") return 2022;
  return 0;
}

function look(file, year, node) {
  const grammar = newerGrammar(node);
  if (grammar !== null) fault(file, node, `${grammar} is newer than ${year}`);
  const since = calledYear(node);
  if (since > year) {
    const name = node.callee.name || node.callee.property.name;
    fault(file, node, `${name}() is in all browsers since ${since}, the page is for ${year}`);
  }
}

/* What the file imports, of ours. */
function read(file, year) {
  const text = fs.readFileSync(path.join(FOLDER, file), "utf8");
  const found = [];
  let tree;
  try {
    tree = parse(text, {
      ecmaVersion: year === 2021 ? 2022 : year,
      sourceType: "module",
      allowAwaitOutsideFunction: false,
      locations: true,
    });
  } catch (error) {
    faults.push(`${FOLDER}/${file}: not of ${year}: ${error.message}`);
    return found;
  }
  walk(tree, (node) => {
    look(file, year, node);
    const source = /^(Import|Export)/.test(node.type) && node.source;
    if (source && /^\/console\/[^/]+$/.test(source.value)) found.push(path.basename(source.value));
  });
  return found;
}

const years = new Map(); // of each file, the oldest that it is for

function follow(file, year) {
  if (years.has(file) && years.get(file) <= year) return;
  years.set(file, year);
  for (const next of read(file, year)) follow(next, year);
}

for (const { file, year } of PAGES) {
  const html = fs.readFileSync(path.join(FOLDER, file), "utf8");
  for (const [, name] of html.matchAll(/<script [^>]*src="\/console\/([^"]+)"/g)) follow(name, year);
}
// views.js loads them by their names.
for (const file of fs.readdirSync(FOLDER)) if (/^view_.*\.js$/.test(file)) follow(file, 2021);
for (const file of fs.readdirSync(FOLDER))
  if (file.endsWith(".js") && !years.has(file)) faults.push(`${FOLDER}/${file}: no page loads it`);
for (const one of [...new Set(faults)].sort()) console.error(one);
process.exitCode = faults.length > 0 ? 1 : 0;
