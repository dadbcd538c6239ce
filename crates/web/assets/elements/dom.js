// What several elements need: icons, announcements, fetching a page's part.

/**
 * Hides what is there only for browsers without scripts, and shows what only works with them.
 * @param {ParentNode} root
 */
export function showScripted(root) {
  for (const element of root.querySelectorAll("[data-no-script]")) element.setAttribute("hidden", "");
  for (const element of root.querySelectorAll("[data-needs-script]")) element.removeAttribute("hidden");
}

/**
 * An icon of the sheet that the page already uses.
 * @param {string} id
 * @returns {SVGElement}
 */
export function icon(id) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `${new URL("../icons.svg", import.meta.url).pathname}#${id}`);
  svg.append(use);
  return svg;
}

/** @type {HTMLElement | undefined} */
let announcer;

/**
 * Says a short text to screen readers.
 * @param {string} text
 */
export function announce(text) {
  if (!announcer) {
    announcer = document.createElement("div");
    announcer.className = "vh";
    announcer.setAttribute("role", "status");
    document.body.append(announcer);
  }
  announcer.textContent = text;
}

/**
 * Loads a page and returns its element with this id, or null when the page does not have it (an error page, a sign-in).
 * @param {string} url
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<HTMLElement | null>}
 */
export async function fetchPart(url, id, signal) {
  const response = await fetch(url, { signal, headers: { Accept: "text/html" }, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = page.getElementById(id);
  if (!part) return null;
  showScripted(part);
  return document.adoptNode(part);
}
