// Dialogs around the shift: closing it without a count, money in and out, and
// the Z.

import { useState } from "preact/hooks";
import { Button, Choice, Dialog, Field, toast } from "../shared/components";
import { money } from "../shared/format";
import { t } from "../shared/i18n";
import { Keypad, keyOf, typeCents } from "../shared/keypad";
import type { Key } from "../shared/keypad";
import { confirmed } from "./actions";
import { closedShift } from "./count";
import { ask, close } from "./dialogs";
import { orders, shift } from "./store";

/** Asks for a reason, with a few to choose from. */
export function Reason(p: { value: string; set: (s: string) => void; label: string; ideas: string[] }) {
  return (
    <>
      <Field label={p.label}>
        <input class="text" value={p.value} maxLength={200} data-test="reason" data-autofocus onInput={(e) => p.set(e.currentTarget.value)} />
      </Field>
      <div class="chips">{p.ideas.map((x) => <Button key={x} pressed={p.value === x} onClick={() => p.set(x)}>{x}</Button>)}</div>
    </>
  );
}

export function ForceDialog() {
  const [reason, set] = useState("");
  const [busy, setBusy] = useState(false);
  const s = shift.value;
  const go = async () => {
    setBusy(true);
    const done = await confirmed("forceClose", { reason: reason.trim() });
    setBusy(false);
    if (!done) return;
    closedShift.value = s?.id ?? 0;
    close();
  };
  return (
    <Dialog title={t("shift.force")} size="m" onClose={close} test="force-dialog"
      foot={<Button kind="danger" big busy={busy} disabled={!reason.trim()} onClick={() => void go()} test="force-ok">{t("shift.forceNow", { n: s?.id ?? 0 })}</Button>}>
      <p class="note">{t("shift.forceHint")}</p>
      <Reason value={reason} set={set} label={t("shift.forceReason")} ideas={[t("force.idea1"), t("force.idea2")]} />
    </Dialog>
  );
}

export function CashDialog() {
  const [way, setWay] = useState<"in" | "out">("in");
  const [cents, set] = useState(0);
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const inside = shift.value?.totals.cash ?? 0;
  const fault = way === "out" && cents > inside ? t("cash.tooMuch", { cash: money(inside) }) : "";
  const ok = cents > 0 && note.trim() !== "" && !fault;
  const go = async () => {
    if (!ok) return;
    setBusy(true);
    const done = await confirmed("moveCash", { amount: way === "in" ? cents : -cents, note: note.trim() });
    setBusy(false);
    if (!done) return;
    close();
    toast(t(way === "in" ? "cash.doneIn" : "cash.doneOut", { amount: money(cents) }), "ok");
  };
  const ideas = way === "in" ? ["cash.idea1", "cash.idea2"] : ["cash.idea3", "cash.idea4", "cash.idea5"];
  const key = (e: KeyboardEvent) => {
    const k: Key | undefined = e.target instanceof HTMLInputElement ? undefined : keyOf(e);
    if (k) set(typeCents(cents, k));
  };
  return (
    <Dialog title={t("cash.title")} size="m" onClose={close} test="cash-dialog"
      foot={<Button kind="primary" big busy={busy} disabled={!ok} onClick={() => void go()} test="cash-ok">
        {t(way === "in" ? "cash.in" : "cash.out")} {cents > 0 && <span class="num">{money(cents)}</span>}</Button>}>
      <div class="discounts" onKeyDown={key} tabIndex={-1} data-autofocus>
        <div class="discount-named">
          <Choice label={t("cash.title")} value={way} onChange={setWay}
            options={[{ value: "in", text: t("cash.in"), icon: "plus", test: "cash-in" }, { value: "out", text: t("cash.out"), icon: "minus", test: "cash-out" }]} />
          <Field label={t("cash.note")}><input class="text" value={note} maxLength={200} data-test="cash-note" onInput={(e) => setNote(e.currentTarget.value)} /></Field>
          <div class="chips">{ideas.map((k) => <Button key={k} pressed={note === t(k)} onClick={() => setNote(t(k))}>{t(k)}</Button>)}</div>
          <p class="muted num">{t("cash.inside", { cash: money(inside) })}</p>
        </div>
        <div class="discount-own">
          <output class="entry-shown num" data-test="entry">{money(way === "out" ? -cents : cents)}</output>
          <p class="payment-fault" role="alert">{fault}</p>
          <Keypad onKey={(k) => set(typeCents(cents, k))} prefix="cash-key" />
        </div>
      </div>
    </Dialog>
  );
}

export function CloseDayDialog() {
  const [busy, setBusy] = useState(false);
  const open = [...orders.value.values()].filter((o) => o.lines.length > 0).length;
  const go = async () => {
    setBusy(true);
    const r = await confirmed("closeDay", {});
    setBusy(false);
    if (!r) return;
    closedShift.value = 0;
    toast(t("z.done"), "ok");
    ask(r.closing ? { kind: "closing", number: r.closing } : { kind: "closings" });
  };
  return (
    <Dialog title={t("z.title")} size="s" onClose={close} test="close-day-dialog" foot={<>
      <Button big onClick={close}>{t("cancel")}</Button>
      <Button kind="primary" big icon="lock" busy={busy} disabled={!!shift.value} onClick={() => void go()} test="close-day-ok">{t("z.now")}</Button>
    </>}>
      <p>{t("z.ask")}</p>
      {shift.value && <p class="note">{t("z.shiftOpen", { name: shift.value.byName })}</p>}
      {open > 0 && <p class="note">{t(open === 1 ? "z.order" : "z.orders", { n: open })}</p>}
    </Dialog>
  );
}
