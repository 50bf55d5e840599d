// Numbers and times as the guild writes them, in the guild's zone.
import { language } from "/console/words.js";

const locale = language === "en" ? "en-GB" : "es-CL";
let zone = "America/Santiago";
let formats = make();

function make() {
  const time = (options) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  return {
    number: new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }),
    clock: time({ hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }),
    whole: time({ day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit",
      second: "2-digit", hour12: false }),
    day: time({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    iso: new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit",
      day: "2-digit" }),
    hour: new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", hour12: false }),
  };
}

export function setZone(name) {
  zone = name;
  formats = make();
}

export const number = (value) => (value === null || value === undefined ? "–"
  : formats.number.format(value));

export const pesos = (value) => (value === null || value === undefined ? "–"
  : `$${formats.number.format(value)}`);

/* Today without its date. */
export function time(text) {
  if (!text) return "–";
  const date = new Date(text);
  return isoDay(date) === today() ? formats.clock.format(date) : formats.whole.format(date);
}

export const isoDay = (date) => formats.iso.format(date);
export const today = () => isoDay(new Date());
export const clock = (date) => formats.clock.format(date);
export const hourOf = (text) => Number(formats.hour.format(new Date(text))) % 24;

/* A calendar date in words; noon in UTC is the same date in every inhabited zone west of +12. */
export function dayInWords(day) {
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "long", day: "numeric",
    month: "long", year: "numeric" }).format(new Date(`${day}T12:00:00Z`));
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
