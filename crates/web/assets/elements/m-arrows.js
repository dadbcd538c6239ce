// <m-arrows>: a search field above a list of links. The arrow keys lead from the field to the first link and from one to
// the next; Home and End to the first and the last. Without scripts, Tab does.

class Arrows extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      const { activeElement } = document;
      const links = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("li h2 a")]);
      const at = links.findIndex((link) => link === activeElement);
      const isInSearch = activeElement instanceof HTMLInputElement && activeElement.type === "search";
      if (event.altKey || event.ctrlKey || event.metaKey || !(isInSearch || at >= 0)) return;
      const next = this.#next(event.key, at, links.length);
      if (next === undefined || (isInSearch && event.key !== "ArrowDown")) return;
      event.preventDefault();
      if (next < 0) return void this.querySelector("input")?.focus();
      links[next]?.focus();
    });
  }

  /** @param {string} key @param {number} at @param {number} count */
  #next(key, at, count) {
    if (key === "ArrowDown") return Math.min(at + 1, count - 1);
    if (key === "ArrowUp") return at - 1;
    if (key === "Home") return 0;
    if (key === "End") return count - 1;
    return undefined;
  }
}

customElements.define("m-arrows", Arrows);
