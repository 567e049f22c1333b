// The keyboard: what every key does when no field has the focus.

import { toast } from "../shared/components";
import { t } from "../shared/i18n";
import { keyOf } from "../shared/keypad";
import { addArticle, changeQty, openDrawer } from "./actions";
import { ask, close, dialog } from "./dialogs";
import { folder, lineOpen, page, search, sheetOpen } from "./screen";
import { Wedge } from "./scanner";
import { beginCount } from "./count";
import { done, idx, may, order, shift } from "./store";
import { clearTyped, fixed, times, type, typed, typedNumber, typedShown } from "./typed";

/** The keys as "?" lists them. */
export const keyHelp = [
  ["F1", "keys.search"], ["F2", "keys.park"], ["F3", "keys.discount"], ["F8", "keys.drawer"], ["F9", "keys.pay"],
  ["F10", "keys.close"], ["Esc", "keys.back"], ["0–9", "keys.digits"], ["*", "keys.times"], ["Enter", "keys.enter"],
  ["+ −", "keys.plusMinus"], ["↑ ↓", "keys.lines"], ["?", "keys.help"],
] as const;

/** A code from the scanner, in whatever state the till is. */
function scanned(code: string): void {
  const a = idx.value.barcodes.get(code) ?? idx.value.plus.get(code);
  if (!a) return toast(t("till.unknownCode", { code }), "danger");
  if (dialog.value && dialog.value.kind !== "pay") close();
  search.value = undefined;
  addArticle(a, fixed.value ?? 1000);
}

/** Takes the first digit of a code back from the keypad of a dialog. */
function eraseDigit(): void {
  document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Backspace", bubbles: true, cancelable: true }));
}

const wedge = new Wedge({
  code: scanned,
  keep() {
    if (dialog.value) return eraseDigit;
    const before = typed.value;
    return () => { typed.value = before; };
  },
});

/** Looks up the number that was typed. */
export function enterNumber(): void {
  const number = typedNumber();
  if (!number) return;
  const a = idx.value.plus.get(number) ?? idx.value.barcodes.get(number);
  if (!a) {
    toast(t("till.unknownNumber", { number }), "danger");
    typed.value = "";
    return;
  }
  addArticle(a, fixed.value ?? 1000);
}

function selling(): boolean {
  return shift.value?.state === "open" && !dialog.value;
}

/** One step back: the chip, the search, the folder, the line, the change. */
export function back(): void {
  if (typedShown.value) clearTyped();
  else if (search.value !== undefined) search.value = undefined;
  else if (sheetOpen.value) sheetOpen.value = false;
  else if (folder.value) {
    folder.value = "";
    page.value = 0;
  } else if (lineOpen.value) lineOpen.value = "";
  else done.value = null;
}

function move(step: number): void {
  const lines = order.value?.lines ?? [];
  if (lines.length === 0) return;
  const i = lines.findIndex((l) => l.id === lineOpen.value);
  const next = i < 0 ? (step < 0 ? lines.length - 1 : 0) : Math.min(lines.length - 1, Math.max(0, i + step));
  lineOpen.value = lines[next]!.id;
}

function step(by: number): void {
  const lines = order.value?.lines ?? [];
  const l = lines.find((x) => x.id === lineOpen.value) ?? lines[lines.length - 1];
  if (l && may("plusMinus")) changeQty(l, l.qty + by);
}

const always: Record<string, () => void> = {
  F8: () => void openDrawer(),
  F10: () => { if (shift.value && may("bill")) void beginCount(); },
  "?": () => ask({ kind: "keys" }),
};

const inSale: Record<string, () => void> = {
  F1: () => { search.value = ""; },
  F2: () => ask(order.value?.lines.length ? { kind: "park" } : { kind: "orders" }),
  F3: () => { if (order.value?.lines.length && may("discounts")) ask({ kind: "discount" }); },
  F9: () => { if (order.value?.lines.length) ask({ kind: "pay" }); },
  Escape: back, "*": times, x: times,
  "+": () => step(1000), "-": () => step(-1000),
  ArrowUp: () => move(-1), ArrowDown: () => move(1),
};

function inField(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement;
}

let taken = false; // the key that is down belongs to the scanner

function onKey(e: KeyboardEvent): void {
  taken = wedge.key(e);
  if (taken) {
    e.preventDefault();
    e.stopPropagation();
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey || dialog.value) {
    if (/^F(1|2|3|8|9|10)$/.test(e.key)) e.preventDefault(); // not the browser's help or menu
    return;
  }
  const f = /^F\d+$/.test(e.key) || !inField() ? (always[e.key] ?? (selling() ? inSale[e.key] : undefined)) : undefined;
  if (f) {
    e.preventDefault();
    return f();
  }
  if (!selling() || inField()) return;
  if (e.key === "Enter") {
    if (typedNumber()) {
      e.preventDefault();
      enterNumber();
    } else if (done.value && !(document.activeElement instanceof HTMLButtonElement)) done.value = null;
    return;
  }
  const k = keyOf(e);
  if (k && (k !== "back" || typedShown.value)) {
    e.preventDefault();
    type(k);
  } else if (k === "back" && folder.value) back();
}

export function startKeys(): void {
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("pointerdown", () => wedge.flush(), true);
  // Some input methods send the character even though its key was taken.
  window.addEventListener("beforeinput", (e) => taken && e.isTrusted && e.inputType === "insertText" && e.preventDefault(), true);
}
