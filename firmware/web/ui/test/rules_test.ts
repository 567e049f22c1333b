import { bill, paid } from "../shared/bill";
import { setShop } from "../shared/format";
import type { Order } from "../shared/types";
import { apply, capOf, index, looksSame, noRebate, rateOn } from "../till/rules";
import type { Args, Orders, Pending } from "../till/rules";
import { check, same } from "./check";

const x = index({
  articles: [
    { id: "cake", plu: "101", name: "Kuchen", group: "food", price: 390, vat: "food", takeAway: "away", barcodes: ["4001"], sort: 1, active: true },
    { id: "open", plu: "900", name: "Diverses", group: "misc", price: 0, freePrice: true, vat: "food", sort: 2, active: true },
    { id: "old", plu: "102", name: "Alt", group: "food", price: 100, vat: "food", sort: 3, active: false },
  ],
  groups: [
    { id: "food", name: "Essen", sort: 1, active: true },
    { id: "top", name: "Pfand", sort: 2, noDiscount: true, active: true },
    { id: "misc", name: "Sonstiges", parent: "top", sort: 3, active: true },
  ],
  vat: [
    { id: "food", name: "Speisen", active: true, rates: [{ from: "2024-01-01", rate: 1900, key: 1 }, { from: "2026-01-01", rate: 700, key: 2 }] },
    { id: "away", name: "Mitnahme", active: true, rates: [{ from: "2020-01-01", rate: 700, key: 2 }] },
  ],
  discounts: [{ id: "d10", code: "1", name: "Stammgast", percent: 1000, active: true }],
  tenders: [{ id: "cash", name: "Bar", type: "Bar", sort: 1, active: true }, { id: "card", name: "Karte", type: "ECKarte", sort: 2, active: true }],
});

let n = 0;
const cmd = (op: string, args: Args, before?: number): Pending => ({ n: ++n, op, args, by: "anna", at: "2026-11-21T10:00:00Z", before });
const play = (from: Orders, ...cs: Pending[]): Orders => {
  const m = new Map(from);
  for (const c of cs) apply(m, x, c);
  return m;
};
const add = (line: string, qty = 1000) => cmd("addLine", { order: "o", line, article: "cake", qty });
const none: Orders = new Map();

check("rules: rates by day", () => {
  const rates = x.vat.get("food")!.rates;
  same([rateOn(rates, "2025-12-31").rate, rateOn(rates, "2026-01-01").rate, rateOn(rates, "2023-01-01").rate], [1900, 700, 0]);
});

check("rules: only active articles are found", () => {
  same([x.barcodes.get("4001")?.id, x.plus.get("101")?.id, x.plus.get("102")], ["cake", "cake", undefined]);
});

check("rules: a line has both taxes and knows no rebate", () => {
  setShop("EUR", "Europe/Berlin");
  const o = play(none, add("a"), cmd("addLine", { order: "o", line: "b", article: "open", qty: 1000, price: 250 })).get("o")!;
  same([o.lines[0]!.eatIn, o.lines[0]!.takeAway], [{ key: 2, rate: 700 }, { key: 2, rate: 700 }]);
  same([o.lines[1]!.price, o.lines[1]!.noRebate, noRebate(x, "food")], [250, true, false]);
});

check("rules: every command twice is the same as once", () => {
  const script = [add("a"), add("b", 2000), cmd("setQty", { order: "o", line: "a", qty: 3000 }), cmd("discount", { order: "o", id: "d10" }),
    cmd("discount", { order: "o", line: "b", percent: 500 }), cmd("setTakeAway", { order: "o", takeAway: true }),
    cmd("park", { order: "o", label: "Tisch 4" }), cmd("resume", { order: "o" }), cmd("pay", { order: "o", tender: "card", amount: 500 }, 0)];
  for (let k = 1; k <= script.length; k++) {
    const once = play(none, ...script.slice(0, k));
    same([...play(once, script[k - 1]!)], [...once], script[k - 1]!.op);
  }
});

// The box's patch may arrive before its answer: then the commands are laid on a
// state that has them already.
check("rules: pending commands on a state that has them", () => {
  const script = [add("a"), add("b"), cmd("voidLine", { order: "o", line: "a" }), cmd("pay", { order: "o", tender: "cash", amount: 100 }, 0)];
  const done = play(none, ...script);
  same([...play(done, ...script.slice(3))], [...done]);
  const paidUp = play(done, cmd("pay", { order: "o", tender: "cash" }, 1));
  same(paidUp.size, 0, "orders");
  same([...play(paidUp, cmd("pay", { order: "o", tender: "cash" }, 1))].length, 0, "orders after the repeat");
});

check("rules: an order that somebody else ended stays away", () => {
  for (const op of ["setQty", "voidLine", "discount", "setTakeAway", "park", "resume", "pay", "dropPayments", "cancelOrder"]) {
    same(play(none, cmd(op, { order: "gone", line: "l", qty: 1000, tender: "cash" })).size, 0, op);
  }
  same(play(none, cmd("openDrawer", {}), cmd("addLine", { order: "o", line: "l", article: "unknown", qty: 1000 })).size, 0);
});

check("rules: paying in parts, and taking it back", () => {
  const o = play(none, add("a"), add("b"), cmd("pay", { order: "o", tender: "card", amount: 300 }, 0)).get("o")!;
  same([bill(o).total, paid(o)], [780, 300]);
  const back = play(new Map([["o", o]]), cmd("dropPayments", { order: "o" })).get("o") as Order;
  same(paid(back), 0);
});

check("rules: the order on the screen is never changed in place", () => {
  const m = play(none, add("a"));
  const before = JSON.stringify(m.get("o"));
  const o = m.get("o")!;
  play(m, cmd("setQty", { order: "o", line: "a", qty: 9000 }), cmd("park", { order: "o", label: "x" }), cmd("discount", { order: "o", line: "a", amount: 5 }));
  same(JSON.stringify(o), before);
});

check("rules: the cap", () => same([capOf(1000, 1000), capOf(0, 1000), capOf(1000, 0)], [100, 0, 0]));

check("rules: what looks the same", () => {
  const o = play(none, add("a"), add("b")).get("o")!;
  const box: Order = { ...o, at: "later", label: "", parked: false, payments: [], lines: o.lines.map((l) => ({ ...l, at: "later" })) };
  same(looksSame(o, box), true, "another time");
  for (const other of [{ ...box, number: 7 }, { ...box, takeAway: true }, { ...box, parked: true }, { ...box, label: "x" }, { ...box, discount: { name: "r", percent: 100 } },
    { ...box, lines: box.lines.slice(1) }, { ...box, lines: [box.lines[0]!, { ...box.lines[1]!, qty: 5 }] }, { ...box, payments: [{ tender: "c", name: "c", type: "Bar", amount: 1 }] }]) {
    same(looksSame(o, other), false, JSON.stringify(other));
  }
});
