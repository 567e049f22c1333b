// Running sums as tables: by way to pay, by tax rate, by group, by person.

import { money, qty, rate } from "../shared/format";
import { t } from "../shared/i18n";
import type { Sum, Totals } from "../shared/types";

export function Tenders({ totals }: { totals: Totals }) {
  const list = Object.entries(totals.tenders ?? {}).sort(([, a], [, b]) => b.amount - a.amount);
  if (list.length === 0) return <p class="muted">{t("office.noSales")}</p>;
  const tips = totals.tips !== 0;
  return (
    <table class="mini" data-test="tenders">
      <thead><tr><th scope="col">{t("office.tender")}</th><th scope="col" class="right">{t("office.number")}</th>{tips && <th scope="col" class="right">{t("office.tips")}</th>}<th scope="col" class="right">{t("office.amount")}</th></tr></thead>
      <tbody>{list.map(([id, v]) => <tr key={id}><th scope="row">{v.name}</th><td class="num right">{v.count}</td>{tips && <td class="num right">{v.tips ? money(v.tips) : "–"}</td>}<td class="num right">{money(v.amount)}</td></tr>)}</tbody>
      <tfoot><tr class="strong"><th scope="row">{t("office.sum")}</th><td />{tips && <td class="num right">{money(totals.tips)}</td>}<td class="num right">{money(list.reduce((a, [, v]) => a + v.amount, 0))}</td></tr></tfoot>
    </table>
  );
}

export function VatTable({ totals }: { totals: Totals }) {
  const list = totals.vat ?? [];
  if (list.length === 0) return <p class="muted">{t("office.noSales")}</p>;
  return (
    <table class="mini">
      <thead><tr><th scope="col">{t("office.vat.rate")}</th><th scope="col" class="right">{t("office.net")}</th><th scope="col" class="right">{t("office.tax")}</th><th scope="col" class="right">{t("office.gross")}</th></tr></thead>
      <tbody>{list.map((v) => <tr key={`${v.key}/${v.rate}`}><th scope="row" class="num">{rate(v.rate)}</th><td class="num right">{money(v.net)}</td><td class="num right">{money(v.vat)}</td><td class="num right">{money(v.gross)}</td></tr>)}</tbody>
    </table>
  );
}

/** The greatest of some named sums, as bars with their figures. */
export function Bars({ sums, label, most = 8 }: { sums: Record<string, Sum>; label: string; most?: number }) {
  const list = Object.entries(sums ?? {}).sort(([, a], [, b]) => b.amount - a.amount).slice(0, most);
  const top = Math.max(1, ...list.map(([, v]) => v.amount));
  if (list.length === 0) return <p class="muted">{t("office.noSales")}</p>;
  return (
    <ul class="bars" aria-label={label}>
      {list.map(([id, v]) => (
        <li key={id}>
          <span class="bar-name">{v.name || id}{v.qty ? <span class="muted num"> {qty(v.qty)} ×</span> : null}</span><span class="num">{money(v.amount)}</span>
          <span class="bar-track" aria-hidden="true"><span style={{ width: `${Math.max(0, (v.amount / top) * 100)}%` }} /></span>
        </li>
      ))}
    </ul>
  );
}
