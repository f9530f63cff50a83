/**
 * The page that stands for a page of a visit while there is no network: says whether something is kept on this tablet,
 * never what, and opens the page that was asked for as soon as it can.
 *
 *   <main data-offline-reach="/staff/visits/worker.js" data-offline-own="/staff/visits/offline/"> <p data-offline-kept hidden> </main>
 */
import { marks } from "./kept-store.js";
import { untilBack } from "./network.js";

const page = document.querySelector("[data-offline-reach]");

async function tell() {
  // a list stands for every visit
  const isList = `${location.pathname}offline/` === page.dataset.offlineOwn;
  const here = (await marks()).filter((row) => isList || location.pathname.includes(`/${row.visit}/`));
  page.querySelector("[data-offline-kept]").hidden = here.length === 0;
}

tell().catch(() => {});
// Standing at the address of another page it always waits, and opens that: the network may be back before this line
// runs, and asking once would then leave the page standing here for ever. At its own address there is nothing to wait for.
if (location.pathname !== page.dataset.offlineOwn) {
  await untilBack(page.dataset.offlineReach);
  location.reload();
}
