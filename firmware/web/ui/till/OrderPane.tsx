// The order on the screen: its lines, its total, and how it is paid.

import { computed, effect, signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { paid } from "../shared/bill";
import { Button, Choice } from "../shared/components";
import { money, qty } from "../shared/format";
import { t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { tap } from "../shared/tap";
import { dropPayments, setTakeAway, waitingOrders } from "./actions";
import { ask } from "./dialogs";
import { DoneCard } from "./Done";
import { OrderLine } from "./OrderLine";
import { lineOpen, sheetOpen } from "./screen";
import { billed, catalog, done, layout, may, order, takeAwayNext } from "./store";

// What the parts depend on, each as a value of its own: a tap draws only what
// it changes.
const isDone = computed(() => !!done.value && !order.value);
const isEmpty = computed(() => !order.value?.lines.length);
const isFixed = computed(() => !!order.value?.payments?.length);
const isBegun = computed(() => !!order.value);
const isAway = computed(() => (order.value ? !!order.value.takeAway : takeAwayNext.value));
const waiting = computed(() => waitingOrders().length);
const soFar = computed(() => (order.value ? paid(order.value) : 0));
const openText = computed(() => money((billed.value?.total ?? 0) - soFar.value));
const openChars = computed(() => openText.value.length);
const detailText = computed(() => {
  const o = order.value, saved = billed.value?.saved ?? 0;
  if (!o?.lines.length) return "";
  const n = o.lines.reduce((s, l) => s + (l.qty % 1000 === 0 ? l.qty / 1000 : 1), 0);
  return t(n === 1 ? "till.piece" : "till.pieces", { n }) + (saved > 0 ? " · " + t("till.saved", { amount: money(saved) }) : "");
});

/** The total for screen readers, once the taps have come to rest: every one of
 * them read aloud would never catch up. */
const spokenText = signal("");
let resting: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const text = isEmpty.value ? "" : t("till.total") + " " + money(billed.value?.total ?? 0);
  clearTimeout(resting);
  resting = setTimeout(() => { spokenText.value = text; }, 600);
});

export function OrderPane() {
  const cls = "order" + (sheetOpen.value ? " order-open" : "") + (isDone.value ? " order-done" : "");
  return (
    <section class={cls} aria-label={t("till.order")}>
      <Head />
      {isDone.value ? <DoneCard d={done.value!} /> : <Lines />}
      <Foot />
    </section>
  );
}

function Head() {
  const n = waiting.value, empty = isEmpty.value, fixed = isFixed.value;
  return (
    <header class="order-head">
      {layout.value?.takeAway && <Where />}
      <span class="order-tools">
        <Button icon="pause" kind="quiet" label={t("till.park")} keys="F2" disabled={empty || fixed} onClick={() => ask({ kind: "park" })} test="park" fast />
        <span class="badged">
          <Button icon="list" kind="quiet" label={t("till.waiting", { n })} onClick={() => ask({ kind: "orders" })} test="orders" fast />
          {n > 0 && <span class="badge num" aria-hidden="true">{n}</span>}
        </span>
        <Button icon="percent" kind="quiet" label={t("till.discount")} keys="F3" disabled={empty || fixed || !may("discounts")}
          onClick={() => ask({ kind: "discount" })} test="discount" fast />
        <Button icon="trash" kind="quiet" label={t("till.cancelOrder")} disabled={!isBegun.value || fixed || (!empty && !may("voidOrders"))}
          onClick={() => ask({ kind: "cancel" })} test="cancel-order" fast />
      </span>
    </header>
  );
}

function Where() {
  return (
    <Choice label={t("till.where")} value={isAway.value ? "away" : "here"} disabled={isFixed.value} onChange={(v) => setTakeAway(v === "away")}
      options={[{ value: "here", text: t("till.eatIn"), icon: "cup", test: "eat-in" }, { value: "away", text: t("till.takeAway"), icon: "bag", test: "take-away" }]} />
  );
}

function Lines() {
  const o = order.value, b = billed.value;
  const box = useRef<HTMLDivElement>(null);
  const away = useRef(false); // somebody looks at earlier lines
  const count = o?.lines.length ?? 0;
  // The list stays at its end by itself (order.css). Only from elsewhere it is
  // sent back: asking for its place would cost a layout with every tap.
  useLayoutEffect(() => {
    if (away.current && !lineOpen.value && box.current) box.current.scrollTop = 0;
  }, [count]);
  if (!o || !b || count === 0) {
    return <div class="order-empty"><Icon name="cup" /><p>{t("till.empty")}</p><p class="muted">{t("till.emptyHint")}</p></div>;
  }
  return (
    <div class="lines-box"><div class="lines" ref={box} onScroll={(e) => { away.current = e.currentTarget.scrollTop < -4; }}><ol data-test="lines">
      {(o.number > 0 || o.label) && (
        <li class="order-name">{o.label ? <b>{o.label}</b> : null}{o.number > 0 && <span class="muted">{t("till.orderNo", { n: o.number })}</span>}</li>
      )}
      {o.lines.map((l, i) => (
        <OrderLine key={l.id} id={l.id} name={l.name} qty={l.qty} price={l.price} total={b.lines[i]!.full - b.lines[i]!.discount}
          rebate={l.discount?.name ?? ""} saved={b.lines[i]!.discount} open={lineOpen.value === l.id} fixed={!!o.payments?.length} />
      ))}
      {o.discount && (
        <li class="line-discount">
          <button type="button" onClick={() => ask({ kind: "discount" })} data-test="order-discount">
            <span>{o.discount.name}{o.discount.percent ? " " + qty(o.discount.percent * 10) + " %" : ""}</span>
            <span class="num">{money(-b.lines.reduce((s, x) => s + x.share, 0))}</span>
          </button>
        </li>
      )}
    </ol></div></div>
  );
}

/** The tender for people who do not pay in cash: the first one that is not. */
const otherTender = computed(() => [...(catalog.value?.tenders ?? [])].filter((x) => x.active && x.type !== "Bar").sort((a, b) => a.sort - b.sort)[0]);

function Foot() {
  const none = isEmpty.value, other = otherTender.value, partly = soFar.value > 0;
  return (
    <footer class="order-foot">
      <button type="button" class="sheet-grip" aria-expanded={sheetOpen.value} aria-label={t("till.order")} data-test="sheet"
        {...tap(() => { sheetOpen.value = !sheetOpen.value; })}><Icon name={sheetOpen.value ? "down" : "up"} /></button>
      {partly && (
        <div class="order-paid">
          <span>{t("till.paidSoFar")} <b class="num">{money(soFar.value)}</b></span>
          <Button kind="quiet" icon="undo" onClick={dropPayments} test="drop-payments">{t("till.dropPayments")}</Button>
        </div>
      )}
      <div class="total" style={{ "--chars": openChars.value }}>
        <span class="total-words">
          <span class="total-label">{t(partly ? "till.open" : "till.total")}</span>
          <span class="muted num">{detailText}</span>
        </span>
        <output class="total-sum num" data-test="total">{openText}</output>
      </div>
      <div class="pay-row">
        {other && (
          <Button icon="card" big disabled={none} onClick={() => ask({ kind: "pay", tender: other.id })} test="pay-other" class="pay-other" fast>{other.name}</Button>
        )}
        <Button icon="cash" kind="primary" big disabled={none} keys="F9" onClick={() => ask({ kind: "pay" })} test="pay" class="pay" fast>{t("till.pay")}</Button>
      </div>
      <p class="sr" role="status" aria-live="polite">{spokenText}</p>
    </footer>
  );
}
