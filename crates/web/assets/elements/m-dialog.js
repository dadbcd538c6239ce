// <m-dialog>: a link to "#id" and the <dialog> with that id. The link opens it as a modal dialog; without scripts the
// style sheet shows it as the target of the link. Closes on its data-close link, Escape and a click beside it: one that
// begins and ends there, so that nobody loses a text by selecting it up to the edge.

/**
 * Whether a pointer is on the backdrop of a dialog. Its padding is the dialog itself, too.
 * @param {HTMLDialogElement} dialog @param {MouseEvent} event
 */
function isBeside(dialog, { target, clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}

class Dialog extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    const opener = this.querySelector(":scope > a");
    if (!dialog || !opener) return;
    opener.setAttribute("role", "button");
    let beganBeside = false;
    this.addEventListener("pointerdown", (event) => (beganBeside = isBeside(dialog, event)));
    this.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (opener.contains(target)) {
        event.preventDefault();
        dialog.showModal();
      } else if (target.closest("[data-close]") || (beganBeside && isBeside(dialog, event))) {
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
