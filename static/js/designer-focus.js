/**
 * After a button of the list the page comes back at the field; the same button has the focus again, so that
 * a field can be moved several places by pressing one key.
 *
 *   <form data-designer-focus> … <li id="field-q3"> … <button name="action" value="up:q3"> …
 */
const KEY = "designer-last-button";
const form = document.querySelector("[data-designer-focus]");

function remember(event) {
  const [action] = (event.submitter?.value ?? "").split(":");
  sessionStorage.setItem(KEY, action);
}

function restore() {
  const action = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  // after a deletion the browser goes to the button that takes it back, by the address alone
  if (!place || place === form || !form.contains(place)) return;
  const button = action && place.querySelector(`button[name="action"][value^="${CSS.escape(action)}:"]`);
  if (!button) return place.focus();
  button.focus();
  // the browser goes to the place in the address by itself, sooner or later than this script
  place.addEventListener("focus", () => button.focus(), { once: true });
}

if (form) {
  form.addEventListener("submit", remember);
  restore();
}
