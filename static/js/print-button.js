/**
 * Prints the page. The button is hidden until there is a script that can do it.
 *
 *   <button type="button" data-print hidden>印刷する</button>
 */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
