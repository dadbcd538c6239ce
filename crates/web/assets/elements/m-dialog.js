// <m-dialog>: a link to "#id" and the <dialog> with that id. The link opens it as a modal dialog; without scripts the
// style sheet shows it as the target of the link. Closes on its data-close link, Escape and a click beside it.

class Dialog extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    const opener = this.querySelector(":scope > a");
    if (!dialog || !opener) return;
    opener.setAttribute("role", "button");
    this.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (opener.contains(target)) {
        event.preventDefault();
        dialog.showModal();
      } else if (target.closest("[data-close]") || target === dialog) {
        event.preventDefault();
        dialog.close();
      }
    });
    opener.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key !== " ") return;
      event.preventDefault();
      dialog.showModal();
    });
    if (location.hash === `#${dialog.id}`) dialog.showModal();
  }
}

customElements.define("m-dialog", Dialog);
