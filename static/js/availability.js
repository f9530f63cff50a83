/**
 * Keeps the words of a calendar fresh while somebody looks at it: room that is gone must not look like room.
 *
 *   <table data-availability="/api/ui/availability/…"> <td data-day="2026-12-01" data-room="free">
 *     <a> <span data-room-label>空き</span> </a> </td> </table>
 *   <p role="status" data-availability-status></p>
 *   <template id="room-texts" data-room-free="空き" …></template>
 *
 * Asks once a minute while the page is seen; the browser's cache and the ETag make most answers empty. Only days that
 * are links change, and only between rooms that a link may have: what opens or closes needs the page anew.
 */
import { text } from "./texts.js";

const EVERY = 60_000;
const ROOMS = ["free", "few", "full"];
const table = document.querySelector("[data-availability]");
const status = document.querySelector("[data-availability-status]");

function show(cell, room) {
  if (!ROOMS.includes(room) || !ROOMS.includes(cell.dataset.room) || cell.dataset.room === room) return false;
  cell.classList.replace(`booking-month__cell--${cell.dataset.room}`, `booking-month__cell--${room}`);
  cell.dataset.room = room;
  cell.querySelector("[data-room-label]").textContent = text(`room${room[0].toUpperCase()}${room.slice(1)}`);
  return true;
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(table.dataset.availability);
    if (!answer.ok) return;
    const { days } = await answer.json();
    const changed = days.filter(({ date, room }) => {
      const cell = table.querySelector(`[data-day="${date}"]`);
      return cell && cell.querySelector("a") && show(cell, room);
    });
    if (changed.length && status) status.textContent = text("roomsFresh");
  } catch {
    // without a network the page stays as it is; the server looks again before it keeps a time
  }
}

if (table?.dataset.availability) {
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
}
