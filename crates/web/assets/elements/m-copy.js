// <m-copy>: adds a button that copies the text of the <code>, <pre> or other single child.

import { announce, icon } from "./dom.js";

const THANKS_MS = 1600;

class Copy extends HTMLElement {
  connectedCallback() {
    const source = this.firstElementChild;
    if (!source || this.querySelector(":scope > button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = this.classList.contains("copy-line") ? "btn icon-only" : "btn small quiet icon-only";
    button.title = "Copy";
    button.setAttribute("aria-label", "Copy");
    button.append(icon("copy"));
    button.addEventListener("click", () => this.#copy(source, button));
    this.append(button);
  }

  /** @param {Element} source @param {HTMLButtonElement} button */
  async #copy(source, button) {
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
    } catch {
      // The clipboard is closed to plain-http pages: select the text, so that one key press copies it.
      getSelection()?.selectAllChildren(source);
      return announce("Press Ctrl+C to copy the selected text");
    }
    button.replaceChildren(icon("check"));
    button.title = "Copied";
    announce("Copied");
    setTimeout(() => {
      button.replaceChildren(icon("copy"));
      button.title = "Copy";
    }, THANKS_MS);
  }
}

customElements.define("m-copy", Copy);
