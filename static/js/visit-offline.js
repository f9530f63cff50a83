/**
 * The page that stands for a page of a visit while there is no network: says whether something is kept on this tablet,
 * never what, and opens the page that was asked for as soon as it can.
 *
 *   <main data-offline-reach="/staff/visits/worker.js"> <p data-offline-kept hidden> </main>
 */
import { marks } from "./kept-store.js";
import { reaches, untilBack } from "./network.js";

const page = document.querySelector("[data-offline-reach]");

async function tell() {
  const here = (await marks()).filter((row) => location.pathname.includes(`/${row.visit}/`));
  page.querySelector("[data-offline-kept]").hidden = here.length === 0;
}

tell().catch(() => {});
// asked for by its own address, while the network is there: nothing to wait for
if (!(await reaches(page.dataset.offlineReach))) {
  await untilBack(page.dataset.offlineReach);
  location.reload();
}
