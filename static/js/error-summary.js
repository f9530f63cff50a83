/**
 * Puts the reader on the list of errors, and from there on the control that needs another look.
 *
 *   <section data-error-summary tabindex="-1"><a href="#id_name">…</a></section>
 *
 * A link may also name a fieldset: its first control that can be used takes the focus.
 */
const CONTROLS = "input:not([type=hidden], :disabled), select:not(:disabled), textarea:not(:disabled)";

function controlOf(target) {
  return target.matches(CONTROLS) ? target : target.querySelector(CONTROLS);
}

function goTo(event) {
  const link = event.target.closest("a[href^='#']");
  const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const control = target && controlOf(target);
  if (!control) return;
  event.preventDefault();
  // the label above the control must be seen as well
  (control.closest(".field") ?? control).scrollIntoView({ block: "start" });
  control.focus({ preventScroll: true });
}

const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.addEventListener("click", goTo);
  summary.focus();
}
