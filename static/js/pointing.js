/**
 * Dragging and tapping with finger, pen or mouse.
 *
 *   onPointing(view, { moved(right, down), tapped(x, y) })     x and y from the middle of the view
 *
 * Buttons inside the view stay buttons; what moves less than a few points is a tap.
 */
const TAP = 6;

export function onPointing(view, { moved, tapped }) {
  let start = null;
  let last = null;

  view.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button") || event.button) return;
    start = last = event;
    view.setPointerCapture(event.pointerId);
  });

  view.addEventListener("pointermove", (event) => {
    if (event.pointerId !== start?.pointerId) return;
    if (last === start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) <= TAP) return;
    moved(event.clientX - last.clientX, event.clientY - last.clientY);
    last = event;
  });

  view.addEventListener("pointerup", (event) => {
    if (event.pointerId !== start?.pointerId) return;
    const { left, top, width, height } = view.getBoundingClientRect();
    if (last === start) tapped(event.clientX - left - width / 2, event.clientY - top - height / 2);
    start = null;
  });

  view.addEventListener("pointercancel", () => (start = null));
}
