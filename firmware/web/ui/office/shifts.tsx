// Shifts: when, who, and whether the drawer was right; the sheet of each.

import { get, query } from "../shared/api";
import { Banner, Button, Choice, Empty, toast, toastError } from "../shared/components";
import { coin, dateTime, day, money } from "../shared/format";
import { t } from "../shared/i18n";
import { PaperView } from "../shared/paper";
import type { Paper, ReceiptRow, Shift } from "../shared/types";
import { useSignal } from "@preact/signals";
import { command } from "./commands";
import { csv, download } from "./csv";
import { useLoad } from "./load";
import { may, view } from "./me";
import { Badge, Facts, Failed, Head, Panel, Waiting } from "./parts";
import { Days, columns as receiptColumns } from "./receipts";
import { go, href, replace } from "./route";
import { Table } from "./table";
import type { Column } from "./table";
import { Tenders, VatTable } from "./totals";

export function Diff({ cents }: { cents: number }) {
  if (cents === 0) return <Badge tone="ok">{t("office.shift.exact")}</Badge>;
  return <Badge tone={cents < 0 ? "danger" : "warn"}>{cents > 0 ? "+" : ""}{money(cents)}</Badge>;
}

const columns = (): Column<Shift>[] => [
  { key: "id", title: t("office.shift.title1"), right: true, text: (s) => String(s.id), order: (s) => s.id },
  { key: "at", title: t("office.shift.opened"), text: (s) => dateTime(s.at), order: (s) => s.at },
  { key: "closed", title: t("office.shift.closed"), text: (s) => (s.closed && s.state === "closed" ? dateTime(s.closed) : t(`office.shift.state.${s.state}`)), hide: "panel",
    view: (s) => (s.state === "closed" ? dateTime(s.closed ?? "") : <Badge tone="info">{t(`office.shift.state.${s.state}`)}</Badge>) },
  { key: "by", title: t("office.shift.by"), text: (s) => s.byName, hide: "panel" },
  { key: "turnover", title: t("office.turnover"), right: true, text: (s) => money(s.totals.turnover), order: (s) => s.totals.turnover },
  { key: "diff", title: t("office.shift.diff"), right: true, text: (s) => (s.state === "closed" ? money(s.diff) : ""), order: (s) => s.diff, view: (s) => (s.state !== "closed" ? "" : s.forced ? <Badge tone="danger">{t("office.shift.forced")}</Badge> : <Diff cents={s.diff} />) },
];

export function ShiftsPage({ id, params }: { id: string; params: Record<string, string> }) {
  const set = (key: string, value: string) => replace(href("shifts", id, { ...params, [key]: value }));
  const search = { from: params["from"], to: params["to"] };
  const open = view.value?.shift;
  const { load, again } = useLoad(JSON.stringify([search, open?.id, open?.state, open?.totals.last]), () => get<{ rows: Shift[] | null }>("/api/v1/shifts" + query(search)).then((a) => a.rows ?? []));
  const list = load.data ?? [];
  return (
    <div class={"split" + (id ? " open" : "")} data-test="page-shifts">
      <div class="list-side">
        <Head title={t("office.nav.shifts")} sub={t("office.shift.about")} />
        <div class="bar">
          <Days from={params["from"] ?? ""} to={params["to"] ?? ""} set={set} />
          {(search.from || search.to) && <Button kind="quiet" icon="close" onClick={() => replace(href("shifts", id))}>{t("office.filter.clear")}</Button>}
          <Button kind="quiet" icon="download" disabled={list.length === 0} test="csv" onClick={() => download(`${t("office.nav.shifts")} ${day(new Date())}.csv`, csv(columns().map((c) => c.title), list.map((s) => columns().map((c) => c.text(s)))))}>CSV</Button>
        </div>
        {load.error ? <Failed error={load.error} again={again} />
          : !load.data ? <Waiting />
          : list.length === 0 ? <Empty icon="clock" title={t("office.shift.empty")}>{t("office.shift.emptyText")}</Empty>
          : <Table rows={list} columns={columns()} id={(s) => String(s.id)} to={(s) => href("shifts", s.id, params)} selected={id} label={t("office.nav.shifts")} sort="id" down name="shifts" />}
      </div>
      {id && <ShiftPanel key={id} id={Number(id)} onClose={() => go(href("shifts", "", params))} />}
    </div>
  );
}

type Tab = "sheet" | "receipts" | "paper";

function ShiftPanel({ id, onClose }: { id: number; onClose(): void }) {
  const { load, again } = useLoad(`${id}/${view.value?.receipts ?? 0}/${view.value?.shift?.state ?? ""}`, () => get<{ shift: Shift; receipts: ReceiptRow[] | null; paper: Paper }>(`/api/v1/shifts/${id}`));
  const tab = useSignal<Tab>("sheet");
  const d = load.data;
  const reprint = () => command("reprint", { shift: id }).then(() => toast(t("office.reprinting"), "ok"), toastError);
  return (
    <Panel name={String(id)} wide title={t("office.shift.title", { id })} sub={d && `${d.shift.byName} · ${dateTime(d.shift.at)}`} onClose={onClose}
      foot={d && d.shift.state === "closed" && may("bill") && <Button icon="printer" onClick={() => void reprint()} test="reprint">{t("office.reprint")}</Button>}>
      {load.error ? <Failed error={load.error} again={again} /> : !d ? <Waiting /> : (
        <>
          <Choice<Tab> label={t("office.shift.view")} value={tab.value} onChange={(v) => { tab.value = v; }}
            options={(["sheet", "receipts", "paper"] as Tab[]).map((v) => ({ value: v, text: t(`office.shift.tab.${v}`), test: `tab-${v}` }))} />
          {tab.value === "sheet" && <Sheet s={d.shift} />}
          {tab.value === "paper" && <div class="desk"><PaperView paper={d.paper} /></div>}
          {tab.value === "receipts" && ((d.receipts ?? []).length === 0 ? <Empty icon="receipt" title={t("office.receipt.empty")} />
            : <Table rows={d.receipts ?? []} columns={receiptColumns().filter((c) => !["label", "tenders"].includes(c.key))} id={(r) => String(r.number)} to={(r) => href("receipts", r.number)} label={t("office.nav.receipts")} sort="number" name="shift-receipts" dim={(r) => Boolean(r.voidedBy)} />)}
        </>
      )}
    </Panel>
  );
}

/** Cash control and payments (Kassenbericht). */
function Sheet({ s }: { s: Shift }) {
  const x = s.totals;
  const sales = Object.values(x.tenders ?? {}).filter((v) => v.type === "Bar").reduce((a, v) => a + v.amount + (v.tips ?? 0), 0);
  const closed = s.state === "closed";
  return (
    <div class="sheet" data-test="sheet">
      {s.forced && <Banner kind="danger">{t("office.shift.forcedText", { reason: s.reason ?? "" })}</Banner>}
      {s.rescued ? <Banner kind="info">{t("office.shift.rescued", { n: s.rescued })}</Banner> : null}
      <section>
        <h3>{t("office.shift.cash")}</h3>
        <table class="mini sums">
          <tbody>
            <Line text={t("office.shift.float")} cents={s.float} />
            <Line text={t("office.shift.cashSales")} cents={sales} />
            <Line text={t("office.shift.deposits")} cents={x.deposits} />
            <Line text={t("office.shift.withdrawals")} cents={x.withdrawals} />
            <Line text={t("office.shift.expected")} cents={closed ? s.expected : x.cash} strong />
            {closed && !s.forced && <Line text={t("office.shift.counted")} cents={s.counted} />}
            {closed && !s.forced && <tr class="strong"><th scope="row">{t("office.shift.diff")}</th><td class="num right"><Diff cents={s.diff} /></td></tr>}
          </tbody>
        </table>
        {closed && s.reason && !s.forced && <p class="muted">{t("office.shift.reason", { reason: s.reason })}</p>}
      </section>
      <section><h3>{t("office.payments")}</h3><Tenders totals={x} /></section>
      <section><h3>{t("office.vatTable")}</h3><VatTable totals={x} /></section>
      <section>
        <h3>{t("office.shift.figures")}</h3>
        <Facts rows={[
          [t("office.turnover"), money(x.turnover)], [t("office.sales"), String(x.receipts)], [t("office.voids"), `${x.voids} · ${money(x.voidSum)}`],
          [t("office.discountSum"), money(x.discounts)], [t("office.tips"), money(x.tips)], [t("office.lineVoids"), `${x.lineVoids} · ${money(x.lineVoidSum)}`],
          [t("office.drawerOpens"), String(x.drawerOpens)], [t("office.unsigned"), String(x.unsigned)],
          ...(s.note ? [[t("office.shift.note"), s.note] as [string, string]] : []),
          ...(s.closing ? [[t("office.closing.title1"), <a href={href("closings", s.closing)}>Z {s.closing}</a>] as [string, preact.JSX.Element]] : []),
        ]} />
      </section>
      <Counts s={s} />
      {(x.moves ?? []).filter((m) => m.kind === "Einzahlung" || m.kind === "Auszahlung").length > 0 && (
        <section>
          <h3>{t("office.shift.moves")}</h3>
          <table class="mini"><tbody>
            {(x.moves ?? []).filter((m) => m.kind === "Einzahlung" || m.kind === "Auszahlung").map((m) => (
              <tr key={m.receipt}><td><a href={href("receipts", m.receipt)}>{t("office.receipt.title", { number: m.receipt })}</a></td><td>{m.note}</td><td class="num right">{money(m.amount)}</td></tr>
            ))}
          </tbody></table>
        </section>
      )}
    </div>
  );
}

function Line({ text, cents, strong }: { text: string; cents: number; strong?: boolean }) {
  return <tr class={strong ? "strong" : ""}><th scope="row">{text}</th><td class="num right">{money(cents)}</td></tr>;
}

/** Pieces by denomination at opening and closing (Zählprotokoll). */
function Counts({ s }: { s: Shift }) {
  const values = [...new Set([...Object.keys(s.floatOf ?? {}), ...Object.keys(s.countOf ?? {})].map(Number))].sort((a, b) => b - a);
  if (values.length === 0) return null;
  const pieces = (c: Record<string, number> | undefined, v: number) => (c?.[v] ? `${c[v]} × = ${money(v * c[v]!)}` : "–");
  return (
    <section>
      <h3>{t("office.shift.count")}</h3>
      <table class="mini" data-test="counts">
        <thead><tr><th scope="col">{t("office.shift.piece")}</th><th scope="col" class="right">{t("office.shift.atOpen")}</th><th scope="col" class="right">{t("office.shift.atClose")}</th></tr></thead>
        <tbody>{values.map((v) => <tr key={v}><th scope="row" class="num">{coin(v)}</th><td class="num right">{pieces(s.floatOf, v)}</td><td class="num right">{pieces(s.countOf, v)}</td></tr>)}</tbody>
      </table>
    </section>
  );
}
