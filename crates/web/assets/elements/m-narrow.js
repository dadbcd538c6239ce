// <m-narrow>: a list of buttons with a search field above; typing hides those that do not contain the text.

class Narrow extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=search]");
    if (!(input instanceof HTMLInputElement)) return;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const item of this.querySelectorAll(".menu-item")) {
        item.toggleAttribute("hidden", !item.textContent?.toLowerCase().includes(wanted));
      }
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      /** @type {HTMLElement | null} */ (this.querySelector(".menu-item:not([hidden])"))?.click();
    });
    this.closest("details")?.addEventListener("toggle", (event) => {
      if (/** @type {HTMLDetailsElement} */ (event.target).open) input.focus();
    });
  }
}

customElements.define("m-narrow", Narrow);
