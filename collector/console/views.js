// The views, in the order in which they are offered, and who may open them.
const readers = ["viewer", "operator", "admin"];
const actors = ["operator", "admin"];

const row = (name, group, roles, icon) => ({
  name,
  group,
  roles,
  icon,
  load: () => import(`/console/view_${name}.js`),
});

export const views = [
  row(
    "overview",
    "day",
    readers,
    "M10 2a6 6 0 0 0-6 6c0 4 6 10 6 10s6-6 6-10a6 6 0 0 0-6-6zm0 8a2 2 0 1 1 0-4 2 2 0 0 1 0 4z",
  ),
  row("daily", "day", readers, "M3 17V9h3v8zm5 0V4h3v13zm5 0v-6h3v6z"),
  row(
    "closing",
    "day",
    readers,
    "M3 3h14v14H3zm2 2v10h10V5zm1.500 5 1.400-1.400L9 9.700l3.600-3.600L14 7.500l-5 5z",
  ),
  row(
    "sales",
    "day",
    readers,
    "M5 2h10v16l-2.5-1.6L10 18l-2.5-1.6L5 18zm2 4v1.5h6V6zm0 4v1.5h6V10z",
  ),
  row("alerts", "day", readers, "M10 2 1 17h18zm-1 5h2v5H9zm0 6h2v2H9z"),
  row("stock", "day", readers, "M2 6l8-4 8 4v8l-8 4-8-4zm8 2 5-2.5-5-2.5-5 2.500z"),
  row("orders", "day", readers, "M3 3h4v14H3zm5 0h4v9H8zm5 0h4v11h-4z"),
  row("desk", "day", ["vendor", "operator", "admin"], "M4 15v1h12v-1zM13 3l3 3-8 8H5v-3z"),
  row(
    "members",
    "guild",
    actors,
    "M7 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6zm6.5 0a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1 16c0-3 2.5-5 6-5s6 2 6 5zm13.5 0H19c0-2.5-2-4.5-5-4.5",
  ),
  row("reports", "guild", readers, "M4 2h2v16H4zm3 1h9l-2 3.500L16 10H7z"),
  row("blocked", "guild", actors, "M5 9V6a5 5 0 0 1 10 0v3h1v9H4V9zm2 0h6V6a3 3 0 0 0-6 0z"),
  row("letters", "system", readers, "M2 4h16v12H2zm2 2 6 4.500L16 6z"),
  row(
    "audit",
    "system",
    readers,
    "M8.5 2a6.5 6.5 0 1 0 4 11.600l4.2 4.2 1.4-1.4-4.2-4.200A6.5 6.5 0 0 0 8.5 2zm0 2a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z",
  ),
  row("consumers", "system", readers, "M3 3h14v4H3zm0 5h14v4H3zm0 5h14v4H3z"),
  row("mails", "system", actors, "M2 4h16v2l-8 5-8-5zm0 4 8 5 8-5v8H2z"),
  row("actions", "system", actors, "M5 2h10v16H5zm2 3v1.500h6V5zm0 4v1.500h6V9zm0 4v1.500h4V13z"),
  row(
    "users",
    "system",
    ["admin"],
    "M10 10a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 8c0-4 3-6 7-6s7 2 7 6z",
  ),
  row(
    "account",
    "system",
    ["viewer", "operator", "admin", "vendor"],
    "M12 2a5 5 0 0 0-4.800 6.400L2 13.600V18h4v-2h2v-2h2l1.600-1.600A5 5 0 1 0 12 2zm1 3a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3z",
  ),
];
