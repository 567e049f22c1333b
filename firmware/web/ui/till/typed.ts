// Digits typed without a field: a quantity for the next tap ("3"), a number to
// look up ("101" and Enter), or both ("3*101").

import { computed, signal } from "@preact/signals";
import { parseQty, qty } from "../shared/format";
import { typeText } from "../shared/keypad";
import type { Key } from "../shared/keypad";

/** What stands in the chip. */
export const typed = signal("");
/** A quantity fixed with the multiplication key. */
export const fixed = signal<number | undefined>(undefined);

export const typedShown = computed(() =>
  (fixed.value !== undefined ? qty(fixed.value) + " × " : "") + typed.value);

export function clearTyped(): void {
  typed.value = "";
  fixed.value = undefined;
}

export function type(k: Key): void {
  if (k === "clear" || (k === "back" && !typed.value)) return clearTyped();
  typed.value = typeText(typed.value, k, 3, 14);
}

/** The multiplication key: what was typed is a quantity, a number follows. */
export function times(): void {
  const q = quantity(typed.value);
  if (q === undefined) return;
  fixed.value = q;
  typed.value = "";
}

function quantity(text: string): number | undefined {
  const q = parseQty(text);
  return q !== undefined && q > 0 && q <= 99_999_000 ? q : undefined;
}

/** The quantity for the next article that is tapped; undefined: nothing was typed. */
export function typedQty(): number | undefined {
  return fixed.value ?? quantity(typed.value);
}

/** The number (PLU or barcode) that was typed; empty when it is none. */
export function typedNumber(): string {
  return /^\d+$/.test(typed.value) ? typed.value : "";
}
