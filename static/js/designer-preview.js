/**
 * While settings are typed the preview follows: the button that sends them to the frame is pressed after a
 * short rest. Nothing is saved by it, and without JavaScript the button does the same.
 *
 *   <form data-designer-preview> … <button formtarget="preview" formaction="…" data-preview-button>
 */
const REST = 700;
const form = document.querySelector("form[data-designer-preview]");
const button = form?.querySelector("[data-preview-button]");
let timer;

function show() {
  if (form.dataset.sent) return;
  // submit-once must not take this for the answer to the page itself
  form.dataset.submitMany = "";
  form.requestSubmit(button);
  delete form.dataset.submitMany;
}

if (button) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, REST);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  button.addEventListener("click", (event) => {
    event.preventDefault();
    show();
  });
}
