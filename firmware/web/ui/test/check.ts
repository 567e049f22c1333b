// The smallest test runner: named checks that throw when something is wrong.

export interface Outcome { name: string; error?: string }
type Check = () => void | Promise<void>;

const all: { name: string; run: Check }[] = [];

export function check(name: string, run: Check): void {
  all.push({ name, run });
}

/** Compares by JSON. */
export function same(got: unknown, want: unknown, what = "value"): void {
  const g = JSON.stringify(got), w = JSON.stringify(want);
  if (g !== w) throw new Error(`${what}: got ${g}, want ${w}`);
}

export async function runAll(): Promise<Outcome[]> {
  const out: Outcome[] = [];
  for (const c of all) {
    try {
      await c.run();
      out.push({ name: c.name });
    } catch (e) {
      out.push({ name: c.name, error: e instanceof Error ? e.message : String(e) });
    }
  }
  return out;
}
