// Counting the drawer: what is in it by coin and note, and closing the shift.

import { signal } from "@preact/signals";
import { confirmed } from "./actions";
import { close } from "./dialogs";
import { shift } from "./store";

/** Coins and notes of the euro, in cents, largest first. */
export const denominations = [20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];

/** The shift just closed, shown until the next one opens. */
export const closedShift = signal(0);

export function sumOf(count: Record<number, number>): number {
  let sum = 0;
  for (const [coin, n] of Object.entries(count)) sum += Number(coin) * n;
  return sum;
}

/** The count as the API wants it: only what is there. */
export function countArgs(count: Record<number, number>): Record<string, number> | undefined {
  const out: Record<string, number> = {};
  for (const [coin, n] of Object.entries(count)) if (n > 0) out[coin] = n;
  return Object.keys(out).length > 0 ? out : undefined;
}

/** Stops selling so that the drawer can be counted (F10). */
export async function beginCount(): Promise<void> {
  close();
  if (shift.value?.state === "open") await confirmed("beginCount", {});
}
