// What the pages say, in Spanish and in English: the sentences of words.txt and buyers.txt, and the
// values of common/words/values.txt. The build puts them into this table. It and what the buyers'
// pages load is for browsers of 2019, the rest of the console for those of 2021; ./dev lint looks.
const table = {};

const CHOSEN = "carrito-language";

/* What the person has chosen in this browser; a browser may keep nothing. */
function chosen() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch (error) {
    return null;
  }
}

/* The page begins anew in that language, at the same place; the sign-in of the tab stays. */
export function chooseLanguage(name) {
  try {
    localStorage.setItem(CHOSEN, name);
  } catch (error) {
    return;
  }
  location.reload();
}

/* Chosen, or else Spanish, unless the browser would rather have English than Spanish; on a page
 * that the server has written in one already, that one. */
function choose() {
  const own = document.documentElement.dataset.language || chosen();
  if (own === "es" || own === "en") return own;
  for (const name of navigator.languages || [navigator.language || "es"]) {
    if (name.startsWith("es")) return "es";
    if (name.startsWith("en")) return "en";
  }
  return "es";
}

export const language = choose();
const column = language === "en" ? 1 : 0;

const orText = (value, text) => (value === null || value === undefined ? text : value);

/* The sentence of this name, with its arguments in their order. */
export function t(key, ...values) {
  const text = key in table ? table[key][column] : key;
  return text.replace(/\{(\d)\}/g, (_, index) => orText(values[Number(index)], ""));
}

/* The word of a value that the server gave, or the value itself where it is new to us. */
export function word(list, value) {
  const name = `${list}-${value}`.toLowerCase().replace(/_/g, "-");
  return name in table ? table[name][column] : String(orText(value, "–"));
}
