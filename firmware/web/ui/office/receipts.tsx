// Receipts: search, the paper of each, void and reprint.

import { useState } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { get, query } from "../shared/api";
import { Banner, Button, Dialog, Empty, Field, toast, toastError } from "../shared/components";
import { dateTime, day, money } from "../shared/format";
import { t } from "../shared/i18n";
import { PaperView } from "../shared/paper";
import type { Paper, Receipt, ReceiptRow, Seal } from "../shared/types";
import { command } from "./commands";
import { csv, download } from "./csv";
import { DayInput } from "./dayinput";
import { failure, useLoad } from "./load";
import { may, view } from "./me";
import { Badge, Facts, Failed, Head, Panel, Waiting } from "./parts";
import { go, href, replace } from "./route";
import { rows } from "./rows";
import { Search, Table } from "./table";
import type { Column } from "./table";

interface Answer { rows: ReceiptRow[] | null; more: boolean }
export interface Detail { receipt: Receipt; seal: Seal | null; voidedBy?: number; paper: Paper }

const kindsOf = ["sale", "void", "Anfangsbestand", "Einzahlung", "Auszahlung", "DifferenzSollIst"];
const page = 100;

export const columns = (): Column<ReceiptRow>[] => [
  { key: "number", title: t("office.receipt.number"), right: true, text: (r) => String(r.number), order: (r) => r.number },
  { key: "at", title: t("office.receipt.at"), text: (r) => dateTime(r.at), order: (r) => r.at, plain: true },
  { key: "kind", title: t("office.receipt.kind"), text: (r) => t(`office.receipt.kind.${r.kind}`), view: (r) => <Kind r={r} /> },
  { key: "label", title: t("office.receipt.label"), text: (r) => r.label ?? "", hide: "panel" },
  { key: "by", title: t("office.receipt.by"), text: (r) => r.byName, hide: "panel" },
  { key: "tenders", title: t("office.receipt.tenders"), text: (r) => (r.kind === "sale" || r.kind === "void" ? (r.tenders ?? []).join(", ") : ""), hide: "panel" },
  { key: "total", title: t("office.receipt.total"), right: true, text: (r) => money(r.total), order: (r) => r.total, view: (r) => <span class={r.total < 0 ? "minus" : ""}>{money(r.total)}</span> },
];

function Kind({ r }: { r: ReceiptRow }) {
  if (r.voidedBy) return <Badge tone="warn">{t("office.receipt.voided")}</Badge>;
  if (r.kind === "void") return <Badge tone="danger">{t("office.receipt.kind.void")}</Badge>;
  return <>{t(`office.receipt.kind.${r.kind}`)}{!r.signed && <> <Badge tone="warn">{t("office.receipt.unsigned")}</Badge></>}</>;
}

export function ReceiptsPage({ id, params }: { id: string; params: Record<string, string> }) {
  const set = (key: string, value: string) => replace(href("receipts", id, { ...params, [key]: value }));
  const search = { q: params["q"], from: params["from"], to: params["to"], by: params["by"], kind: params["kind"] };
  const seen = view.value?.receipts ?? 0; // a new receipt brings the list up to date
  const more = useSignal<ReceiptRow[]>([]);
  const key = JSON.stringify(search);
  const { load, again } = useLoad(key + seen, async () => {
    const a = await get<Answer>("/api/v1/receipts" + query({ ...search, limit: page }));
    more.value = [];
    return { rows: a.rows ?? [], more: a.more };
  });
  const rest = useSignal<boolean | undefined>(undefined);
  const list = [...(load.data?.rows ?? []), ...more.value];
  const hasMore = more.value.length > 0 ? rest.value : load.data?.more;
  const onward = async () => {
    try {
      const a = await get<Answer>("/api/v1/receipts" + query({ ...search, limit: page, before: list[list.length - 1]?.number }));
      more.value = [...more.value, ...(a.rows ?? [])];
      rest.value = a.more;
    } catch (e) {
      toastError(e);
    }
  };
  const filtered = Object.values(search).some(Boolean);
  return (
    <div class={"split" + (id ? " open" : "")} data-test="page-receipts">
      <div class="list-side">
        <Head title={t("office.nav.receipts")} sub={t("office.receipt.about")} />
        <div class="bar">
          <Search value={params["q"] ?? ""} onChange={(s) => set("q", s)} hint={t("office.receipt.search")} />
          <Days from={params["from"] ?? ""} to={params["to"] ?? ""} set={set} />
          <label class="filter"><span class="sr">{t("office.receipt.by")}</span>
            <select value={params["by"] ?? ""} data-test="filter-by" onChange={(e) => set("by", e.currentTarget.value)}>
              <option value="">{t("office.receipt.everybody")}</option>
              {rows("employee").map((e) => <option key={e.id} value={e.id}>{String(e["name"])}</option>)}
            </select>
          </label>
          <label class="filter"><span class="sr">{t("office.receipt.kind")}</span>
            <select value={params["kind"] ?? ""} data-test="filter-kind" onChange={(e) => set("kind", e.currentTarget.value)}>
              <option value="">{t("office.receipt.allKinds")}</option>
              {kindsOf.map((k) => <option key={k} value={k}>{t(`office.receipt.kind.${k}`)}</option>)}
            </select>
          </label>
          {filtered && <Button kind="quiet" icon="close" onClick={() => replace(href("receipts", id))} test="filter-clear">{t("office.filter.clear")}</Button>}
          <Button kind="quiet" icon="download" disabled={list.length === 0} test="csv" onClick={() => download(`${t("office.nav.receipts")} ${day(new Date())}.csv`, csv(columns().map((c) => c.title), list.map((r) => columns().map((c) => c.text(r)))))}>CSV</Button>
        </div>
        <Sum list={list} more={Boolean(hasMore)} />
        {load.error ? <Failed error={load.error} again={again} />
          : !load.data ? <Waiting />
          : list.length === 0 ? (filtered ? <Empty icon="search" title={t("office.nothing")}>{t("office.nothingText")}</Empty> : <Empty icon="receipt" title={t("office.receipt.empty")}>{t("office.receipt.emptyText")}</Empty>)
          : <Table rows={list} columns={columns()} id={(r) => String(r.number)} to={(r) => href("receipts", r.number, params)} selected={id} label={t("office.nav.receipts")} sort="number" down name="receipts" dim={(r) => Boolean(r.voidedBy)} />}
        {hasMore && <div class="more"><Button onClick={() => void onward()} test="onward">{t("office.onward")}</Button></div>}
      </div>
      {id && <ReceiptPanel key={id} number={Number(id)} onClose={() => go(href("receipts", "", params))} />}
    </div>
  );
}

/** From and to as days. */
export function Days({ from, to, set }: { from: string; to: string; set(key: string, v: string): void }) {
  return (
    <span class="days">
      <DayInput label={t("office.from")} value={from} max={to || undefined} test="filter-from" onChange={(v) => set("from", v)} />
      <span aria-hidden="true">–</span>
      <DayInput label={t("office.to")} value={to} min={from || undefined} test="filter-to" onChange={(v) => set("to", v)} />
    </span>
  );
}

function Sum({ list, more }: { list: ReceiptRow[]; more: boolean }) {
  const sales = list.filter((r) => r.kind === "sale" || r.kind === "void");
  const total = sales.reduce((s, r) => s + r.total, 0);
  return <p class="count muted" role="status">{list.length > 0 ? t(more ? "office.receipt.sumMore" : "office.receipt.sum", { n: list.length, total: money(total) }) : ""}</p>;
}

export function ReceiptPanel({ number, onClose }: { number: number; onClose(): void }) {
  const { load, again } = useLoad(`${number}/${view.value?.receipts ?? 0}`, () => get<Detail>(`/api/v1/receipts/${number}`));
  const [asking, setAsking] = useState(false);
  const d = load.data;
  const reprint = () => command("reprint", { receipt: number }).then(() => toast(t("office.reprinting"), "ok"), toastError);
  const can = d?.receipt.kind === "sale" && !d.voidedBy;
  const foot = d && (
    <>
      {may("bill") && <Button icon="printer" onClick={() => void reprint()} test="reprint">{t("office.reprint")}</Button>}
      {can && may("voidReceipts") && <Button kind="danger" icon="undo" class="apart" onClick={() => setAsking(true)} test="void">{t("office.receipt.void", { number })}</Button>}
    </>
  );
  return (
    <Panel name={String(number)} title={t("office.receipt.title", { number })} sub={d && t(`office.receipt.kind.${d.receipt.kind}`) + " · " + dateTime(d.receipt.ended)} onClose={onClose} foot={foot}>
      {load.error ? <Failed error={load.error} again={again} /> : !d ? <Waiting /> : <Body d={d} />}
      {asking && <VoidDialog number={number} onDone={() => { setAsking(false); again(); }} />}
    </Panel>
  );
}

function Body({ d: { receipt: r, seal, voidedBy, paper } }: { d: Detail }) {
  return (
    <>
      {voidedBy ? <Banner kind="warn" icon="undo" action={<a href={href("receipts", voidedBy)} data-test="voided-by">{t("office.receipt.title", { number: voidedBy })}</a>}>{t("office.receipt.voidedBy")}</Banner> : null}
      {r.voidOf ? <Banner kind="info" icon="undo" action={<a href={href("receipts", r.voidOf)} data-test="void-of">{t("office.receipt.title", { number: r.voidOf })}</a>}>{t("office.receipt.voidOf", { reason: r.reason ?? "" })}</Banner> : null}
      <div class="desk"><PaperView paper={paper} /></div>
      <details class="fold">
        <summary>{t("office.receipt.details")}</summary>
        <Facts rows={[
          [t("office.receipt.by"), r.byName], [t("office.receipt.started"), dateTime(r.started)], [t("office.receipt.ended"), dateTime(r.ended)],
          [t("office.shift.title1"), <a href={href("shifts", r.shift)}>{t("office.shift.title", { id: r.shift })}</a>], [t("office.receipt.process"), <span class="mono small">{r.process}</span>],
          ...(seal?.outage ? [[t("office.seal.outage"), seal.outage.reason] as [string, string]] : []),
          ...(seal?.transaction ? [[t("office.seal.transaction"), String(seal.transaction)] as [string, string], [t("office.seal.counter"), String(seal.counter ?? "")] as [string, string], [t("office.seal.serial"), <span class="mono small">{seal.serial}</span>] as [string, preact.JSX.Element]] : []),
        ]} />
      </details>
    </>
  );
}

function VoidDialog({ number, onDone }: { number: number; onDone(): void }) {
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async () => {
    if (!reason.trim()) return setWrong(t("office.receipt.reasonMissing"));
    setBusy(true);
    try {
      const r = await command("voidReceipt", { receipt: number, reason: reason.trim() });
      toast(t("office.receipt.voidDone", { number }), "ok", r.receipt ? { text: t("office.show.it"), run: () => go(href("receipts", r.receipt!)) } : undefined);
      onDone();
    } catch (e) {
      setWrong(failure(e).message);
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("office.receipt.voidTitle", { number })} size="s" kind="danger" onClose={onDone} test="void-dialog"
      foot={<><Button onClick={onDone}>{t("cancel")}</Button><Button kind="danger" busy={busy} onClick={() => void run()} test="void-do">{t("office.receipt.void", { number })}</Button></>}>
      <form class="stack" onSubmit={(e) => { e.preventDefault(); void run(); }}>
        <p>{t("office.receipt.voidText")}</p>
        <Field label={t("office.receipt.reason")} error={wrong}><input type="text" value={reason} maxLength={200} data-autofocus="" data-test="void-reason" onInput={(e) => { setReason(e.currentTarget.value); setWrong(""); }} /></Field>
      </form>
    </Dialog>
  );
}
