/**
 * Whether the server can be reached, asked of the server itself: `navigator.onLine` knows the cable only.
 *
 *   await reaches("/healthz")            false also while a proxy answers for a server that is down
 *   await untilBack("/healthz")          resolves when it can be reached again
 */
const PATIENCE = 5000;
const EVERY = 4000;
const DOWN = new Set([502, 503, 504]);

export function isDown(answer) {
  return DOWN.has(answer.status);
}

export async function reaches(address) {
  try {
    const answer = await fetch(address, {
      method: "HEAD",
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return !isDown(answer);
  } catch {
    return false;
  }
}

function pause() {
  return new Promise((resolve) => {
    const timer = setTimeout(done, EVERY);
    window.addEventListener("online", done);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
  });
}

export async function untilBack(address) {
  do await pause();
  while (!(await reaches(address)));
}
