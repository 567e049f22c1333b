// Paying: what is open, with what, how much was handed over. Quick amounts pay
// with one tap; the keypad fills the field that is chosen.

import { useState } from "preact/hooks";
import { paid } from "../shared/bill";
import { Button, Dialog } from "../shared/components";
import { money } from "../shared/format";
import { t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { Keypad, keyOf, typeCents } from "../shared/keypad";
import type { Key } from "../shared/keypad";
import { tap } from "../shared/tap";
import type { Tender } from "../shared/types";
import { dropPayments, pay } from "./actions";
import { close } from "./dialogs";
import { quickAmounts } from "./quick";
import { billed, catalog, order } from "./store";

type FieldName = "given" | "amount" | "tip";
interface Sums { given: number; amount: number; tip: number }
/** More change than this is a slip of the finger, or a scanner's code. */
const muchChange = 500_00;

const nothing: Sums = { given: 0, amount: 0, tip: 0 };

const icons: Record<string, string> = { Bar: "cash", ECKarte: "card", Kreditkarte: "card", ElZahlungsdienstleister: "card", Guthabenkarte: "tag", Unbar: "receipt" };

export function Pay({ tender }: { tender?: string }) {
  const tenders = (catalog.value?.tenders ?? []).filter((x) => x.active).sort((a, b) => a.sort - b.sort);
  const [chosen, choose] = useState(tender ?? (tenders.find((x) => x.type === "Bar") ?? tenders[0])?.id ?? "");
  const [sums, setSums] = useState(nothing);
  const [field, setField] = useState<FieldName>(tender ? "amount" : "given");
  const o = order.value, b = billed.value;
  if (!o || !b) return null;
  const how = tenders.find((x) => x.id === chosen);
  const cash = how?.type === "Bar";
  const open = b.total - paid(o);
  const amount = sums.amount || open, due = amount + sums.tip;
  const change = sums.given - due;
  const fault = cash && change > muchChange ? t("refusal.tooLittle.hint") : sums.amount > open ? t("pay.tooMuch", { open: money(open) }) : cash && sums.given > 0 && change < 0 ? t("pay.tooLittle", { missing: money(-change) }) : "";
  const pick = (x: Tender) => {
    choose(x.id);
    setField(x.type === "Bar" ? "given" : "amount");
    setSums({ ...sums, given: 0 });
  };
  const type = (k: Key) => setSums({ ...sums, [field]: typeCents(sums[field], k) });
  const go = (given: number, tip = sums.tip) => {
    if (!how || sums.amount > open) return;
    if (cash && given > 0 && (given < amount + tip || given - amount - tip > muchChange)) return;
    pay({ tender: how.id, amount: sums.amount && sums.amount < open ? sums.amount : 0, given: cash ? given || due : 0, tip });
    setSums(nothing);
  };
  const key = (e: KeyboardEvent) => {
    const k = keyOf(e);
    if (k) type(k);
    if (e.key === "Enter" && !(e.target instanceof HTMLButtonElement)) go(sums.given);
    if (k || e.key === "Enter") e.stopPropagation();
  };
  return (
    <Dialog title={t("pay.title")} size="l" onClose={close} test="pay-dialog">
      <div class="payment" onKeyDown={key} tabIndex={-1} data-autofocus>
        <div class="payment-left">
          <p class="payment-open"><span>{t(o.payments?.length ? "till.open" : "till.total")}</span><output class="num" data-test="pay-open">{money(open)}</output></p>
          {o.payments?.map((p, i) => <p key={i} class="payment-made num"><span>{p.name}</span><span>{money(p.amount)}</span></p>)}
          {!!o.payments?.length && <Button icon="undo" kind="quiet" onClick={dropPayments} test="drop-payments-dialog">{t("till.dropPayments")}</Button>}
          <div class="tenders" role="group" aria-label={t("pay.how")}>
            {tenders.map((x) => (
              <button key={x.id} type="button" class="tender" aria-pressed={x.id === chosen} data-test={"tender-" + x.id} {...tap(() => pick(x))}>
                <Icon name={icons[x.type] ?? "money"} /><span>{x.name}</span>
              </button>
            ))}
          </div>
        </div>
        <div class="payment-right">
          {cash && <Quick open={due} go={go} />}
          <div class="payment-fields">
            {cash && <Sum name="given" label={t("pay.given")} value={sums.given} empty={due} field={field} set={setField} />}
            <Sum name="amount" label={t("pay.amount")} value={sums.amount} empty={open} field={field} set={setField} />
            <Sum name="tip" label={t("till.tip")} value={sums.tip} empty={0} field={field} set={setField} />
          </div>
          <Keypad onKey={type} prefix="pay-key" />
        </div>
        <div class="payment-go">
          {fault ? <p class="payment-fault" role="alert">{fault}</p>
            : cash && sums.given > due ? <p class="payment-change num">{t("till.change")} <b data-test="pay-change">{money(change)}</b>
              {sums.tip === 0 && <Button onClick={() => go(sums.given, change)} test="keep-change">{t("pay.keep")}</Button>}</p> : null}
          <Button kind="primary" big wide disabled={!!fault || !how} onClick={() => go(sums.given)} test="pay-confirm">
            {how?.name} <span class="num">{money(cash && sums.given ? sums.given : due)}</span>
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Quick({ open, go }: { open: number; go: (given: number) => void }) {
  return (
    <div class="quick" role="group" aria-label={t("pay.quick")}>
      <button type="button" class="quick-one quick-exact" data-test="quick-exact" {...tap(() => go(open))}>
        <span>{t("pay.exact")}</span><b class="num">{money(open)}</b>
      </button>
      {quickAmounts(open).map((x) => (
        <button key={x} type="button" class="quick-one num" data-test={"quick-" + x} {...tap(() => go(x))}>{x % 100 ? money(x) : x / 100 + " €"}</button>
      ))}
    </div>
  );
}

function Sum(p: { name: FieldName; label: string; value: number; empty: number; field: FieldName; set: (f: FieldName) => void }) {
  return (
    <button type="button" class="sum" aria-pressed={p.field === p.name} data-test={"pay-" + p.name} {...tap(() => p.set(p.name))}>
      <span>{p.label}</span><b class={"num" + (p.value ? "" : " muted")}>{money(p.value || p.empty)}</b>
    </button>
  );
}
