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
  // in a row of its own: the button is as wide as its words and begins where the list begins
  const row = document.createElement("div");
  row.className = "cluster";
  row.append(button);
  form.querySelector("table")?.parentElement.before(row);
}
