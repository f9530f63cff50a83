/**
 * A photo is sent as soon as it was taken or chosen: a page that is lost later does not lose it.
 *
 *   <form data-report> <input type="file"> <button data-report-upload>
 *
 * Without script the button does it, and so does every other button of the form.
 */
import { attachTo } from "./attach.js";

attachTo("form[data-report]", (form) => {
  const button = form.querySelector("[data-report-upload]");
  if (!button) return;
  form.addEventListener("change", (event) => {
    if (event.target.type === "file" && event.target.files.length) form.requestSubmit(button);
  });
});
