// The dated rates of a VAT class: what applied when, and what will.

import { useState } from "preact/hooks";
import { Button } from "../shared/components";
import { day, germanDay, parseRate, rate } from "../shared/format";
import { t } from "../shared/i18n";
import type { DatedRate } from "../shared/types";
import { DayInput } from "./dayinput";
import { Badge } from "./parts";
import type { Bound } from "./fields";

/** UST_SCHLUESSEL of DSFinV-K 2.4 that a shop may choose. */
const keys = [1, 2, 3, 4, 5, 6, 7, 8];

/** The rate in force on a day; undefined before the first. */
export function rateOn(rates: DatedRate[], on: string): DatedRate | undefined {
  return rates.filter((r) => r.from <= on).sort((a, b) => (a.from < b.from ? 1 : -1))[0];
}

export function RatesField({ draft, field, disabled }: Bound) {
  const list = [...((draft.row.value[field.key] as DatedRate[] | null | undefined) ?? [])].sort((a, b) => (a.from < b.from ? 1 : -1));
  const [adding, setAdding] = useState(false);
  const today = day(new Date());
  const put = (next: DatedRate[]) => draft.set(field.key, [...next].sort((a, b) => (a.from < b.from ? -1 : 1)));
  const now = rateOn(list, today);
  return (
    <div class="rates">
      {list.length > 0 && (
        <table class="mini">
          <thead><tr><th scope="col">{t("office.vat.from")}</th><th scope="col" class="right">{t("office.vat.rate")}</th><th scope="col">{t("office.vat.key")}</th><th><span class="sr">{t("office.actions")}</span></th></tr></thead>
          <tbody>
            {list.map((r) => (
              <tr key={r.from} class={r === now ? "now" : ""} data-test="rate">
                <td class="num">{germanDay(r.from)}</td>
                <td class="num right"><strong>{rate(r.rate)}</strong></td>
                <td>{r.key} – {t(`office.vat.key.${r.key}`)}</td>
                <td class="right">
                  {r === now ? <Badge tone="ok">{t("office.vat.now")}</Badge> : r.from > today ? <Badge tone="info">{t("office.vat.future")}</Badge> : null}
                  {!disabled && r.from > today && (
                    <Button icon="trash" kind="quiet" label={t("office.vat.remove", { day: germanDay(r.from) })} onClick={() => put(list.filter((x) => x !== r))} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {adding
        ? <NewRate taken={new Set(list.map((r) => r.from))} last={list[0]} onAdd={(r) => { put([...list, r]); setAdding(false); }} onCancel={() => setAdding(false)} />
        : !disabled && <Button icon="plus" kind="quiet" class="add" onClick={() => setAdding(true)} test="add-rate">{t("office.vat.add")}</Button>}
    </div>
  );
}

function NewRate({ taken, last, onAdd, onCancel }: { taken: ReadonlySet<string>; last?: DatedRate; onAdd(r: DatedRate): void; onCancel(): void }) {
  const [from, setFrom] = useState("");
  const [text, setText] = useState("");
  const [key, setKey] = useState(last?.key ?? 1);
  const [wrong, setWrong] = useState("");
  const add = () => {
    const r = parseRate(text);
    if (!/^\d{4}-\d\d-\d\d$/.test(from)) return setWrong(t("office.vat.badDay"));
    if (taken.has(from)) return setWrong(t("office.vat.taken", { day: germanDay(from) }));
    if (r === undefined || r < 0 || r > 5000 || text.trim() === "") return setWrong(t("office.form.badPercent"));
    onAdd({ from, rate: r, key });
  };
  const enter = (e: KeyboardEvent) => {
    if (e.key !== "Enter") return;
    e.preventDefault();
    add();
  };
  return (
    <div class="new-rate" role="group" aria-label={t("office.vat.add")} onKeyDown={enter}>
      <div class="of-label"><span aria-hidden="true">{t("office.vat.from")}</span><DayInput label={t("office.vat.from")} value={from} test="rate-from" onChange={setFrom} /></div>
      <label>{t("office.vat.rate")}<span class="unit"><input type="text" inputMode="decimal" class="num" value={text} data-test="rate-rate" onInput={(e) => setText(e.currentTarget.value)} /><span aria-hidden="true">%</span></span></label>
      <label class="grow">{t("office.vat.key")}<select value={key} data-test="rate-key" onChange={(e) => setKey(Number(e.currentTarget.value))}>{keys.map((k) => <option key={k} value={k}>{k} – {t(`office.vat.key.${k}`)}</option>)}</select></label>
      <Button kind="primary" onClick={add} test="rate-add">{t("office.vat.take")}</Button>
      <Button kind="quiet" onClick={onCancel}>{t("cancel")}</Button>
      {wrong && <p class="field-note bad" role="alert">{wrong}</p>}
    </div>
  );
}
