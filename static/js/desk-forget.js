/**
 * What a tablet of the desk keeps (kept-store.js) goes when its owner signs out, before the page is left; and what is
 * over goes wherever this script stands: on pages of staff, and where one signs in.
 *
 *   <form method="post" action="/accounts/logout/">
 */
import { forget, marks } from "./kept-store.js";

const PATIENCE = 2000;

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.dataset.forgotten || !(form.getAttribute("action") ?? "").endsWith("/logout/")) return;
    event.preventDefault();
    event.stopPropagation();
    form.dataset.forgotten = "yes";
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    Promise.race([forget({ tell: true }).catch(() => {}), late]).then(() => form.requestSubmit(event.submitter));
  },
  { capture: true },
);
marks().catch(() => {});
