// Data on their way: loading, here, or failed with one sentence.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { ApiError, hint, sentence } from "../shared/api";
import { t } from "../shared/i18n";

export interface Failure { message: string; hint: string }

export interface Load<T> { data?: T; error?: Failure; busy: boolean }

/** Words for whatever was thrown. */
export function failure(e: unknown): Failure {
  if (e instanceof ApiError) return { message: sentence(e.problem), hint: hint(e.problem) };
  return { message: t("office.error.unexpected"), hint: String(e) };
}

/** Runs a request into a signal; what was there stays until the answer comes. */
export async function into<T>(s: Signal<Load<T>>, run: () => Promise<T>): Promise<void> {
  s.value = { ...s.value, error: undefined, busy: true };
  try {
    s.value = { data: await run(), busy: false };
  } catch (e) {
    s.value = { data: s.value.data, error: failure(e), busy: false };
  }
}

/** Loads when the key changes, and again on retry. Late answers to old keys are dropped. */
export function useLoad<T>(key: string, run: () => Promise<T>): { load: Load<T>; again(): void; put(v: T): void } {
  const state = useSignal<Load<T>>({ busy: true });
  const round = useSignal(0);
  useEffect(() => {
    let stale = false;
    state.value = { data: state.peek().data, busy: true };
    run().then(
      (data) => { if (!stale) state.value = { data, busy: false }; },
      (e: unknown) => { if (!stale) state.value = { error: failure(e), busy: false }; },
    );
    return () => { stale = true; };
  }, [key, round.value]);
  return { load: state.value, again: () => { round.value++; }, put: (v) => { state.value = { data: v, busy: false }; } };
}
