/**
 * Attaches a behaviour to elements, also to those that come into the page later (a new row of a group):
 * whoever adds them dispatches "content:added" on the new element.
 */
export function attachTo(selector, behaviour) {
  const within = (root) => {
    if (root.matches?.(selector)) behaviour(root);
    root.querySelectorAll(selector).forEach((element) => behaviour(element));
  };
  within(document);
  document.addEventListener("content:added", (event) => within(event.target));
}

/** Tell the others that this element is new. */
export function announceAdded(element) {
  element.dispatchEvent(new CustomEvent("content:added", { bubbles: true }));
}
