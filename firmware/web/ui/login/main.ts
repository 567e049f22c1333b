// The login works without this: it only adds a keypad for fingers, and moves
// on to the PIN once a name is chosen.

import "../shared/base.css";
import "./login.css";
import "../shared/theme";

const pin = document.querySelector<HTMLInputElement>("#pin");
const keys = document.querySelector<HTMLElement>(".login-keys");

function press(key: string): void {
  if (!pin) return;
  if (key === "back") pin.value = pin.value.slice(0, -1);
  else if (pin.value.length < pin.maxLength) pin.value += key;
}

function keypad(box: HTMLElement): void {
  for (const key of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "back"]) {
    if (!key) {
      box.append(document.createElement("span"));
      continue;
    }
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = key === "back" ? "⌫" : key;
    b.dataset["test"] = "pin-" + key;
    if (key === "back") b.setAttribute("aria-label", box.dataset["delete"] ?? "");
    b.addEventListener("pointerdown", (e) => {
      e.preventDefault(); // the focus stays where Enter logs in
      press(key);
    });
    b.addEventListener("click", (e) => e.detail === 0 && press(key));
    box.append(b);
  }
  box.hidden = false;
}

if (pin && keys) {
  keypad(keys);
  // A finger uses our keys; the keyboard of a tablet would only cover them.
  if (window.matchMedia("(pointer: coarse)").matches) pin.inputMode = "none";
  const chosen = () => !document.querySelector("input[name=employee][type=radio]") || !!document.querySelector("input[name=employee]:checked");
  if (chosen()) pin.focus();
  for (const r of document.querySelectorAll<HTMLInputElement>("input[name=employee][type=radio]")) {
    r.addEventListener("click", (e) => {
      pin.value = "";
      if ((e as PointerEvent).pointerType) pin.focus(); // arrow keys go on choosing
    });
  }
}
