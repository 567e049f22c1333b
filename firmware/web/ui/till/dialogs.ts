// The one dialog that may be open.

import { signal } from "@preact/signals";
import type { Article, Line } from "../shared/types";

export type Ask =
  | { kind: "pay"; tender?: string }
  | { kind: "price"; article: Article; qty: number }
  | { kind: "qty"; line: Line }
  | { kind: "discount"; line?: Line }
  | { kind: "park" } | { kind: "orders" } | { kind: "menu" } | { kind: "keys" }
  | { kind: "cancel" }
  | { kind: "receipts" } | { kind: "receipt"; number: number; qr?: boolean }
  | { kind: "void"; number: number }
  | { kind: "cash" } | { kind: "report" } | { kind: "closings" } | { kind: "closeDay" }
  | { kind: "closing"; number: number } | { kind: "shiftSheet"; id: number }
  | { kind: "force" }
  | { kind: "state"; of: "link" | "signing" | "printers" | "shift" };

export const dialog = signal<Ask | null>(null);

export function ask(a: Ask): void {
  dialog.value = a;
}

export function close(): void {
  dialog.value = null;
}
