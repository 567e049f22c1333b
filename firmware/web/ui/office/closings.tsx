// Closings (Z): each with its figures and its paper, the same for ever.

import { get } from "../shared/api";
import { Banner, Button, Choice, Empty, toast, toastError } from "../shared/components";
import { dateTime, day, money } from "../shared/format";
import { t } from "../shared/i18n";
import { PaperView } from "../shared/paper";
import type { Closing, Paper } from "../shared/types";
import { useSignal } from "@preact/signals";
import { command } from "./commands";
import { csv, download } from "./csv";
import { useLoad } from "./load";
import { may, view } from "./me";
import { Badge, Facts, Failed, Head, Panel, Waiting } from "./parts";
import { go, href } from "./route";
import { Table } from "./table";
import type { Column } from "./table";
import { Bars, Tenders, VatTable } from "./totals";

const columns = (): Column<Closing>[] => [
  { key: "number", title: "Z", right: true, text: (z) => String(z.number), order: (z) => z.number },
  { key: "at", title: t("office.closing.at"), text: (z) => dateTime(z.at), order: (z) => z.at },
  { key: "by", title: t("office.closing.by"), text: (z) => z.byName, hide: "panel" },
  { key: "receipts", title: t("office.sales"), right: true, text: (z) => String(z.totals.receipts), order: (z) => z.totals.receipts, hide: "panel" },
  { key: "diff", title: t("office.shift.diff"), right: true, text: (z) => money(z.totals.difference), order: (z) => z.totals.difference, hide: "panel" },
  { key: "turnover", title: t("office.turnover"), right: true, text: (z) => money(z.totals.turnover), order: (z) => z.totals.turnover },
];

export function ClosingsPage({ id }: { id: string }) {
  const { load, again } = useLoad(`closings/${view.value?.closings ?? 0}`, () => get<{ rows: Closing[] | null }>("/api/v1/closings").then((a) => a.rows ?? []));
  const list = load.data ?? [];
  return (
    <div class={"split" + (id ? " open" : "")} data-test="page-closings">
      <div class="list-side">
        <Head title={t("office.nav.closings")} sub={t("office.closing.about")}>
          <Button kind="quiet" icon="download" disabled={list.length === 0} test="csv" onClick={() => download(`${t("office.nav.closings")} ${day(new Date())}.csv`, csv(columns().map((c) => c.title), list.map((z) => columns().map((c) => c.text(z)))))}>CSV</Button>
        </Head>
        {load.error ? <Failed error={load.error} again={again} />
          : !load.data ? <Waiting />
          : list.length === 0 ? <Empty icon="lock" title={t("office.closing.empty")}>{t("office.closing.emptyText")}</Empty>
          : <Table rows={list} columns={columns()} id={(z) => String(z.number)} to={(z) => href("closings", z.number)} selected={id} label={t("office.nav.closings")} sort="number" down name="closings" />}
      </div>
      {id && <ClosingPanel key={id} number={Number(id)} onClose={() => go(href("closings"))} />}
    </div>
  );
}

type Tab = "figures" | "paper";

function ClosingPanel({ number, onClose }: { number: number; onClose(): void }) {
  const { load, again } = useLoad(String(number), () => get<{ closing: Closing; paper: Paper }>(`/api/v1/closings/${number}`));
  const tab = useSignal<Tab>("paper");
  const reprint = () => command("reprint", { closing: number }).then(() => toast(t("office.reprinting"), "ok"), toastError);
  const d = load.data;
  return (
    <Panel name={String(number)} wide title={t("office.closing.title", { number })} sub={d && `${d.closing.byName} · ${dateTime(d.closing.at)}`} onClose={onClose}
      foot={d && may("bill") && <Button icon="printer" onClick={() => void reprint()} test="reprint">{t("office.reprint")}</Button>}>
      {load.error ? <Failed error={load.error} again={again} /> : !d ? <Waiting /> : (
        <>
          <Choice<Tab> label={t("office.shift.view")} value={tab.value} onChange={(v) => { tab.value = v; }}
            options={(["paper", "figures"] as Tab[]).map((v) => ({ value: v, text: t(`office.closing.tab.${v}`), test: `tab-${v}` }))} />
          {tab.value === "paper" ? <div class="desk"><PaperView paper={d.paper} /></div> : <Figures z={d.closing} />}
        </>
      )}
    </Panel>
  );
}

function Figures({ z }: { z: Closing }) {
  const x = z.totals;
  return (
    <div class="sheet">
      {z.outaged && <Banner kind="warn">{t("office.closing.outaged")}</Banner>}
      <section>
        <h3>{t("office.shift.figures")}</h3>
        <Facts rows={[
          [t("office.turnover"), money(x.turnover)], [t("office.sales"), String(x.receipts)], [t("office.voids"), `${x.voids} · ${money(x.voidSum)}`],
          [t("office.discountSum"), money(x.discounts)], [t("office.tips"), money(x.tips)], [t("office.shift.diff"), <Badge tone={x.difference ? "warn" : "ok"}>{money(x.difference)}</Badge>],
          [t("office.closing.receipts"), x.first ? `${x.first} – ${x.last}` : "–"], [t("office.closing.grand"), money(z.grand)],
          [t("office.closing.shifts"), <>{(x.shifts ?? []).map((s) => <a key={s} href={href("shifts", s)}>{s} </a>)}</>],
        ]} />
      </section>
      <section><h3>{t("office.payments")}</h3><Tenders totals={x} /></section>
      <section><h3>{t("office.vatTable")}</h3><VatTable totals={x} /></section>
      <section><h3>{t("office.groups")}</h3><Bars sums={x.groups} label={t("office.groups")} /></section>
      <section><h3>{t("office.staff")}</h3><Bars sums={x.staff} label={t("office.staff")} /></section>
    </div>
  );
}
