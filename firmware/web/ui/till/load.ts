// Something asked of the box, with its states: loading, failed, there.

import { useEffect, useState } from "preact/hooks";
import { get } from "../shared/api";

export interface Loaded<T> { data?: T; error?: unknown; again: () => void }

/** Asks anew whenever the path changes; an empty path asks nothing. */
export function useLoad<T>(path: string): Loaded<T> {
  const [state, set] = useState<{ data?: T; error?: unknown }>({});
  const [round, next] = useState(0);
  useEffect(() => {
    if (!path) return;
    const stop = new AbortController();
    get<T>(path, { signal: stop.signal }).then(
      (data) => { if (!stop.signal.aborted) set({ data }); },
      (error: unknown) => { if (!stop.signal.aborted) set({ error }); },
    );
    return () => stop.abort();
  }, [path, round]);
  return { ...state, again: () => { set({}); next(round + 1); } };
}
