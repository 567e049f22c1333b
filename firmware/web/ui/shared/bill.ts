// What an order costs: exactly the figures of pos/till Bill and pos/money,
// checked against the same test vectors (testdata/bill.json). Integers only.

import type { Discount, Order, Tax } from "./types";

/** pos/money limits; what lies beyond is refused. */
export const maxCents = 99_999_999_99;
export const maxQty = 99_999_000;

/** a*b/d rounded half away from zero; d is positive. */
function mulDiv(a: number, b: number, d: number): number {
  const neg = a < 0 !== b < 0;
  const x = Math.abs(a), y = Math.abs(b);
  const p = x * y;
  let q: number;
  if (p <= Number.MAX_SAFE_INTEGER - d) {
    q = Math.floor((p + Math.floor(d / 2)) / d);
  } else {
    q = Number((BigInt(x) * BigInt(y) + BigInt(Math.floor(d / 2))) / BigInt(d));
  }
  return neg && q !== 0 ? -q : q;
}

/** Quantity x unit price, to the cent. */
export const times = (qty: number, price: number) => mulDiv(qty, price, 1000);

/** The share r (basis points) of c. */
export const percent = (c: number, r: number) => mulDiv(c, r, 10000);

/** Shares total over weights so that the parts add up to it exactly: parts are
 * rounded towards zero, the cents left over go to the largest remainders, the
 * first one winning ties. */
export function split(total: number, weights: number[]): number[] {
  const parts: number[] = new Array<number>(weights.length).fill(0);
  if (weights.length === 0) return parts;
  let sum = 0;
  for (const w of weights) sum += Math.abs(w);
  if (sum === 0) {
    parts[0] = total;
    return parts;
  }
  const rest: bigint[] = [];
  let left = Math.abs(total);
  for (let i = 0; i < weights.length; i++) {
    const p = BigInt(Math.abs(total)) * BigInt(Math.abs(weights[i]!));
    const q = Number(p / BigInt(sum));
    rest.push(p % BigInt(sum));
    parts[i] = q;
    left -= q;
  }
  for (; left > 0; left--) {
    let best = 0;
    for (let i = 1; i < rest.length; i++) if (rest[i]! > rest[best]!) best = i;
    parts[best]!++;
    rest[best] = 0n;
  }
  return total < 0 ? parts.map((p) => (p === 0 ? 0 : -p)) : parts;
}

/** What a discount takes off an amount, never more than all. */
export function discountOf(d: Discount | undefined | null, amount: number): number {
  if (!d || amount <= 0) return 0;
  if (d.percent && d.percent > 0) return percent(amount, d.percent);
  return Math.min(d.amount ?? 0, amount);
}

export interface BillLine { full: number; discount: number; share: number; total: number; tax: Tax }
export interface Bill { lines: BillLine[]; total: number; saved: number }

export function bill(o: Pick<Order, "lines" | "takeAway" | "discount">): Bill {
  const b: Bill = { lines: [], total: 0, saved: 0 };
  const weights: number[] = [];
  let base = 0;
  for (const l of o.lines) {
    const full = times(l.qty, l.price);
    const discount = discountOf(l.discount, full);
    const total = full - discount;
    weights.push(l.noRebate ? 0 : total);
    if (!l.noRebate) base += total;
    b.lines.push({ full, discount, share: 0, total, tax: o.takeAway ? l.takeAway : l.eatIn });
  }
  const shares = o.discount ? split(discountOf(o.discount, base), weights) : [];
  b.lines.forEach((x, i) => {
    x.share = shares[i] ?? 0;
    x.total -= x.share;
    b.total += x.total;
    b.saved += x.discount + x.share;
  });
  return b;
}

/** The sum of the payments so far, without tips. */
export function paid(o: Pick<Order, "payments">): number {
  let sum = 0;
  for (const p of o.payments ?? []) sum += p.amount;
  return sum;
}

/** What a discount is taken off: one line, or the order (pos/till discount base). */
export function discountBase(o: Order, line: string): number {
  let base = 0;
  const b = bill(o);
  o.lines.forEach((l, i) => {
    const x = b.lines[i]!;
    if (line ? l.id === line : !l.noRebate) base += line ? x.full : x.full - x.discount;
  });
  return base;
}
