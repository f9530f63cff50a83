/**
 * How much is missing on each page of the questions, asked of the server once more: what was kept on the tablet was sent.
 *
 *   <ul class="visit-pages"> … </ul>      freshenPages()   stays as it is while somebody is in it
 */
export async function freshenPages() {
  const list = document.querySelector(".visit-pages");
  if (!list) return;
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".visit-pages");
  if (fresh && !list.contains(document.activeElement)) list.replaceChildren(...fresh.children);
}
