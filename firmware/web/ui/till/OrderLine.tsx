// One line of the order. A tap shows what can be done with it.

import { money, qty as qtyText } from "../shared/format";
import { Button } from "../shared/components";
import { t } from "../shared/i18n";
import { changeQty, voidLine } from "./actions";
import { ask } from "./dialogs";
import { memo } from "./memo";
import { lineOpen } from "./screen";
import { may, order } from "./store";

interface Props {
  id: string; name: string; qty: number; price: number; total: number; rebate: string; saved: number; open: boolean; fixed: boolean;
}

const find = (id: string) => order.value?.lines.find((l) => l.id === id);

export const OrderLine = memo(function OrderLine(p: Props) {
  const toggle = (e: Event) => {
    lineOpen.value = p.open ? "" : p.id;
    const line = (e.currentTarget as HTMLElement).closest("li");
    requestAnimationFrame(() => line?.scrollIntoView({ block: "nearest" })); // its buttons may lie below the fold
  };
  return (
    <li class={"line" + (p.open ? " line-open" : "")} data-test={"line-" + p.id}>
      <button type="button" class="line-main" aria-expanded={p.open} onClick={toggle}>
        <span class="line-qty num">{qtyText(p.qty)}</span>
        <span class="line-name">
          {p.name}
          {(p.qty !== 1000 || p.saved > 0) && (
            <small class="num">{p.qty !== 1000 && "à " + money(p.price)}{p.saved > 0 && <em> {p.rebate} {money(-p.saved)}</em>}</small>
          )}
        </span>
        <span class="line-total num">{money(p.total)}</span>
      </button>
      {p.open && !p.fixed && <Tools {...p} />}
    </li>
  );
});

function Tools(p: Props) {
  const by = (d: number) => () => {
    const l = find(p.id);
    if (l) changeQty(l, l.qty + d);
  };
  const change = may("plusMinus");
  return (
    <div class="line-tools">
      <Button icon="minus" label={t("till.less")} disabled={!change || p.qty <= 1000} onClick={by(-1000)} test="line-minus" />
      <Button class="line-count num" label={qtyText(p.qty) + ": " + t("till.quantity")} disabled={!change} test="line-qty"
        onClick={() => { const l = find(p.id); if (l) ask({ kind: "qty", line: l }); }}>{qtyText(p.qty)}</Button>
      <Button icon="plus" label={t("till.more")} disabled={!change} onClick={by(1000)} test="line-plus" />
      <Button icon="percent" label={t("till.discount")} disabled={!may("discounts")} test="line-discount"
        onClick={() => { const l = find(p.id); if (l) ask({ kind: "discount", line: l }); }} />
      <Button icon="trash" kind="danger" label={t("till.voidLine", { name: p.name })} disabled={!may("voidOrders")} test="line-void"
        onClick={() => { const l = find(p.id); if (l) voidLine(l); }} />
    </div>
  );
}
