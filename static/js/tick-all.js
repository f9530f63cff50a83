/**
 * One button that ticks every case of the page, or takes all ticks away. Without a script each is ticked by hand.
 *
 *   <form data-tick-all="このページをすべて選ぶ">…<input type="checkbox" name="case">…</form>
 */
const form = document.querySelector("form[data-tick-all]");

function boxes() {
  return [...form.querySelectorAll('input[type="checkbox"][name="case"]')];
}

if (form && boxes().length > 1) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--text button--md";
  button.textContent = form.dataset.tickAll;
  button.addEventListener("click", () => {
    const all = boxes();
    const wanted = all.some((box) => !box.checked);
    for (const box of all) box.checked = wanted;
    button.setAttribute("aria-pressed", String(wanted));
  });
  button.setAttribute("aria-pressed", "false");
  form.querySelector("table")?.parentElement.before(button);
}
