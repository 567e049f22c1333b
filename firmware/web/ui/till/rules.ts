// The till's own copy of the rules, for the screen to answer at once. It does
// what pos/till would do if it agrees, and is harmless when applied twice:
// the box has the last word, and its state is put underneath at every patch.

import { bill, discountOf, paid } from "../shared/bill";
import type { Article, DatedRate, Discount, Group, Line, NamedDiscount, Order, Payment, Tax, Tender, VATClass } from "../shared/types";
import { day } from "../shared/format";

/** Master data by id, made once per change of the catalog. */
export interface Index {
  articles: Map<string, Article>; groups: Map<string, Group>; vat: Map<string, VATClass>;
  discounts: Map<string, NamedDiscount>; tenders: Map<string, Tender>; barcodes: Map<string, Article>; plus: Map<string, Article>;
}

/** A command as it waits in the queue. */
export interface Pending {
  n: number; op: string; args: Args; by: string; at: string;
  /** payments the order had when this one was made, to recognise it */
  before?: number;
}

export interface Args {
  order?: string; line?: string; article?: string; qty?: number; price?: number; takeAway?: boolean; label?: string;
  id?: string; percent?: number; amount?: number; tender?: string; total?: number; given?: number; tip?: number;
  reason?: string; receipt?: number; closing?: number; shift?: number; note?: string; float?: number; counted?: number;
  count?: Record<string, number>;
}

export type Orders = Map<string, Order>;

/** The rate in force on a day; the rates come sorted. */
export function rateOn(rates: DatedRate[], d: string): Tax {
  for (let i = rates.length - 1; i >= 0; i--) {
    const r = rates[i]!;
    if (r.from <= d) return { key: r.key, rate: r.rate };
  }
  return { key: 0, rate: 0 };
}

export function noRebate(x: Index, group: string): boolean {
  const g = x.groups.get(group);
  return !!g?.noDiscount || !!(g?.parent && x.groups.get(g.parent)?.noDiscount);
}

function newLine(x: Index, c: Pending): Line | undefined {
  const a = x.articles.get(c.args.article ?? "");
  if (!a) return undefined;
  const tax = (id: string) => rateOn(x.vat.get(id)?.rates ?? [], day(c.at));
  return {
    id: c.args.line!, article: a.id, plu: a.plu, name: a.name, group: a.group, qty: c.args.qty!,
    price: a.freePrice ? (c.args.price ?? 0) : a.price, eatIn: tax(a.vat), takeAway: tax(a.takeAway || a.vat),
    noRebate: noRebate(x, a.group) || undefined, by: c.by, at: c.at,
  };
}

/** Puts the effect of a command on the orders. Orders that change are new
 * objects, so that the screen sees which ones to draw. */
export function apply(orders: Orders, x: Index, c: Pending): void {
  const id = c.args.order;
  if (!id) return;
  const o = orders.get(id);
  if (c.op === "addLine") return addLine(orders, x, c, o);
  if (!o) return;
  const next = change(o, x, c);
  if (next === o) return;
  if (next) orders.set(id, next);
  else orders.delete(id);
}

function addLine(orders: Orders, x: Index, c: Pending, o: Order | undefined): void {
  if (o?.lines.some((l) => l.id === c.args.line)) return;
  const line = newLine(x, c);
  if (!line) return;
  const base = o ?? { id: c.args.order!, number: 0, by: c.by, at: c.at, takeAway: c.args.takeAway, lines: [] };
  orders.set(base.id, { ...base, lines: [...base.lines, line] });
}

/** The order after a command; undefined when it is gone. */
function change(o: Order, x: Index, c: Pending): Order | undefined {
  const a = c.args;
  switch (c.op) {
    case "setQty":
      return lines(o, o.lines.map((l) => (l.id === a.line ? { ...l, qty: a.qty! } : l)));
    case "voidLine":
      return lines(o, o.lines.filter((l) => l.id !== a.line));
    case "discount":
      return discount(o, x, c);
    case "setTakeAway":
      return { ...o, takeAway: a.takeAway };
    case "park":
      return { ...o, parked: true, label: a.label };
    case "resume":
      return { ...o, parked: false };
    case "cancelOrder":
      return undefined;
    case "pay":
      return pay(o, x, c);
    case "dropPayments":
      return { ...o, payments: [] };
  }
  return o;
}

const lines = (o: Order, next: Line[]): Order => ({ ...o, lines: next });

/** What a discount command means; undefined takes the discount away. */
export function resolveDiscount(x: Index, a: Args): Discount | undefined {
  if (a.id) {
    const d = x.discounts.get(a.id);
    return d && { id: d.id, name: d.name, percent: d.percent, amount: d.amount };
  }
  if (!a.percent && !a.amount) return undefined;
  return { name: "Rabatt", percent: a.percent, amount: a.amount };
}

function discount(o: Order, x: Index, c: Pending): Order {
  const a = c.args, known = resolveDiscount(x, a), d = known && { ...known, by: c.by };
  if (!a.line) return { ...o, discount: d };
  return lines(o, o.lines.map((l) => (l.id === a.line ? { ...l, discount: d } : l)));
}

/** The payment a command makes, as pos/till works it out. */
export function payment(o: Order, x: Index, a: Args): Payment | undefined {
  const t = x.tenders.get(a.tender ?? "");
  if (!t) return undefined;
  const open = bill(o).total - paid(o);
  return { tender: t.id, name: t.name, type: t.type, amount: a.amount || open, given: a.given, tip: a.tip, drawer: t.drawer };
}

function pay(o: Order, x: Index, c: Pending): Order | undefined {
  const before = o.payments ?? [];
  if (c.before !== undefined && before.length > c.before) return o; // the box has it already
  const p = payment(o, x, c.args);
  if (!p) return o;
  const next = { ...o, payments: [...before, p] };
  return paid(next) >= bill(next).total ? undefined : next;
}

/** The highest discount a person may give on a base, in cents. */
export function capOf(base: number, cap: number): number {
  return discountOf({ name: "", percent: cap }, base);
}

export function index(cat: { articles: Article[]; groups: Group[]; vat: VATClass[]; discounts: NamedDiscount[]; tenders: Tender[] }): Index {
  const byID = <T extends { id: string }>(rows: T[]) => new Map(rows.map((r) => [r.id, r]));
  const active = cat.articles.filter((a) => a.active);
  return {
    articles: byID(active), groups: byID(cat.groups), vat: byID(cat.vat), discounts: byID(cat.discounts),
    tenders: byID(cat.tenders.filter((t) => t.active)),
    barcodes: new Map(active.flatMap((a) => (a.barcodes ?? []).map((b) => [b, a] as const))),
    plus: new Map(active.map((a) => [a.plu, a])),
  };
}

/** Whether two states of an order look the same on the screen. */
export function looksSame(a: Order, b: Order): boolean {
  if (a === b) return true;
  return a.number === b.number && (a.label ?? "") === (b.label ?? "") && !a.takeAway === !b.takeAway && !a.parked === !b.parked
    && json(a.discount) === json(b.discount) && json(a.payments ?? []) === json(b.payments ?? [])
    && a.lines.length === b.lines.length && a.lines.every((l, i) => sameLine(l, b.lines[i]!));
}

function sameLine(a: Line, b: Line): boolean {
  return a.id === b.id && a.qty === b.qty && a.price === b.price && a.name === b.name && !a.noRebate === !b.noRebate
    && (a.discount === b.discount || json(a.discount) === json(b.discount));
}

const json = (x: unknown) => JSON.stringify(x) ?? "";
