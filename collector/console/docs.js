// Shows /openapi.json: operations by tag, their parameters, bodies and answers, and the schemas.
// All text goes into the page as text, never as HTML.

const METHODS = ["get", "post", "put", "delete", "patch"];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

// Follows "#/components/…"; what refers to nothing stays as it is.
function resolve(spec, value) {
  if (!value || !value.$ref) return value;
  const found = value.$ref
    .split("/")
    .slice(1)
    .reduce((at, step) => at && at[step], spec);
  return found ? { ...found, name: found.name ?? value.$ref.split("/").pop() } : value;
}

// A schema in a few words: "integer 1..1000 = 100", "[Sale]", "json | csv".
function words(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.join(" | ") + standard(schema);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices && !schema.properties) return choices.map(words).join(" | ");
  const items = schema.items ?? schema.properties?.items?.items;
  if (schema.allOf && items) return `${schema.allOf.map(words).join(" & ")} of ${words(items)}`;
  if (schema.type === "array") return `[${words(schema.items)}]`;
  const types = [schema.type ?? "object"].flat().join(" or ");
  return types + bounds(schema) + standard(schema);
}

function standard(schema) {
  return schema.default !== undefined ? ` = ${schema.default}` : "";
}

function bounds(schema) {
  const low = schema.minimum ?? schema.minLength;
  const high = schema.maximum ?? schema.maxLength;
  const range = low !== undefined || high !== undefined ? ` ${low ?? ""}..${high ?? ""}` : "";
  const form = schema.format ? ` (${schema.format})` : "";
  return range + form + (schema.pattern ? ` ${schema.pattern}` : "");
}

function table(heads, rows) {
  const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((cells) =>
    element("tr", {}, ...cells.map((cell) => element("td", {}, cell))),
  );
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

// `words` between backquotes are code; a single end of a line, but before a list's "-", is a space.
function prose(text) {
  return (text ?? "")
    .replace(/(\S)\n(?=[^\s*-])/g, "$1 ")
    .split("`")
    .map((piece, index) => (index % 2 === 1 ? code(piece) : piece));
}

function said(name, text) {
  return element(name, { class: "said" }, ...prose(text));
}

function code(text) {
  return element("code", {}, text);
}

function linked(schema) {
  const text = words(schema);
  const name = schema?.$ref?.split("/").pop();
  return name ? element("a", { href: `#schema-${name}` }, text) : code(text);
}

function examples(media) {
  const given =
    media.example !== undefined ? { example: { value: media.example } } : media.examples;
  return Object.values(given ?? {}).map(({ value }) =>
    element("pre", {}, typeof value === "string" ? value : JSON.stringify(value, null, 2)),
  );
}

function contents(content) {
  return Object.entries(content ?? {}).map(([type, media]) =>
    element("div", {}, element("p", {}, code(type), " ", linked(media.schema)), ...examples(media)),
  );
}

function parameters(spec, operation) {
  const all = (operation.parameters ?? []).map((one) => resolve(spec, one));
  if (all.length === 0) return [];
  const rows = all.map((one) => [
    code(one.name),
    one.in + (one.required ? ", required" : ""),
    linked(one.schema),
    said("span", one.description),
  ]);
  return [element("h4", {}, "Parameters"), table(["name", "in", "value", ""], rows)];
}

function body(spec, operation) {
  const found = resolve(spec, operation.requestBody);
  if (!found) return [];
  const title = found.required ? "Body" : "Body (may be left out)";
  return [element("h4", {}, title), ...contents(found.content)];
}

function answers(spec, operation) {
  const rows = Object.entries(operation.responses).map(([status, response]) => {
    const found = resolve(spec, response);
    const cell = element("div", {}, said("span", found.description));
    if (status < 400) cell.append(...contents(found.content));
    return [code(status), cell];
  });
  return [element("h4", {}, "Answers"), table(["status", ""], rows)];
}

function who(operation) {
  const roles = operation.security.flatMap((one) => (one.token ? one.token : ["everybody"]));
  return operation.security.length === 0 ? "everybody" : roles.join(", ");
}

function operationView(spec, path, method, operation) {
  const title = element(
    "summary",
    {},
    element("span", { class: "method" }, method.toUpperCase()),
    " ",
    code(path),
    ` ${operation.summary}`,
  );
  return element(
    "details",
    { id: operation.operationId, class: "operation" },
    title,
    element("p", {}, "For: ", who(operation)),
    operation.description ? said("p", operation.description) : null,
    ...parameters(spec, operation),
    ...body(spec, operation),
    ...answers(spec, operation),
  );
}

function tagView(spec, tag) {
  const views = Object.entries(spec.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]?.tags.includes(tag.name)).map((method) =>
      operationView(spec, path, method, item[method]),
    ),
  );
  return element("section", {}, element("h2", { id: tag.name }, tag.description), ...views);
}

function schemaView(name, schema) {
  const properties = Object.entries(schema.properties ?? {}).map(([key, value]) => [
    code(key),
    linked(value),
    (schema.required ?? []).includes(key) ? "always" : "",
    said("span", value.description),
  ]);
  return element(
    "details",
    { id: `schema-${name}` },
    element("summary", {}, code(name)),
    schema.description ? said("p", schema.description) : null,
    properties.length > 0
      ? table(["member", "value", "", ""], properties)
      : element("p", {}, code(words(schema))),
    ...examples(schema),
  );
}

// A link to something that is folded opens it.
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.tagName === "DETAILS") target.open = true;
  target.scrollIntoView();
}

function search(main) {
  const field = element("input", {
    type: "search",
    "aria-label": "Search operations",
    placeholder: "Search: carts, csv, void…",
  });
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    for (const view of main.querySelectorAll(".operation"))
      view.hidden = !view.textContent.toLowerCase().includes(wanted);
  });
  return field;
}

function show(spec) {
  const main = document.getElementById("document");
  const schemas = Object.entries(spec.components.schemas);
  main.replaceChildren(
    element("h1", {}, `${spec.info.title}: API ${spec.info.version}`),
    element(
      "p",
      {},
      spec.info.summary,
      " ",
      element("a", { href: "/openapi.json" }, "openapi.json"),
    ),
    said("p", spec.info.description.replaceAll("**", "")),
    search(main),
    ...spec.tags.map((tag) => tagView(spec, tag)),
    element("h2", { id: "schemas" }, "Schemas"),
    ...schemas.map(([name, schema]) => schemaView(name, schema)),
  );
  open();
}

async function run() {
  try {
    show(await (await fetch("/openapi.json")).json());
  } catch (error) {
    document.getElementById("state").textContent =
      `/openapi.json could not be read: ${error.message}`;
  }
}

addEventListener("hashchange", open);
run();
