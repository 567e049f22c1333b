// The event stream of the box: snapshot, then patches, resumed by number. The
// browser's EventSource gives up on some failures and does not notice a dead
// link, so this reconnects by itself and asks for a sign of life.

import { get } from "./api";
import type { Job, Patch, Status, View } from "./types";

export interface Handlers {
  snapshot(v: View): void;
  patch(p: Patch, seq: number): void;
  status?(s: Status): void;
  job?(j: Job): void;
  /** The link came up or went down. */
  link(up: boolean): void;
}

const quiet = 15000; // ms without a word before asking for a sign of life
const waits = [250, 500, 1000, 2000, 3000];

/** Follows the stream until stop is called. */
export function follow(h: Handlers): { stop(): void; retry(): void } {
  let source: EventSource | undefined;
  let since = 0;
  let heard = Date.now();
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const on = (name: string, f: (data: string, id: string) => void) =>
    source!.addEventListener(name, (e) => {
      heard = Date.now();
      f((e as MessageEvent<string>).data, (e as MessageEvent<string>).lastEventId);
    });

  function open(): void {
    clearTimeout(timer);
    source?.close();
    if (stopped) return;
    source = new EventSource("/api/v1/events" + (since ? "?since=" + since : ""));
    source.onopen = () => {
      heard = Date.now();
      failures = 0;
      h.link(true);
    };
    source.onerror = () => down();
    on("snapshot", (data) => {
      const v = JSON.parse(data) as View;
      since = v.seq;
      h.snapshot(v);
    });
    on("patch", (data, id) => {
      const p = JSON.parse(data) as Patch;
      const seq = p.seq ?? Number(id);
      since = Math.max(since, seq);
      h.patch(p, seq);
    });
    on("status", (data) => h.status?.(JSON.parse(data) as Status));
    on("job", (data) => h.job?.(JSON.parse(data) as Job));
  }

  function down(): void {
    source?.close();
    source = undefined;
    if (stopped) return;
    h.link(false);
    clearTimeout(timer);
    timer = setTimeout(again, waits[Math.min(failures++, waits.length - 1)]!);
  }

  // EventSource does not tell a lost session from a dead box: /me does.
  async function again(): Promise<void> {
    try {
      await get("/api/v1/me", { timeout: 4000 });
    } catch {
      down();
      return;
    }
    open();
  }

  const watch = setInterval(() => {
    if (stopped || !source || Date.now() - heard < quiet) return;
    heard = Date.now();
    get("/api/v1/health", { timeout: 4000, quiet401: true }).catch((e: { offline?: boolean }) => {
      if (e.offline) down();
    });
  }, 5000);

  const online = () => void again();
  window.addEventListener("online", online);
  window.addEventListener("offline", down);
  open();
  return {
    stop() {
      stopped = true;
      clearInterval(watch);
      clearTimeout(timer);
      source?.close();
      window.removeEventListener("online", online);
      window.removeEventListener("offline", down);
    },
    retry() {
      if (!source) void again();
    },
  };
}
