// Opening a shift with its float, counting it at the end, and what stands
// between two shifts.

import { useState } from "preact/hooks";
import { Button, Field } from "../shared/components";
import { dateTime, money } from "../shared/format";
import { t } from "../shared/i18n";
import { Icon } from "../shared/icons";
import { confirmed } from "./actions";
import { closedShift } from "./count";
import { CountTable } from "./CountTable";
import type { Counted } from "./CountTable";
import { ask } from "./dialogs";
import { layout, may, session, shift } from "./store";

const nothing: Counted = { sum: 0, valid: true, touched: false };

export function OpenShift() {
  const [counted, setCounted] = useState<Counted>(nothing);
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    const float = counted.count ? { count: counted.count } : { float: counted.sum };
    if (await confirmed("openShift", { ...float, ...(note.trim() ? { note: note.trim() } : {}) })) closedShift.value = 0;
    setBusy(false);
  };
  return (
    <section class="screen" aria-label={t("shift.open")}>
      {closedShift.value > 0 && <Closed id={closedShift.value} />}
      <form class="panel" onSubmit={(e) => { e.preventDefault(); void go(); }} data-test="open-shift-form">
        <h1>{t("shift.open")}</h1>
        <p class="muted">{t(layout.value?.askFloat ? "shift.openHint" : "shift.openHintShort")}</p>
        {layout.value?.askFloat && <CountTable label={t("shift.float")} onChange={setCounted} />}
        <Field label={t("shift.note")}><input class="text" value={note} maxLength={200} data-test="shift-note" onInput={(e) => setNote(e.currentTarget.value)} /></Field>
        <div class="panel-foot">
          {layout.value?.askFloat && <p class="panel-sum"><span>{t("shift.float")}</span><b class="num" data-test="float-sum">{money(counted.sum)}</b></p>}
          <Button kind="primary" big type="submit" busy={busy} disabled={!counted.valid || !may("bill")} test="open-shift">{t("shift.openNow")}</Button>
        </div>
      </form>
    </section>
  );
}

function Closed({ id }: { id: number }) {
  return (
    <div class="panel panel-ok" role="status" data-test="shift-closed">
      <p class="panel-title"><Icon name="check" />{t("shift.closed", { n: id })}</p>
      <div class="row">
        <Button icon="receipt" onClick={() => ask({ kind: "shiftSheet", id })} test="shift-sheet">{t("shift.sheet")}</Button>
        {may("closeDay") && <Button kind="primary" icon="lock" onClick={() => ask({ kind: "closeDay" })} test="close-day">{t("z.title")}</Button>}
      </div>
    </div>
  );
}

export function CountShift() {
  const s = shift.value!;
  const [counted, setCounted] = useState<Counted>(nothing);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const expected = s.totals.cash, diff = counted.sum - expected;
  const own = s.by === session.value?.employee || may("admin");
  const needsReason = counted.touched && diff !== 0;
  const go = async () => {
    setBusy(true);
    const drawer = counted.count ? { count: counted.count } : { counted: counted.sum };
    if (await confirmed("closeShift", { ...drawer, ...(reason.trim() ? { reason: reason.trim() } : {}) })) closedShift.value = s.id;
    setBusy(false);
  };
  return (
    <section class="screen" aria-label={t("shift.close")}>
      <form class="panel panel-count" onSubmit={(e) => { e.preventDefault(); void go(); }} data-test="count-form">
        <div class="panel-top"><h1>{t("shift.close")}</h1><p class="muted">{t("shift.since", { name: s.byName, at: dateTime(s.at), n: s.id })}</p></div>
        <CountTable label={t("shift.counted")} onChange={setCounted} />
        <div class="panel-side">
          <dl class="compare num">
            <div><dt>{t("shift.expected")}</dt><dd data-test="expected">{money(expected)}</dd></div>
            <div><dt>{t("shift.counted")}</dt><dd data-test="counted">{money(counted.sum)}</dd></div>
            <div class={counted.touched ? (diff === 0 ? "good" : "bad") : ""}>
              <dt>{t("shift.difference")}</dt><dd data-test="difference">{counted.touched ? (diff > 0 ? "+" : "") + money(diff) : "–"}</dd>
            </div>
          </dl>
          {needsReason && (
            <Field label={t("shift.reason")} note={t("shift.reasonHint")}>
              <input class="text" value={reason} maxLength={200} data-test="close-reason" onInput={(e) => setReason(e.currentTarget.value)} />
            </Field>
          )}
          <Button kind="primary" big wide type="submit" busy={busy} disabled={!counted.valid || !counted.touched || (needsReason && !reason.trim())} test="close-shift">{t("shift.closeNow")}</Button>
          <div class="row panel-more">
            {own && <Button icon="back" onClick={() => void confirmed("rescueShift", {})} test="rescue-shift">{t("shift.rescue")}</Button>}
            {may("admin") && <Button kind="danger" onClick={() => ask({ kind: "force" })} test="force-close">{t("shift.force")}</Button>}
          </div>
        </div>
      </form>
    </section>
  );
}
