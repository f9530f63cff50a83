/**
 * A second click on the button of a form does nothing while the first is under way. (The server keeps
 * its own guard; this only spares people the doubt.)
 *
 *   <form method="post">…</form>                     every form that posts
 *   <form method="post" data-submit-many>…</form>    not this one: its answer is a download
 *   <button formtarget="_blank">                     nor this button: its answer opens beside the page, which stays
 */
const FORGET_AFTER = 15_000;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-busy]")) {
    button.removeAttribute("data-busy");
    button.removeAttribute("aria-disabled");
  }
}

function hold(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "submitMany" in form.dataset) return;
  if (event.submitter?.getAttribute("formtarget") === "_blank") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // not `disabled`: the browser would then leave the button's own name and value out
  event.submitter?.setAttribute("aria-disabled", "true");
  event.submitter?.setAttribute("data-busy", "");
  setTimeout(release, FORGET_AFTER, form);
}

document.addEventListener("submit", hold);
// the back button may bring the page as it was left
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});
