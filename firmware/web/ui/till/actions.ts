// What a tap does, in the words of the API. Everything that changes an order
// is shown at once; what needs the box's word is awaited.

import { batch } from "@preact/signals";
import { ApiError, newID } from "../shared/api";
import { bill, paid } from "../shared/bill";
import { toast, toastError } from "../shared/components";
import { t } from "../shared/i18n";
import type { Article, Line, Order, Payment, Result } from "../shared/types";
import { ask, close } from "./dialogs";
import { clearTyped, typedQty } from "./typed";
import { logout, mustLogOut } from "./logout";
import { payment } from "./rules";
import type { Args } from "./rules";
import {
  billed, current, dispatch, done, idx, layout, link, may, onAnswer, onRefusal, order, orders, shift, takeAwayNext,
} from "./store";
import { lineOpen, padOpen } from "./screen";

/** Whether articles can be sold now; says why not otherwise. */
function sellable(): boolean {
  if (shift.value?.state === "open") return true;
  toast(t(shift.value ? "refusal.counting" : "refusal.noShift"), "danger");
  return false;
}

/** An article was tapped, scanned or typed. */
export function addArticle(a: Article, qty = typedQty() ?? 1000): void {
  if (mustLogOut()) return void logout();
  if (!sellable()) return;
  if (a.freePrice) return ask({ kind: "price", article: a, qty });
  put(a, qty);
}

/** Adds a line, or another piece to the last line when that is the same. */
export function put(a: Article, qty: number, price?: number): void {
  batch(() => {
    const o = order.value;
    clearTyped();
    padOpen.value = false;
    done.value = null;
    const same = o?.lines[o.lines.length - 1];
    if (o && same && mergeable(same, a, price) && may("plusMinus")) {
      dispatch("setQty", { order: o.id, line: same.id, qty: same.qty + qty });
      return;
    }
    const id = o?.id ?? newID("o-");
    const args: Args = { order: id, line: newID("l-"), article: a.id, qty };
    if (price !== undefined) args.price = price;
    if (!o && takeAwayNext.value) args.takeAway = true;
    dispatch("addLine", args);
    current.value = id;
    lineOpen.value = "";
  });
}

function mergeable(l: Line, a: Article, price?: number): boolean {
  return l.article === a.id && !l.discount && price === undefined && l.price === a.price && l.qty % 1000 === 0 && !a.freePrice;
}

export function changeQty(l: Line, qty: number): void {
  const o = order.value;
  if (!o || qty === l.qty) return;
  if (qty <= 0) return voidLine(l);
  dispatch("setQty", { order: o.id, line: l.id, qty });
}

export function voidLine(l: Line): void {
  const o = order.value;
  if (!o) return;
  batch(() => {
    dispatch("voidLine", { order: o.id, line: l.id });
    if (lineOpen.value === l.id) lineOpen.value = "";
  });
}

export function setTakeAway(takeAway: boolean): void {
  const o = order.value;
  if (!o) takeAwayNext.value = takeAway;
  else if (!!o.takeAway !== takeAway) dispatch("setTakeAway", { order: o.id, takeAway });
}

export function giveDiscount(line: string, what: { id?: string; percent?: number; amount?: number }): void {
  if (order.value) dispatch("discount", { order: order.value.id, ...(line ? { line } : {}), ...what });
}

/** Sets the order on the screen aside. */
export function park(label: string): void {
  const o = order.value;
  if (!o) return;
  batch(() => {
    dispatch("park", { order: o.id, label });
    leave();
  });
}

/** Ends with the present order; a new one begins with the next article. */
export function leave(): void {
  current.value = "";
  lineOpen.value = "";
  takeAwayNext.value = !!layout.value?.takeAway && !!layout.value.takeAwayFirst;
}

/** Takes an open order up again; the present one, if any, is parked first. */
export function resume(o: Order): void {
  batch(() => {
    const open = order.value;
    if (open && open.id !== o.id && open.lines.length > 0 && !open.payments?.length) {
      dispatch("park", { order: open.id, label: open.label ?? "" });
    }
    if (o.parked) dispatch("resume", { order: o.id });
    current.value = o.id;
    done.value = null;
    lineOpen.value = "";
  });
}

export function cancelOrder(o: Order): void {
  batch(() => {
    dispatch("cancelOrder", { order: o.id });
    if (o.id === current.value) leave();
  });
}

/** Takes a tender. When it pays the rest, the receipt is on its way and the
 * change stands on the screen. */
export function pay(a: { tender: string; amount?: number; given?: number; tip?: number }): void {
  const o = order.value, b = billed.value;
  if (!o || !b) return;
  const args: Args = { order: o.id, tender: a.tender, total: b.total };
  if (a.amount) args.amount = a.amount;
  if (a.given) args.given = a.given;
  if (a.tip) args.tip = a.tip;
  const p = payment(o, idx.value, args);
  if (!p) return;
  batch(() => {
    const { command } = dispatch("pay", args, o.payments?.length ?? 0);
    const all = [...(o.payments ?? []), p];
    if (paid({ payments: all }) < b.total) return;
    const sum = (f: (x: Payment) => number) => all.reduce((s, x) => s + f(x), 0);
    done.value = {
      order: o.id, n: command.n, total: b.total, tip: sum((x) => x.tip ?? 0), given: sum((x) => x.given ?? 0),
      change: sum((x) => (x.given ? x.given - x.amount - (x.tip ?? 0) : 0)), tenders: all.map((x) => x.name),
    };
    leave();
    close();
  });
}

export function dropPayments(): void {
  if (order.value) dispatch("dropPayments", { order: order.value.id });
}

/** Puts the change away. */
export function nextSale(): void {
  if (mustLogOut()) return void logout();
  done.value = null;
}

onAnswer((a) => {
  const d = done.value;
  const r = d && a.results.find((x) => x.n === d.n);
  if (d && r?.receipt) done.value = { ...d, receipt: r.receipt };
});

// A refused payment brings its order back to the screen.
onRefusal((c) => {
  if (c.op === "pay" && done.value?.n === c.n) {
    batch(() => {
      done.value = null;
      current.value = c.args.order ?? "";
    });
  }
});

/** Does something that needs the box's word: true when it was done. What was
 * refused has been said already. */
export async function confirmed(op: string, args: Args): Promise<Result | undefined> {
  if (!link.value) {
    toastError(new ApiError(0, { code: "offline", message: t("error.offline"), hint: t("error.offline.hint") }));
    return undefined;
  }
  const r = await dispatch(op, args).result;
  return r.ok ? r : undefined;
}

export async function openDrawer(): Promise<void> {
  if (await confirmed("openDrawer", {})) toast(t("till.drawerOpened"), "ok");
}

export async function reprint(args: { receipt?: number; closing?: number; shift?: number }): Promise<void> {
  if (await confirmed("reprint", args)) toast(t("till.reprinted"), "ok");
}

/** Orders that wait, other than the one on the screen, oldest first. */
export function waitingOrders(): Order[] {
  return [...orders.value.values()].filter((o) => o.id !== current.value && o.lines.length > 0)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** What an order costs and what of it is still open. */
export function openAmount(o: Order): number {
  return bill(o).total - paid(o);
}
