// Who is logged in, and what the box tells of itself while the office is open.

import { signal } from "@preact/signals";
import { get, post } from "../shared/api";
import { setShop } from "../shared/format";
import { setLang } from "../shared/i18n";
import { follow } from "../shared/stream";
import { setTheme } from "../shared/theme";
import type { Patch, Session, Status, View } from "../shared/types";
import { refresh } from "./rows";

export const me = signal<Session | undefined>(undefined);
export const view = signal<View | undefined>(undefined);
export const status = signal<Status | undefined>(undefined);
export const linked = signal(true);

/** Whether the person has a right. Pages only hide; the box refuses. */
export const may = (right: string): boolean => me.value?.rights.some((r) => r === right) ?? false;

export async function start(): Promise<void> {
  const s = await get<Session>("/api/v1/me");
  if (!document.cookie.includes("lang=")) setLang(s.language);
  me.value = s;
  follow({
    snapshot: (v) => { shop(v); view.value = v; },
    patch: (p) => patched(p),
    status: (s) => { status.value = s; },
    link: (up) => { linked.value = up; },
  });
}

function shop(v: Partial<View>): void {
  if (v.company) setShop(v.company.currency, v.company.timeZone);
  if (v.catalog) setTheme(v.catalog.layout.theme);
}

function patched(p: Patch): void {
  const old = view.value;
  if (!old) return;
  const orders = { ...old.orders };
  for (const [id, o] of Object.entries(p.orders ?? {})) {
    if (o) orders[id] = o;
    else delete orders[id];
  }
  shop(p as Partial<View>);
  view.value = { ...old, ...p, orders } as View;
  if (p.catalog || p.company || p.register) refresh();
}

export async function logout(): Promise<void> {
  await post("/api/v1/logout", {});
  location.assign("/login?next=/office");
}
