// Master data as the box has them, one table per kind, loaded on first use and
// again when the box says that they changed.

import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { ApiError, get } from "../shared/api";
import { command, send } from "./commands";
import { into } from "./load";
import type { Load } from "./load";
import { kinds } from "./schema";
import type { Kind, Row } from "./schema";

const tables = new Map<Kind, Signal<Load<Row[]>>>();
const asked = new Set<Kind>();
for (const k of kinds) tables.set(k, signal({ busy: true }));

/** Counts every change of master data; histories load anew with it. */
export const version = signal(0);

/** The table of a kind; asking loads it. */
export function table(kind: Kind): Signal<Load<Row[]>> {
  if (!asked.has(kind)) {
    asked.add(kind);
    queueMicrotask(() => void reload(kind));
  }
  return tables.get(kind)!;
}

export function reload(kind: Kind): Promise<void> {
  return into(tables.get(kind)!, async () => (await get<{ rows: Row[] | null }>(`/api/v1/master/${kind}`)).rows ?? []);
}

/** Loads anew what has been looked at. */
export function refresh(): void {
  version.value++;
  for (const k of asked) void reload(k);
}

export const rows = (kind: Kind): Row[] => table(kind).value.data ?? [];

export const find = (kind: Kind, id: string): Row | undefined => rows(kind).find((r) => r.id === id);

/** The name of a row, for people; the id when nobody knows it. */
export function nameOf(kind: Kind, id: string): string {
  return String(find(kind, id)?.["name"] ?? id);
}

/** What goes over the wire: the row without what only the box may set. */
function wire(kind: Kind, row: Row): Row {
  if (kind !== "employee") return row;
  const { pin: _, ...rest } = row;
  return rest as Row;
}

/** Saves a whole row; a refusal is thrown as ApiError with args.field. */
export async function save(kind: Kind, row: Row): Promise<void> {
  await command("setMaster", { kind, id: row.id, value: wire(kind, row) });
  await after(kind);
}

/** Saves several rows of a kind; the first refusal is thrown. */
export async function saveAll(kind: Kind, list: Row[]): Promise<void> {
  const results = await send(list.map((r) => ({ op: "setMaster", args: { kind, id: r.id, value: wire(kind, r) } })));
  await after(kind);
  const bad = results.find((r) => !r.ok);
  if (bad) throw new ApiError(200, bad.error ?? { code: "refused", message: "" });
}

async function after(kind: Kind): Promise<void> {
  version.value++;
  await reload(kind);
}

/** By sort, then by name: the order of the till. */
export function bySort(a: Row, b: Row): number {
  return Number(a["sort"] ?? 0) - Number(b["sort"] ?? 0) || String(a["name"]).localeCompare(String(b["name"]), "de");
}

/** Groups in the order of the till, each followed by its own. */
export function groupTree(all: Row[]): Row[] {
  const top = all.filter((r) => !r["parent"] || !all.some((x) => x.id === r["parent"])).sort(bySort);
  return top.flatMap((r) => [r, ...all.filter((x) => x["parent"] === r.id && x.id !== r.id).sort(bySort)]);
}

/** Moves a row among its neighbours by steps; saves only what changed. */
export async function move(kind: Kind, among: Row[], id: string, by: number): Promise<void> {
  const list = [...among].sort(bySort);
  const from = list.findIndex((r) => r.id === id);
  const to = Math.max(0, Math.min(list.length - 1, from + by));
  if (from < 0 || from === to) return;
  list.splice(to, 0, ...list.splice(from, 1));
  const changed = list.map((r, i) => ({ ...r, sort: (i + 1) * 10 })).filter((r, i) => r.sort !== list[i]!["sort"]);
  const shown = tables.get(kind)!;
  const now = new Map(changed.map((r) => [r.id, r as Row]));
  shown.value = { ...shown.value, data: shown.value.data?.map((r) => now.get(r.id) ?? r) };
  await saveAll(kind, changed);
}
