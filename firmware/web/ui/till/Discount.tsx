// Discounts: the named ones, or a percentage or amount of one's own, within
// the cap of the person.

import { useState } from "preact/hooks";
import { bill, discountBase, discountOf } from "../shared/bill";
import { Button, Choice, Dialog } from "../shared/components";
import { money, parseRate, rate } from "../shared/format";
import { t } from "../shared/i18n";
import { Keypad, keyOf, typeCents, typeText } from "../shared/keypad";
import type { Key } from "../shared/keypad";
import type { Discount, Line } from "../shared/types";
import { giveDiscount } from "./actions";
import { close } from "./dialogs";
import { capOf } from "./rules";
import { catalog, order, session } from "./store";

/** Why a discount may not be given; empty when it may. */
function refusedWhy(d: Discount, base: number): string {
  const cap = session.value?.discountCap ?? 0;
  const over = (d.percent ?? 0) > cap || (!!d.amount && discountOf(d, base) > capOf(base, cap));
  return over ? t("discount.cap", { cap: rate(cap) }) : "";
}

export function DiscountDialog({ line }: { line?: Line }) {
  const o = order.value;
  const [how, setHow] = useState<"percent" | "amount">("percent");
  const [percentText, setPercent] = useState("");
  const [cents, setCents] = useState(0);
  if (!o) return null;
  const now = line ? o.lines.find((l) => l.id === line.id) : undefined;
  if (line && !now) return null;
  const base = discountBase(o, line?.id ?? "");
  const blocked = now?.noRebate || base === 0;
  const own: Discount = how === "percent" ? { name: "", percent: parseRate(percentText) ?? 0 } : { name: "", amount: cents };
  const some = (own.percent ?? 0) > 0 || (own.amount ?? 0) > 0;
  const fault = (own.percent ?? 0) > 10000 ? t("refusal.badDiscount") : some ? refusedWhy(own, base) : "";
  const give = (what: { id?: string; percent?: number; amount?: number }) => {
    close();
    giveDiscount(line?.id ?? "", what);
  };
  const type = (k: Key) => (how === "percent" ? setPercent(typeText(percentText, k, 2, 6)) : setCents(typeCents(cents, k)));
  const apply = () => some && !fault && give(how === "percent" ? { percent: own.percent } : { amount: own.amount });
  const key = (e: KeyboardEvent) => {
    const k = keyOf(e);
    if (k) type(k);
    if (e.key === "Enter" && !(e.target instanceof HTMLButtonElement)) apply();
  };
  const has = line ? now?.discount : o.discount;
  return (
    <Dialog title={line ? t("discount.onLine", { name: line.name }) : t("discount.onOrder")} size="m" onClose={close} test="discount-dialog" foot={<>
      {has && <Button big kind="danger" onClick={() => give({})} test="discount-none">{t("discount.none")}</Button>}
      <Button big kind="primary" disabled={!some || !!fault || blocked} onClick={apply} test="discount-ok">
        {t("discount.give")} {some && !fault && <span class="num">{money(-discountOf(own, base))}</span>}
      </Button>
    </>}>
      {blocked ? <p class="note">{t("refusal.noRebate")}</p> : (
        <div class="discounts" onKeyDown={key} tabIndex={-1} data-autofocus>
          <div class="discount-named">
            {(catalog.value?.discounts ?? []).filter((d) => d.active).map((d) => (
              <Button key={d.id} big disabled={!!refusedWhy(d, base)} pressed={has?.id === d.id} onClick={() => give({ id: d.id })} test={"discount-" + d.id}>
                {d.name} <span class="num muted">{d.percent ? rate(d.percent) : money(d.amount ?? 0)}</span>
              </Button>
            ))}
            <p class="muted">{t("discount.base", { base: money(base), total: money(bill(o).total) })}</p>
          </div>
          <div class="discount-own">
            <Choice label={t("discount.how")} value={how} onChange={setHow}
              options={[{ value: "percent", text: "%", test: "discount-percent" }, { value: "amount", text: "€", test: "discount-amount" }]} />
            <output class="entry-shown num" data-test="entry">{how === "percent" ? (percentText || "0") + " %" : money(cents)}</output>
            <p class="payment-fault" role="alert">{fault}</p>
            <Keypad onKey={type} left={how === "percent" ? "," : "00"} />
          </div>
        </div>
      )}
    </Dialog>
  );
}
