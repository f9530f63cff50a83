/**
 * Keys of the work list: j and k go from case to case, Enter opens (it is a link), x ticks, / searches,
 * ? shows the keys. In a field every key is a letter, and with Ctrl, Alt or Meta every key is the browser's.
 *
 *   <input type="search" name="text">
 *   <table data-case-keys><tr data-case-row><td><input type="checkbox"><a data-case-link>…</a></td></tr></table>
 *   <details id="case-keys" hidden>…</details>
 */
const list = document.querySelector("[data-case-keys]");
const help = document.getElementById("case-keys");
const search = document.querySelector('input[type="search"][name="text"]');

if (help) help.hidden = false;

function rows() {
  return list ? [...list.querySelectorAll("[data-case-row]")] : [];
}

function current() {
  return document.activeElement?.closest("[data-case-row]") ?? null;
}

function go(step) {
  const all = rows();
  const at = all.indexOf(current());
  // from outside the list both keys lead to its first case
  const to = at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1);
  const link = all[to]?.querySelector("[data-case-link]");
  link?.focus();
  all[to]?.scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = current()?.querySelector('input[type="checkbox"]');
  box?.click();
}

function toggleHelp() {
  if (!help) return;
  help.open = !help.open;
  if (help.open) help.querySelector("summary").focus();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: tick,
  "/": () => search?.focus(),
  "?": toggleHelp,
};

function isTyping(target) {
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  // a ticked box is no place for letters
  return target.matches("input") && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

function press(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!(event.target instanceof Element) || isTyping(event.target)) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

document.addEventListener("keydown", press);
