// The keypad on the screen, and the rules of typing an amount on it.

import { t } from "./i18n";
import { Icon } from "./icons";
import { tap } from "./tap";

export type Key = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "00" | "," | "back" | "clear";

/** Types money the way tills do: digits move in from the right, in cents. */
export function typeCents(cents: number, k: Key): number {
  if (k === "back") return Math.floor(cents / 10);
  if (k === "clear") return 0;
  if (k === ",") return cents;
  const next = k === "00" ? cents * 100 : cents * 10 + Number(k);
  return next > 99_999_999 ? cents : next;
}

/** Types a number as text: digits and one comma. */
export function typeText(text: string, k: Key, places: number, max = 9): string {
  if (k === "back") return text.slice(0, -1);
  if (k === "clear") return "";
  if (k === ",") return places === 0 || text.includes(",") ? text : (text || "0") + ",";
  const [, frac] = text.split(",");
  if (text.length + k.length > max || (frac !== undefined && frac.length + k.length > places)) return text;
  return text === "0" ? k : text + k;
}

/** The key a press on the keyboard means; undefined when it is none. */
export function keyOf(e: KeyboardEvent): Key | undefined {
  if (e.ctrlKey || e.metaKey || e.altKey) return undefined;
  if (/^[0-9]$/.test(e.key)) return e.key as Key;
  if (e.key === "," || e.key === ".") return ",";
  if (e.key === "Backspace") return "back";
  if (e.key === "Delete") return "clear";
  return undefined;
}

/** Twelve keys. `left` is the key beside 0: a comma for quantities, 00 for money. */
export function Keypad(p: { onKey: (k: Key) => void; left?: "," | "00"; prefix?: string }) {
  const keys: Key[] = ["7", "8", "9", "4", "5", "6", "1", "2", "3", p.left ?? "00", "0", "back"];
  return (
    <div class="keypad" role="group" aria-label={t("keypad")}>
      {keys.map((k) => (
        <button key={k} type="button" class="key" aria-label={k === "back" ? t("keypad.back") : undefined}
          data-test={`${p.prefix ?? "key"}-${k === "," ? "comma" : k}`} {...tap(() => p.onKey(k))}>
          {k === "back" ? <Icon name="erase" /> : k}
        </button>
      ))}
    </div>
  );
}
