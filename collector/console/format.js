// Numbers and times as the guild writes them, in the guild's zone.
import { language } from "/console/words.js";

const locale = language === "en" ? "en-GB" : "es-CL";
const DEFAULT_ZONE = "America/Santiago";
let starts = []; // { from: a day or null, minutes after 00:00 at which days begin }
let formats = known(DEFAULT_ZONE);

function make(zone) {
  const time = (options) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  return {
    number: new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }),
    clock: time({ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }),
    whole: time({
      day: "2-digit",
      month: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hour12: false,
    }),
    day: time({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    iso: new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    }),
    parts: new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    }),
  };
}

/* In a zone that the browser does not know, its own clock counts: at the guild it is the same. */
function known(zone) {
  try {
    return make(zone);
  } catch (error) {
    if (error instanceof RangeError) return { ...make(undefined), unknown: zone };
    throw error;
  }
}

/* Returns the zone's name where the browser does not know it and shows its own times instead, else
 * null. */
export function setGuild({ zone, day_starts: list = [] }) {
  starts = list.map(({ from, start }) => ({
    from,
    minutes: start.slice(0, 2) * 60 + start.slice(3) * 1,
  }));
  formats = known(zone.replace(/^posix\//, ""));
  return formats.unknown || null;
}

export const number = (value) =>
  value === null || value === undefined ? "–" : formats.number.format(value);

export const pesos = (value) =>
  value === null || value === undefined ? "–" : `$${formats.number.format(value)}`;

/* Today without its date. */
export function time(text) {
  if (!text) return "–";
  const date = new Date(text);
  return isoDate(date) === isoDate(new Date())
    ? formats.clock.format(date)
    : formats.whole.format(date);
}

const isoDate = (date) => formats.iso.format(date);

const DAY_MS = 86400000;
const AROUND_MS = 26 * 3600000; // more than any zone is off UTC

/* What the clock on the wall is ahead of UTC. */
function offset(ms) {
  const part = Object.fromEntries(
    formats.parts.formatToParts(new Date(ms)).map(({ type, value }) => [type, Number(value)]),
  );
  return (
    Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) -
    Math.floor(ms / 1000) * 1000
  );
}

const startOf = (text) =>
  starts.reduce((found, { from, minutes }) => (from === null || from <= text ? minutes : found), 0);
export const startHour = (text) => Math.floor(startOf(text) / 60);

/* The first instant of a day, a number of days since 1970: as common/day.h says. */
function dayBegins(day) {
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  const shown = day * DAY_MS + startOf(text) * 60000;
  let [before, after] = [shown - AROUND_MS, shown + AROUND_MS];
  const [then, now] = [offset(before), offset(after)];
  if (then === now) return shown - then;
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (offset(middle) === now) after = middle;
    else before = middle;
  }
  return shown - then < after ? shown - then : Math.max(after, shown - now);
}

/* The guild's day of an instant, whenever its days begin. */
export function dayOf(date) {
  const ms = Number(date);
  const day = Math.floor((ms + offset(ms)) / DAY_MS);
  const found = [day + 1, day, day - 1].find((one, at) => at === 2 || ms >= dayBegins(one));
  return new Date(found * DAY_MS).toISOString().slice(0, 10);
}

export const today = () => dayOf(new Date());
export const clock = (date) => formats.clock.format(date);

/* A calendar date in words; noon in UTC is the same date in every inhabited zone west of +12. */
export function dayInWords(day) {
  return new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(new Date(`${day}T12:00:00Z`));
}

export function shiftDay(day, days) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/* "3 min", "2 h": how long ago that was. */
export function ago(text) {
  if (!text) return "–";
  const seconds = Math.max(0, Math.round((Date.now() - new Date(text)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}
