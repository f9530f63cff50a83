/**
 * Number keys for a touch screen that has no keyboard. A scanner goes on typing into the field, which keeps the focus.
 *
 *   <div data-keypad="id of the field" hidden>
 *     <button type="button" data-key="1">…</button>
 *     <button type="button" data-key="">…</button>          takes the last character away
 *   </div>
 */
for (const pad of document.querySelectorAll("[data-keypad]")) {
  const field = document.getElementById(pad.dataset.keypad);
  // the machine's own keyboard would cover the keys
  field.inputMode = "none";
  pad.hidden = false;
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (key === undefined) return;
    field.value = key ? field.value + key : field.value.slice(0, -1);
    field.focus();
  });
}
