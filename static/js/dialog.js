/**
 * A question in front of the page before something is done.
 *
 *   <a href="#withdraw">取り下げる</a>
 *   <dialog id="withdraw" data-dialog>… <a href="#main" data-dialog-close>戻る</a></dialog>
 *
 * Without JavaScript the link leads to the dialog, which the style sheet then shows (:target).
 */
function dialogOf(link) {
  const target = document.getElementById(link.hash.slice(1));
  return target?.matches("dialog[data-dialog]") ? target : null;
}

function open(event, link) {
  const dialog = dialogOf(link);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
  // the title first: nobody should press Enter on an answer before knowing the question
  dialog.querySelector("h2")?.focus();
}

function close(event, control) {
  event.preventDefault();
  control.closest("dialog").close();
}

document.addEventListener("click", (event) => {
  const closer = event.target.closest("dialog[open] [data-dialog-close]");
  if (closer) return close(event, closer);
  const link = event.target.closest("a[href^='#']");
  if (link) return open(event, link);
  // a click beside the box hits the dialog element itself
  if (event.target.matches("dialog[data-dialog][open]")) event.target.close();
});
