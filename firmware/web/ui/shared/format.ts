// Money, quantities, rates, days and times by our own rules, the same in every
// browser: 1.234,50 €, 21.11.2026 14:05. The language of the person changes
// words, never these.

const symbols: Record<string, string> = { EUR: "€", CHF: "CHF" };
let symbol = "€";
let zone: string | undefined;

/** The shop's currency (ISO 4217) and time zone (IANA), as the company row says. */
export function setShop(currency: string, timeZone: string): void {
  symbol = symbols[currency] ?? (currency || "€");
  if (timeZone !== zone) {
    zone = timeZone;
    clock = undefined;
    distances.clear();
    setTimeout(keepWarm);
  }
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ".");
}

/** 123450 -> "1.234,50" */
export function amount(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return (cents < 0 ? "-" : "") + group(digits.slice(0, -2)) + "," + digits.slice(-2);
}

/** 123450 -> "1.234,50 €", the space does not break */
export function money(cents: number): string {
  return amount(cents) + "\u00a0" + symbol;
}

/** A coin or note: 500 -> "5 €", 50 -> "50 Cent" */
export function coin(cents: number): string {
  return cents >= 100 ? group(String(cents / 100)) + "\u00a0" + symbol : cents + "\u00a0Cent";
}

/** 1000 -> "1", 250 -> "0,25" */
export function qty(thousandths: number): string {
  const digits = String(Math.abs(thousandths)).padStart(4, "0");
  const frac = digits.slice(-3).replace(/0+$/, "");
  return (thousandths < 0 ? "-" : "") + group(digits.slice(0, -3)) + (frac ? "," + frac : "");
}

/** 1900 -> "19 %", 550 -> "5,5 %" */
export function rate(basisPoints: number): string {
  const digits = String(Math.abs(basisPoints)).padStart(3, "0");
  const frac = digits.slice(-2).replace(/0+$/, "");
  return (basisPoints < 0 ? "-" : "") + digits.slice(0, -2) + (frac ? "," + frac : "") + "\u00a0%";
}

interface Parts { year: string; month: string; day: string; hour: string; minute: string }

// Asking Intl takes longer than all the rest of a tap. A zone changes its
// distance from UTC on a quarter of an hour at most, so one answer serves a
// quarter; the next one is asked for ahead of time.
const quarter = 15 * 60000;
let clock: Intl.DateTimeFormat | undefined;
const distances = new Map<number, number>();

/** Milliseconds the shop's clock is ahead of UTC. */
function ahead(ms: number): number {
  const from = Math.floor(ms / quarter) * quarter;
  let d = distances.get(from);
  if (d === undefined) {
    d = askAhead(from);
    if (distances.size > 500) distances.clear();
    distances.set(from, d);
  }
  return d;
}

function askAhead(ms: number): number {
  clock ??= new Intl.DateTimeFormat("en-GB", {
    timeZone: zone || undefined, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  const p: Record<string, number> = {};
  for (const x of clock.formatToParts(ms)) p[x.type] = Number(x.value);
  return Date.UTC(p.year!, p.month! - 1, p.day, p.hour, p.minute) - ms;
}

function keepWarm(): void {
  const now = Date.now();
  ahead(now);
  ahead(now + quarter);
  clearTimeout(warming);
  warming = setTimeout(keepWarm, quarter / 3);
}
let warming: ReturnType<typeof setTimeout> | undefined;

const two = (n: number) => String(n).padStart(2, "0");

function parts(at: string | number | Date): Parts | undefined {
  const ms = new Date(at).getTime();
  if (Number.isNaN(ms)) return undefined;
  const d = new Date(ms + ahead(ms)); // its UTC fields are the shop's
  return {
    year: String(d.getUTCFullYear()).padStart(4, "0"), month: two(d.getUTCMonth() + 1), day: two(d.getUTCDate()),
    hour: two(d.getUTCHours()), minute: two(d.getUTCMinutes()),
  };
}

/** 21.11.2026, in the shop's time zone */
export function date(at: string | number | Date): string {
  const p = parts(at);
  return p ? `${p.day}.${p.month}.${p.year}` : "";
}

/** 14:05 */
export function time(at: string | number | Date): string {
  const p = parts(at);
  return p ? `${p.hour}:${p.minute}` : "";
}

/** 21.11.2026 14:05 */
export function dateTime(at: string | number | Date): string {
  const p = parts(at);
  return p ? `${p.day}.${p.month}.${p.year} ${p.hour}:${p.minute}` : "";
}

/** 2026-11-21, the day of the shop */
export function day(at: string | number | Date): string {
  const p = parts(at);
  return p ? `${p.year}-${p.month}-${p.day}` : "";
}

/** A day of the API, 2026-01-31 -> "31.01.2026" */
export function germanDay(iso: string): string {
  const m = /^(\d{4})-(\d\d)-(\d\d)$/.exec(iso);
  return m ? `${m[3]}.${m[2]}.${m[1]}` : iso;
}

/** "31.1.2026" or "2026-01-31" -> "2026-01-31"; undefined when it is no day. */
export function parseDay(text: string): string | undefined {
  const s = text.trim();
  const g = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(s);
  const iso = g ? `${g[3]}-${g[2]!.padStart(2, "0")}-${g[1]!.padStart(2, "0")}` : s;
  if (!/^\d{4}-\d\d-\d\d$/.test(iso)) return undefined;
  const d = new Date(iso + "T00:00:00Z");
  return !Number.isNaN(d.getTime()) && d.toISOString().slice(0, 10) === iso ? iso : undefined;
}

/** Reads "1.234,50", "12,5", "12.50" or "12" as a number with `places`
 * decimals: 2 for cents and basis points, 3 for thousandths. */
export function parseDecimal(text: string, places: number): number | undefined {
  let s = text.replace(/[\s\u00a0€%]/g, "");
  if (s.includes(",")) s = s.replace(/\./g, "").replace(",", ".");
  else if (/^-?\d{1,3}(\.\d{3})+$/.test(s)) s = s.replace(/\./g, "");
  const m = /^(-?)(\d{1,10})(?:\.(\d*))?$/.exec(s);
  if (!m) return undefined;
  const frac = m[3] ?? "";
  if (frac.length > places && /[1-9]/.test(frac.slice(places))) return undefined;
  const value = Number(m[2] + frac.slice(0, places).padEnd(places, "0"));
  return m[1] ? -value : value;
}

export const parseMoney = (text: string) => parseDecimal(text, 2);
export const parseQty = (text: string) => parseDecimal(text, 3);
export const parseRate = (text: string) => parseDecimal(text, 2);
