// What the till knows: the box's state (base), the commands still on their way
// laid on top of it (orders), and what this screen is doing.

import { batch, computed, signal } from "@preact/signals";
import { post } from "../shared/api";
import { bill } from "../shared/bill";
import { setShop } from "../shared/format";
import { setLang } from "../shared/i18n";
import { setTheme } from "../shared/theme";
import type { Answer, Catalog, Company, Order, Outage, Patch, Problem, ReceiptRow, Register, Right, Session, Shift, Status, View } from "../shared/types";
import { Queue } from "./queue";
import { apply, index, looksSame } from "./rules";
import type { Args, Orders, Pending } from "./rules";

export const session = signal<Session | null>(null);
export const ready = signal(false);
export const streamUp = signal(true);
export const sendFails = signal(false);
/** Whether the box can be reached, as far as this screen knows. */
export const link = computed(() => streamUp.value && !sendFails.value);
export const company = signal<Company | null>(null);
export const register = signal<Register | null>(null);
export const catalog = signal<Catalog | null>(null);
export const shift = signal<Shift | null>(null);
export const last = signal<ReceiptRow | null>(null);
export const outage = signal<Outage | null>(null);
export const closings = signal(0);
export const status = signal<Status | null>(null);

export const idx = computed(() => index(catalog.value ?? { articles: [], groups: [], vat: [], discounts: [], tenders: [] }));
export const layout = computed(() => catalog.value?.layout);

let base: Orders = new Map();
let seq = 0;
let clockSkew = 0;

/** Orders as the screen shows them. */
export const orders = signal<Orders>(new Map());
/** The order on the screen; empty when none was begun. */
export const current = signal(load("tresen.order"));
export const order = computed<Order | undefined>(() => orders.value.get(current.value));
export const billed = computed(() => (order.value ? bill(order.value) : undefined));
/** A new order is for eating in or taking away, as chosen before its first line. */
export const takeAwayNext = signal(false);

/** The sale just paid: shown until the next one begins. */
export interface Done {
  order: string; n: number; total: number; given: number; tip: number; change: number; tenders: string[]; receipt?: number;
}
export const done = signal<Done | null>(null);

/** The latest refusal, for the live region. */
export const refusal = signal<{ command: Pending; problem: Problem } | null>(null);

function load(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

current.subscribe((id) => {
  try {
    localStorage.setItem("tresen.order", id);
  } catch {
    // Without storage a reload shows no order; it is in the list of open ones.
  }
});

/** The box's time, as well as this screen knows it. */
export const now = () => new Date(Date.now() + clockSkew).toISOString();

const seen = new Set<(a: Answer) => void>();
const heard = new Set<(c: Pending, p: Problem) => void>();
/** Told of every answer of the box. */
export const onAnswer = (f: (a: Answer) => void) => seen.add(f);
/** Told of every command the box refused. */
export const onRefusal = (f: (c: Pending, p: Problem) => void) => heard.add(f);

export const queue = new Queue({
  by: () => session.value?.employee ?? "",
  at: now,
  send: (client, commands) => post<Answer>("/api/v1/commands", { client, commands }, { timeout: 20000 }),
  answered: (a) => seen.forEach((f) => f(a)),
  refused(command, problem) {
    refusal.value = { command, problem };
    heard.forEach((f) => f(command, problem));
  },
  changed: () => overlay(),
  link: (up) => { sendFails.value = !up; },
  soon: afterFrame,
}, localStorage);

/** Runs f after the frame that shows the tap: sending costs time the eye would
 * see. Pages in the background draw no frames. */
function afterFrame(f: () => void): void {
  let done = false;
  const once = () => {
    if (!done) f();
    done = true;
  };
  requestAnimationFrame(() => setTimeout(once));
  setTimeout(once, 60);
}

/** Lays the pending commands on the box's orders anew. Orders that look the
 * same stay the same objects, so that the screen is not drawn for nothing. */
function overlay(): void {
  queue.settle(seq);
  const next = new Map(base);
  for (const c of queue.pending) apply(next, idx.value, c);
  const now = orders.value;
  let changed = next.size !== now.size;
  for (const [id, o] of next) {
    const old = now.get(id);
    if (old && looksSame(old, o)) next.set(id, old);
    else changed = true;
  }
  if (changed) orders.value = next;
}

/** Does a command: stored, shown, on its way. */
export function dispatch(op: string, args: Args, before?: number) {
  const sent = queue.add(op, args, before);
  if (args.order) {
    const next = new Map(orders.value);
    apply(next, idx.value, sent.command);
    orders.value = next;
  }
  return sent;
}

function fields(p: Patch): void {
  if (p.company) {
    company.value = p.company;
    setShop(p.company.currency, p.company.timeZone);
  }
  if (p.register) register.value = p.register;
  if (p.catalog) {
    catalog.value = p.catalog;
    setTheme(p.catalog.layout.theme);
  }
  if (p.shift !== undefined) shift.value = p.shift;
  if (p.last !== undefined) last.value = p.last;
  if (p.outage !== undefined) outage.value = p.outage;
  if (p.closings !== undefined) closings.value = p.closings;
  if (p.time) clockSkew = Date.parse(p.time) - Date.now();
}

export function snapshot(v: View): void {
  batch(() => {
    const first = !ready.value;
    base = new Map(Object.entries(v.orders ?? {}));
    seq = v.seq;
    fields({ ...v, orders: undefined, shift: v.shift ?? null, last: v.last ?? null, outage: v.outage ?? null });
    if (first) takeAwayNext.value = !!v.catalog.layout.takeAway && !!v.catalog.layout.takeAwayFirst;
    overlay();
    ready.value = true;
    if (first && !orders.value.has(current.value)) current.value = "";
  });
}

export function patch(p: Patch, at: number): void {
  batch(() => {
    if (p.orders) {
      base = new Map(base);
      for (const [id, o] of Object.entries(p.orders)) {
        if (o) base.set(id, o);
        else base.delete(id);
      }
    }
    seq = Math.max(seq, at);
    fields(p);
    overlay();
  });
}

export function setSession(s: Session): void {
  session.value = s;
  setLang(s.language);
}

export const may = (r: Right) => session.value?.rights.includes(r) ?? false;
