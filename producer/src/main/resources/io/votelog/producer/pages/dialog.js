/** A question that stands before the page until it is answered, also in engines without dialogs of their own. */

/**
 * Shows the dialog and waits for an answer. Its buttons are of type "button" and have a value; Escape answers "back".
 *
 * @param dialog the element; the page is whatever else stands in the body
 * @param first what takes the focus
 * @return the value of the button
 */
export function askIn(dialog, first) {
  return typeof dialog.showModal === "function" ? askModal(dialog, first) : askInPlace(dialog, first);
}

function askModal(dialog, first) {
  dialog.returnValue = "back";
  dialog.showModal();
  first.focus();
  return new Promise((resolve) => {
    const buttons = [...dialog.querySelectorAll("button")];
    const choose = (event) => dialog.close(event.currentTarget.value);
    buttons.forEach((button) => button.addEventListener("click", choose));
    const closed = () => {
      buttons.forEach((button) => button.removeEventListener("click", choose));
      resolve(dialog.returnValue);
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}

/** The dialog stands where the page was. */
function askInPlace(dialog, first) {
  const others = [...document.body.children].filter((element) => element !== dialog && !element.hidden);
  const before = document.activeElement;
  const scrolled = window.scrollY;
  others.forEach((element) => (element.hidden = true));
  dialog.setAttribute("role", "dialog");
  dialog.setAttribute("open", "");
  first.focus();
  return new Promise((resolve) => {
    const buttons = [...dialog.querySelectorAll("button")];
    const answered = (value) => {
      buttons.forEach((button) => button.removeEventListener("click", choose));
      removeEventListener("keydown", escape);
      dialog.removeAttribute("open");
      dialog.removeAttribute("role");
      others.forEach((element) => (element.hidden = false));
      window.scrollTo(0, scrolled);
      before?.focus?.({ preventScroll: true });
      resolve(value);
    };
    const choose = (event) => answered(event.currentTarget.value);
    const escape = (event) => {
      if (event.key === "Escape") {
        answered("back");
      }
    };
    buttons.forEach((button) => button.addEventListener("click", choose));
    addEventListener("keydown", escape);
  });
}
