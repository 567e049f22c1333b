// What lies on the desk, as its stream tells it.

import { signal } from "@preact/signals";
import { post } from "../../../../firmware/web/ui/shared/api";
import { toastError } from "../../../../firmware/web/ui/shared/components";

export interface PrinterState { paperOut: boolean; coverOpen: boolean; powerOff: boolean; printing: boolean }
export interface StickState {
  plugged: boolean; serial: string; algorithm: string; description: string; counter: number; transactions: number; open: number; message?: string;
}
export interface BoxState { state: "running" | "starting" | "waiting" | "failed"; pid?: number; restarts: number; since?: string; readyMs?: number; message?: string }
export interface Person { name: string; role: string; pin: string }
export interface Welcome { shop: string; till: string; office: string; data: string; people: Person[] | null }
export interface State {
  printer: PrinterState | null; drawer: { open: boolean } | null; stick: StickState | null; box: BoxState | null;
  link: { up: boolean } | null; welcome: Welcome;
}
export interface Paper { n: number; at: string; width: number; height: number }
export interface Entry {
  counter: number; at: string; kind: string; operation: string; transaction?: number; client?: string; processType?: string; processData?: string;
}
interface News<T> { first: boolean; rows: T[] }

const keptPapers = 60, keptEntries = 200;

export const state = signal<State | undefined>(undefined);
export const papers = signal<Paper[]>([]);   // the newest first
export const entries = signal<Entry[]>([]);  // the newest first
export const fresh = signal(0);              // number of the last paper that came while somebody watched
export const alive = signal(true);           // the stream is there

/** Follows the stream for as long as the page is open. */
export function follow(): void {
  const s = new EventSource("events");
  const on = <T,>(name: string, f: (v: T) => void) => s.addEventListener(name, (e) => f(JSON.parse((e as MessageEvent<string>).data) as T));
  s.onopen = () => { alive.value = true; };
  s.onerror = () => {
    alive.value = false;
    if (s.readyState === EventSource.CLOSED) setTimeout(follow, 1000);
  };
  on<State>("state", (v) => { state.value = v; });
  on<News<Paper>>("papers", (v) => {
    const rows = [...v.rows].reverse();
    papers.value = (v.first ? rows : [...rows, ...papers.value]).slice(0, keptPapers);
    if (!v.first && rows[0]) fresh.value = rows[0].n;
  });
  on<News<Entry>>("log", (v) => {
    const rows = [...v.rows].reverse();
    entries.value = (v.first ? rows : [...rows, ...entries.value]).slice(0, keptEntries);
  });
}

/** Breaks or mends something. */
export async function act(what: string, on: boolean): Promise<void> {
  try {
    state.value = await post<State>(`do/${what}`, { on });
  } catch (e) {
    toastError(e);
  }
}
