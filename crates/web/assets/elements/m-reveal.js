// <m-reveal>: masks a secret until the user asks for it, so that it is not read over a shoulder. Copying works masked.

import { icon } from "./dom.js";

class Reveal extends HTMLElement {
  connectedCallback() {
    const line = this.querySelector(".copy-line");
    if (!line || this.querySelector("[data-toggle]")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn icon-only";
    button.dataset.toggle = "";
    button.append(icon("eye"));
    button.addEventListener("click", () => this.#mask(button, !this.hasAttribute("data-masked")));
    line.firstElementChild?.after(button);
    this.#mask(button, true);
  }

  /** @param {HTMLButtonElement} button @param {boolean} masked */
  #mask(button, masked) {
    this.toggleAttribute("data-masked", masked);
    button.setAttribute("aria-pressed", String(!masked));
    button.setAttribute("aria-label", "Show the secret");
    button.title = masked ? "Show" : "Hide";
  }
}

customElements.define("m-reveal", Reveal);
