/**
 * The worker that answers for pages while there is no network (visit-worker.js), one for each folder of pages.
 *
 *   <section data-keep-workers="/staff/visits/worker.js /staff/certificates/worker.js">
 */
export function registerWorkers({ keepWorkers = "" }) {
  // a network that goes just now: the next page registers them
  for (const address of keepWorkers.split(" ")) navigator.serviceWorker?.register(address).catch(() => {});
}
