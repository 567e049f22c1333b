// Quick amounts: what people hand over for a total.

/** The next 5, 10, 20 and 50 above an amount (and 100, 200 when it is large),
 * without the exact amount itself, ascending. */
export function quickAmounts(open: number): number[] {
  const out = new Set<number>();
  for (const step of [500, 1000, 2000, 5000]) out.add(Math.ceil(open / step) * step);
  if (open >= 5000) out.add(Math.ceil(open / 10000) * 10000);
  out.delete(open);
  return [...out].filter((x) => x > open).sort((a, b) => a - b).slice(0, 5);
}
